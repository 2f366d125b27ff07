"""What a messenger heard in a voice message: offered as words to confirm, never kept unasked. Decides, does no I/O."""

from __future__ import annotations

from zlib import crc32

from bot.conversation.screening import covered
from bot.domain import button_data
from bot.intake import interview
from bot.intake.position import in_intake
from bot.intake.question_texts import word_button
from bot.language.texts import tr
from bot.turns.composer import Composer

_HEARD = "heard"


def offer(c: Composer, lead: str = "") -> bool:
    """Show what was heard and ask whether it is what was said, once; False when there is nothing to ask."""
    message = c.message
    words = message.recognised.strip() if message is not None and message.in_private else ""
    if not words or c.conversation.pending.get(_HEARD) == words:
        return False
    c.move(pending={**c.conversation.pending, _HEARD: words})
    sentence = tr(c.language, "Your messenger heard: “{words}”. Are these your words?", words=covered(c, words))
    use = word_button(tr(c.language, "Yes, use these words"), "words", _stamp(words))
    leave = word_button(tr(c.language, "No, leave them out"), "nowords", _stamp(words))
    c.say(f"{lead}\n\n{sentence}" if lead else sentence, ((use,), (leave,)))
    return True


def take(c: Composer, stamp: str = "") -> str:
    """Take what was heard, because it was confirmed or not; empty when something else is asked by now."""
    pending = c.conversation.pending
    words = str(pending.get(_HEARD, ""))
    if not words or stamp not in ("", _stamp(words)):
        return ""
    c.move(pending={name: value for name, value in pending.items() if name != _HEARD})
    return words


def is_asked(c: Composer) -> bool:
    """Whether what was heard waits for a yes or no."""
    return _HEARD in c.conversation.pending


def left_out(c: Composer) -> None:
    """Say that it is not used, and go on with what was asked."""
    sentence = tr(c.language, "They are not used. Your voice message is kept as it is.")
    case = in_intake(c)
    if case is None or "held" in c.conversation.pending:
        c.say(sentence)
    else:
        interview.ask_current(c, case, sentence)


def _stamp(words: str) -> str:
    return button_data.to_base36(crc32(words.encode()))
