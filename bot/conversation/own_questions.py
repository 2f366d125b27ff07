"""Our own question that comes back as words, from a program that answers by itself: it opens no case. Pure."""

from __future__ import annotations

from bot.conversation.small_talk import small_answer
from bot.domain.fields import ask, field, is_field
from bot.intake.question_texts import IN_DANGER, NEW_OR_WHICH, WHICH
from bot.intake.reading.first_words import Told
from bot.language.texts import tr
from bot.turns.composer import Composer

_SHORTEST = 20  #: signs; no question of ours is shorter


def is_our_question(c: Composer, text: str) -> bool:
    """Whether a private message is what we just asked this person, and no answer below a question that they quote."""
    if len(text) < _SHORTEST:
        return False
    begins = tuple(tr(c.language, sentence).partition("{")[0] for sentence in (NEW_OR_WHICH, WHICH, IN_DANGER))
    if text.startswith(begins) or any(text == small_answer(c, told) for told in Told):
        return True
    asking = c.conversation.asking
    _, asked, rest = text.partition(ask(field(asking), c.language)) if is_field(asking) else ("", "", "")
    return bool(asked) and (not rest.strip() or rest.lstrip().startswith("1. "))
