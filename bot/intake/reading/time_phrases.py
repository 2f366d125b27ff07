"""Times in the words of several languages, rewritten as the strict reader takes them: days, figures, part of the day.

Nothing is guessed here: what is not known stays as it is, and is not read. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.intake.reading.numbers import in_figures
from bot.language.folding import fold
from bot.language.nearness import nearest
from bot.language.normalise import clean, spaced, unmarked
from bot.language.words import any_of, named

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS = "last night|early|morning|midday|afternoon|evening|night"
_DAYS = rf"today|day before yesterday|yesterday|(?:last )?(?:{'|'.join(WEEKDAYS)})"
#: Words that a misspelt one may be near to; those of no use here are known, so that they are near to none.
_MENDED = frozenset((*MONTHS, *WEEKDAYS, "today", "yesterday", "morning", "afternoon", "evening", "hours", "minutes"))
_KNOWN = _MENDED | {"tomorrow", "before", "after", "night", "tonight", "until", "since", "midday", "minute", "clock"}
_WORD = re.compile(r"(?<![^\W\d_])[a-z]{5,}(?![^\W\d_])")
_PART = re.compile(rf"\b(?:{_PARTS})\b")
_NOT_A_DATE = rf"(?![\d/:.-])(?! (?:{'|'.join(month[:3] for month in MONTHS)}))"
_NOT_AGO = r"(?!.* ago\b)"
_REWRITTEN = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b([ap])\. ?m\b\.?", r"\1m"),
        (r"[,;!]+|\.(?= |$)", " "),
        (r"\b(?:12 )?noon\b", "12:00"),
        (r"\babout\b", " "),
        # Dates: year, month and day after their figures, or before them.
        (r"(\d{4}) ?yearmark ?(\d{1,2}) ?monthmark ?(\d{1,2})(?: ?daymark)?", r"\1-\2-\3 "),
        (r"(\d{1,2}) ?monthmark ?(\d{1,2})(?: ?daymark)?", r"\2/\1 "),
        (r"\bday (?=\d)", ""),
        (r"(\d{1,2}) month (\d{1,2}) year (\d{4})", r"\1/\2/\3 "),
        (r"(\d{1,2}) month (\d{1,2})", r"\1/\2 "),
        (rf"(\d{{1,2}}) month (?={'|'.join(MONTHS)})", r"\1 "),
        (r"\byear (?=\d{4})", ""),
        # How long ago.
        (r"since (\d{1,3}) ?hours?", r"\1 hours ago"),
        (r"\bhalf ?hours? ago", "half an hour ago"),
        # Times of day.
        (r"(?<!\d)(\d{1,2})\.(\d{2}) ?(?=[ap]m\b)", r"\1:\2 "),
        (r"(?:(?<=\d{4} )|(?<=today )|(?<=yesterday ))(\d{1,2})\.(\d{2})$", r"\1:\2"),
        (rf"(?<!\d)(\d{{1,2}}) ?hour ?(\d{{1,2}}) ?minutes?\b{_NOT_AGO}", r"\1:\2"),
        (rf"(?<!\d)(\d{{1,2}}) ?hour ?(\d{{2}}){_NOT_A_DATE}{_NOT_AGO}", r"\1:\2"),
        (r"(?:\bclock ?)?(?<!\d)(\d{1,2}) ?(?:hour|h)? ?half\b", r"\1:30"),
        (r"\bclock ?(\d{1,2}) ?(\d{1,2}) ?minutes?\b", r"\1:\2"),
        (r"\bclock ?(?=\d{1,2}:)", ""),
        (r"\bclock ?(\d{1,2})\b", r"\1 o'clock"),
        (rf"(?<!\d)(\d{{1,2}}) ?(?:hour\b|h(?!\w)){_NOT_AGO}", r"\1 o'clock"),
    )
)
_ALONE = re.compile(rf"(?:({_DAYS}) )?(\d{{1,2}})(?: ({_DAYS}))?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time as the strict reader takes it."""

    text: str  #: a day and a time of day in figures, or how long ago
    part: str = ""  #: the part of the day that was named: "morning", "last night"


def phrase(text: str) -> Phrase:
    """Rewrite a typed time."""
    typed = spaced(in_figures(unmarked(spaced(fold(clean(text)).casefold()))))
    typed = spaced(_every_word().sub(lambda found: f" {_canonical()[found[0]]} ", typed))
    typed = _WORD.sub(lambda found: _mended(found[0]), typed)
    for pattern, replacement in _REWRITTEN:
        typed, count = pattern.subn(replacement, typed)
        typed = spaced(typed) if count else typed
    parts = _PART.findall(typed)
    if len(parts) > 1:
        return Phrase(typed)
    part = parts[0] if parts else ""
    typed = spaced(_PART.sub(" yesterday " if part == "last night" else " ", typed))
    alone = _ALONE.fullmatch(typed)
    if alone and bool(alone[1]) + bool(alone[3]) == 1 and (part or int(alone[2]) in range(1, 13)):
        typed = f"{alone[1] or alone[3]} {alone[2]} o'clock"
    return Phrase(typed, part)


@cache
def _canonical() -> dict[str, str]:
    return {spaced(fold(word).casefold()): name for name, typed in named("times").items() for word in typed}


@cache
def _every_word() -> re.Pattern[str]:
    return re.compile(any_of(_canonical()))


def _mended(word: str) -> str:
    near = () if word in _KNOWN else nearest(word, _MENDED)
    return near[0] if len(near) == 1 else word
