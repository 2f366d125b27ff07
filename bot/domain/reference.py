"""References: the public names of cases, with a check character that catches every single mistyping. Pure.

    KC26-M9S34-4    corridor, year, five random Crockford base-32 characters, ISO 7064 MOD 37,36 check character

Letters that look like digits are never used after the corridor, so that a typed I, L or O can be mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.language.folding import begins, fold

#: What the references of drills start with, in the place of a corridor.
DRILL = "XX"
#: Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MENDED = str.maketrans("ILO", "110")
_LENGTH = 10  #: without hyphens
_HYPHENS = re.compile(r"[\s\-_]+")
_BODY = re.compile(rf"[A-Z]{{2}}[0-9]{{2}}[{ALPHABET}]{{5}}")

# At the start of a text separators are taken only where they belong, or every "at 12 people ..." would look like one.
# Of the year one figure must be a real one: "apologised" has the shape otherwise.
_GAP = r"[\s\-_]{1,3}"
_YEAR = r"(?:[0-9][0-9ILO]|[ILO][0-9])"
_START = r"[\s#\"'(\[*.,:;]*"
_END = r"(?![0-9A-Z])"
_AFTER = r"""["')\]*]?[\s:,;.\-]*"""
_LEADING = re.compile(
    rf"{_START}([A-Z]{{2}}{_YEAR}(?:{_GAP})?[0-9A-Z]{{5}}(?:{_GAP})?[0-9A-Z]"
    rf"|[A-Z]{{2}}{_GAP}{_YEAR}{_GAP}[0-9A-Z]{{5}}{_GAP}[0-9A-Z]){_END}{_AFTER}",
    re.IGNORECASE | re.ASCII,
)
#: Meant as a reference all the same: both hyphens in place, or a character too few or too many behind the first.
_NEARLY = re.compile(
    rf"{_START}(?:(?=\S*[0-9])[0-9A-Z]{{4}}-[0-9A-Z]{{5}}-[0-9A-Z]"
    rf"|[A-Z]{{2}}{_YEAR}-[0-9A-Z]{{4,6}}(?:-[0-9A-Z]?)?){_END}",
    re.IGNORECASE | re.ASCII,
)

_SPOKEN = {
    word[0]: word
    for word in (
        "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
        "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey",
        "X-ray", "Yankee", "Zulu",
    )
}  # fmt: skip


def compose(corridor: str, year: int, five: str) -> str | None:
    """Write a reference; None when its check character would be I, L, O or U: draw again."""
    body = f"{corridor}{year % 100:02}{five}".upper()
    check = _check_character(body)
    return _hyphenate(body + check) if check in ALPHABET else None


def draw(corridor: str, year: int, choose: Callable[[str], str]) -> str:
    """Draw a new reference; `choose` picks one character of a string at random."""
    while True:
        reference = compose(corridor, year, "".join(choose(ALPHABET) for _ in range(5)))
        if reference:
            return reference


def parse(text: str) -> str | None:
    """Read a reference as people type it, to its canonical form; None when it is none or its check fails."""
    letters = _HYPHENS.sub("", fold(text))
    if len(letters) != _LENGTH or not letters.isascii():
        return None
    letters = letters.upper()
    letters = letters[:2] + letters[2:].translate(_MENDED)
    if not _BODY.fullmatch(letters[:-1]) or letters[-1] != _check_character(letters[:-1]):
        return None
    return _hyphenate(letters)


def find_in(text: str) -> tuple[str, str] | None:
    """Find a reference at the start of a text: its canonical form and the rest of the text."""
    found = begins(_LEADING, text)
    reference = parse(found[0][1]) if found else None
    return (reference, found[1]) if found and reference else None


def looks_like(text: str) -> bool:
    """Whether a text starts with something meant as a reference that is none: a near miss, never looked up."""
    if parse(text) or find_in(text):
        return False
    return any(begins(shape, text) for shape in (_LEADING, _NEARLY))


def spoken(reference: str) -> str:
    """Write a reference for saying it on the telephone: ``Kilo Charlie 2 6, Mike 9 Sierra 3 4, check 4``."""
    start, middle, check = (" ".join(_SPOKEN.get(c, c) for c in part) for part in reference.split("-"))
    return f"{start}, {middle}, check {check}"


def _hyphenate(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:9]}-{letters[9:]}"


def _check_character(body: str) -> str:
    """Compute ISO 7064 MOD 37,36."""
    total = 36
    for character in body:
        total = (total + _CHECK_ALPHABET.index(character)) % 36 or 36
        total = total * 2 % 37
    return _CHECK_ALPHABET[(37 - total) % 36]
