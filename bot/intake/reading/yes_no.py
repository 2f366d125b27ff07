"""Yes and no to what was shown back, in the words of every question that takes them, and in the buttons' own. Pure."""

from __future__ import annotations

from bot.language.normalise import plain
from bot.language.texts import later, tr
from bot.language.words import words

#: The buttons under what is shown back.
RIGHT = later("Yes, that is right")
AGAIN = later("No, I write it again")


def read_agreement(text: str, language: str = "en") -> bool | None:
    """Read a yes or a no; None for everything else. To a question an "ok" is no answer, to what is shown back it is."""
    said = plain(text)
    if said in words("yes") | words("agreed") | words("right") or said == plain(tr(language, RIGHT)):
        return True
    return False if said in words("no") | words("wrong") or said == plain(tr(language, AGAIN)) else None
