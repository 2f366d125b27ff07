"""Opening a case from a person's first words: a reference, a clock, the first question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.clock import deadlines
from bot.domain import button_data, reference
from bot.domain.agreement import Corridor
from bot.domain.case import Case, DeadlineKind, TextKind
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard
from bot.domain.names import sides
from bot.domain.people import Person
from bot.domain.time_words import both_times
from bot.domain.triage import assess
from bot.domain.understood import UNDERSTOOD, understood
from bot.intake import purpose_hint, understanding, who_is_told
from bot.intake.held_words import move_on, place_of
from bot.intake.next_question import next_question
from bot.intake.pieces import Piece, keep_piece
from bot.intake.question_texts import keyboard, question, which_side, word_button
from bot.language.texts import tr
from bot.turns.composer import Composer


def open_case(
    c: Composer, words: Sequence[Piece], waited: timedelta = timedelta(), *, exercise: bool = False, pace: int = 1
) -> Case | None:
    """Make a case of a person's first words: a reference, a clock, both in one turn. Asks nothing yet.

    Words that `waited` for an answer let the desks be told that much sooner. An exercise has a clock of its own `pace`.
    """
    person = c.person
    corridors = c.context.agreement.corridors_of(person.party) if person else ()
    if person is None or not corridors:
        c.say(tr(c.language, "Your side has no agreement in this bridge. Please tell your admin; use the hotline now."))
        c.journal(JournalAct.NO_CORRIDOR)
        return None
    case = _new_case(c, person, corridors, exercise=exercise, pace=pace)
    alert_after = max(timedelta(), c.context.alert_after - waited)
    case = deadlines.opened(case, case.policy(c.context.agreement), alert_after, c.context.new_id)
    case = c.put(case, new=True)
    for position, piece in enumerate(words):
        kind = TextKind.FIRST if position == 0 and piece.kind is TextKind.TEXT else piece.kind
        keep_piece(c, case, piece, kind)
    c.journal(JournalAct.OPENED, case, reference=case.reference, urgency=case.urgency.value, words=len(words))
    said = [piece.text for piece in words if piece.kind is TextKind.TEXT]
    purpose_hint.on_texts(c, case, said)
    case = understanding.understand(c, case, said)
    move_on(c, case_id=case.id, asking="" if case.requested else "corridor", place=place_of(c))
    return case


def _new_case(c: Composer, person: Person, corridors: Sequence[Corridor], *, exercise: bool, pace: int) -> Case:
    """Make a case of which nothing is known yet but who reports it; with one corridor, also who is asked."""
    prefix = next((k.code for k in corridors if k.code == person.corridor), corridors[0].code)
    urgency, rules = assess({})
    return Case(
        id=c.context.new_id(),
        reference=reference.draw(reference.DRILL if exercise else prefix, c.now.year, c.context.choose),
        corridor=prefix,
        reporting=person.party,
        requested=corridors[0].other(person.party) if len(corridors) == 1 else "",
        officer=person.id,
        place=place_of(c),
        opened_at=c.now,
        clock_from=c.now,
        urgency=urgency,
        rules=rules,
        exercise=exercise,
        pace=pace,
    )


def greet(c: Composer, case: Case) -> None:
    """Give the reference, say what was understood, and ask the first question, in one message."""
    stored = "\n\n".join(filter(None, (_stored(c, case), understanding.sentence(case, c.language))))
    if not case.requested:
        ask_side(c, case, stored)
        return
    first = next_question(case)
    if first is None:
        c.say(stored, case=case)
        return
    move_on(c, asking=first.id, pending={UNDERSTOOD: True} if understood(case) else {})
    laid = (
        *keyboard(case, first, c.context.agreement, c.language),
        *understanding.row(case, c.language),
        *_if_real(c, case),
    )
    c.say(f"{stored}\n\n{question(case, first, c.language)}", laid, case=case)


def _if_real(c: Composer, case: Case) -> Keyboard:
    """Below the first answer about an exercise: that it is none."""
    first = next((text for text in c.kept.texts if text.case_id == case.id and text.kind is TextKind.FIRST), None)
    if first is None or not case.exercise:
        return ()
    return ((word_button(tr(c.language, "It is real"), "real", button_data.to_base36(first.id)),),)


def _practised(c: Composer, case: Case) -> str:
    """Say that nobody acts on it, and how to report that it is real after all."""
    words = tr(
        c.language,
        "{reference}\nThis is an exercise. Nobody is looked for. The desks of both sides are told, each message says "
        "EXERCISE. If somebody is in danger, tap: It is real. Or type /alert and what happened.",
        reference=case.reference,
    )
    return f"{words} {tr(c.language, 'Its clock runs ten times faster.')}" if case.pace > 1 else words


def _stored(c: Composer, case: Case) -> str:
    """Give the reference, and say when the desks are told."""
    if case.exercise:
        return _practised(c, case)
    moment, alert = both_times(case.opened_at, sides(case, c.context.agreement)), case.deadline(DeadlineKind.ALERT)
    minutes = round((alert.due_at - c.now).total_seconds() / 60) if alert is not None else 0
    if who_is_told.out_of_reach(c, case):
        stored = tr(
            c.language,
            "{reference}\nYour alert is stored, {moment}. The clock runs. Never type names, phone or document numbers "
            "here.",
            reference=case.reference,
            moment=moment,
        )
        return f"{stored} {who_is_told.later_or_now(c, case, minutes)}"
    if minutes == 0 or case.alerted_at is not None:
        return tr(
            c.language,
            "{reference}\nYour alert is stored, {moment}. The clock runs. The desks are told now. Never type names, "
            "phone or document numbers here.",
            reference=case.reference,
            moment=moment,
        )
    return tr(
        c.language,
        "{reference}\nYour alert is stored, {moment}. The clock runs. The desks are told after three answers, at "
        "the latest "
        "in {minutes} minutes. Never type names, phone or document numbers here.",
        reference=case.reference,
        moment=moment,
        minutes=minutes,
    )


def ask_side(c: Composer, case: Case, lead: str) -> None:
    """Ask which side is to help; nothing else is asked about a case before."""
    move_on(c, case_id=case.id, asking="corridor", pending={UNDERSTOOD: True} if understood(case) else {})
    ask, laid = side_question(c, case)
    c.say(f"{lead}\n\n{ask}" if lead else ask, laid, case=case)


def side_question(c: Composer, case: Case) -> tuple[str, Keyboard]:
    """Write the question which side is to help, and lay out those that can be asked."""
    ask = tr(c.language, "Which side is asked to help? Until you say, only your own duty desk is told.")
    offered = which_side(_corridors(c, case), case, c.context.agreement)
    return ask, (*offered, *understanding.row(case, c.language))


def choose_side(c: Composer, case: Case, party: str) -> Case | None:
    """Set the requested side; None when there is no agreement with it."""
    if party not in {k.other(case.reporting) for k in _corridors(c, case)}:
        return None
    case = replace(case, requested=party)
    c.journal(JournalAct.REQUESTED_SIDE, case, party=party)
    return c.put(case)


def _corridors(c: Composer, case: Case) -> tuple[Corridor, ...]:
    return c.context.agreement.corridors_of(case.reporting)
