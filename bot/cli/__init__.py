"""The command line: ``casebridge``. It reads words and prints; the modules beside it work. No traceback comes out."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
import uvloop

from bot import __version__, app, changing
from bot.cli import database as cli_storage
from bot.cli import journal as cli_journal
from bot.cli import keys as cli_keys
from bot.cli import messages as cli_messages
from bot.cli import people as cli_people
from bot.cli import record as cli_record
from bot.cli import retention as cli_retention
from bot.cli import setup as cli_setup
from bot.config import Settings, find, load
from bot.config.kinds import read_duration
from bot.errors import BridgeError, ConfigError
from bot.journal_export import JournalExport
from bot.logs import configure
from bot.people import Role

ROLES = [role.value for role in Role]
_FORMATS = ["csv", "xlsx", "jsonl", "htcds"]

P = ParamSpec("P")
T = TypeVar("T")
_WITNESS_HELP = "What a digest told, or a file with one a line; may be given several times."


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        try:
            return value if isinstance(value, timedelta) else read_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Day(click.ParamType[datetime]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-01-31", param, ctx)


def configured(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command its ``--config`` option and the settings; mistakes are told in sentences, exit code 1."""

    @click.option("--config", type=click.Path(path_type=Path), help="The configuration file.")
    @wraps(command)
    def wrapped(*args: object, config: Path | None, **kwargs: object) -> T:
        path = find(config, os.environ)
        try:
            settings = load(path, os.environ, needs_keys=command.__name__ != "keys_new")
            configure(secrets=settings.secrets)
            return command(settings, *args, **kwargs)
        except ConfigError as error:
            count = len(error.mistakes)
            _fail(f"{error}\n{count} {'mistake' if count == 1 else 'mistakes'} in {path or 'the environment'}.")
        except BridgeError as error:
            _fail(str(error))
        except OSError as error:
            what = f"Cannot read or write {error.filename}: " if error.filename else ""
            _fail(f"{what}{error.strerror or type(error).__name__}.")

    return wrapped


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="casebridge")
def main() -> None:
    """Pass urgent trafficking cases between two sides, and keep the clock running until they are formally taken."""


@main.command()
@configured
def run(settings: Settings) -> None:
    """Run everything in one process."""
    _run(app.run(settings, is_embedded=_is_embedded(), say=click.echo))


def _is_embedded() -> bool:
    return find(None, os.environ) is None and click.get_current_context().params.get("config") is None


@main.command()
@configured
def check(settings: Settings) -> None:
    """Tell every mistake in the configuration at once."""
    click.echo(f"The configuration is right: {len(settings.parties)} parties, {len(settings.desks)} desks.")


@main.command()
@configured
def migrate(settings: Settings) -> None:
    """Bring the database to this version."""
    settings.bridge.data_dir.mkdir(parents=True, exist_ok=True)
    click.echo(cli_storage.migrate(settings, is_embedded=_is_embedded()))


@main.command()
@click.argument("messenger")
@configured
def setup(settings: Settings, messenger: str) -> None:
    """Set a messenger's menu or list of commands."""
    for line in _run(cli_setup.set_up(settings, messenger)):
        click.echo(line)


@main.command()
@click.option("--party", required=True, help="The side, for example KH.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", required=True, help="The person's name, seen by their own side.")
@click.option("--desk", default="", help="The desk, for example kh-duty; needed for duty officers.")
@click.option("--corridor", default="", help="Prefix of the references, for a side with several corridors.")
@click.option("--valid", type=_Duration(), default="24h", show_default=True, help="How long the code works.")
@configured
def invite(settings: Settings, party: str, role: str, name: str, desk: str, corridor: str, valid: timedelta) -> None:
    """Print a one-time code that enrols one person."""
    order = cli_people.InviteOrder(party, role, name, desk, corridor, valid, _operator())
    for line in _run(cli_people.invite(settings, order)):
        click.echo(line)


@main.command()
@configured
def people(settings: Settings) -> None:
    """List everybody enrolled."""
    for line in _run(cli_people.people(settings)):
        click.echo(line)


@main.command()
@click.argument("person", type=int, metavar="ID")
@configured
def revoke(settings: Settings, person: int) -> None:
    """Cut one person off at once."""
    for line in _run(cli_people.revoke(settings, person, _operator())):
        click.echo(line)


@main.command()
@click.argument("person", type=int, metavar="ID")
@click.option("--role", type=click.Choice(ROLES), help="The new role; an officer or admin leaves their desk.")
@click.option("--desk", help="The new desk; an empty one takes them off theirs.")
@click.option("--language", help="The new language, for example km.")
@configured
def change(settings: Settings, person: int, role: str | None, desk: str | None, language: str | None) -> None:
    """Change somebody's role, desk or language; it holds at once."""
    if role is None and desk is None and language is None:
        raise click.UsageError("Say what to change: --role, --desk or --language.")
    wanted = changing.Change(Role(role) if role else None, desk, language)
    click.echo(_run(cli_people.change(settings, person, wanted, _operator())))


@main.command()
@click.argument("person", type=int, metavar="ID")
@configured
def confirm(settings: Settings, person: int) -> None:
    """Confirm that somebody still does this work."""
    click.echo(_run(cli_people.confirm(settings, person, _operator())))


@main.command()
@click.argument("person", type=int, metavar="ID")
@configured
def signin(settings: Settings, person: int) -> None:
    """Print a new sign-in link for one person."""
    click.echo(_run(cli_people.sign_in(settings, person, _operator())))


@main.command()
@click.argument("desk")
@configured
def ping(settings: Settings, desk: str) -> None:
    """Send a test message to a desk's addresses; a tap answers it."""
    for line in _run(cli_messages.ping(settings, desk, _operator())):
        click.echo(line)


@main.command()
@click.option(
    "--format", "form", type=click.Choice(["csv", "xlsx", "jsonl", "htcds"]), default="csv", show_default=True
)
@click.option("--since", type=_Day(), required=True, help="First day, UTC.")
@click.option("--until", type=_Day(), required=True, help="The day after the last, UTC.")
@click.option("--reason", required=True, help="Why the log is exported; it is journalled.")
@click.option(
    "--as", "by", default="", help="Who exports; the account's name if left out. Identified: an admin's number."
)
@click.option("-o", "target", type=click.Path(path_type=Path, dir_okay=False), help="The file; not with --identified.")
@click.option(
    "--identified", "is_identified", is_flag=True, help="With names and free texts, once a second person agrees."
)
@click.option("--recipient", default="", help="With --identified: the age recipient that alone can read the file.")
@configured
def export(settings: Settings, target: Path | None, is_identified: bool, recipient: str, **order: Any) -> None:
    """Write the case log, de-identified; or ask for one with names."""
    if is_identified:
        if target is not None or not recipient:
            raise click.UsageError("An identified export needs --recipient, and no -o: the running bridge makes it.")
        click.echo(
            _run(cli_record.ask(settings, cli_record.IdentifiedOrder(**order, recipient=recipient), _operator()))
        )
        return
    if target is None or recipient:
        raise click.UsageError("An export needs -o with the name of its file, and no --recipient unless --identified.")
    order["by"] = order["by"] or _operator()
    click.echo(_run(cli_record.export(settings, cli_record.ExportOrder(**order, target=target), progress=_progress)))


@main.command()
@click.option("--since", type=_Day(), required=True, help="First day, UTC.")
@click.option("--until", type=_Day(), required=True, help="The day after the last, UTC.")
@click.option(
    "-o", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".html, .json or .pdf"
)
@configured
def report(settings: Settings, since: datetime, until: datetime, target: Path) -> None:
    """Write what happened since the last meeting."""
    click.echo(_run(cli_record.report(settings, since, until, target)))


@main.command()
@click.argument("reference")
@configured
def plan(settings: Settings, reference: str) -> None:
    """Print what the clock will do for a case."""
    click.echo(_run(cli_record.plan(settings, reference)))


@main.group()
def outbox() -> None:
    """Look at messages that could not be sent."""


@outbox.command("list")
@configured
def outbox_list(settings: Settings) -> None:
    """List parked and waiting messages, and parked inbox rows."""
    for line in _run(cli_messages.outbox(settings)):
        click.echo(line)


@outbox.command("retry")
@click.argument("message", type=int, metavar="ID")
@configured
def outbox_retry(settings: Settings, message: int) -> None:
    """Send a parked message again."""
    click.echo(_run(cli_messages.retry(settings, message)))


@main.group()
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
        _run(cli_journal.verify_database(settings, witnesses, click.echo))


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
    click.echo(_run(cli_journal.export(settings, order, _operator())))


@main.command()
@click.option("--dry-run", is_flag=True, help="List what goes now and within 30 days, and change nothing.")
@configured
def purge(settings: Settings, dry_run: bool) -> None:
    """Let go of what is kept no longer, as every night."""
    work = cli_retention.dry_run if dry_run else cli_retention.purge
    _run(work(settings, _operator(), click.echo))


@main.command()
@click.argument("reference", required=False)
@click.option("--person", type=int, metavar="ID", help="An enrolled person who left, instead of a case.")
@click.option("--reason", default="", help="Why; it is journalled, so without names.")
@configured
def forget(settings: Settings, reference: str | None, person: int | None, reason: str) -> None:
    """Forget the person of a case at once, whatever the retention; codes and timings stay."""
    if (reference is None) is (person is None):
        raise click.UsageError("Name a case, or an enrolled person with --person.")
    if person is not None:
        click.echo(_run(cli_retention.forget_person(settings, person, reason, _operator())))
    elif reference is not None:
        click.echo(_run(cli_retention.forget(settings, reference, reason, _operator())))


@main.group()
def keys() -> None:
    """Look after the keys that everything sensitive is sealed with."""


@keys.command("new")
@configured
def keys_new(settings: Settings) -> None:
    """Make the key file; never over one that is there."""
    click.echo(cli_keys.new(settings))


@keys.command("rotate")
@configured
def keys_rotate(settings: Settings) -> None:
    """Add a new key and seal everything with it; a rotation that was interrupted goes on."""
    click.echo(cli_keys.rotate(settings))


@keys.command("status")
@configured
def keys_status(settings: Settings) -> None:
    """Say how many fields are sealed with which key."""
    for line in cli_keys.status(settings):
        click.echo(line)


def _operator() -> str:
    """Name whoever gives the command, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total} cases", nl=done >= total, err=True)
