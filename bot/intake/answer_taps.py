"""Taps under the questions of an intake, of today or of last week. Decides, does no I/O."""

from __future__ import annotations

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.countries import NAMES
from bot.domain.fields import UNKNOWN, Field, FieldKind, field, show
from bot.domain.messages import Keyboard
from bot.intake.answers import store
from bot.intake.consent import ask_next
from bot.intake.held_words import move_on
from bot.intake.interview import advance, ask_current, ask_field, go_back, skip
from bot.intake.question_texts import keyboard, question
from bot.language.texts import tr
from bot.turns.composer import Composer

_MULTIPLE = (FieldKind.CHOICES, FieldKind.COUNTRIES)
_COUNTRY = (FieldKind.COUNTRY, FieldKind.COUNTRIES)


def choose(c: Composer, case: Case, choice: button_data.ChoiceTap) -> None:
    """Take a tap under a question, of today or of last week: it names its question."""
    asking = field(choice.field)
    if c.person is not None and c.person.id != case.officer:
        _answer_for_officer(c, case, asking, choice.choice)
    elif choice.choice == "back":
        go_back(c, case, asking)
    elif choice.choice == "skip":
        skip(c, case, asking)
    elif choice.choice == "ask":
        ask_field(c, case, asking)
    elif not _is_offered(asking, choice.choice):
        ask_current(c, case)
    elif asking.kind in _MULTIPLE and choice.choice != UNKNOWN:
        _toggle(c, case, asking, choice.choice)
    elif case.value(asking.id) == choice.choice and c.conversation.asking != asking.id:
        ask_current(c, case)
    else:
        _tapped(c, case, asking, choice.choice)


def _answer_for_officer(c: Composer, case: Case, asking: Field, code: str) -> None:
    """Take an answer of the officer's desk; it is asked only what a hand-off waits for."""
    if asking.choice(code) is None:
        c.say(tr(c.language, "Only the reporting officer can do that."), case=case)
        return
    case = store(c, case, asking, code, "tap")
    lead = _now_is(c, case, asking, code)
    if not ask_next(c, case, lead):
        c.say(lead, case=case)


def _now_is(c: Composer, case: Case, asking: Field, code: str) -> str:
    return tr(
        c.language,
        "{reference}: {label} is now {value}.",
        reference=case.reference,
        label=tr(c.language, asking.label),
        value=show(asking, code, c.language),
    )


def _is_offered(asking: Field, code: str) -> bool:
    """Whether a button of a question can say this: data from outside is never believed."""
    if code == UNKNOWN:
        return asking.may_be_unknown or asking.choice(code) is not None
    if asking.kind in _COUNTRY:
        return code in NAMES or code == "done"
    return asking.choice(code) is not None or (asking.kind is FieldKind.CHOICES and code == "done")


def _tapped(c: Composer, case: Case, asking: Field, code: str) -> None:
    is_current = c.conversation.case_id == case.id and c.conversation.asking == asking.id
    case = store(c, case, asking, code, "tap")
    if is_current:
        advance(c, case, asking)
        return
    lead = _now_is(c, case, asking, code)
    if ask_next(c, case, lead):
        return
    if case.sent_at is not None:
        advance(c, case, asking)
    else:
        ask_current(c, case, lead)


def _toggle(c: Composer, case: Case, asking: Field, code: str) -> None:
    pending = c.conversation.pending if c.conversation.asking == asking.id else {}
    before = pending.get("chosen")
    chosen = [str(x) for x in before] if isinstance(before, list) else []
    returning = bool(pending.get("returning"))
    if code == "done":
        if not chosen:
            ask_field(c, case, asking, tr(c.language, "Please choose at least one."), returning=returning)
            return
        order = [choice.code for choice in asking.choices] or chosen
        value = tuple(sorted(chosen, key=lambda x: order.index(x) if x in order else len(order)))
        move_on(c, case_id=case.id, asking=asking.id, pending={"returning": returning})
        advance(c, store(c, case, asking, value, "tap"), asking)
        return
    chosen = [x for x in chosen if x != code] if code in chosen else [*chosen, code]
    move_on(c, case_id=case.id, asking=asking.id, pending={"chosen": chosen, "returning": returning})
    laid: Keyboard = keyboard(case, asking, c.context.agreement, c.language, chosen)
    text = question(case, asking, c.language)
    if chosen:
        names = show(asking, tuple(chosen), c.language)
        text += "\n" + tr(c.language, "Chosen: {names}. Tap more, or Done.", names=names)
    c.say(text, laid, edits=c.message.message_id if c.message else "", case=case)
