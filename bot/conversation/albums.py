"""An album: several files that were sent as one message. Gathered for a moment, then answered once. No I/O.

Each file is stored as it comes, with what was gathered before: nothing is lost when a process ends.
"""

from __future__ import annotations

from bot.conversation.placing_words import unheard
from bot.conversation.respond import answer
from bot.domain import albums
from bot.domain.conversation import Conversation
from bot.domain.frozen import replace
from bot.domain.messages import Inbound
from bot.domain.people import Person
from bot.domain.turn import Turn
from bot.intake.pieces import words_of
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View


def ends_with(message: Inbound, person: Person | None, view: View) -> bool:
    """Whether somebody sends something else before their album was answered: then it is answered first."""
    if person is None:
        return False
    whole = albums.gathered(view.conversation(person.id).gathering)
    return whole is not None and not albums.belongs_to(message, whole)


def is_due(conversation: Conversation, context: Context) -> bool:
    """Whether no more files are waited for."""
    until = albums.until(conversation.gathering)
    return until is not None and until <= context.now


def answered(person: Person, view: View, context: Context) -> Turn:
    """Answer an album as the one message that it is; its files are in the inbox already."""
    whole = albums.gathered(view.conversation(person.id).gathering)
    if whole is None:
        return Turn()
    c = Composer(context, view, message=whole, person=person)
    c.move(gathering={})
    if person.is_active:
        answer(c, whole)
    else:  # cut off within that moment: somebody may be in danger
        c.move(pending={"held": [piece.as_json() for piece in words_of(c)]}, place=whole.place)
        unheard(c)
    return replace(c.finish(), inbox=None)
