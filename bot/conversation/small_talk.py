"""Words that are about no case, answered and never alerted: thanks, greetings, a command or a reference alone."""

from __future__ import annotations

from bot.acts import act_table
from bot.conversation import general_commands
from bot.domain.case import TextKind
from bot.domain.typed_commands import ABOUT_CASE, Command, reference_alone
from bot.intake.held_words import opens_cases
from bot.intake.pieces import words_of
from bot.intake.reading import first_words
from bot.intake.reading.first_words import Told
from bot.language.texts import tr
from bot.turns.composer import Composer


def shown_by_reference(c: Composer, text: str) -> bool:
    """Show the case that a message names when it says nothing else; False when it does."""
    command = reference_alone(text)
    if command is None or not is_own_words(c):
        return False
    act_table.typed(c, command)
    return True


def answered(c: Composer, text: str) -> bool:
    """Answer words that tell nothing; False for all that may be somebody in danger."""
    if not is_own_words(c):
        return False
    command = first_words.command_alone(text)
    if command is not None:
        _do(c, command)
        return True
    told = first_words.told(text)
    if told in (Told.HAPPENED, Told.UNSURE):
        return False
    c.say(small_answer(c, told))
    return True


def is_words_only(c: Composer) -> bool:
    """Whether a message is a text: who sends a file or a place tells something by that."""
    return all(piece.kind is TextKind.TEXT for piece in words_of(c))


def is_own_words(c: Composer) -> bool:
    """Whether a message is words of its sender: who forwards tells something by that."""
    return is_words_only(c) and not (c.message is not None and c.message.origin)


def small_answer(c: Composer, told: Told) -> str:
    """Say something kind, and what to write when somebody is in danger."""
    lead = {
        Told.THANKS: tr(c.language, "You are welcome."),
        Told.GREETING: tr(c.language, "Hello."),
    }.get(told, tr(c.language, "Read. Nothing was opened or sent on."))
    mine = c.view.open_cases_of(c.person.id) if c.person is not None else []
    if mine:
        rest = tr(
            c.language,
            "To write to the desks: /note {reference} text. Somebody else is in danger: /alert and what happened.",
            reference=mine[0].reference,
        )
    elif opens_cases(c):
        rest = tr(c.language, "If somebody is in danger, write what happened, in any language. More: /help")
    else:
        rest = tr(c.language, "To write to a case: /note REFERENCE text. More: /help")
    return f"{lead} {rest}"


def _do(c: Composer, command: Command) -> None:
    if command.name in ABOUT_CASE:
        act_table.typed(c, command)
    elif command.name in general_commands.MENU and (command.name == "help" or not command.rest):
        general_commands.MENU[command.name](c, command)
    else:
        c.say(tr(c.language, "That needs more words. Examples: /help"))
