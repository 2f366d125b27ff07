"""What the line asks of a piece of work, whatever it is: a message, what is due, a command, an act on a page."""

from __future__ import annotations

from typing import Protocol

from bot.domain.agreement import Agreement
from bot.domain.people import Directory
from bot.domain.turn import Turn
from bot.ports.reads import Shows, Wanted
from bot.turns.context import Context
from bot.turns.view import View


class Work(Protocol):
    """A piece of work that becomes a turn: a frozen value without I/O."""

    def wants(self, directory: Directory, agreement: Agreement, /) -> Wanted:
        """Say what it touches, so that a batch is read in a few reads."""
        ...

    def shows(self, directory: Directory, agreement: Agreement, /) -> Shows:
        """Say what it asks to see besides."""
        ...

    def turn(self, view: View, context: Context, /) -> Turn:
        """Compute its turn. What it raises makes it fail, alone."""
        ...

    def failed(self, context: Context, error: str, /) -> Turn:
        """Say what is kept instead when its turn failed; `error` is the type's name. May raise `StorageError`."""
        ...
