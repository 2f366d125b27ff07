"""A command starts without what it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot import __version__
from bot.cli import main as main_module
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


#: What only messengers, pages, papers and the running bridge need.
_NOT_FOR_PEOPLE = "{'telegram', 'wechatpy', 'starlette', 'uvicorn', 'apscheduler', 'typst', 'docx', 'aiohttp', 'httpx'}"
_LIST = f"""
import sys
from bot.cli.main import main
main(sys.argv[1:], standalone_mode=False)
print(sorted({_NOT_FOR_PEOPLE} & set(sys.modules)))
"""


def test_people_are_listed_without_importing_messengers_and_pages(tmp_path: Path) -> None:
    here = {"PYTHONPATH": str(Path(main_module.__file__).parents[2]), "PATH": os.environ["PATH"]}

    def said(command: str) -> list[str]:
        run = [sys.executable, "-c", _LIST, command]
        return subprocess.run(run, check=True, capture_output=True, text=True, cwd=tmp_path, env=here).stdout.split(
            "\n"
        )

    said("migrate")
    assert said("people")[1:] == ["[]", ""]


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_each_command_that_is_named_is_there_and_says_what_it_does(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.help


def test_a_word_that_is_no_command_is_none() -> None:
    assert main.get_command(click.Context(main), "dance") is None
