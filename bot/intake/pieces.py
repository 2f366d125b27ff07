"""What a person sent that belongs to a case, piece by piece: taken out of a message, kept with the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.attachments import Left
from bot.domain.case import Case, TextKind
from bot.domain.closed_sets import for_each
from bot.domain.guarded import Guarded
from bot.domain.messages import Kind
from bot.domain.secure_entry import SecureField
from bot.language.texts import later
from bot.relay import added
from bot.turns.composer import Composer

#: What the desks hear of something that the secure case holds and that is no file.
_ADDED = {
    TextKind.LOCATION.value: later("A place was added to the secure case: {link}"),
    TextKind.CONTACT.value: later("A contact was added to the secure case: {link}"),
}
#: What is in the secure case only, and as what.
_SECURED = for_each(
    TextKind,
    {TextKind.LOCATION: SecureField.EXACT_LOCATION, TextKind.CONTACT: SecureField.MESSAGE},
    but={
        TextKind.FIRST, TextKind.TEXT, TextKind.NOTE, TextKind.MEMO, TextKind.OUTCOME, TextKind.REASON, TextKind.FILE,
        TextKind.PROTECTION,
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Something a person sent that belongs to a case: a text, a location, a file."""

    kind: TextKind
    text: str
    message: str = ""  #: ``place#message_id``
    withheld: str = ""  #: what was written, when something that points to a person was taken out of the text
    file: Left | None = None

    def as_json(self) -> dict[str, object]:
        """Write it for the conversation's pending state."""
        file = {} if self.file is None else {"file": self.file.as_json()}
        held = {"kind": self.kind.value, "text": self.text, "message": self.message, "withheld": self.withheld}
        return {**held, **file}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Piece:
        """Read it back."""
        file = Left.from_json(held["file"]) if "file" in held else None
        return cls(TextKind(held["kind"]), held["text"], held["message"], held.get("withheld", ""), file)


def words_of(c: Composer) -> list[Piece]:
    """Take what a message says apart: its text or caption, its coordinates, its file."""
    message = c.message
    if message is None:
        return []
    found: list[Piece] = []
    if message.latitude is not None and message.longitude is not None:
        at = f"{message.latitude:.6f}, {message.longitude:.6f}"
        # What the messenger calls the place is an address: no words of theirs, and as exact as the coordinates.
        found.append(Piece(TextKind.LOCATION, f"{at} ({message.text})" if message.text else at, c.came_as))
    elif message.kind is Kind.CONTACT:
        found.append(Piece(TextKind.CONTACT, message.text, c.came_as))
    elif message.text and message.kind is not Kind.BUTTON:
        found.append(Piece(TextKind.TEXT, message.text, c.came_as, c.withheld))
    for a in () if message.attachment is None else (message.attachment, *message.more):
        facts = [message.kind.value, a.name, a.media_type, f"{a.size} bytes" if a.size else "", f"id {a.file_id}"]
        found.append(Piece(TextKind.FILE, "; ".join(filter(None, facts)), c.came_as, file=Left(message.messenger, a)))
    return found


def keep_piece(
    c: Composer,
    case: Case,
    piece: Piece,
    kind: TextKind | None = None,
    *,
    own_side_only: bool = False,
    subjects: tuple[int, ...] = (),
) -> int | None:
    """Keep something that a person sent with its case; what points to a person goes to the secure case.

    What somebody leaves whose enrolment has lapsed stays on their side, as their words do.

    Returns the id of the text that is kept; None for a place or a contact, which are in the secure case only.
    """
    if (secured := _SECURED.get(piece.kind)) is not None:
        c.keep_secure(case, secured, Guarded(piece.text), message=piece.message)
        added.announce(c, case, _ADDED[piece.kind.value])
        return None
    text_id = c.kept.text(
        case,
        kind or piece.kind,
        piece.text,
        own_side_only=own_side_only
        and piece.file is None,  # of a file the text holds its facts only, for nobody to read
        message=piece.message,
        subjects=subjects,
    )
    if piece.withheld:
        c.keep_withheld(case, piece.withheld, message=piece.message, text_id=text_id)
        c.withheld = "" if piece.withheld == c.withheld else c.withheld
    if piece.file is not None:
        is_lapsed = c.person is not None and c.person.has_lapsed(c.now, c.context.confirm_every)
        file = c.keep_file(case, piece.file, own_side_only=own_side_only or is_lapsed)
        added.announce_file(c, case, file, piece.text.partition(";")[0])
    return text_id
