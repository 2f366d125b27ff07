"""Words that wait in a conversation until it is known which case they belong to, while an intake goes on. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.case import Case
from bot.domain.fields import Field
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Keyboard
from bot.domain.people import Role
from bot.intake.pieces import Piece, keep_piece
from bot.intake.question_texts import (
    IN_DANGER,
    NEW_OR_WHICH,
    WHICH,
    danger_or_not,
    new_or_one_of,
    one_of_or_none,
    question,
)
from bot.language.texts import tr
from bot.turns.composer import Composer

_HELD = frozenset({"held", "options"})
#: What stays with a conversation wherever it moves: words that wait for their case, marks that wait for an answer,
#: and words that were moved.
_STAYS = _HELD | {"moved", "marked"}
#: What stays while it is not known whether words answer the question: that their English is asked for.
_IN_ENGLISH = frozenset({"english", "then", "returning"})
#: How long words wait for the answer to "which case?"; then they open one.
HOLD = timedelta(minutes=3)


def hold(
    c: Composer, words: Sequence[Piece], cases: Sequence[Case], answering: tuple[Case, Field] | None = None
) -> None:
    """Keep words with the conversation and ask where they belong. Nothing is relayed before the answer."""
    keep_unconfirmed(c)
    before = held(c.conversation.pending)
    everything = [*before, *words]
    staying = {k: v for k, v in c.conversation.pending.items() if k in (_STAYS - _HELD) | _IN_ENGLISH}
    pending = {**staying, "held": [w.as_json() for w in everything], "options": [k.id for k in cases]}
    c.move(pending=pending, place=place_of(c), wakes_at=c.conversation.wakes_at if before else c.now + HOLD)
    c.keep_content = True
    if opens_cases(c) and cases:
        c.withheld = ""  # it waits with the words, which find a case in any event
    c.say(_which(c, cases, answering), _choices(c, cases, answering))


def _choices(c: Composer, cases: Sequence[Case], answering: tuple[Case, Field] | None) -> Keyboard:
    if not opens_cases(c):
        return one_of_or_none(cases, c.language, answering)
    return new_or_one_of(cases, c.language, answering) if cases or answering else danger_or_not(c.language)


def _which(c: Composer, cases: Sequence[Case], answering: tuple[Case, Field] | None) -> str:
    """Ask where words belong, with the question that they may answer; without any case whether they are an alert."""
    minutes = round(HOLD.total_seconds() / 60)
    sentence = NEW_OR_WHICH if cases or answering else IN_DANGER
    asked = tr(c.language, sentence if opens_cases(c) else WHICH, minutes=minutes)
    if answering is None:
        return asked
    case, asking = answering
    lead = tr(c.language, "Or is it the answer to what was asked about {reference}?", reference=case.reference)
    return f"{asked} {lead}\n\n{question(case, asking, c.language)}"


def opens_cases(c: Composer) -> bool:
    """Whether words of this person open a case when nobody says where they belong; a desk's never do."""
    return c.person is not None and c.person.role is Role.OFFICER


def held(pending: Mapping[str, object]) -> list[Piece]:
    """The words that wait in a conversation."""
    waiting = pending.get("held")
    return [Piece.from_json(w) for w in waiting] if isinstance(waiting, list) else []


def held_for(c: Composer) -> list[Case]:
    """The cases that were offered for the words that wait, as far as they are at hand."""
    return [k for i in offered_for(c) if (k := c.case(i)) is not None]


def offered_for(c: Composer) -> list[int]:
    """The ids of the cases that were offered for the words that wait, as they were shown."""
    options = c.conversation.pending.get("options")
    return [int(i) for i in options] if isinstance(options, list) else []


def take_held(c: Composer) -> list[Piece]:
    """Take the words that wait, because it is known now where they belong."""
    waiting = held(c.conversation.pending)
    if waiting:
        left = {k: v for k, v in c.conversation.pending.items() if k not in _HELD}
        c.move(pending=left, wakes_at=None)
    return waiting


def move_on(c: Composer, *, pending: Mapping[str, object] | None = None, **changes: object) -> None:
    """Change where the person stands in an intake; words that wait for their case go on waiting."""
    if (pending or {}).get("said") != c.conversation.pending.get("said"):
        keep_unconfirmed(c)
    waiting = {k: v for k, v in c.conversation.pending.items() if k in _STAYS}
    if "asking" in changes and c.message is not None and c.message.in_private:
        changes = {"place": c.message.place, **changes}
    c.move(pending={**(pending or {}), **waiting}, **changes)


def keep_unconfirmed(c: Composer) -> None:
    """Keep words that were shown back and not confirmed with their case, for the own side: the person moves on."""
    said, case = c.conversation.pending.get("said"), c.case(c.conversation.case_id)
    if not isinstance(said, list) or case is None or not case.is_open:
        return
    for piece in said:
        keep_piece(c, case, Piece.from_json(piece), own_side_only=True)
    c.journal(JournalAct.WORDS_KEPT, case)
    c.put(case)


def place_of(c: Composer) -> Address:
    """Where the person writes, or last wrote. Raises LookupError for somebody who never did."""
    if c.message is not None and c.message.place is not None:
        return c.message.place
    if c.conversation.place is not None:
        return c.conversation.place
    raise LookupError("a case is opened from somewhere")
