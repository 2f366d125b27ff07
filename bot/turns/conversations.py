"""Collects where people stand at the end of a turn: the one who wrote, and others whom it moves."""

from __future__ import annotations

from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.frozen import replace
from bot.domain.people import Person
from bot.turns.view import View


class Conversations:
    """Where people stand in one turn."""

    def __init__(self, view: View, person: Person | None, now: datetime) -> None:
        """Begin where they stood."""
        self._view = view
        self._person = person
        self._now = now
        self._own: Conversation | None = None  #: looked up once a turn
        self._changed: dict[int, Conversation] = {}

    @property
    def own(self) -> Conversation:
        """Where the person stands. Raises LookupError for the clock and for commands."""
        if self._own is None:
            if self._person is None:
                raise LookupError("only a person has a conversation")
            self._own = self._view.conversation(self._person.id)
        return self._own

    def move(self, changes: dict[str, object]) -> None:
        """Change where the person stands."""
        self._own = self._moved(self.own, changes)

    def move_other(self, person_id: int, changes: dict[str, object]) -> None:
        """Change where somebody stands, whoever writes."""
        if self._person is not None and self._person.id == person_id:
            self.move(changes)
        else:
            self._moved(self._view.conversation(person_id), changes)

    @property
    def changed(self) -> tuple[Conversation, ...]:
        """Where everybody stands who was moved."""
        return tuple(self._changed.values())

    def _moved(self, before: Conversation, changes: dict[str, object]) -> Conversation:
        version = self._view.conversation(before.person_id).version + 1
        moved = replace(before, updated_at=self._now, version=version, **changes)
        self._changed[moved.person_id] = moved
        return moved
