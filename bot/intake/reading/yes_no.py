"""Yes and no as people type them, for every question that takes them. Pure."""

from __future__ import annotations

from bot.language.normalise import plain
from bot.language.texts import later, tr
from bot.language.words import words

#: The buttons under what is shown back; their own words may be typed.
RIGHT = later("Yes, that is right")
AGAIN = later("No, I write it again")


def read_yes_no(text: str) -> bool | None:
    """Read a yes or a no; None for everything else."""
    said = plain(text)
    if said in words("yes"):
        return True
    return False if said in words("no") else None


def read_agreement(text: str, language: str = "en") -> bool | None:
    """Read what is said to something shown back: there an "ok" is a yes too, which it is not to a question."""
    said = plain(text)
    if said in words("agreed") or said == plain(tr(language, RIGHT)):
        return True
    return False if said == plain(tr(language, AGAIN)) else read_yes_no(said)
