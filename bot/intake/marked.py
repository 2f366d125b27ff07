"""Words that may be a name or an address: they wait in the secure case until their writer says. Decides, does no I/O.

Nobody waits for the answer: alerts and notes go at once, with a bracket in place of these words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain import button_data
from bot.domain.case import Case, TextKind
from bot.domain.fields import FieldKind, field
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.messages import Keyboard
from bot.domain.secure_entry import SecureEntry
from bot.intake.question_texts import word_button
from bot.language.texts import tr
from bot.protection import redaction_policy
from bot.protection.identity.restoring import holds_marks, marked
from bot.protection.redaction_policy import Way
from bot.protection.standings import Reader
from bot.turns.composer import Composer


@dataclass(frozen=True, slots=True)
class Place:
    """Where marked words are missing: in a text of the case, or in an answer."""

    id: int  #: of the text or the answer
    words: str  #: as they are kept there
    kind: str = ""  #: of the text
    field: str = ""  #: of the answer
    own_side_only: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One message with marked words."""

    case_id: int
    entry: int  #: id of the entry of the secure case that has all of it
    at: str  #: when it was written
    message: str  #: ``place#message_id`` it came in as
    whole: str
    places: tuple[Place, ...]
    text_id: int | None = None
    is_shown: bool = False  #: whether its writer was asked

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Mark:
        """Read it from the conversation's pending state."""
        return cls(**{**kept, "places": tuple(Place(**place) for place in kept["places"])})


def waiting(c: Composer, case: Case | None = None) -> list[Mark]:
    """The marks of this person that wait for an answer, of one case or of all."""
    kept = c.conversation.pending.get("marked")
    found = [Mark.from_json(mark) for mark in kept] if isinstance(kept, list) else []
    return [mark for mark in found if case is None or mark.case_id == case.id]


def keep(c: Composer, marks: Sequence[Mark]) -> None:
    """Let these marks wait, and no others."""
    left = {name: value for name, value in c.conversation.pending.items() if name != "marked"}
    c.move(pending={**left, "marked": [asdict(mark) for mark in marks]} if marks else left)


def secure(c: Composer, case: Case) -> list[Mark]:
    """Put what was taken out of the message into the secure case; list the marks that were made in this turn."""
    if c.withheld:
        c.keep_withheld(case, c.withheld, message=c.came_as, text_id=c.kept.last_text_id)
        c.withheld = ""
        c.put(case)
    if not c.secured:
        return []
    before = waiting(c)
    known = {mark.entry for mark in before}
    new = [mark for text, entry in c.secured if entry.id not in known and (mark := _mark(c, case, text, entry))]
    if new:
        keep(c, [*before, *new])
    return [mark for mark in waiting(c) if mark.entry in {entry.id for _, entry in c.secured}]


def _mark(c: Composer, case: Case, whole: str, entry: SecureEntry) -> Mark | None:
    places = tuple(place for place in _places(c, case, entry) if holds_marks(place.words, whole))
    if entry.case_id != case.id or not places:
        return None
    return Mark(case.id, entry.id, entry.at.isoformat(), entry.message, whole, places, entry.text_id)


def _places(c: Composer, case: Case, entry: SecureEntry) -> Iterator[Place]:
    """Go through what its writer may read back of the text that the entry stands beside, and of the turn's answers."""
    for text in c.kept.texts_with(entry.text_id):
        words = redaction_policy.text_for(
            text, case, replace(_reader(c), is_overheard=False), Way.ECHO, c.context.agreement
        )
        if words:
            yield Place(text.id, words, kind=text.kind.value, own_side_only=text.own_side_only)
    for answer in c.kept.answers:
        asked = field(answer.field)
        words_of = redaction_policy.echoed(asked, case) if answer.by == case.officer else None
        if asked.kind is FieldKind.TEXT and isinstance(words_of, str) and case.answers[asked.id].id == answer.id:
            yield Place(answer.id, words_of, field=asked.id)


def question(c: Composer, case: Case) -> tuple[str, Keyboard]:
    """Ask what marked words are, one message after another; nothing when there is nothing to ask."""
    found = [mark for mark in waiting(c) if mark.case_id != case.id or _stands(case, mark)]
    first = next((mark for mark in found if mark.case_id == case.id), None)
    shown = [replace(mark, is_shown=True) if mark == first else mark for mark in found]
    if shown != waiting(c):
        keep(c, shown)
    if first is None:
        return "", ()
    asked = tr(
        c.language,
        "Is what is marked a name or an address of a person? Until you say, it is only in the secure case.\n{words}",
        words="\n".join(_shown(c, case, first)),
    )
    stamp = f"{button_data.to_base36(first.entry)}.{button_data.to_base36(case.id)}"
    return asked, (
        (word_button(move_label(c.language), "marked", stamp), word_button(none_label(c.language), "unmarked", stamp)),
    )


def move_label(language: str) -> str:
    """How it is said that marked words are a name or an address."""
    return tr(language, "Move to the secure case")


def none_label(language: str) -> str:
    """How it is said that they are none."""
    return tr(language, "It is none")


def _shown(c: Composer, case: Case, mark: Mark) -> Iterator[str]:
    for place in mark.places:
        words = Guarded(marked(place.words, mark.whole))
        yield redaction_policy.marked_for(words, case, _reader(c), c.context.agreement) or place.words


def _stands(case: Case, mark: Mark) -> bool:
    """Whether the marked words are still what the case says: a text always is, an answer may have been changed."""
    return any(not place.field or is_current(case, place) for place in mark.places)


def is_current(case: Case, place: Place) -> bool:
    """Whether an answer was not given anew since."""
    answer = case.answers.get(place.field)
    return answer is not None and answer.id == place.id


def is_unseen(c: Composer, case: Case) -> bool:
    """Whether something marked was never shown to its writer."""
    return any(not mark.is_shown and _stands(case, mark) for mark in waiting(c, case))


def leave(c: Composer, case: Case) -> str:
    """Leave what nobody decided about in the secure case, and say so; empty when there is nothing."""
    left = waiting(c, case)
    if not left:
        return ""
    keep(c, [mark for mark in waiting(c) if mark.case_id != case.id])
    return tr(c.language, "What was marked stays in the secure case.")


def notice(c: Composer, case: Case) -> str:
    """Say in the middle of an intake that something is marked; it is asked about at its end."""
    return tr(
        c.language,
        "{reference}: your words may hold a name or an address of a person. The desks get them without it; you say "
        "what it is before you send.",
        reference=case.reference,
    )


def is_note(place: Place) -> bool:
    """Whether the words were meant for others."""
    return place.kind == TextKind.NOTE.value


def _reader(c: Composer) -> Reader:
    if c.person is None:
        raise LookupError("only a person writes")
    is_overheard = c.message is not None and not c.message.in_private
    return Reader.of(c.person, c.context.agreement, is_overheard=is_overheard)
