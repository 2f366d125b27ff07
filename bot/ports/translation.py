"""What drafts the English of a text, where the configuration names such a program: a port of its own."""

from __future__ import annotations

from typing import Protocol

from bot.domain.errors import Refused
from bot.language.writing_systems import is_record

LIMIT = 4000  #: characters of a draft


class Translator(Protocol):
    """A program on this machine, or a server that was named. Methods raise only `SendError`, without the text."""

    async def start(self) -> None:
        """Make ready; may be called again after `stop`."""

    async def stop(self) -> None:
        """Let go of everything; may be called twice."""

    async def in_english(self, text: str) -> str:
        """Draft the English of a text in whatever language, on one line; gives up by itself after a set time."""


def checked(draft: str) -> str:
    """A draft as it may be shown: one line of English letters. Raises `Refused` for anything else."""
    line = " ".join(draft.split())
    if not line:
        raise Refused("The translation came back empty.")
    if len(line) > LIMIT:
        raise Refused("The translation is too long.")
    if not is_record(line):
        raise Refused("The translation is not in English letters.")
    return line
