"""Moving about among the questions of an intake: back, on, to one by its number. Decides, does no I/O."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.fields import Field, by_number, field
from bot.intake import english_line, in_english, permission
from bot.intake.interview import advance, ask_field
from bot.intake.next_question import REVIEW, question_before
from bot.language.texts import tr
from bot.turns.composer import Composer


def go_back(c: Composer, case: Case, current: str) -> None:
    """Ask the question before; before the review comes the last one."""
    if in_english.waiting(c, case):
        ask_field(c, case, field(current), returning=bool(c.conversation.pending.get("returning")))
        return
    before = question_before(case, current)
    if before is None:
        ask_field(c, case, field(current), tr(c.language, "This is the first question."))
    else:
        ask_field(c, case, before, returning=current == REVIEW)


def skip(c: Composer, case: Case, current: Field) -> None:
    """Leave a question open, where that is allowed."""
    if in_english.waiting(c, case):
        english_line.choose(c, case, in_english.LATER)
        return
    if not current.may_skip:
        words = (
            tr(c.language, "This one is needed. 'unknown' is an answer too.")
            if current.may_be_unknown
            else tr(c.language, "This one is needed.")
        )
        ask_field(c, case, current, words)
        return
    advance(c, case, permission.LAST if permission.is_together(c, case, current) else current)


def edit(c: Composer, case: Case, number: str) -> None:
    """Ask a field again by its number."""
    found = by_number(number)
    if not number:
        c.say(tr(c.language, "Which number? Type for example: edit 4"), case=case)
        return
    if not found:
        c.say(tr(c.language, "There is no number {number}. Type for example: edit 4", number=number[:20]), case=case)
        return
    ask_field(c, case, found[0], returning=case.sent_at is None)
