"""What a turn is made from: the moment, the message and who wrote it. A frozen value; it collects nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.journal import Entry, Filed
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Inbound
from bot.domain.people import Person
from bot.turns.context import Context


@dataclass(frozen=True, slots=True)
class Source:
    """A message of a person, a tick of the clock, or a command."""

    context: Context
    message: Inbound | None
    person: Person | None
    actor: str  #: ``person:12``, ``clock``, ``cli:NAME``, ``stranger``

    @property
    def now(self) -> datetime:
        """The moment of the turn."""
        return self.context.now

    @property
    def came_as(self) -> str:
        """The ``place#message_id`` of the message, empty for taps and ticks."""
        m = self.message
        return f"{m.place}#{m.message_id}" if m and m.place and m.message_id and not m.button else ""

    def writer(self) -> Person:
        """The person who wrote. Raises LookupError for the clock and for commands."""
        if self.person is None:
            raise LookupError("only a person writes to a case")
        return self.person

    def entry(self, act: JournalAct, case: Filed | None, address: str, details: dict[str, object]) -> Entry:
        """An act as the journal records it."""
        context = self.context
        return Entry(
            context.new_id(),
            case.corridor if case else "-",
            self.now,
            self.actor,
            act,
            case.id if case else None,
            address,
            details,
            context.salt(),
        )
