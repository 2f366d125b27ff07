"""Test rings: a marked message to the duty desks of a corridor that somebody there answers by a tap. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.frozen import replace

SILENT_AFTER = timedelta(minutes=15)  #: then the supervisors hear which desk has not answered
ANSWERABLE = timedelta(hours=12)  #: this long after it began somebody may still answer it without its button


@dataclass(frozen=True, slots=True)
class RingAnswer:
    """That a desk answered a test ring, by its first tap."""

    ring_id: int
    desk: str
    at: datetime
    person_id: int


@dataclass(frozen=True, slots=True)
class Ring:
    """One test ring of a corridor."""

    id: int
    corridor: str
    desks: tuple[str, ...]  #: the duty desks of both sides as they were when it began
    begun_at: datetime
    begun_by: int | None = None  #: None: the weekly one
    told_at: datetime | None = None  #: when it was looked who is silent, and the supervisors heard of it
    answers: tuple[RingAnswer, ...] = ()  #: one a desk, in the order in which they came

    @property
    def due_at(self) -> datetime:
        """When whoever has not answered is told of."""
        return self.begun_at + SILENT_AFTER

    @property
    def silent(self) -> tuple[str, ...]:
        """The desks that have not answered."""
        answered = {answer.desk for answer in self.answers}
        return tuple(desk for desk in self.desks if desk not in answered)

    def answer_of(self, desk: str) -> RingAnswer | None:
        """What a desk answered."""
        return next((answer for answer in self.answers if answer.desk == desk), None)

    def took(self, desk: str) -> timedelta | None:
        """How long a desk took to answer; None while it has not."""
        answer = self.answer_of(desk)
        return None if answer is None else answer.at - self.begun_at

    def with_answer(self, answer: RingAnswer) -> Ring:
        """The same with the answer of one more desk."""
        return replace(self, answers=(*self.answers, answer))


@dataclass(frozen=True, slots=True)
class Weekly:
    """A moment of each week, in UTC."""

    weekday: int  #: 0 is Monday
    at: time

    def on(self, day: date) -> datetime | None:
        """The moment on a day; None when it is another day of the week."""
        return datetime.combine(day, self.at, UTC) if day.weekday() == self.weekday else None
