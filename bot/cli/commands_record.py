"""The commands about the record: exports, reports, plans, the journal, what is purged, the audit, as they are typed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.cli import audit as cli_audit
from bot.cli import backup as cli_backup
from bot.cli import journal as cli_journal
from bot.cli import record as cli_record
from bot.cli import retention as cli_retention
from bot.cli.words import Day, configured, operator, progress, run_now
from bot.config.model import Settings
from bot.record.journal_file import JournalExport

_WITNESS_HELP = "What a digest told, or a file with one a line; may be given several times."


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["csv", "xlsx", "jsonl", "htcds"]), default="csv", show_default=True
)
@click.option("--since", type=Day(), required=True, help="First day, UTC.")
@click.option("--until", type=Day(), required=True, help="The day after the last, UTC.")
@click.option("--reason", required=True, help="Why the log is exported; it is journalled.")
@click.option(
    "--as", "by", default="", help="Who exports; the account's name if left out. Identified: an admin's number."
)
@click.option("-o", "target", type=click.Path(path_type=Path, dir_okay=False), help="The file; not with --identified.")
@click.option(
    "--identified", "is_identified", is_flag=True, help="With names and free texts, once a second person agrees."
)
@click.option(
    "--bom/--no-bom", "has_mark", default=True, help="Whether CSV begins with a byte order mark, for spreadsheets."
)
@click.option("--recipient", default="", help="With --identified: the age recipient that alone can read the file.")
@configured
def export(
    settings: Settings, target: Path | None, is_identified: bool, has_mark: bool, recipient: str, **order: Any
) -> None:
    """Write the case log, de-identified; or ask for one with names."""
    if is_identified:
        if target is not None or not recipient:
            raise click.UsageError("An identified export needs --recipient, and no -o: the running bridge makes it.")
        click.echo(
            run_now(cli_record.ask(settings, cli_record.IdentifiedCommand(**order, recipient=recipient), operator()))
        )
        return
    if target is None or recipient:
        raise click.UsageError("An export needs -o with the name of its file, and no --recipient unless --identified.")
    order["by"] = order["by"] or operator()
    click.echo(
        run_now(
            cli_record.export(
                settings, cli_record.ExportCommand(**order, target=target, has_mark=has_mark), progress=progress
            )
        )
    )


@click.command()
@click.option("--since", type=Day(), required=True, help="First day, UTC.")
@click.option("--until", type=Day(), required=True, help="The day after the last, UTC.")
@click.option(
    "-o", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".html, .json or .pdf"
)
@configured
def report(settings: Settings, since: datetime, until: datetime, target: Path) -> None:
    """Write what happened since the last meeting."""
    click.echo(run_now(cli_record.period_report(settings, since, until, target)))


@click.command()
@click.argument("reference", default="")
@click.option("--all", "whole", is_flag=True, help="Of each side: who is there until the morning, and what is wanting.")
@configured
def plan(settings: Settings, reference: str, *, whole: bool) -> None:
    """Print what the clock will do for a case, or how ready both sides are."""
    if whole == bool(reference):
        raise click.UsageError("Name a case, or say --all.")
    click.echo(run_now(cli_record.plan_all(settings) if whole else cli_record.plan(settings, reference)))


@click.group()
def journal() -> None:
    """Check the record."""


@journal.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
@click.option("--witness", "witnesses", multiple=True, metavar="CHAIN:SEQUENCE:HASH", help=_WITNESS_HELP)
@configured
def journal_verify(settings: Settings, file: Path | None, witnesses: tuple[str, ...]) -> None:
    """Check the hash chains of the database, or of an exported file."""
    if file:
        cli_journal.verify_file(file, witnesses, click.echo)
    else:
        run_now(cli_journal.verify_database(settings, witnesses, click.echo))


@journal.command("export")
@click.option(
    "-o", "target", type=click.Path(path_type=Path, dir_okay=False), default="journal.jsonl", show_default=True
)
@click.option("--chain", "chains", multiple=True, help="Only this chain, for example KC; may be given several times.")
@click.option("--without-details", is_flag=True, help="For somebody who may only verify.")
@configured
def journal_export(settings: Settings, target: Path, chains: tuple[str, ...], without_details: bool) -> None:
    """Write the journal to a file that can be checked anywhere."""
    order = JournalExport(target, chains, without_details)
    click.echo(run_now(cli_journal.export(settings, order, operator())))


@click.command()
@click.option("--dry-run", is_flag=True, help="List what goes now and within 30 days, and change nothing.")
@configured
def purge(settings: Settings, dry_run: bool) -> None:
    """Let go of what is kept no longer, as every night."""
    work = cli_retention.dry_run if dry_run else cli_retention.purge
    run_now(work(settings, operator(), click.echo))


@click.command()
@click.argument("reference", required=False)
@click.option("--person", metavar="ID", help="An enrolled person who left, instead of a case.")
@click.option("--reason", default="", help="Why; it is journalled, so without names.")
@configured
def forget(settings: Settings, reference: str | None, person: str | None, reason: str) -> None:
    """Forget the person of a case at once, whatever the retention; codes and timings stay."""
    if (reference is None) is (person is None):
        raise click.UsageError("Name a case, or an enrolled person with --person.")
    if person is not None:
        click.echo(run_now(cli_retention.forget_person(settings, person, reason, operator())))
    elif reference is not None:
        click.echo(run_now(cli_retention.forget(settings, reference, reason, operator())))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to", default="", metavar="AGE1...", help="The age recipient; else backup.recipient.")
@configured
def backup(settings: Settings, file: Path, to: str) -> None:
    """Write all that is kept to one encrypted file, also while the bridge runs; the keys are not in it."""
    lines, code = run_now(cli_backup.back_up(settings, file, to, operator()))
    for line in lines:
        click.echo(line)
    click.get_current_context().exit(code)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--identity", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The age identity that opens it."
)
@configured
def restore(settings: Settings, file: Path, identity: Path) -> None:
    """Make the database and the files of a backup, where there are none."""
    for line in run_now(cli_backup.restore(settings, file, identity)):
        click.echo(line)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@click.option(
    "--seen",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of this machine that remembers how long the record was.",
)
@configured
def audit(settings: Settings, *, as_json: bool, seen: Path | None) -> None:
    """Look at the database as the bridge does each minute; ends with 1 when something is wrong. Changes nothing."""
    found = run_now(cli_audit.audit(settings, seen))
    for line in [found.as_json] if as_json else found.lines:
        click.echo(line)
    click.get_current_context().exit(1 if found.findings else 0)
