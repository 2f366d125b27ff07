"""The machine-readable line of a travel document and its check digits, as ICAO Doc 9303 lays them out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WEIGHTS = (7, 3, 1)
_LENGTHS = (44, 36)  #: second line of a passport, and of a smaller document
_NUMBER, _BIRTH, _EXPIRY = slice(0, 9), slice(13, 19), slice(21, 27)


@dataclass(frozen=True, slots=True)
class MachineLine:
    """The second line of a passport or a document of its kind."""

    number: str
    nationality: str  #: alpha-3, as the document has it
    wrong: tuple[str, ...]  #: which of its parts do not fit their check digit: number, birth, expiry, whole


def check_digit(text: str) -> int:
    """The check digit of a part: weights 7, 3, 1; letters count from 10, the filler ``<`` counts nothing."""
    values = (int(c, 36) if c != "<" else 0 for c in text)
    return sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10


def read_line(text: str) -> MachineLine | None:
    """Read a second line, spaces and small letters allowed; None when it has not the shape of one."""
    line = "".join(text.split()).upper()
    if len(line) not in _LENGTHS or not re.fullmatch(r"[A-Z0-9<]+", line):
        return None
    whole = line[0:10] + line[13:20] + line[21:-1]
    parts = {
        "number": (line[_NUMBER], line[9]),
        "birth": (line[_BIRTH], line[19]),
        "expiry": (line[_EXPIRY], line[27]),
        "whole": (whole, line[-1]),
    }
    wrong = tuple(name for name, (part, digit) in parts.items() if str(check_digit(part)) != digit)
    return MachineLine(line[_NUMBER].replace("<", ""), line[10:13].replace("<", ""), wrong)
