"""An intake that its officer leaves unfinished: they are asked twice, then the desks hear what is missing. No I/O.

For how long they may be silent is in `bot.clock.deadlines`; the timer itself is no deadline that people see.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import alerts, deadlines
from bot.domain.case import Case, Deadline, DeadlineKind
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard, OutgoingKind
from bot.domain.names import link, rows, urgency_name
from bot.domain.people import Person
from bot.domain.recipients import Recipient, at_person
from bot.domain.turn import Turn
from bot.intake import in_english
from bot.intake.held_words import held, move_on
from bot.intake.next_question import REVIEW, missing
from bot.intake.open_case import side_question
from bot.intake.position import own_case
from bot.intake.question_texts import keyboard, question, summary_keyboard
from bot.intake.showing_back import shown_back, to_confirm
from bot.language.texts import tr
from bot.ports.reads import Due
from bot.protection import gates
from bot.protection.redaction_policy import Way, may_read
from bot.protection.standings import Reader
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View

_TWICE = len(deadlines.UNANSWERED) - 1
#: When the clock looks again while the officer's next words are for something else.
_SOON = timedelta(minutes=1)


def heard(c: Composer) -> None:
    """Let the silence of an officer begin anew in the intake that a message of theirs was about.

    Until they were asked, the clock finds out by itself how long they are silent: a message then writes nothing more.
    """
    about = c.case_id
    case = own_case(c) if about is None else c.case(about)
    if case is None or c.person is None or case.officer != c.person.id or not _was_asked(case):
        return
    has_moved = c.conversation is not c.view.conversation(c.person.id) or case is not c.view.case(case.id)
    later = deadlines.heard(case, c.now)
    if has_moved and later is not case:
        c.put(later)
        c.case_id = about  # to go back in an intake says nothing that belongs to its case


def due(view: View, context: Context, row: Due) -> Turn:
    """Do what a silence that is over calls for; what `Wanted.reported` says must have been loaded."""
    case = view.case(row.case_id)
    officer = view.directory.get(case.officer) if case is not None else None
    c = Composer(context, view, person=officer, actor="clock")
    timer = deadlines.fallen_due(case, row.deadline_id, c.now) if case is not None else None
    if case is not None and timer is not None:
        later = case if timer.pings else deadlines.heard(case, _said_at(c, case))
        timer = deadlines.fallen_due(later, row.deadline_id, c.now)
        if timer is None:
            c.put(later)
        else:
            _silent(c, later, timer)
    return c.finish()


def _was_asked(case: Case) -> bool:
    timer = case.deadline(DeadlineKind.INTAKE)
    return timer is not None and timer.pings > 0


def _said_at(c: Composer, case: Case) -> datetime:
    """When the officer last said something in this intake, while nobody has asked them for it."""
    moments = [case.opened_at, *(answer.at for answer in case.answers.values() if answer.by == case.officer)]
    if c.person is not None and c.conversation.case_id == case.id and c.conversation.updated_at is not None:
        moments.append(c.conversation.updated_at)
    return max(moments)


def _silent(c: Composer, case: Case, timer: Deadline) -> None:
    officer = c.person
    if case.sent_at is not None or not case.is_open:
        c.put(deadlines.stop(case, timer.kind, c.now))
    elif officer is None or not officer.is_active or not officer.is_reachable:
        _tell_desks(c, case, timer, tr("en", "The reporting officer was cut off, or nothing reaches them."))
    elif timer.pings == _TWICE:
        _tell_desks(c, case, timer, tr("en", "The reporting officer was asked twice, and it is still not finished."))
    elif _speaks_of_something_else(c):
        c.put(deadlines.look_at(case, timer.kind, c.now + _SOON))
    elif (until := _answers_elsewhere_until(c, case)) > c.now:
        c.put(deadlines.look_at(case, timer.kind, until))
    else:
        _ask(c, case, timer, officer)


def _speaks_of_something_else(c: Composer) -> bool:
    """Whether the officer's next words are waited for: to name a case, to complete an act, to open an alert."""
    pending = c.conversation.pending
    prompt = pending.get("prompt")
    until = prompt["until"] if isinstance(prompt, dict) else pending.get("opens")
    is_awaited = until is not None and datetime.fromisoformat(str(until)) >= c.now
    return is_awaited or bool(held(pending))


def _answers_elsewhere_until(c: Composer, case: Case) -> datetime:
    """Until when what the officer types is for another intake: two never ask at once, so that no answer goes astray."""
    there, asked_at = c.case(c.conversation.case_id), c.conversation.updated_at
    is_elsewhere = there is not None and there.id != case.id and there.is_open and bool(c.conversation.asking)
    return asked_at + deadlines.UNANSWERED[0] if is_elsewhere and asked_at is not None else c.now


def _ask(c: Composer, case: Case, timer: Deadline, officer: Person) -> None:
    """Ask the officer once. Their conversation goes on with this question, so that what they type next answers it."""
    told, number = _where_they_write(c, officer), timer.pings + 1
    waiting = to_confirm(c) if c.conversation.case_id == case.id else []
    if waiting:
        asking, (text, laid) = waiting[0][0].id, shown_back(case, waiting[0], c.language)
        c.move(place=told.addresses[0])
    else:
        asking, text, laid = _what_matters_most(c, case)
        move_on(c, case_id=case.id, asking=asking, place=told.addresses[0])
        case = c.case(case.id) or case
    lead = tr(c.language, "{reference}: your alert is not finished.", reference=case.reference)
    c.tell(
        [told],
        f"case:{case.id}:{timer.kind.value}:{timer.id}:{number}",
        f"{lead}\n\n{text}",
        kind=OutgoingKind.REPLY,
        case=case,
        buttons=laid,
        deadline_id=timer.id,
    )
    c.journal(JournalAct.ASKED_AGAIN, case, field=asking, number=number)
    c.put(deadlines.asked(case, c.now))


def _what_matters_most(c: Composer, case: Case) -> tuple[str, str, Keyboard]:
    """The one question to ask: what the conversation is then asking, its words, its buttons."""
    if not case.requested:
        return ("corridor", *side_question(c, case))
    first = next(iter(missing(case)), None)
    if first is not None:
        laid = keyboard(case, first, c.context.agreement, c.language)
        return first.id, question(case, first, c.language), laid
    words = tr(c.language, "All that is needed is answered. Tap Send, or type 'send'.")
    return REVIEW, words, summary_keyboard(case, c.language)


def _where_they_write(c: Composer, officer: Person) -> Recipient:
    """The officer, first where they wrote last as long as that reaches them."""
    found, last = at_person(officer), c.conversation.place
    if last is None or last not in found.addresses or last in officer.unreachable:
        return found
    return replace(found, addresses=(last, *(address for address in found.addresses if address != last)))


def _tell_desks(c: Composer, case: Case, timer: Deadline, why: str) -> None:
    """Tell each side that knows of the case what is missing, as far as it may know; nobody is asked any more."""
    told: list[Recipient] = []
    for party in _who_know(case):
        facts = _missing_for(c, case, party)
        if facts:
            is_own, what = party == case.reporting, f"missing:{timer.id}"
            key = gates.key_of(case, what) if is_own else f"case:{case.id}:{what}"
            words = _unfinished(c, case, facts, why if is_own else "")
            show = alerts.act_button(case, tr("en", "Show case"), "case")
            told += c.tell(alerts.desk_of(c, party), key, words, case=case, buttons=rows([show]))
    if told:
        fields = [asked.id for asked in missing(case)]
        c.journal(JournalAct.MISSING_TOLD, case, missing=fields, recipients=[r.name for r in told])
    in_english.ask_desk(c, case)
    c.put(deadlines.stop(case, DeadlineKind.INTAKE, c.now))


def _who_know(case: Case) -> list[str]:
    """The sides to tell: the requested one only if it was alerted."""
    return [*([case.requested] if case.alerted_requested_at is not None else []), case.reporting]


def _missing_for(c: Composer, case: Case, party: str) -> str:
    """Name the facts that are missing, of those that a side would read in its alert; empty for none."""
    agreement = c.context.agreement
    found = [f for f in missing(case) if may_read(f, case, Reader(party), Way.ALERT, agreement)]
    side = [] if case.requested else [tr("en", "Side asked to help")]
    return ", ".join([*side, *(tr("en", asked.label) for asked in found)])


def _unfinished(c: Composer, case: Case, facts: str, why: str) -> str:
    lines = [
        f"{urgency_name(case.urgency, 'en')} · {case.reference}",
        tr("en", "This alert is not finished. Still missing: {facts}.", facts=facts),
        why,
        tr("en", "What you learn: /note {reference} text", reference=case.reference) if why else "",
        link(c.context.public_url, case),
    ]
    return "\n".join(filter(None, lines))
