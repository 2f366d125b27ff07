"""`/alert` without words, as a menu's tap sends it: what happened is asked first. Decides, does no I/O.

A stray tap at night must not alert another country; whoever is in danger loses one sign or one tap.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversation.ask_which_case import open_with
from bot.domain.typed_commands import Command
from bot.intake.held_words import held, take_held
from bot.intake.pieces import words_of
from bot.intake.question_texts import word_button
from bot.intake.reading.block import parse_block
from bot.language.texts import tr
from bot.turns.composer import Composer

#: How long the next words open a case, whatever else is being asked.
AWAITED_FOR = timedelta(minutes=10)


def is_bare(c: Composer, command: Command) -> bool:
    """Whether nothing at all is said with it, not even by words that wait for their case."""
    has_words = bool(command.rest or held(c.conversation.pending))
    message = c.message
    return command.name == "alert" and not has_words and message is not None and message.attachment is None


def ask_what_happened(c: Composer) -> None:
    """Let the next words open a case."""
    left = {name: value for name, value in c.conversation.pending.items() if name != "prompt"}
    c.move(pending={**left, "opens": (c.now + AWAITED_FOR).isoformat()})
    words = tr(c.language, "What happened? Your next words, photo or location open the alert.")
    c.say(words, ((word_button(tr(c.language, "Open it now, without words"), "open"),),))


def is_awaited(c: Composer) -> bool:
    """Whether the next words open a case."""
    until = c.conversation.pending.get("opens")
    return until is not None and datetime.fromisoformat(str(until)) >= c.now


def begin(c: Composer, text: str) -> None:
    """Open the case that was asked for with what is said now."""
    forget(c)
    open_with(c, [*take_held(c), *words_of(c)], parse_block(text))


def begin_at_once(c: Composer) -> None:
    """Open it without words; a button of an earlier time asks again."""
    if not is_awaited(c):
        ask_what_happened(c)
        return
    forget(c)
    open_with(c, take_held(c))


def forget(c: Composer) -> None:
    """Let the next words open nothing by themselves."""
    c.move(pending={name: value for name, value in c.conversation.pending.items() if name != "opens"})
