"""Exercises: `/drill` and what follows opens a case that nobody is in danger in. It goes the whole way, marked.

`/drill ring` opens none: it rings the duty desks, and `/drill heard` answers that.

Only what begins with a slash is one: "drill ship, men locked in" is an alert in earnest. One that turns out to be real
is a tap away from being reported.
"""

from __future__ import annotations

import re

from bot.acts import discarding
from bot.acts.request import ActRequest
from bot.conversation.ask_which_case import open_with
from bot.domain import button_data
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.typed_commands import OPENING, Command
from bot.intake.pieces import Piece, words_of
from bot.intake.reading.block import parse_block
from bot.language.folding import begins
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.protection.redaction_policy import Way, text_for
from bot.protection.standings import Reader
from bot.roster import ring
from bot.turns.composer import Composer

_HEARD = "heard"
_RING = frozenset({"ring", _HEARD})
FAST = 10  #: how many times faster the clock of a fast exercise runs
_WORD = re.compile(r"\W*(?:drill|exercise)(?!\w)[\s:,;.-]*", re.IGNORECASE)
_FAST = re.compile(r"\W*fast(?!\w)[\s:,;.-]*", re.IGNORECASE)


def told_of(command: Command) -> str | None:
    """What follows the word by which an exercise is begun; None for what is in earnest."""
    if not command.has_slash:
        return None
    if command.name == "drill":
        return command.rest
    begun = begins(_WORD, command.rest) if command.name in OPENING else None
    return begun[1] if begun else None


def about_ring(command: Command) -> str:
    """Which word about a test ring this is: ``ring`` begins one, ``heard`` answers it; empty for everything else."""
    said = (told_of(command) or "").strip(" .!").casefold()
    return said if said in _RING else ""


def ring_or_heard(c: Composer, word: str) -> None:
    """Begin a test ring, or answer it."""
    if word == _HEARD:
        ring.heard(c)
    elif not lapsed_enrolment.must_wait(c, "/drill ring"):
        ring.begin(c)


def begin(c: Composer, told: str) -> None:
    """Open an exercise with what is said to have happened; where that is missing, say how."""
    hurried = begins(_FAST, told)
    said = hurried[1] if hurried else told
    words = [_without_command(piece, said) for piece in words_of(c)]
    if not said and not any(piece.kind is not TextKind.TEXT for piece in words):
        c.say(_how(c))
        return
    pace = FAST if hurried else 1
    open_with(c, [piece for piece in words if piece.text], parse_block(said), pace=pace, exercise=True)


def _without_command(piece: Piece, said: str) -> Piece:
    return replace(piece, text=said) if piece.kind is TextKind.TEXT else piece


def _how(c: Composer) -> str:
    return tr(
        c.language,
        "An exercise goes the whole way with both sides, and every message says EXERCISE. Example: /drill girl of 16 "
        "locked in a flat. With a clock that runs ten times faster: /drill fast girl of 16 locked in a flat",
    )


def is_real(c: Composer, argument: str) -> None:
    """Report in earnest what an exercise was begun with, and end the exercise."""
    text = c.view.kept_text(button_data.from_base36(argument))
    drill = c.case(text.case_id) if text is not None else None
    said = _said(c, text, drill)
    if text is None or drill is None or c.person is None or said is None:
        c.say(c.context.no_such_case(c.language))
    elif not drill.is_open:
        c.say(tr(c.language, "This exercise is over. If somebody is in danger: /alert and what happened."), case=drill)
    else:
        discarding.in_earnest(ActRequest(c, c.person, drill, Act.DISCARD))
        open_with(c, [Piece(TextKind.TEXT, said, text.message)], parse_block(said))


def _said(c: Composer, text: CaseText | None, drill: Case | None) -> str | None:
    """What an exercise was begun with, for whoever began it."""
    if text is None or drill is None or c.person is None or drill.officer != c.person.id:
        return None
    return text_for(text, drill, Reader.of(c.person, c.context.agreement), Way.ECHO, c.context.agreement)
