"""A command starts without what it does not need."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from bot import __version__
from bot.cli.main import main

#: What takes long to import, and has nothing to do with saying a version.
_HEAVY = "{'telegram', 'starlette', 'sqlalchemy', 'pydantic', 'apscheduler', 'uvicorn', 'wechatpy', 'typst', 'aiohttp'}"
_ASK = f"""
import sys
from bot.cli.main import main
main(["--version"], standalone_mode=False)
print(sorted({_HEAVY} & set(sys.modules)))
"""


def test_the_version_is_said_without_importing_the_bridge() -> None:
    said = subprocess.run([sys.executable, "-c", _ASK], check=True, capture_output=True, text=True).stdout.splitlines()
    assert said == [f"casebridge, version {__version__}", "[]"]


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_each_command_that_is_named_is_there_and_says_what_it_does(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.help


def test_a_word_that_is_no_command_is_none() -> None:
    assert main.get_command(click.Context(main), "dance") is None
