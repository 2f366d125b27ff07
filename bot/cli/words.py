"""What the commands of the command line share: options, the settings, how a mistake is told."""

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

from bot.app.logs import configure
from bot.config.kinds import read_duration
from bot.config.load import find, load
from bot.domain.errors import BridgeError, ConfigError

P = ParamSpec("P")
T = TypeVar("T")
#: Commands that make the keys, say by name which are needed, or open nothing that is sealed.
_WITHOUT_KEYS = ("keys_new", "keys_push", "restore", "audit")


class Duration(click.ParamType[timedelta]):
    """A duration like 15m or 1h30m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        try:
            return value if isinstance(value, timedelta) else read_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Day(click.ParamType[datetime]):
    """A date, UTC."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
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
            settings = load(path, os.environ, needs_keys=command.__name__ not in _WITHOUT_KEYS)
            configure(secrets=settings.secrets)
            return command(settings, *args, **kwargs)
        except ConfigError as error:
            count = len(error.mistakes)
            fail(f"{error}\n{count} {'mistake' if count == 1 else 'mistakes'} in {path or 'the environment'}.")
        except BridgeError as error:
            fail(str(error))
        except OSError as error:
            what = f"Cannot read or write {error.filename}: " if error.filename else ""
            fail(f"{what}{error.strerror or type(error).__name__}.")

    return wrapped


def fail(sentence: str) -> NoReturn:
    """Tell what is wrong and end with exit code 1."""
    click.echo(sentence, err=True)
    sys.exit(1)


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def operator() -> str:
    """Name whoever gives the command, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def progress(done: int, total: int) -> None:
    """Show how far long work has come, to a person only."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total} cases", nl=done >= total, err=True)
