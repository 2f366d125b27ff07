"""Who first words speak of: how old the youngest is, how many they are, of which country. Pure.

Nothing is said of people where it is not certain of each: whoever is only mentioned may be younger, or one more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.intake.reading import people_words as words
from bot.intake.reading.choice import group_of
from bot.intake.reading.numbers import in_figures
from bot.intake.reading.people_words import AFFECTED
from bot.language.phrases import comparable

_ABOUT = 2  #: years that an "about" may be off
_OLDEST = 120  #: years
_MOST = 999  #: people
_PAIR = 2  #: figures that "or" may stand between
_FIGURES = re.compile(r"(?<![\d.,:/_-])(?<![a-z])\d{1,3}(?![\d:/_])(?![.,]\d)")
_SIGNS = " ,:;(~-"
_ADJECTIVE = re.compile(r"[ -]*[^\W\d_]+[ -]+")


@dataclass(slots=True)
class _Mention:
    """Somebody who is spoken of."""

    start: int
    end: int
    kind: str
    noun: str
    count: int = 0  #: as said; 0 where it is not
    ages: list[tuple[int, int]] = field(default_factory=list)  #: lowest and highest of each, in years
    country: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """What is certain of the people affected; None or empty where nothing is."""

    age_group: str | None = None
    count: int | None = None
    countries: tuple[str, ...] = ()
    has_others: bool = False  #: whether anybody is spoken of besides one person or group that is affected


def people_in(text: str) -> People:
    """Read who first words speak of."""
    said = in_figures(comparable(text))
    mentions = list(_mentions(said))
    is_clear, youngest = _give_ages(said, mentions), _youngest_said(comparable(text))
    for mention in mentions:
        mention.count = _count_beside(said, mention)
        mention.country = _country_beside(said, mention)
    affected = _affected(said, mentions)
    if not affected or any(m.kind == "others" for m in mentions) or words.more_people().search(said):
        return People(youngest, has_others=bool(mentions))
    is_alone = len(affected) == 1 and (affected[0].count or all(m.kind in AFFECTED for m in mentions))
    countries = tuple(dict.fromkeys(m.country for m in affected))
    return People(
        age_group=youngest or (_youngest(affected) if is_clear else None),
        count=_count(affected[0]) if is_alone else None,
        countries=() if "" in countries else countries,
        has_others=len(affected) > 1 or any(m.kind not in AFFECTED for m in mentions),
    )


def _mentions(said: str) -> Iterator[_Mention]:
    """Everybody who is spoken of; who does it, tells of it or stands beside is not affected."""
    last: _Mention | None = None
    for match in words.nouns().finditer(said):
        kind, before, after = words.kind_of()[match[0]], said[: match.start()], said[match.end() :]
        if match[0] in words.words("only_before_a_number") and not re.match(r"[ ,]*\d", after):
            continue
        if words.is_had(before, after):
            kind = "others"
        elif words.is_doer(before, after) or (
            last is not None and words.is_the_same(last.kind, said[last.end : match.start()])
        ):
            kind = "around"
        last = _Mention(match.start(), match.end(), kind, match[0])
        yield last


def _affected(said: str, mentions: Iterable[_Mention]) -> list[_Mention]:
    """Those who are affected, each once: who is only spoken of again, or by a word for anybody, adds nobody."""
    found = [m for m in mentions if m.kind in AFFECTED]
    kept: list[_Mention] = []
    for m in sorted(found, key=lambda m: m.noun in words.words("anybody")):
        again = next((k for k in kept if _is_again(said, m, k)), None)
        if again is None or m.ages or m.count:
            kept.append(m)
        else:
            again.country = again.country or m.country
    return kept


def _is_again(said: str, m: _Mention, before: _Mention) -> bool:
    is_the_same = words.ends_with("the_same").search(said[: m.start].rstrip()) is not None and m.start > before.start
    return m.noun == before.noun or m.noun in words.words("anybody") or is_the_same


def _count(only: _Mention) -> int | None:
    if only.count:
        return only.count if only.count <= _MOST else None
    is_one = (
        only.kind == "one" and only.noun not in words.words("pronouns") and (only.noun.isascii() or bool(only.ages))
    )
    return 1 if is_one else None


def _youngest(affected: Iterable[_Mention]) -> str | None:
    """The group of the youngest, where the age of each is said."""
    ages: list[tuple[int, int]] = []
    for m in affected:
        expected = m.count or (1 if m.kind == "one" else max(2, len(m.ages)))
        if len(m.ages) != expected:
            return None
        ages += m.ages
    groups = {group_of(min(lowest for lowest, _ in ages)), group_of(min(highest for _, highest in ages))}
    return groups.pop() if len(groups) == 1 else None


def _youngest_said(said: str) -> str | None:
    """The group of "the youngest is 13"."""
    found = words.youngest().search(said)
    return group_of(int(found[1])) if found else None


def _give_ages(said: str, mentions: list[_Mention]) -> bool:
    """Give each age to whom it is said of. False where one is said in a way that leaves doubt."""
    is_clear, done = True, -1
    for match in _FIGURES.finditer(said):
        if match.start() < done:
            continue
        numbers, done = _list_from(said, match)
        unit = words.begins_with("years").match(said, done) or words.begins_with("months").match(said, done)
        whose = _whose(said, match.start(), unit.end() if unit else done, mentions, has_unit=unit is not None)
        if whose is None or max(numbers) > _OLDEST:
            continue
        if words.ends_with("bounds").search(said[: match.start()].rstrip(_SIGNS)) or whose.kind == "others":
            is_clear = False
        elif whose.kind in AFFECTED:
            is_months = unit is not None and words.begins_with("months").match(said, done) is not None
            whose.ages += _ages(said, match.start(), [n // 12 if is_months else n for n in numbers], done)
    return is_clear


def _ages(said: str, start: int, numbers: list[int], end: int) -> list[tuple[int, int]]:
    """What the figures of one list say: an age each, or one between two where "or" stands."""
    if len(numbers) == _PAIR and words.between_two().search(said[start:end]):
        return [(min(numbers), max(numbers))]
    off = _ABOUT if words.ends_with("about").search(said[:start].rstrip(_SIGNS.replace("~", ""))) else 0
    return [(max(0, n - off), n + off) for n in numbers]


def _list_from(said: str, first: re.Match[str]) -> tuple[list[int], int]:
    """Read figures that stand together: "10 and 12", "14, 15 and 16", "16-17"."""
    numbers, end = [int(first[0])], first.end()
    while (more := words.more().match(said, end)) is not None:
        numbers.append(int(more["figures"]))
        end = more.end()
    return numbers, end


def _whose(said: str, start: int, end: int, mentions: list[_Mention], *, has_unit: bool) -> _Mention | None:
    """Find whose age figures are; None where they are none."""
    before = said[:start].rstrip(_SIGNS)
    before = words.ends_with("about").sub("", before).rstrip(_SIGNS)
    aged = words.ends_with("aged").search(before)
    within = before[: aged.start()].rstrip(_SIGNS) if aged else before
    beside = next((m for m in mentions if m.end in (len(within), len(before))), None)
    if has_unit:
        after = next((m for m in mentions if m.start >= end and not said[end : m.start].strip(_SIGNS)), None)
        adjective = next((m for m in mentions if m.start >= end and _ADJECTIVE.fullmatch(said[end : m.start])), None)
        return beside or after or adjective or _last(said, start, mentions)
    if words.begins_with("no_age_after").match(said, end):
        return None
    is_aged = aged is not None and aged[0].strip() in words.words("aged_alone")
    if beside is not None and (is_aged or beside.noun.isascii()):
        is_list = words.more().search(said[start:end]) is not None
        return beside if beside.kind != "many" or is_list or is_aged else None
    return _last(said, start, mentions) if is_aged else None


def _last(said: str, start: int, mentions: Iterable[_Mention]) -> _Mention | None:
    """Whoever was spoken of last before, in the same sentence."""
    before = [m for m in mentions if m.end <= start and not re.search(r"[.!?;] ", said[m.end : start])]
    return before[-1] if before else None


def _count_beside(said: str, mention: _Mention) -> int:
    after = words.count_after().match(said, mention.end)
    if after is not None:
        return int(after[1] or 1)
    is_counted = _counts_before(mention.noun) and mention.noun not in words.words("pronouns")
    before = words.count_before().search(said[: mention.start]) if is_counted else None
    is_number = before is not None and not words.ends_with("numbered").search(said[: before.start()].rstrip())
    return int(before[1]) if before and is_number else 0


def _counts_before(noun: str) -> bool:
    """Whether the number of people stands before this noun in its language; in Khmer it stands behind."""
    return not "\u1780" <= noun[0] <= "\u17ff"


def _country_beside(said: str, mention: _Mention) -> str:
    before = words.demonym_before().search(said[: mention.start])
    after = words.demonym_after().match(said, mention.end)
    found = before or after
    return words.demonyms()[found["demonym"]] if found else ""
