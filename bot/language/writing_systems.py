"""In which script a text is written, told by its letters alone. Pure; it understands no language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import StrEnum
from typing import assert_never

from bot.language.texts import tr


class Script(StrEnum):
    """A writing that the formal channels do not take, or Latin letters as English has them."""

    LATIN = "latin"
    KHMER = "khmer"
    CHINESE = "chinese"
    VIETNAMESE = "vietnamese"  #: Latin letters with signs that only Vietnamese has
    OTHER = "other"


_LATIN = ("LATIN", "FULLWIDTH LATIN")
_HAN = ("CJK ", "IDEOGRAPHIC")
_WORD = re.compile(r"[^\W\d_]+")
#: Horn, hook above and dot below, as decomposed letters have them, and the crossed d: no other Latin writing of here
#: has these. Names of places come with them in an English text too, so a share of the words must carry some sign.
_ONLY_VIETNAMESE = frozenset("\u031b\u0309\u0323đĐ")
_SHARE = 0.3


def is_english(text: str) -> bool:
    """Whether a line can stand in the English record: it has letters, and all of them are Latin."""
    found = _letters(text)
    return bool(found) and set(found) == {Script.LATIN}


def script_of(text: str) -> Script:
    """Name the script that is not English, if any of the text is in one; Latin for everything else."""
    if text.isascii():
        return Script.LATIN
    foreign = {script: count for script, count in _letters(text).items() if script is not Script.LATIN}
    if foreign:
        return max(foreign, key=lambda script: foreign[script])
    return Script.VIETNAMESE if _is_vietnamese(text) else Script.LATIN


def is_record(text: str) -> bool:
    """Whether a line can be an English version: English letters only, and nothing that is typical of Vietnamese.

    Which language it is in is not looked at: Vietnamese without its signs passes.
    """
    return is_english(text) and script_of(text) is Script.LATIN


def mark(text: str, language: str) -> str:
    """Write the line that goes with a text that no formal channel takes as it is; empty for all others."""
    script = script_of(text)
    if script is Script.LATIN:
        return ""
    name, found = script_name(script, language), _letters(text)
    if script is not Script.VIETNAMESE and found[Script.LATIN] > found[script]:
        return tr(language, "(partly written in {script}; an English version is needed for the formal channels)",
                  script=name)  # fmt: skip
    return tr(language, "(written in {script}; an English version is needed for the formal channels)", script=name)


def script_name(script: Script, language: str) -> str:
    """Name a script as people do."""
    match script:
        case Script.KHMER:
            return tr(language, "Khmer")
        case Script.CHINESE:
            return tr(language, "Chinese")
        case Script.VIETNAMESE:
            return tr(language, "Vietnamese")
        case Script.LATIN | Script.OTHER:
            return tr(language, "another script")
        case _:
            assert_never(script)


def _letters(text: str) -> Counter[Script]:
    return Counter(_of_letter(letter) for letter in text if letter.isalpha())


def _of_letter(letter: str) -> Script:
    name = unicodedata.name(letter, "")
    if name.startswith(_LATIN):
        return Script.LATIN
    if name.startswith("KHMER"):
        return Script.KHMER
    return Script.CHINESE if name.startswith(_HAN) else Script.OTHER


def _is_vietnamese(text: str) -> bool:
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    apart = [unicodedata.normalize("NFD", word) for word in words]
    signed = [word for word in apart if any(unicodedata.combining(sign) for sign in word) or "đ" in word.casefold()]
    is_typical = any(not _ONLY_VIETNAMESE.isdisjoint(word) for word in signed)
    return is_typical and len(signed) >= _SHARE * len(words)
