"""Words that wait until it is known which case they belong to, and the cases they open. Decides, does no I/O."""

from __future__ import annotations

from bot import acts, buttons, intake, reference
from bot.acts.request import Request
from bot.case import Case, TextKind
from bot.composing import Composer
from bot.opening import Words, greet, held, held_for, hold, keep_piece, open_case, take_held, words_of
from bot.questions import which_case
from bot.reading.block import Block
from bot.rights import Act
from bot.texts import tr
from bot.words import whole_number


def open_with(c: Composer, words: list[Words], block: Block | None = None) -> None:
    """Open a case and ask the first question; a block of `label: value` lines answers several at once."""
    case = open_case(c, words)
    if case is None:
        return
    greet(c, case)
    if block is not None:
        intake.apply_block(c, case, block)


def unheard(c: Composer) -> None:
    """Nobody said where the held words belong: they open a case."""
    waiting = take_held(c)
    place = c.conversation.place
    if not waiting or place is None:
        c.move(wakes_at=None)
        return
    case = open_case(c, waiting)
    if case is not None and c.person is not None and c.person.is_active:
        c.say(
            tr(c.language, "You did not say which case your words belong to, so they are a new alert."),
            place=place,
            case=case,
        )
        greet(c, case)


def more_held(c: Composer, text: str) -> None:
    """Take further words while some wait: they name the case, or wait too."""
    cases = held_for(c)
    if any(piece.kind is not TextKind.TEXT for piece in words_of(c)):
        hold(c, words_of(c), cases)
        return
    if text.strip().casefold() in ("new", "new alert", "1"):
        open_new(c)
        return
    number = whole_number(text)
    if number is not None and 2 <= number <= len(cases) + 1:
        _belongs_to(c, cases[number - 2])
        return
    named = reference.find_in(text)
    if named is not None and not named[1]:
        chosen = [k for k in cases if k.reference == named[0]]
        if chosen:
            _belongs_to(c, chosen[0])
            return
    hold(c, words_of(c), cases)


def open_new(c: Composer) -> None:
    """Open a case from what waits, or from the words that could not be read as an answer."""
    waiting = take_held(c)
    if waiting:
        open_with(c, waiting)
        return
    kept = _words_just_kept(c)
    if kept:
        open_with(c, kept)
        return
    c.say(tr(c.language, "Just write what happened; the first words open the alert."))


def _words_just_kept(c: Composer) -> list[Words]:
    kept = c.conversation.pending.get("unread")
    return [Words.from_json(kept)] if isinstance(kept, dict) else []


def give_to(c: Composer, argument: str) -> None:
    """Give what waits to the case that a button names."""
    case = c.case(buttons.from_base36(argument))
    if case is None or c.person is None or case.officer != c.person.id:
        c.say(tr(c.language, "No such case."))
        return
    _belongs_to(c, case)


def _belongs_to(c: Composer, case: Case) -> None:
    if held(c.conversation.pending) and not case.is_open:
        _closed_meanwhile(c, case)
        return
    waiting = take_held(c)
    if not waiting or c.person is None:
        c.say(tr(c.language, "These words have found their case already."), case=case)
        return
    rest = [w for w in waiting if w.kind is not TextKind.TEXT]
    for piece in rest:
        keep_piece(c, case, piece)
    text = "\n".join(w.text for w in waiting if w.kind is TextKind.TEXT)
    c.withheld = "\n".join(w.withheld for w in waiting if w.withheld)
    request = Request(c, c.person, case, Act.NOTE, text)
    if text:
        acts.do(request)
    else:
        c.put(case)
        c.say(tr(c.language, "Kept with {reference}.", reference=case.reference), case=case)


def _closed_meanwhile(c: Composer, case: Case) -> None:
    """Nothing can be added to a closed case: the words wait on, and open a case if nobody says where they belong."""
    others = c.view.open_cases_of(case.officer)[:8]
    c.say(
        tr(
            c.language,
            "{reference} is closed. Your words still wait: are they a new alert, or about another case?",
            reference=case.reference,
        ),
        which_case(others, c.language),
    )
