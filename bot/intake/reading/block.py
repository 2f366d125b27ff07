"""Several answers at once: a pasted block of ``label: value`` lines. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.fields import Field, FieldKind, field, find_label
from bot.language.folding import begins
from bot.language.normalise import clean, plain

_BULLET = re.compile(r"\s*(?:[-*•·>]+(?=\s)|\d{1,2}[a-c]?[.)](?=[^\W\d_])|\d{1,2}[a-c]?[.),](?=\s))\s*")
_SPLIT = re.compile(r"\s*[:：៖=]\s*")
#: What may be a label that we do not know: a few words, no figures (times) and no ``//`` after it (addresses).
_LABEL = re.compile(r"[^\W\d_](?:[^\W\d]|[ ()/'’-]){0,39}")
_WORDS_OF_A_LABEL = 5
#: Under ``consent`` people put all three answers on one line: ``police=yes; diplomatic=not asked; fears=no``.
_CONSENT = "consent"
_PARTS = re.compile(r"[;,]\s*")
_ENOUGH = 2  #: known labels that make a block of any text


@dataclass(frozen=True, slots=True)
class Block:
    """What a pasted text holds."""

    values: tuple[tuple[Field, str], ...]  #: as typed, not read yet, in the order written
    unknown_labels: tuple[str, ...] = ()  #: as written, to be named back
    rest: str = ""  #: every other line, those with unknown labels too: nothing is lost


@dataclass(slots=True)
class _Lines:
    values: list[tuple[Field, str]]
    unknown: list[str]
    rest: list[str]
    known: int = 0  #: lines with a label of ours, also those left empty
    continues: bool = False  #: the line before belongs to the summary


def parse_block(text: str, language: str = "en") -> Block | None:
    """Read a block of lines; None when the text is not one (fewer than two labels of ours, unless nothing else)."""
    if _SPLIT.search(text) is None:
        return None  # no line has a label
    lines = _Lines([], [], [])
    for line in clean(text).split("\n"):
        if line.strip():
            _take(line, lines, language)
    is_block = lines.known >= _ENOUGH or (lines.known == 1 and not lines.rest)
    if not is_block or not lines.values:
        return None
    return Block(tuple(lines.values), tuple(dict.fromkeys(lines.unknown)), "\n".join(lines.rest))


def _take(line: str, lines: _Lines, language: str) -> None:
    label, value = _label_and_value(line)
    found = _fields(label, value, language)
    if found:
        lines.known += 1
        lines.values += [(each, text) for each, text in found if text]
        lines.continues = found[-1][0].id == "summary"
    elif _is_label(label, value):
        lines.unknown.append(label)
        lines.rest.append(line.strip())
        lines.continues = False
    elif lines.continues and lines.values and lines.values[-1][0].kind is FieldKind.TEXT:
        summary, text = lines.values[-1]
        lines.values[-1] = (summary, f"{text}\n{line.strip()}")
    else:
        lines.rest.append(line.strip())


def _label_and_value(line: str) -> tuple[str, str]:
    """Split a line at its first colon or equals sign; the label is empty when there is none."""
    bullet = begins(_BULLET, line)
    label, *value = _SPLIT.split(bullet[1] if bullet else line, maxsplit=1)
    return (label.strip(" *_"), value[0].strip(" *_")) if value else ("", "")


def _fields(label: str, value: str, language: str) -> list[tuple[Field, str]]:
    known = find_label(label, language)
    if known:
        return [(known, value)]
    return _consents(value, language) if plain(label) == _CONSENT else []


def _consents(value: str, language: str) -> list[tuple[Field, str]]:
    pairs = [_label_and_value(part) for part in _PARTS.split(value) if part.strip()]
    found = [(find_label(label, language), text) for label, text in pairs]
    number = field("consent_police").whole_number
    known = [(each, text) for each, text in found if each and each.whole_number == number]
    return known if len(known) == len(pairs) else []


def _is_label(label: str, value: str) -> bool:
    if not value or value.startswith("//") or len(label.split()) > _WORDS_OF_A_LABEL:
        return False
    return _LABEL.fullmatch(label) is not None
