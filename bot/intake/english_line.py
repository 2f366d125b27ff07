"""What an officer says who is asked for the English of an answer, and how the intake goes on. Decides, does no I/O."""

from __future__ import annotations

from bot.clock import alerts
from bot.domain.case import Case
from bot.domain.fields import Field, field
from bot.intake import in_english, interview, sending
from bot.intake.held_words import move_on
from bot.turns.composer import Composer


def answer_text(c: Composer, case: Case, asking: Field, text: str, lead: str = "") -> bool:
    """Read a typed answer, or the English of the one before. Returns False, and does nothing, when it is neither."""
    missing = in_english.waiting(c, case)
    if missing is None:
        return interview.answer_text(c, case, asking, text, lead)
    if chosen(c, case, text):
        return True
    if not in_english.is_line(text):
        return False
    _go_on(c, in_english.keep(c, case, missing, text), lead)
    return True


def chosen(c: Composer, case: Case, text: str) -> bool:
    """Take typed words that choose one of the buttons below the question; False for others."""
    code = in_english.choice_of(c, case, text)
    if code:
        choose(c, case, code)
    return bool(code)


def choose(c: Composer, case: Case, code: str) -> None:
    """Take a choice below the question: what is proposed is right, or it is left to the desk."""
    missing = in_english.waiting(c, case)
    if missing is None:
        interview.ask_current(c, case)
        return
    _go_on(c, in_english.as_proposed(c, case, missing) if code == in_english.RIGHT else case)


def _go_on(c: Composer, case: Case, lead: str = "") -> None:
    """Ask for the next English line; then the own desk for what is left, and go on where the intake was."""
    case = c.put(alerts.after_answer(c, case, case.urgency))
    asking, is_block = field(c.conversation.asking), in_english.comes_from_block(c)
    if following := in_english.following(c, case):
        returning = bool(c.conversation.pending.get("returning"))
        in_english.ask(c, case, following, lead, returning=returning, is_block=is_block)
        return
    in_english.ask_desk(c, case)
    if is_block and case.sent_at is None:
        move_on(c)
        sending.ask_current_or_next(c, case, lead)
    else:
        interview.advance(c, case, asking, lead)
