"""What a tap means: an act, an answer, or something about the conversation itself."""

from __future__ import annotations

from collections.abc import Callable

from bot.acts import act_table, leading
from bot.conversation import general_commands, plain_words
from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.fields import field, is_field
from bot.domain.typed_commands import Command
from bot.intake import answer_taps
from bot.intake.consent import is_consent
from bot.language.texts import tr
from bot.people import lapsed_enrolment, reconfirmation
from bot.protection.permissions import may_answer_consent
from bot.record import export_approval
from bot.roster import ring
from bot.turns.composer import Composer

#: What shows that somebody is reached: a test message, a test ring.
_HEARD: dict[str, Callable[[Composer, str], None]] = {
    "heard": lambda c, _: general_commands.heard(c),
    ring.TAPPED: ring.tapped,
}


def tapped(c: Composer, data: str) -> None:
    """Do what a button promises."""
    match button_data.parse(data):
        case button_data.ActTap() as promise:
            act_table.tapped(c, promise)
        case button_data.ChoiceTap() as choice:
            _choice(c, choice)
        case button_data.WordTap(word="heard" | "ring" as word, argument=argument):
            _HEARD[word](c, argument)
        case button_data.WordTap(word="confirm", argument=argument):
            reconfirmation.confirm(c, Command("confirm", str(button_data.from_base36(argument) or ""), has_slash=True))
        case button_data.WordTap(word="lost" | "handover" | "takeover" as word, argument=argument):
            general_commands.MENU[word](c, Command(word, argument, has_slash=True))
        case button_data.WordTap(word="approve" | "refuse") as decision:
            export_approval.tapped(c, decision)
        case button_data.WordTap() as word:
            plain_words.word(c, word)
        case _:
            c.say(tr(c.language, "This button is not known any more. Type /help."))


def _choice(c: Composer, choice: button_data.ChoiceTap) -> None:
    case = c.case(choice.case_id)
    if case is None or c.person is None or not _may_answer(c, case, choice):
        c.say(c.context.no_such_case(c.language))
    elif not is_field(choice.field):
        c.say(tr(c.language, "This button is not known any more. Type /help."))
    elif (older := leading.older_of(c, case)).id != case.id:
        c.say(leading.one_with(c, case, older), case=case)
    elif not case.is_open:
        c.say(tr(c.language, "{reference} is closed.", reference=case.reference), case=case)
    elif c.person.id != case.officer and lapsed_enrolment.is_lapsed(c):
        lapsed_enrolment.must_wait(c)
    else:
        answer_taps.choose(c, case, choice)


def _may_answer(c: Composer, case: Case, choice: button_data.ChoiceTap) -> bool:
    """The officer answers; for what a hand-off waits for, the own side's desk may stand in."""
    if c.person is None or case.officer == c.person.id:
        return c.person is not None
    is_asked = is_field(choice.field) and is_consent(field(choice.field))
    return is_asked and may_answer_consent(c.person, case, c.context.agreement)
