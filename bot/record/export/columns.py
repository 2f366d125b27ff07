"""The columns of the case log and a case as one row of it, de-identified. Pure.

No names, no free text, no ids of people. Fear of own authorities never leaves: it says whom a person is afraid of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock.deadline_outcomes import first_acknowledgment, minutes, outcome
from bot.domain.case import Case, Channel, DeadlineKind
from bot.domain.guarded import Guarded
from bot.domain.people import Directory
from bot.domain.subjects import REST, STATE, by_answer

#: One cell. None is empty: not answered or not happened; ``unknown`` and ``no`` are answers.
Cell = str | int | bool | datetime | tuple[str, ...] | None
Row = tuple[Cell, ...]

#: The answers that are exported: codes and numbers only.
_ANSWERS = (
    "danger_now",
    "situation",
    "age_group",
    "country",
    "category",
    "exploitation",
    "persons_count",
    "citizenship",
    "assistance",
    "safe_to_contact",
    "consent_police",
    "consent_diplomatic",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A case and what its row needs besides."""

    case: Case
    directory: Directory  #: to write sides and roles where a case holds people
    at: datetime  #: deadlines are judged as of this moment
    number: int = REST  #: of the person or group that a row is about
    place: int = 1  #: which person of the case, counted from 1


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns that are read off a case together."""

    names: tuple[str, ...]
    of: Callable[[Subject], Row]


def row(subject: Subject) -> Row:
    """Write a case as one row, in the order of `COLUMNS`."""
    return tuple(cell for group in _GROUPS for cell in group.of(subject))


def side_and_role(subject: Subject, person_id: int | None) -> str | None:
    """Write a person as side and role, ``CN duty``."""
    person = subject.directory.get(person_id)
    return None if person is None else f"{person.party} {person.role.value}"


def _case(subject: Subject) -> Row:
    case = subject.case
    return (
        case.reference,
        case.corridor,
        case.reporting,
        case.requested or None,
        case.status.value,
        case.urgency.value,
        case.rules,
        case.exercise,
        case.flagged_country or None,
    )


def _times(subject: Subject) -> Row:
    case = subject.case
    return (
        case.opened_at,
        case.sent_at,
        case.alerted_at,
        case.alerted_requested_at,
        *_acknowledged(subject),
        case.stood_down_at,
        case.diplomatic_not_needed_at,
        case.closed_at,
        None if case.closure is None else case.closure.value,
        side_and_role(subject, case.closed_by),
    )


def _acknowledged(subject: Subject) -> Row:
    """When, how soon and by whom: one event, so all of it or nothing."""
    first = first_acknowledgment(subject.case)
    if first is None:
        return (None, None, None)
    return (first.at, minutes(subject.case.opened_at, first.at), side_and_role(subject, first.by))


def _answers(subject: Subject) -> Row:
    found = (subject.case.value(name) for name in _ANSWERS)
    return tuple(None if isinstance(value, Guarded) else value for value in found)


def _persons(subject: Subject) -> Row:
    """How many persons there are of each age group and state; None where nobody said it of each."""
    case = subject.case
    if not case.apart:
        return (None, None)
    return tuple(
        tuple(f"{code}={count}" for code, count in sorted(by_answer(case, name).items())) or None
        for name in ("age_group", STATE)
    )


def _handoff(channel: Channel) -> ColumnGroup:
    def cells(subject: Subject) -> Row:
        given = [h for h in subject.case.handoffs if h.channel is channel]
        if not given:
            return (None,) * len(_HANDOFF_NAMES)
        last = max(given, key=lambda h: h.id)
        returned = [h.returned_at for h in given if h.returned_at is not None]
        return (
            last.state.value,
            last.drafted_at,
            last.sent_at,
            last.accepted_at,
            last.formal_reference or None,
            max(returned, default=None),
            len(returned),
            last.letter_at,
            last.letter_reference or None,
        )

    return ColumnGroup(tuple(f"{channel.value}_{name}" for name in _HANDOFF_NAMES), cells)


def _taken_back(channel: Channel) -> ColumnGroup:
    """What came of a channel's newest hand-off besides an acceptance: refused, or taken back."""

    def cells(subject: Subject) -> Row:
        given = [h for h in subject.case.handoffs if h.channel is channel]
        if not given:
            return (None, None, None)
        last = max(given, key=lambda h: h.id)
        return (None if last.refusal is None else last.refusal.value, last.withdrawn_at, last.stopped_at)

    return ColumnGroup(tuple(f"{channel.value}_{name}" for name in ("refusal", "withdrawn_at", "stopped_at")), cells)


def _deadline(kind: DeadlineKind, channel: Channel | None = None) -> ColumnGroup:
    prefix = "_".join(["deadline", kind.value, *([channel.value] if channel else [])])

    def cells(subject: Subject) -> Row:
        newest = subject.case.deadline(kind, channel)
        if newest is None:
            return (None, None, None, None)
        same = [d for d in subject.case.deadlines if d.kind is kind and channel in (None, d.channel)]
        settled = None if newest.is_running else newest.settled_at
        return (newest.due_at, settled, outcome(newest, subject.at).value, sum(d.pings for d in same))

    return ColumnGroup(tuple(f"{prefix}_{name}" for name in ("due_at", "settled_at", "outcome", "pings")), cells)


_CASE_NAMES = (
    "reference",
    "corridor",
    "reporting",
    "requested",
    "status",
    "urgency",
    "rules",
    "exercise",
    "country_outside_corridor",
)
_TIME_NAMES = (
    "opened_at",
    "sent_at",
    "alerted_at",
    "alerted_requested_at",
    "acknowledged_at",
    "minutes_to_acknowledge",
    "acknowledged_by",
    "stood_down_at",
    "diplomatic_not_needed_at",
    "closed_at",
    "closure",
    "closed_by",
)
_HANDOFF_NAMES = (
    "state",
    "drafted_at",
    "sent_at",
    "accepted_at",
    "formal_reference",
    "returned_at",
    "returns",
    "letter_at",
    "letter_reference",
)
_GROUPS = (
    ColumnGroup(_CASE_NAMES, _case),
    ColumnGroup(_TIME_NAMES, _times),
    ColumnGroup(_ANSWERS, _answers),
    _handoff(Channel.POLICE),
    _handoff(Channel.DIPLOMATIC),
    _deadline(DeadlineKind.ACKNOWLEDGE),
    _deadline(DeadlineKind.POLICE),
    _deadline(DeadlineKind.DIPLOMATIC),
    _deadline(DeadlineKind.WRITTEN, Channel.POLICE),
    _deadline(DeadlineKind.WRITTEN, Channel.DIPLOMATIC),
    _deadline(DeadlineKind.REVIEW),
    ColumnGroup(("persons_by_age", "persons_by_state"), _persons),
    _taken_back(Channel.POLICE),
    _taken_back(Channel.DIPLOMATIC),
)

#: The names of all columns, in order.
COLUMNS = tuple(name for group in _GROUPS for name in group.names)
