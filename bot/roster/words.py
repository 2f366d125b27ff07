"""How shifts, cases of a list and moments of a desk are written for its people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.clock import deadlines
from bot.domain.agreement import Agreement, Desk
from bot.domain.case import Case
from bot.domain.names import deadline_name, lateness, marked_exercise, moment, standing_name, urgency_name
from bot.domain.people import Directory, Person
from bot.domain.recipients import desk_name
from bot.domain.roster import Shift
from bot.domain.time_words import both_times
from bot.language.texts import tr
from bot.protection.seen_by import seen_by

LISTED = 15  #: cases in one message


def local(when: datetime, party: str, agreement: Agreement) -> str:
    """Write a moment in a side's own zone: ``Sat 18 Apr 23:00 Phnom Penh``."""
    side = agreement.parties.get(party)
    return both_times(when, [side] if side else [])


def span_of(shift: Shift, party: str, agreement: Agreement) -> str:
    """Write from when to when a shift goes, in its side's own zone."""
    return f"{local(shift.starts_at, party, agreement)} - {local(shift.ends_at, party, agreement)}"


def shown_desk(desk: str, party: str, agreement: Agreement) -> str:
    """Name a desk, or the supervisors of a side who belong to none."""
    found = agreement.desks.get(desk)
    return desk_name(found) if isinstance(found, Desk) else party


def names(people: Iterable[Person]) -> str:
    """Name people of the own side."""
    return ", ".join(person.name for person in people)


def name_of(person_id: int | None, directory: Directory, language: str) -> str:
    """Name somebody of the own side by their id."""
    found = directory.get(person_id)
    return found.name if found is not None else tr(language, "somebody")


def case_lines(cases: Sequence[Case], party: str, agreement: Agreement, now: datetime, language: str) -> list[str]:
    """List open cases with what is next: no more than a ping says."""
    lines = [_case_line(case, party, agreement, now, language) for case in cases[:LISTED]]
    if len(cases) > LISTED:
        more = ", ".join(case.reference for case in cases[LISTED:])
        lines.append(tr(language, "and {count} more: {cases}", count=len(cases) - LISTED, cases=more))
    return lines


def _case_line(case: Case, party: str, agreement: Agreement, now: datetime, language: str) -> str:
    seen = seen_by(case, party, agreement)
    name = marked_exercise(case.reference) if case.exercise else case.reference
    line = f"{name} · {urgency_name(seen.urgency, language)} · {standing_name(seen, language)}"
    following = next(iter(deadlines.shown(seen)), None)
    if following is None:
        return line
    due = moment(following.due_at, case, agreement)
    late = lateness(following.due_at, now, language)
    return f"{line} · {deadline_name(following, language)}: {due} ({late})"
