"""The open cases of somebody who does not work on them any more: who takes them over. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock.alerts import act_button
from bot.domain.agreement import DeskRole
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import rows
from bot.domain.people import Directory, Person
from bot.domain.recipients import at_desks, supervisors
from bot.intake.consent import next_open
from bot.intake.question_texts import keyboard, question
from bot.language.texts import tr
from bot.turns.composer import Composer

_LISTED = 15  #: references in one message
_TAPS = 8


@dataclass(frozen=True, slots=True)
class CasesLeft:
    """What somebody leaves, most urgent first."""

    assigned: tuple[Case, ...] = ()  #: nobody of their side is assigned to these any more
    reported: tuple[Case, ...] = ()  #: their desk answers for these


def leave(c: Composer, person: Person) -> CasesLeft:
    """Take a person off the open cases they were given; returns those assigned to them, and those they reported."""
    theirs = [case for k in c.view.cases() if (case := c.case(k.id)) is not None and case.is_open]
    about = c.case_id
    for case in theirs:
        if person.id in case.liaisons:
            c.journal(JournalAct.LIAISON_ENDED, case, person=person.id)
            c.put(replace(case, liaisons=tuple(i for i in case.liaisons if i != person.id)))
    theirs = [c.case(case.id) or case for case in theirs]
    assigned = [_unassigned(c, case, person) for case in theirs if person.id in case.assignees]
    c.case_id = about
    reported = [c.case(case.id) or case for case in theirs if case.officer == person.id]
    return CasesLeft(_by_urgency(assigned), _by_urgency(reported))


def told(work: CasesLeft, lead: str) -> tuple[str, Keyboard]:
    """Write what the desk reads, with a tap for each case that needs a new hand."""
    lines = [lead]
    if work.assigned:
        lines.append(tr("en", "These open cases need a new hand: {cases}", cases=listed(work.assigned)))
        example = f"/assign {work.assigned[0].reference} me"
        lines.append(tr("en", "Tap to take one, or type: {example}", example=example))
    if work.reported:
        lines.append(
            tr("en", "Open cases they reported, for which the desk answers now: {cases}", cases=listed(work.reported))
        )
    taps = [
        act_button(case, tr("en", "Take {reference}", reference=case.reference), Act.ASSIGN, "me")
        for case in work.assigned[:_TAPS]
    ]
    return "\n".join(lines), rows(taps)


def ask_desk(c: Composer, cases: Sequence[Case], directory: Directory) -> None:
    """Ask the desk what a drafted hand-off still waits for from the officer who is gone."""
    for case in cases:
        asking = next_open(case, c.context.agreement)
        if asking is None:
            continue
        desk = at_desks(c.context.agreement, directory, case.reporting, DeskRole.DUTY)
        words = tr(
            "en", "{reference}: the reporting officer cannot answer any more. Please answer:", reference=case.reference
        )
        c.tell(
            desk or supervisors(directory, case.reporting),
            f"case:{case.id}:left:{asking.id}:{c.inbox_id}",
            f"{words}\n\n{question(case, asking, 'en')}",
            case=case,
            buttons=keyboard(case, asking, c.context.agreement, "en"),
        )


def _unassigned(c: Composer, case: Case, person: Person) -> Case:
    c.journal(JournalAct.UNASSIGNED, case, person=person.id)
    return c.put(replace(case, assignees=tuple(i for i in case.assignees if i != person.id)))


def _by_urgency(cases: Sequence[Case]) -> tuple[Case, ...]:
    return tuple(sorted(cases, key=lambda case: (case.urgency, case.id)))


def listed(cases: Sequence[Case]) -> str:
    """Name cases by reference, the first ones of many."""
    shown = ", ".join(case.reference for case in cases[:_LISTED])
    more = len(cases) - _LISTED
    return shown if more <= 0 else tr("en", "{cases} and {count} more", cases=shown, count=more)
