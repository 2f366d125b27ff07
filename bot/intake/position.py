"""Where a person stands in an intake, and what they choose there by a tap or a plain word. Decides, does no I/O."""

from __future__ import annotations

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.fields import Field, field, is_field
from bot.intake import interview, other_messenger, sending
from bot.intake.held_words import held, held_for, hold
from bot.intake.question_texts import question_stamp
from bot.intake.showing_back import stamp_of, to_confirm
from bot.language.texts import tr
from bot.turns.composer import Composer


def own_case(c: Composer) -> Case | None:
    """The open case of their own that the conversation is about."""
    case = c.case(c.conversation.case_id)
    is_own = case is not None and c.person is not None and case.officer == c.person.id
    return case if is_own and case is not None and case.is_open else None


def in_intake(c: Composer) -> Case | None:
    """The case this person is answering questions about."""
    case = own_case(c)
    return case if case is not None and c.conversation.asking else None


def asked(c: Composer) -> Field | None:
    """The question that waits for an answer."""
    asking = c.conversation.asking
    return field(asking) if is_field(asking) else None


def side(c: Composer, argument: str) -> None:
    """Take the side that a button names for the case that it names."""
    party, _, number = argument.partition(".")
    case = c.case(button_data.from_base36(number)) if number else own_case(c)
    if case is None or c.person is None or case.officer != c.person.id or not case.is_open:
        c.say(tr(c.language, "You have no alert in progress. Just write what happened to start one."))
    elif case.requested:
        interview.ask_current(c, case, tr(c.language, "{party} is asked already.", party=case.requested))
    else:
        sending.side_chosen(c, case, party)


def send(c: Composer, argument: str) -> None:
    """Send the intake of the case that a button names."""
    case = c.case(button_data.from_base36(argument))
    if case is None or c.person is None or case.officer != c.person.id:
        c.say(c.context.no_such_case(c.language))
    elif not case.is_open:
        c.say(tr(c.language, "{reference} is closed.", reference=case.reference), case=case)
    else:
        sending.send(c, case)


def confirm(c: Composer, *, yes: bool, stamp: str = "") -> None:
    """Take a yes or no to what was shown back; a tap counts only for what its own message showed."""
    case, waiting = own_case(c), to_confirm(c)
    if case is None or not waiting or stamp not in ("", stamp_of(case, waiting[0])):
        c.say(tr(c.language, "There is nothing to confirm any more."))
    elif yes:
        interview.confirmed(c, case)
    else:
        returning = bool(c.conversation.pending.get("returning"))
        interview.ask_field(c, case, waiting[0][0], tr(c.language, "Then please write it again."), returning=returning)


def answer_held(c: Composer, stamp: str = "") -> bool:
    """Take what waits as the answer to the question that is asked; False when that is not the one shown."""
    case, asking = in_intake(c), asked(c)
    if case is None or asking is None or stamp not in ("", question_stamp(case, asking)):
        return False
    other_messenger.answer(c, case, asking)
    return True


def answer_tapped(c: Composer, stamp: str) -> None:
    """Take a tap that what waits is the answer to the question shown with it."""
    if not held(c.conversation.pending):
        c.say(tr(c.language, "These words have found their case already."))
    elif not answer_held(c, stamp):
        hold(c, (), held_for(c))
