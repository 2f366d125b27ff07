"""Which case plain words belong to that are no answer: theirs, one that is asked for, or a new one. No I/O.

`plain_words` asks this when nothing is awaited; what becomes of the words once it is known is in `placing_words`.
"""

from __future__ import annotations

from bot.conversation.replies_to_ours import not_filed
from bot.conversation.small_talk import is_words_only
from bot.domain import button_data
from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.messages import Inbound, Kind
from bot.domain.people import Person, Role
from bot.domain.typed_commands import command_of
from bot.intake.held_words import hold, opens_cases
from bot.intake.open_case import greet, open_case
from bot.intake.pasted_block import apply_block
from bot.intake.pieces import Piece, words_of
from bot.intake.reading.block import Block, parse_block
from bot.intake.reading.first_words import Told, told
from bot.ports.reads import Scope
from bot.protection.permissions import is_support, loaded_for, may, scope_of
from bot.turns.composer import Composer

CANDIDATES = 8  #: cases offered for words whose case is not known
_DESK = (Role.DUTY, Role.SUPERVISOR)
_SAID = (Kind.TEXT, Kind.LOCATION, Kind.PHOTO, Kind.FILE, Kind.VOICE, Kind.CONTACT, Kind.EDIT)


def looked_through(message: Inbound, person: Person, agreement: Agreement) -> tuple[Scope, ...]:
    """Within what to look for the cases that plain words of a desk's person may be about: what is theirs, then all.

    Nothing is looked through for an officer, whose own open cases are at hand, nor for a command.
    """
    promise = button_data.parse(message.button) if message.button else None
    is_choice = isinstance(promise, button_data.WordTap) and promise.word in ("which", "typed")
    is_plain = not message.button and message.kind in _SAID and command_of(message) is None
    if person.role not in _DESK or not message.in_private or not (is_choice or is_plain):
        return ()
    if is_support(person, agreement):
        return (loaded_for(person, agreement),)
    scope = scope_of(person, agreement)
    return (Scope(person.id, person.party, sees_party=False, reads_as=(f"person:{person.id}",)), scope)


def candidates(c: Composer) -> list[Case]:
    """The open cases that words may be about: an officer's own; of a desk's, those assigned to them, then new ones."""
    person = c.person
    if person is not None and opens_cases(c):
        return c.view.open_cases_of(person.id)[:CANDIDATES]
    if person is None or person.role not in _DESK:
        return []
    found = [k for k in c.view.cases() if k.is_open and may(person, Act.NOTE, k, c.context.agreement)]
    found.sort(key=lambda k: (person.id not in (k.officer, *k.workers), -k.id))
    return found[:CANDIDATES]


def belongs_nowhere(c: Composer, text: str) -> None:
    """Words outside an intake: they open a case, or the person is asked which case they are for."""
    if c.person is None:
        return
    if cases := candidates(c):
        hold(c, words_of(c), cases)
    elif opens_cases(c):
        block = parse_block(text)
        said = text or (c.message.text if c.message is not None else "")
        if block is None and is_words_only(c) and told(said) is not Told.HAPPENED:
            hold(c, words_of(c), ())
        else:
            open_with(c, words_of(c), block)
    else:
        not_filed(c)


def open_with(
    c: Composer, words: list[Piece], block: Block | None = None, *, exercise: bool = False, pace: int = 1
) -> None:
    """Open a case and ask the first question; a block of `label: value` lines answers several at once."""
    case = open_case(c, words, exercise=exercise, pace=pace)
    if case is None:
        return
    greet(c, case)
    if block is not None:
        apply_block(c, case, block)
