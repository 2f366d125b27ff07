"""The command line: ``casebridge``. It reads words and prints; the modules beside it work. No traceback comes out."""

from __future__ import annotations

from importlib import import_module

import click

from bot import __version__

#: Where each command is. Only the one that was typed is imported: most of the bridge is not needed to say its version.
_COMMANDS = {
    "bot.cli.commands_running": ("run", "check", "migrate", "deploy", "setup", "ping", "outbox", "keys"),
    "bot.cli.commands_people": ("invite", "people", "revoke", "change", "confirm", "signin"),
    "bot.cli.commands_record": (
        "export", "report", "plan", "journal", "purge", "forget", "backup", "restore", "audit",
    ),
    "bot.cli.commands_roster": ("roster",),
}  # fmt: skip
_MODULES = {name: module for module, names in _COMMANDS.items() for name in names}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Name all of them."""
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """Import one of them; None for a word that is none."""
        module = _MODULES.get(cmd_name)
        found: click.Command | None = getattr(import_module(module), cmd_name) if module else None
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="casebridge")
def main() -> None:
    """Pass urgent trafficking cases between two sides, and keep the clock running until they are formally taken."""
