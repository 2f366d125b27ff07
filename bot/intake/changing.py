"""Which of what was understood is not right: its own question, so that nothing said to it answers another. No I/O."""

from __future__ import annotations

from bot.domain.case import Answer, Case
from bot.domain.fields import find_label
from bot.domain.understood import UNDERSTOOD, confirmed, understood, urgency_of
from bot.intake import understanding
from bot.intake.held_words import move_on
from bot.intake.interview import ask_current, ask_field
from bot.intake.next_question import to_ask
from bot.intake.reading.first_facts import facts_in
from bot.language.normalise import plain, whole_number
from bot.language.texts import tr
from bot.language.words import words
from bot.turns.composer import Composer

_WAITS = "changing"


def ask_what(c: Composer, case: Case, lead: str = "") -> None:
    """Ask which of it is not right; the next words are about that."""
    move_on(c, pending={_WAITS: True})
    asked = tr(c.language, "What is not right?")
    c.say(f"{lead}\n\n{asked}" if lead else asked, understanding.each(case, c.language), case=case)


def said_otherwise(c: Composer, case: Case, text: str) -> None:
    """Take changed first words: what they say anew counts, unless it would calm the case; then it is asked."""
    if case.sent_at is not None or not case.is_open:
        return
    said = {
        name: Answer(0, case.id, name, value, c.now, case.officer, UNDERSTOOD)
        for name, value in facts_in(text).items()
        if confirmed(case, name) is None and case.value(name) != value
    }
    if not said:
        return
    if case.urgency.is_above(urgency_of({**case.answers, **said})[0]):
        lead = tr(c.language, "Your change says something else than what was understood.")
        ask_what(c, case, lead) if understood(case) else ask_current(c, case, lead)
        return
    later = understanding.understand(c, case, [text])
    c.say(understanding.sentence(later, c.language), understanding.row(later, c.language), case=later)


def heard(c: Composer, case: Case, text: str) -> bool:
    """Take words to that question; False where it was not asked."""
    if not c.conversation.pending.get(_WAITS) or not understood(case):
        return False
    each = [asked for asked in to_ask(case) if asked.id in understood(case)]
    number, said = whole_number(text), plain(text)
    named = find_label(text, c.language)
    if number is not None and 1 <= number <= len(each):
        ask_field(c, case, each[number - 1])
    elif named is not None and named in each:
        ask_field(c, case, named)
    elif said in words("right") | words("no") | words("agreed") or number == len(each) + 1:
        ask_current(c, understanding.confirm(c, case), tr(c.language, "Thank you, noted as right."))
    else:
        _said_anew(c, case, text)
    return True


def _said_anew(c: Composer, case: Case, text: str) -> None:
    """Words that say it anew are understood anew; of others it is asked again."""
    later = understanding.understand(c, case, [text])
    if later is case:
        ask_what(c, case, tr(c.language, "I could not read that. Please tap it, or write its number."))
    else:
        ask_current(c, later, understanding.sentence(later, c.language))
