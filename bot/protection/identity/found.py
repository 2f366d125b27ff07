"""What a detector says: a kind of identity and where it stands. Values only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Identity(StrEnum):
    """What would tell who or where somebody is."""

    TRAVEL_DOCUMENT = "travel_document"
    MRZ = "mrz"  #: a line of a passport's or card's machine-readable zone
    PHONE = "phone"
    EMAIL = "email"
    COORDINATES = "coordinates"  #: or a link to a map that holds them
    LONG_DIGITS = "long_digits"  #: an account, a bank card, or any number long enough to be one
    RESIDENT_ID = "resident_id"
    NAME = "name"  #: words that look like the name of a person; only their writer knows
    ADDRESS = "address"  #: words that look like a street address; likewise


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier in a text: from `start` up to but without `end`."""

    kind: Identity
    start: int
    end: int


#: Stands where something was taken already: no figure, no letter, no space.
TAKEN = "\x00"


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Blank spans of a text, so that nobody finds them twice; the length stays."""
    taken = sorted(spans)
    if not taken:
        return text
    kept, done = [], 0
    for start, end in taken:
        if start >= done:
            kept += [text[done:start], TAKEN * (end - start)]
            done = end
    return "".join([*kept, text[done:]])
