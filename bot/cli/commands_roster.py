"""The commands about the roster, as they are typed."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import roster as cli_roster
from bot.cli.words import configured, operator, run_now
from bot.config.model import Settings


@click.group()
def roster() -> None:
    """Look after who has the duty of which desk when."""


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", "is_meant", is_flag=True, help="Do it; without this it is only said what would change.")
@configured
def roster_import(settings: Settings, file: Path, *, is_meant: bool) -> None:
    """Read shifts from FILE: CSV with the columns desk, person, starts, ends, or iCalendar (.ics).

    Times are those of the desk's side, like 2026-12-24 20:00; an end may be a time of day alone. From its first
    beginning to its last end the file takes the place of what was planned for its desks.
    """
    for line in run_now(cli_roster.take(settings, file.name, file.read_bytes(), operator(), is_meant=is_meant)):
        click.echo(line)


@roster.command("export")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file; without it, to the terminal.")
@configured
def roster_export(settings: Settings, output: Path | None) -> None:
    """Write the shifts that are not over as iCalendar."""
    click.echo(run_now(cli_roster.give(settings, output)), nl=False)


@roster.command("show")
@configured
def roster_show(settings: Settings) -> None:
    """Say who is on duty, what comes, and when nobody is."""
    for line in run_now(cli_roster.show(settings)):
        click.echo(line)
