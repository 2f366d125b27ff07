"""Taps under the questions of an intake, of today or of last week. Decides, does no I/O."""

from __future__ import annotations

from bot.domain import button_data
from bot.domain.case import Case, Value
from bot.domain.countries import NAMES
from bot.domain.fields import UNKNOWN, Field, FieldKind, field, show
from bot.domain.understood import understood
from bot.intake import changing, differing, english_line, in_english, permission, understanding
from bot.intake.answers import store
from bot.intake.consent import ask_next
from bot.intake.interview import (
    advance,
    ask_current,
    ask_field,
    ask_more,
    close_choices,
    differs,
    permitted,
    take_choice_out,
)
from bot.intake.moves import go_back, skip
from bot.intake.next_question import REVIEW
from bot.intake.several_choices import DONE, adds, chosen, code_of, takes_several
from bot.language.texts import tr
from bot.turns.composer import Composer

_COUNTRY = (FieldKind.COUNTRY, FieldKind.COUNTRIES)


def choose(c: Composer, case: Case, choice: button_data.ChoiceTap) -> None:
    """Take a tap under a question, of today or of last week: it names its question."""
    asking, code = field(choice.field), choice.choice
    if c.person is not None and c.person.id != case.officer:
        _answer_for_officer(c, case, asking, code)
    elif code in (understanding.RIGHT, understanding.CHANGE, understanding.WRONG):
        of_understood(c, case, code, asking)
    elif not (_moves(c, case, asking, code) or _about_permission(c, case, asking, code)):
        if asking.id == differing.DIFFERS:
            _differs(c, case, asking, code)
            return
        _answer(c, case, asking, code)


def _differs(c: Composer, case: Case, asking: Field, code: str) -> None:
    """Take a tap about those who differ; one of an earlier step asks anew."""
    if not _is_current(c, case, asking) or not differs(c, differing.tapped(c, case, code)):
        ask_current(c, case)


def _moves(c: Composer, case: Case, asking: Field, code: str) -> bool:
    """Take a tap that moves about among the questions; False for others."""
    match code:
        case "back":
            go_back(c, case, asking.id)
        case "skip":
            skip(c, case, asking)
        case "ask":
            ask_field(c, case, asking)
        case in_english.LATER | in_english.RIGHT if asking.kind is FieldKind.TEXT:
            _about_english(c, case, asking, code)
        case _:
            return False
    return True


def _about_english(c: Composer, case: Case, asking: Field, code: str) -> None:
    """Take a tap under the question for the English of an answer, while that is what is asked."""
    if _is_current(c, case, asking) and in_english.waiting(c, case):
        english_line.choose(c, case, code)
    else:
        ask_current(c, case)


def _answer(c: Composer, case: Case, asking: Field, code: str) -> None:
    if not _is_offered(asking, code_of(code)):
        ask_current(c, case)
    elif takes_several(asking) and (code != UNKNOWN or chosen(asking, case)):
        _several(c, case, asking, code)
    elif case.value(asking.id) == code and c.conversation.asking != asking.id:
        ask_current(c, case)
    else:
        _tapped(c, case, asking, code)


def of_understood(c: Composer, case: Case, code: str, asking: Field) -> None:
    """Take what is said of what was read out of the first words; what is confirmed or sent already stays as it is."""
    if code == understanding.WRONG:
        ask_field(c, case, asking, returning=case.sent_at is None and c.conversation.asking == REVIEW)
    elif not understood(case):
        noted = tr(c.language, "Nothing waits for that: all is noted. To change an answer, type for example: edit 4")
        ask_current(c, case, noted)
    elif code == understanding.RIGHT:
        ask_current(c, understanding.confirm(c, case), tr(c.language, "Thank you, noted as right."))
    else:
        changing.ask_what(c, case)


def _about_permission(c: Composer, case: Case, asking: Field, code: str) -> bool:
    """Take a tap that answers all three questions about permission, or asks them one by one; False for others."""
    codes = permission.usual(code)
    if asking is not permission.FIRST or (codes is None and code != permission.APART):
        return False
    if codes is None:
        ask_field(c, case, asking, apart=True)
    elif _is_current(c, case, asking):
        permitted(c, case, codes, "tap")
    else:
        _go_on(c, permission.store(c, case, codes, "tap"), asking)
    return True


def _answer_for_officer(c: Composer, case: Case, asking: Field, code: str) -> None:
    """Take an answer of the officer's desk; it is asked only what a hand-off waits for."""
    if asking.choice(code) is None:
        c.say(tr(c.language, "Only the reporting officer can do that."), case=case)
        return
    case = store(c, case, asking, code, "tap")
    lead = _now_is(c, case, asking, code)
    if not ask_next(c, case, lead):
        c.say(lead, case=case)


def _now_is(c: Composer, case: Case, asking: Field, value: Value) -> str:
    return tr(
        c.language,
        "{reference}: {label} is now {value}.",
        reference=case.reference,
        label=tr(c.language, asking.label),
        value=show(asking, value, c.language),
    )


def _is_offered(asking: Field, code: str) -> bool:
    """Whether a button of a question can say this: data from outside is never believed."""
    if code == UNKNOWN:
        return asking.may_be_unknown or asking.choice(code) is not None
    if asking.kind in _COUNTRY:
        return code in NAMES or code == DONE
    return asking.choice(code) is not None or (takes_several(asking) and code == DONE)


def _is_current(c: Composer, case: Case, asking: Field) -> bool:
    return c.conversation.case_id == case.id and c.conversation.asking == asking.id


def _tapped(c: Composer, case: Case, asking: Field, code: str) -> None:
    is_current = _is_current(c, case, asking)
    case = store(c, case, asking, code, "tap")
    if is_current:
        advance(c, case, asking)
    else:
        _go_on(c, case, asking)


def _go_on(c: Composer, case: Case, asking: Field) -> None:
    """Say what an earlier question is answered with now; what is asked stays asked."""
    lead = _now_is(c, case, asking, case.value(asking.id) or UNKNOWN)
    if ask_next(c, case, lead):
        return
    if case.sent_at is not None:
        advance(c, case, asking)
    else:
        ask_current(c, case, lead)


def _several(c: Composer, case: Case, asking: Field, tapped: str) -> None:
    is_current, code = _is_current(c, case, asking), code_of(tapped)
    if code == DONE and is_current:
        close_choices(c, case, asking)
    elif not adds(tapped) and is_current:
        take_choice_out(c, case, asking, code)
    else:
        if code != DONE and adds(tapped) and code not in chosen(asking, case):
            case = store(c, case, asking, code if code == UNKNOWN else (code,), "tap")
        if is_current:
            ask_more(c, case, asking)
        else:
            _go_on(c, case, asking)
