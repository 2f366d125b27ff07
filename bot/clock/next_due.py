"""Which deadline comes next for a case, as whoever asks may know of it. Pure."""

from __future__ import annotations

from bot.clock import deadlines
from bot.domain.case import Case, Deadline
from bot.domain.names import deadline_name, lateness, moment
from bot.language.texts import tr
from bot.protection.seen_by import seen_by
from bot.turns.composer import Composer


def next_due(c: Composer, case: Case) -> Deadline | None:
    """The running deadline that comes first for the person of this turn."""
    party = c.person.party if c.person is not None else ""
    return next(iter(deadlines.shown(seen_by(case, party, c.context.agreement))), None)


def what_next(c: Composer, case: Case) -> str:
    """Say which deadline comes next, in both local times; empty for none."""
    first = next_due(c, case) if case.is_open else None
    if first is None:
        return ""
    return tr(
        c.language,
        "Next: {deadline} by {moment} ({lateness}).",
        deadline=deadline_name(first, c.language),
        moment=moment(first.due_at, case, c.context.agreement),
        lateness=lateness(first.due_at, c.now, c.language),
    )
