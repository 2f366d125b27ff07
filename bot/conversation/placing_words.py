"""What becomes of words that wait for the answer to "which case?": they go to one, open one, or nowhere. No I/O."""

from __future__ import annotations

from collections.abc import Sequence

from bot.acts import act_table
from bot.acts.request import ActRequest
from bot.conversation import left_files
from bot.conversation.ask_which_case import candidates, open_with
from bot.domain import button_data, reference
from bot.domain.case import Case, TextKind
from bot.domain.case_acts import Act
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.intake.held_words import HOLD, held, held_for, hold, offered_for, opens_cases, take_held
from bot.intake.interview import ask_current
from bot.intake.open_case import greet, open_case
from bot.intake.pieces import Piece, keep_piece, words_of
from bot.intake.position import own_case
from bot.intake.question_texts import new_or_one_of
from bot.intake.reading import first_words
from bot.language.normalise import plain, whole_number
from bot.language.texts import tr
from bot.protection.permissions import may
from bot.turns.composer import Composer


def unheard(c: Composer) -> None:
    """Nobody said where the held words belong: an officer's open a case, a desk's go nowhere."""
    was_which = bool(offered_for(c))
    waiting = take_held(c)
    place = c.conversation.place
    if not waiting or place is None:
        c.move(wakes_at=None)
        return
    if not opens_cases(c):
        _went_nowhere(c, place)
        return
    case = open_case(c, waiting, HOLD)
    if case is not None and c.person is not None and c.person.is_active:
        words = (
            tr(c.language, "You did not say which case your words belong to, so they are a new alert.")
            if was_which
            else tr(c.language, "You did not say whether somebody is in danger, so your words are an alert now.")
        )
        c.say(words, place=place, case=case)
        greet(c, case)
        left_files.tell(c)


def _went_nowhere(c: Composer, place: Address) -> None:
    c.journal(JournalAct.WORDS_NOT_SENT)
    if c.person is not None and c.person.is_active:
        words = tr(
            c.language,
            "You did not say which case your words belong to, so nothing was sent on. To write to a case: /note "
            "REFERENCE text.",
        )
        c.say(words, place=place)


def more_held(c: Composer, text: str) -> None:
    """Take further words while some wait: they name the case, or wait too."""
    cases, offered = held_for(c), offered_for(c)
    pieces = [piece for piece in words_of(c) if piece.kind is not TextKind.TEXT]
    is_danger_asked = opens_cases(c) and not offered
    if pieces and is_danger_asked and first_words.yes_or_no(text):
        open_with(c, [*take_held(c), *pieces])
        return
    if pieces:
        hold(c, words_of(c), cases)
        return
    if is_danger_asked:
        _perhaps_danger(c, text)
        return
    said, number, is_officer = plain(text), whole_number(text), opens_cases(c)
    first = 2 if is_officer else 1
    if is_officer and said in ("new", "new alert", "1"):
        open_new(c)
    elif not is_officer and (said in ("none", "none of these") or number == len(offered) + 1):
        for_none(c)
    elif number is not None and first <= number < first + len(offered):
        _belongs_to_numbered(c, offered[number - first])
    elif chosen := _named(text, cases):
        _belongs_to(c, chosen)
    else:
        hold(c, words_of(c), cases)


def _perhaps_danger(c: Composer, text: str) -> None:
    """Take further words while it waits whether somebody is in danger: the answer, an alert, or more."""
    answer = first_words.yes_or_no(text)
    if answer is None and first_words.told(text) is first_words.Told.HAPPENED:
        open_with(c, [*take_held(c), *words_of(c)])
    elif answer is None:
        hold(c, words_of(c), ())
    else:
        danger(c, "yes" if answer else "no")


def danger(c: Composer, answer: str) -> None:
    """Take the answer to whether somebody is in danger; one that comes too late undoes nothing by itself."""
    if held(c.conversation.pending):
        (open_new if answer == "yes" else for_none)(c)
        return
    case = own_case(c)
    if case is None:
        c.say(tr(c.language, "These words do not wait any more. Nothing was changed."))
        return
    words = tr(c.language, "These words opened {reference} already. To withdraw it, type: cancel",
               reference=case.reference)  # fmt: skip
    ask_current(c, case, words) if c.conversation.asking else c.say(words, case=case)


def _named(text: str, cases: Sequence[Case]) -> Case | None:
    named = reference.find_in(text)
    is_alone = named is not None and not named[1]
    return next((k for k in cases if is_alone and named and k.reference == named[0]), None)


def for_none(c: Composer) -> None:
    """Take it that the held words belong to no case: nothing is sent on."""
    take_held(c)
    c.journal(JournalAct.WORDS_NOT_SENT)
    c.say(
        tr(
            c.language,
            "Nothing was sent on or filed. To open a case: /alert and what happened. To write to a case: /note "
            "REFERENCE text.",
        )
    )


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


def _words_just_kept(c: Composer) -> list[Piece]:
    kept = c.conversation.pending.get("unread")
    return [Piece.from_json(kept)] if isinstance(kept, dict) else []


def give_to(c: Composer, argument: str) -> None:
    """Give what waits to the case that a button names."""
    case = c.case(button_data.from_base36(argument))
    if case is None or c.person is None or not may(c.person, Act.NOTE, case, c.context.agreement):
        c.say(c.context.no_such_case(c.language))
        return
    _belongs_to(c, case)


def _belongs_to_numbered(c: Composer, case_id: int) -> None:
    """A number counts among what was shown with it; what is not at hand any more was closed or taken away."""
    case = c.case(case_id)
    if case is not None and c.person is not None and may(c.person, Act.NOTE, case, c.context.agreement):
        _belongs_to(c, case)
        return
    c.say(tr(c.language, "That case is not open any more."))
    _ask_among_others(c)


def _belongs_to(c: Composer, case: Case) -> None:
    if held(c.conversation.pending) and not c.view.leading_to(case).is_open:
        _closed_meanwhile(c, case)
        return
    waiting = take_held(c)
    if not waiting or c.person is None:
        c.say(tr(c.language, "These words have found their case already."), case=case)
        return
    for piece in waiting:
        if piece.kind is not TextKind.TEXT:
            keep_piece(c, c.view.leading_to(case), piece)
    said = tuple(piece for piece in waiting if piece.kind is TextKind.TEXT)
    if said:
        act_table.do(ActRequest(c, c.person, case, Act.NOTE, "\n".join(piece.text for piece in said), said))
    else:
        c.put(case)
        c.say(tr(c.language, "Kept with {reference}.", reference=case.reference), case=case)


def _closed_meanwhile(c: Composer, case: Case) -> None:
    """Nothing can be added to a closed case: the words wait on until it is said, or nobody says, where they belong."""
    if not opens_cases(c):
        c.say(tr(c.language, "{reference} is closed.", reference=case.reference), case=case)
        _ask_among_others(c)
        return
    others = candidates(c)
    c.say(
        tr(
            c.language,
            "{reference} is closed. Your words still wait: are they a new alert, or about another case?",
            reference=case.reference,
        ),
        new_or_one_of(others, c.language),
    )


def _ask_among_others(c: Composer) -> None:
    others = candidates(c)
    if others or opens_cases(c):
        hold(c, (), others)
    else:
        for_none(c)
