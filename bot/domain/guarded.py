"""Texts about people that cannot leave by accident: written into anything they only say that they are withheld."""

from __future__ import annotations

WITHHELD = "[withheld]"


class Guarded:
    """A text that somebody wrote about a case. Only `protection.redaction_policy` and the storage may `reveal` it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Guard a text."""
        self._text = text

    def reveal(self) -> str:
        """The text itself; a test names the few modules that may ask for it."""
        return self._text

    def __str__(self) -> str:
        return WITHHELD

    def __repr__(self) -> str:
        return f"Guarded({WITHHELD})"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guarded) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


#: Where nobody wrote anything.
NOTHING = Guarded("")
