"""The commands that run the bridge and look after it: run, check, migrate, keys, what waits, as they are typed."""

from __future__ import annotations

import os

import click

from bot.app import assembly
from bot.app.parts import BOTH, Part, Start
from bot.app.service_manager import ServiceManager
from bot.cli import check as cli_check
from bot.cli import database as cli_storage
from bot.cli import deploy as cli_deploy
from bot.cli import keys as cli_keys
from bot.cli import messages as cli_messages
from bot.cli import setup as cli_setup
from bot.cli.words import configured, operator, run_now
from bot.config.load import find
from bot.config.model import Settings


@click.command()
@click.option(
    "--only",
    type=click.Choice([part.value for part in Part]),
    help="Do this part alone; needs PostgreSQL and nodes for the other.",
)
@configured
def run(settings: Settings, only: str | None) -> None:
    """Run everything in one process, or one part of it."""
    parts = frozenset({Part(only)}) if only else BOTH
    manager = ServiceManager(os.environ.get("NOTIFY_SOCKET", ""))
    run_now(assembly.run(settings, Start(_is_embedded(), click.echo, parts, manager)))


def _is_embedded() -> bool:
    return find(None, os.environ) is None and click.get_current_context().params.get("config") is None


@click.command()
@click.option("--live", is_flag=True, help="Also ask the database and each messenger.")
@configured
def check(settings: Settings, *, live: bool) -> None:
    """Tell every mistake in the configuration at once."""
    for line in cli_check.summary(settings):
        click.echo(line)
    if live:
        run_now(cli_check.live(settings, click.echo))


@click.command()
@configured
def migrate(settings: Settings) -> None:
    """Bring the database to this version."""
    settings.bridge.data_dir.mkdir(parents=True, exist_ok=True)
    click.echo(cli_storage.migrate(settings, is_embedded=_is_embedded()))


@click.command()
@click.argument("what", type=click.Choice(list(cli_deploy.FILES)))
def deploy(what: str) -> None:
    """Print an example to run the bridge with: a unit, a container, several nodes, a proxy."""
    click.echo(cli_deploy.text(what), nl=False)


@click.command()
@click.argument("messenger")
@configured
def setup(settings: Settings, messenger: str) -> None:
    """Set a messenger's menu or list of commands."""
    for line in run_now(cli_setup.set_up(settings, messenger)):
        click.echo(line)


@click.command()
@click.argument("desk")
@configured
def ping(settings: Settings, desk: str) -> None:
    """Send a test message to a desk's addresses; a tap answers it."""
    for line in run_now(cli_messages.ping(settings, desk, operator())):
        click.echo(line)


@click.group()
def outbox() -> None:
    """Look at messages that could not be sent."""


@outbox.command("list")
@configured
def outbox_list(settings: Settings) -> None:
    """List parked and waiting messages, and parked inbox rows."""
    for line in run_now(cli_messages.outbox(settings)):
        click.echo(line)


@outbox.command("retry")
@click.argument("message", type=int, metavar="ID")
@configured
def outbox_retry(settings: Settings, message: int) -> None:
    """Send a parked message again."""
    click.echo(run_now(cli_messages.retry(settings, message)))


@click.group()
def keys() -> None:
    """Look after the keys that everything sensitive is sealed with."""


@keys.command("new")
@configured
def keys_new(settings: Settings) -> None:
    """Make the key file; never over one that is there."""
    click.echo(cli_keys.new(settings))


@keys.command("push")
@configured
def keys_push(settings: Settings) -> None:
    """Add the key that Web Push is signed with to a key file that has none."""
    click.echo(cli_keys.push(settings))


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
