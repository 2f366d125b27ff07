"""The words in which first words speak of people, of all languages together, as patterns. Pure.

The words stand in `bot/data/first_facts/`; `first_people` says what is made of them.
"""

from __future__ import annotations

import re
from functools import cache

from bot.data.reader import by_language
from bot.intake.reading.numbers import in_figures
from bot.language.phrases import comparable, either, pattern

_LANGUAGES = tuple(by_language("first_facts").values())
AFFECTED = ("one", "many")
_KINDS = (*AFFECTED, "others", "around")


@cache
def words(part: str) -> frozenset[str]:
    """The words of a part."""
    return frozenset(comparable(word) for each in _LANGUAGES for word in each.get(part, ()))


@cache
def kind_of() -> dict[str, str]:
    """What each noun for people says of them."""
    return {in_figures(noun): kind for kind in _KINDS for noun in words(kind)}


@cache
def nouns() -> re.Pattern[str]:
    """Find a noun for people."""
    return pattern(kind_of())


@cache
def demonyms() -> dict[str, str]:
    """Countries by the words for their people."""
    return {comparable(word): code for each in _LANGUAGES for code, found in each["demonyms"].items() for word in found}


@cache
def ends_with(part: str) -> re.Pattern[str]:
    """Find a word of a part at the end of a text."""
    return re.compile(rf"(?:{either(words(part))})$")


@cache
def begins_with(part: str) -> re.Pattern[str]:
    """Find a word of a part at the beginning of a text."""
    return re.compile(rf"[ -]*(?:{either(words(part))})")


@cache
def more() -> re.Pattern[str]:
    """Find further figures of a list."""
    return re.compile(rf"\s*(?:,\s*)?(?:{either(words('and') | words('or'))}|,|-|–)\s*(?P<figures>\d{{1,3}})(?![\d:/])")


@cache
def between_two() -> re.Pattern[str]:
    """Find what says that it is one of two figures."""
    return re.compile(rf"{either(words('or'))}|-|–")


@cache
def youngest() -> re.Pattern[str]:
    """Find how old the youngest is said to be."""
    return re.compile(rf"(?:{either(words('youngest'))})[ ,:;(~-]*(\d{{1,2}})(?![\d:/])")


@cache
def count_before() -> re.Pattern[str]:
    """Figures before a noun; between them what counts, how old and of where they are, or one word of what they are."""
    unit, of_where = either(words("years") | words("months")), either(demonyms())
    is_told = f"(?:{either(words('tells') | words('and') | words('or') | words('here') | words('does'))})"
    return re.compile(
        rf"(?:^|(?<=[^\d.:/-]))(\d{{1,4}}) ?(?!(?:{unit}))"
        rf"(?:{either(words('counters'))})?(?: ?\d{{1,2}} ?(?:{unit}))?"
        rf"(?: ?(?:{of_where})(?:{either(words('between'))})?)?(?: (?!{is_told})[a-z]+)? ?$"
    )


@cache
def count_after() -> re.Pattern[str]:
    """Find how many there are, behind a noun."""
    return re.compile(rf" ?(?:(\d{{1,4}}) ?(?:{either(words('counters_after'))})|(?:{either(words('one_after'))}))")


@cache
def more_people() -> re.Pattern[str]:
    """People by a number and where they are of alone: "two Vietnamese and one ..."."""
    return re.compile(rf"\d ?(?:{either(demonyms())}) ?(?:{either(words('and'))})")


def is_doer(before: str, after: str) -> bool:
    """Whether somebody did it or tells of it: "by a Korean man", "a man bought her", "a cousin in China says"."""
    return _doer_before().search(before) is not None or _doer_after().match(after) is not None


def is_had(before: str, after: str) -> bool:
    """Whether it is a child or another person of whoever is spoken of: "mother of 3 kids"."""
    return _had_before().search(before) is not None or _parent_after().match(after) is not None


def is_the_same(kind: str, between: str) -> bool:
    """Whether two nouns that this stands between are for one person, who stands beside: "suspect: a Thai man"."""
    return kind == "around" and _apposed().fullmatch(between) is not None


@cache
def _doer_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{either(words('doer_before'))}) ?(?:(?:{either(demonyms())}) ?)?$")


@cache
def _doer_after() -> re.Pattern[str]:
    verbs = either(words("tells") | words("does"))
    return re.compile(rf"(?:[ ,][^\s.;,]+){{0,6}}? ?(?:{verbs})")


@cache
def _had_before() -> re.Pattern[str]:
    counters = either(words("counters"))
    return re.compile(rf"(?:{either(words('has_before'))}) ?\d+ ?(?:{counters})?(?: ?[a-z]+)? ?$")


@cache
def _parent_after() -> re.Pattern[str]:
    return re.compile(rf"的(?:{either(words('relatives'))})")


@cache
def _apposed() -> re.Pattern[str]:
    return re.compile(rf"[ ,:]*(?:is |was )?(?:an? )?(?:{either(demonyms())})? ?")


@cache
def demonym_before() -> re.Pattern[str]:
    """Find where somebody is of, before a noun."""
    return re.compile(
        rf"(?<!half )(?P<demonym>{either(demonyms())})(?! speak)[ -]?(?:{either(words('between'))})?(?: [^\W\d_]+)? ?$"
    )


@cache
def demonym_after() -> re.Pattern[str]:
    """Find where somebody is of, behind a noun."""
    return re.compile(
        rf"[ ,(]*(?:{either(words('citizen_of'))})? ?(?P<demonym>{either(demonyms())})"
        rf"(?![^\W\d_]* ?(?:{either(words('around'))}))"
    )
