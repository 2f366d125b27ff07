"""Words like "cancel", "stop", "false alarm": what they take back depends on what is going on. No I/O."""

from __future__ import annotations

from bot.acts import act_table, withdrawing
from bot.acts.request import ActRequest
from bot.conversation import bare_alert
from bot.conversation.placing_words import for_none
from bot.conversation.small_talk import is_own_words
from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.names import rows
from bot.intake.held_words import held, opens_cases
from bot.intake.interview import ask_current
from bot.intake.position import in_intake
from bot.intake.question_texts import case_line
from bot.intake.reading import first_words
from bot.intake.reading.yes_no import read_agreement
from bot.language.normalise import whole_number
from bot.language.texts import tr
from bot.turns.composer import Composer

_OFFERED = 8


def heard(c: Composer, text: str) -> bool:
    """Take words that say nothing but that something should stop; False for all others."""
    if not text or not first_words.takes_back(text) or not is_own_words(c):
        return False
    if act_table.waiting_prompt(c) is not None and not first_words.stops(text):
        return False  # "false alarm" may well be the reason that was asked for
    return _of_reply(c) if c.message is not None and c.message.reply_to else take_back(c)


def said_to_the_question(c: Composer, text: str) -> bool:
    """Take a yes, a no or a number to "Withdraw it? Tap why": they answer nothing else then. False for other words."""
    case = c.case(withdrawing.asked_of(c))
    if case is None or c.person is None:
        return False
    said, number = read_agreement(text, c.language), whole_number(text)
    reason = withdrawing.reason_at(number)
    if said is None and number != 1 and not reason:
        return False
    if said is False or number == 1:
        keep(c, button_data.to_base36(case.id))
    else:
        act_table.do(ActRequest(c, c.person, case, Act.WITHDRAW, reason))
    return True


def take_back(c: Composer) -> bool:
    """Take back what is going on: a question of ours, words that wait, or an alert of their own.

    False when there is nothing that it could be about.
    """
    waiting = act_table.waiting_prompt(c)
    if bare_alert.is_awaited(c):
        bare_alert.forget(c)
        c.say(tr(c.language, "No alert was opened."))
    elif waiting is not None:
        act_table.forget_prompt(c, waiting)
        c.say(tr(c.language, "That was not done. Nothing was changed or sent."))
    elif held(c.conversation.pending):
        for_none(c)
    else:
        return _own_alert(c)
    return True


def _of_reply(c: Composer) -> bool:
    """A reply to a message about an own open case is about that case; about another one it is words like any others."""
    message = c.message
    case = c.view.case_replied_to(message.place, message.reply_to) if message is not None else None
    if case is None or c.person is None or case.officer != c.person.id or not case.is_open:
        return False
    return _withdraw(c, case)


def _own_alert(c: Composer) -> bool:
    person = c.person
    if person is None:
        return False
    mine = c.view.open_cases_of(person.id)
    case = in_intake(c) or (mine[0] if len(mine) == 1 else None)
    if case is not None:
        return _withdraw(c, case)
    if mine:
        laid = [withdrawing.button(case, case_line(case, c.language)) for case in mine[:_OFFERED]]
        c.say(tr(c.language, "Which alert do you want to withdraw?"), rows(laid, width=1))
        return True
    if not opens_cases(c):
        return False
    c.say(tr(c.language, "You have no open alert, so there is nothing to withdraw."))
    return True


def _withdraw(c: Composer, case: Case) -> bool:
    if c.person is None:
        return False
    act_table.do(ActRequest(c, c.person, case, Act.WITHDRAW))
    return True


def keep(c: Composer, argument: str) -> None:
    """Let the alert go on that was not withdrawn after all; an intake asks again what it asked."""
    case = c.case(button_data.from_base36(argument))
    if case is None or c.person is None or case.officer != c.person.id:
        c.say(c.context.no_such_case(c.language))
        return
    if not case.is_open:
        c.say(tr(c.language, "{reference} is closed.", reference=case.reference), case=case)
        return
    words = tr(c.language, "{reference} goes on.", reference=case.reference)
    current = in_intake(c)
    if current is not None and current.id == case.id:
        ask_current(c, case, words)
    else:
        c.say(words, case=case)
