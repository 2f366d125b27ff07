"""The commands about people, as they are typed."""

from __future__ import annotations

from datetime import timedelta

import click

from bot.cli import people as cli_people
from bot.cli.words import Duration, configured, operator, run_now
from bot.config.model import Settings
from bot.domain.people import Role
from bot.people import role_changes

ROLES = [role.value for role in Role]


@click.command()
@click.option("--party", required=True, help="The side, for example KH.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", required=True, help="The person's name, seen by their own side.")
@click.option("--desk", default="", help="The desk, for example kh-duty; needed for duty officers.")
@click.option("--corridor", default="", help="Prefix of the references, for a side with several corridors.")
@click.option("--valid", type=Duration(), default="24h", show_default=True, help="How long the code works.")
@configured
def invite(settings: Settings, party: str, role: str, name: str, desk: str, corridor: str, valid: timedelta) -> None:
    """Print a one-time code that enrols one person."""
    order = cli_people.InviteOrder(party, role, name, desk, corridor, valid, operator())
    for line in run_now(cli_people.invite(settings, order)):
        click.echo(line)


@click.command()
@configured
def people(settings: Settings) -> None:
    """List everybody enrolled."""
    for line in run_now(cli_people.people(settings)):
        click.echo(line)


@click.command()
@click.argument("person", metavar="ID")
@configured
def revoke(settings: Settings, person: str) -> None:
    """Cut one person off at once."""
    for line in run_now(cli_people.revoke(settings, person, operator())):
        click.echo(line)


@click.command()
@click.argument("person", metavar="ID")
@click.option("--role", type=click.Choice(ROLES), help="The new role; an officer or admin leaves their desk.")
@click.option("--desk", help="The new desk; an empty one takes them off theirs.")
@click.option("--language", help="The new language, for example km.")
@configured
def change(settings: Settings, person: str, role: str | None, desk: str | None, language: str | None) -> None:
    """Change somebody's role, desk or language; it holds at once."""
    if role is None and desk is None and language is None:
        raise click.UsageError("Say what to change: --role, --desk or --language.")
    wanted = role_changes.Change(Role(role) if role else None, desk, language)
    click.echo(run_now(cli_people.change(settings, person, wanted, operator())))


@click.command()
@click.argument("person", metavar="ID")
@configured
def confirm(settings: Settings, person: str) -> None:
    """Confirm that somebody still does this work."""
    click.echo(run_now(cli_people.confirm(settings, person, operator())))


@click.command()
@click.argument("person", metavar="ID")
@configured
def signin(settings: Settings, person: str) -> None:
    """Print a new sign-in link for one person."""
    click.echo(run_now(cli_people.sign_in(settings, person, operator())))
