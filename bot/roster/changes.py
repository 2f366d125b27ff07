"""What a new plan changes of the roster, and single changes on the page. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import at_person
from bot.domain.roster import Shift
from bot.language.texts import later, tr
from bot.roster.words import shown_desk, span_of
from bot.turns.composer import Composer

_TOLD_WITHIN = timedelta(hours=24)
_PLANNERS = (Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done to the roster."""

    added: tuple[Shift, ...] = ()  #: without ids of their own yet
    gone: tuple[Shift, ...] = ()
    kept: int = 0
    over: int = 0  #: shifts of the plan that are over, and are left alone

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.added or self.gone)


def may_plan(person: Person, party: str) -> bool:
    """Who may change the roster of a side: its supervisors and admins."""
    return person.is_active and person.role in _PLANNERS and person.party == party


def compared(planned: Iterable[Shift], directory: Directory, now: datetime) -> Changes:
    """Compare a plan with the roster.

    For each desk and role in the plan it takes the place of what is known between its first beginning and its last
    end. What is over stays as it is. The same plan again changes nothing.
    """
    wanted = {shift.key: shift for shift in planned}
    spans = _spans(wanted.values(), directory)
    known = {shift.key: shift for shift in directory.roster.shifts}
    current = {key: shift for key, shift in wanted.items() if shift.ends_at > now}
    gone = [
        shift
        for key, shift in known.items()
        if key not in wanted and shift.ends_at > now and _is_within(shift, spans, directory)
    ]
    added = [shift for key, shift in current.items() if key not in known]
    return Changes(_sorted(added), _sorted(gone), len(current.keys() & known.keys()), len(wanted) - len(current))


def carry_out(c: Composer, changes: Changes, why: str) -> None:
    """Change the roster."""
    if not changes:
        return
    for shift in changes.gone:
        c.people.drop_shift(shift)
        _tell(c, shift, later("Your shift at {desk} was taken out of the roster: {span}."))
    for shift in changes.added:
        c.people.put_shift(replace(shift, id=c.context.new_id()))
        _tell(c, shift, later("You have a new shift at {desk}: {span}. If you cannot take it, tell your supervisor."))
    desks = sorted({shift.desk for shift in (*changes.added, *changes.gone)})
    c.journal(
        JournalAct.ROSTER_CHANGED, by=why, desks=desks, added=len(changes.added), gone=[s.id for s in changes.gone]
    )


def _tell(c: Composer, shift: Shift, sentence: str) -> None:
    """Tell whoever it is about what is changed of the next day: nobody sees a notice of it in time any more."""
    person = c.view.directory.get(shift.person_id)
    if person is None or not person.is_active or shift.starts_at - c.now > _TOLD_WITHIN:
        return
    agreement = c.context.agreement
    desk = shown_desk(shift.desk, person.party, agreement)
    words = tr(person.language, sentence, desk=desk, span=span_of(shift, person.party, agreement))
    c.tell([at_person(person)], f"roster:changed:{c.inbox_id}:{shift.starts_at.timestamp():.0f}", words)


def after(directory: Directory, changes: Changes) -> Directory:
    """The directory with the roster as it will be."""
    made = tuple(replace(shift, id=-number) for number, shift in enumerate(changes.added, start=1))
    roster = directory.roster.with_changes(made, [shift.id for shift in changes.gone], ())
    return replace(directory, roster=roster)


def overlapping(shift: Shift, directory: Directory) -> Shift | None:
    """A shift that somebody has already at the time of another one."""
    own = directory.roster.of(shift.person_id, shift.desk)
    return next((s for s in own if s.starts_at < shift.ends_at and shift.starts_at < s.ends_at), None)


def _spans(shifts: Iterable[Shift], directory: Directory) -> dict[tuple[str, Role | None], tuple[datetime, datetime]]:
    spans: dict[tuple[str, Role | None], tuple[datetime, datetime]] = {}
    for shift in shifts:
        group = _group(shift, directory)
        first, last = spans.get(group, (shift.starts_at, shift.ends_at))
        spans[group] = (min(first, shift.starts_at), max(last, shift.ends_at))
    return spans


def _is_within(
    shift: Shift, spans: dict[tuple[str, Role | None], tuple[datetime, datetime]], directory: Directory
) -> bool:
    span = spans.get(_group(shift, directory))
    return span is not None and span[0] <= shift.starts_at < span[1]


def _group(shift: Shift, directory: Directory) -> tuple[str, Role | None]:
    person = directory.get(shift.person_id)
    return (shift.desk, person.role if person is not None else None)


def _sorted(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    return tuple(sorted(shifts, key=lambda shift: (shift.desk, shift.starts_at, shift.person_id)))
