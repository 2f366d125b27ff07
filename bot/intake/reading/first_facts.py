"""What first words say beyond doubt, as answers to the questions of the intake. Pure.

The words stand in `bot/data/first_facts/`, a file for each language, and are read in all of them at once. What is
denied, feared, past or said of two things at once is no fact: a wrong reading is worse than a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from bot.data.reader import by_language
from bot.domain import countries
from bot.domain.case import Value
from bot.domain.fields import FIELDS, field
from bot.domain.places import Mentioned, Place, mentioned
from bot.intake.reading import people_words
from bot.intake.reading.first_people import People, people_in
from bot.language.folding import fold
from bot.language.normalise import clean
from bot.language.phrases import comparable, either, pattern

_LANGUAGES = tuple(by_language("first_facts").values())
_LONGEST = 600  #: signs; what is longer tells more than one thing, and is asked about
_SENTENCES = re.compile(r"(?<=[.;!?])\s+|\n")
_PARTS = re.compile(r"(?<=[,:(])\s*|\s-\s")
_NEXT_NAME = re.compile(r"\s+[A-Z][a-z]")  #: a further word of a name: the place is only what a thing is called by
_CALMS = frozenset({"with_authorities", "in_safe_place", "escaped_not_safe"})
_BESIDE = re.compile(r"[\s,]*")


def facts_in(text: str) -> Mapping[str, Value]:
    """Say what is certain, by the id of the question, in asking order."""
    text = _said(clean(text))
    if len(text) > _LONGEST or _words_of("corrects").search(comparable(text)):
        return {}
    people, sentences = people_in(text), [comparable(sentence) for sentence in _SENTENCES.split(text)]
    found: dict[str, Value | None] = {
        "danger_now": _only("danger_now", sentences),
        "situation": _situation(sentences, people),
        "age_group": people.age_group,
        **_where(text),
        "category": _only("category", sentences),
        "exploitation": _each("exploitation", sentences) or None,
        "persons_count": people.count,
        "citizenship": people.countries or None,
    }
    return {f.id: value for f in FIELDS if (value := found.get(f.id)) is not None}


def prepare() -> None:
    """Make all patterns before the first message: that takes a tenth of a second, in which nobody is answered."""
    facts_in("A girl of 16 is locked in a flat in Nanchang, in China.")


def _said(text: str) -> str:
    """What is said, without what is only asked."""
    return " ".join(sentence for sentence in _SENTENCES.split(fold(text)) if not sentence.rstrip().endswith("?"))


def _situation(sentences: Sequence[str], people: People) -> str | None:
    """Where somebody is. What would calm a case is said of the person affected only where nobody else is spoken of."""
    code = _only("situation", sentences)
    is_of_others = people.has_others or any(_words_of("self").search(sentence) for sentence in sentences)
    return None if code in _CALMS and is_of_others else code


def _only(name: str, sentences: Sequence[str]) -> str | None:
    """The one thing that is said of this, when nothing else is and nothing takes it back."""
    told = list(_told(name, sentences))
    codes = {code for code, _ in told}
    return codes.pop() if len(codes) == 1 and all(is_certain for _, is_certain in told) else None


def _each(name: str, sentences: Sequence[str]) -> tuple[str, ...]:
    """All that is said of this, in the field's order, when nothing takes any of it back."""
    told = list(_told(name, sentences))
    codes = {code for code, _ in told} if all(is_certain for _, is_certain in told) else set()
    return tuple(choice.code for choice in field(name).choices if choice.code in codes)


def _told(name: str, sentences: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each thing that words name, with whether the words around it leave it certain."""
    for sentence in sentences:
        if _phrases(name).search(sentence) is None:
            continue
        is_open = _words_of("whole").search(sentence) is not None
        for part in _PARTS.split(sentence):
            for match in _phrases(name).finditer(part):
                code, around = match.lastgroup or "", f"{part[: match.start()]}\0{part[match.end() :]}"
                is_denied = _denied().search(part[: match.start()]) or _doubt(code).search(around)
                yield code, not (is_open or is_denied)


# Where.


def _where(shown: str) -> dict[str, Value]:
    """The place where the person is, with its country, and the country alone where that is all that is said."""
    here = _here(shown)
    named = {
        code
        for code, start, end in _countries_in(shown)
        if (_is_here(shown, start, end, must_say=True) and not _NEXT_NAME.match(shown, end))
        or any(_is_beside(shown, each.end, start) for each in here)
    }
    places = {each.place for each in here if each.place is not None}
    within = {(p.country, p.province) for p in places if p.name}
    places = {p for p in places if p.name or (p.country, p.province) not in within}
    named |= {p.country for p in places}
    if len(named) != 1:
        return {}
    where: dict[str, Value] = {"country": named.pop()}
    if len(places) == 1 and all(each.place is not None for each in here):
        where["area"] = _written(places.pop())
    return where


def _written(place: Place) -> str:
    return ", ".join(filter(None, (place.name, place.province)))


def _here(shown: str) -> Sequence[Mentioned]:
    """The places where somebody is: what stands beside one of them is too."""
    kept: list[Mentioned] = []
    names = mentioned(shown)
    for each in names:
        is_name = _NEXT_NAME.match(shown, each.end) and not any(n.start == each.end + 1 for n in names)
        is_beside = bool(kept) and _is_beside(shown, kept[-1].end, each.start)
        if is_beside or (not is_name and _is_here(shown, each.start, each.end)):
            kept.append(each)
    return kept


def _is_beside(shown: str, end: int, start: int) -> bool:
    return _BESIDE.fullmatch(shown, end, start) is not None if end <= start else False


def _is_here(shown: str, start: int, end: int, *, must_say: bool = False) -> bool:
    """Whether what is named there is where somebody is, not where they come from or are taken to."""
    before = comparable(_SENTENCES.split(shown[:start])[-1])
    part = comparable(_PARTS.split(before)[-1] + _PARTS.split(_SENTENCES.split(shown[end:])[0])[0])
    is_said = _before("here").search(before) is not None
    is_alone = not must_say and (not before or before.endswith((",", ":", "(")))
    is_doubtful = _words_of("not", "past", "not_here").search(part if is_said else before + part)
    people = people_words.nouns().findall(before)
    is_of_others = bool(people) and people[-1] in people_words.words("relatives")
    is_away = _before("away").search(before) or _words_of("whole").search(before) or is_of_others
    is_office = _after("office_after").match(shown, end) is not None
    return (is_said or is_alone) and not (is_doubtful or is_away or is_office)


def _countries_in(shown: str) -> Iterator[tuple[str, int, int]]:
    for match in _country_names().finditer(shown):
        yield _country_codes()[comparable(match[0])], match.start(), match.end()


# The words of all languages together, as patterns.


@cache
def _phrases(name: str) -> re.Pattern[str]:
    """Find what is said of a question; the group that matches is the code of the answer."""
    codes = [choice.code for choice in field(name).choices]
    said = {code: [phrase for each in _LANGUAGES for phrase in each[name].get(code, ())] for code in codes}
    return re.compile("|".join(f"(?P<{code}>{either(phrases)})" for code, phrases in said.items() if phrases))


@cache
def _words_of(*parts: str) -> re.Pattern[str]:
    return pattern(word for each in _LANGUAGES for part in parts for word in each[part])


@cache
def _doubt(code: str) -> re.Pattern[str]:
    """Words that take the certainty from what stands beside them, or say it of something else: a locked phone."""
    beside = (word for each in _LANGUAGES for word in each["not_beside"].get(code, ()))
    return pattern([*beside, *(word for each in _LANGUAGES for part in ("not", "past") for word in each[part])])


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(rf"(?:{either(word for each in _LANGUAGES for word in each['deny'])})\s*$")


@cache
def _before(part: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{either(word for each in _LANGUAGES for word in each[part])})\s*$")


@cache
def _after(part: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{either(word for each in _LANGUAGES for word in each[part])})", re.IGNORECASE)


@cache
def _country_codes() -> Mapping[str, str]:
    """Codes by the names of countries whose people are named here too; no words for people that are no country's."""
    of_people = {word for each in _LANGUAGES for words in each["demonyms"].values() for word in words if word.isascii()}
    codes = {code for each in _LANGUAGES for code in each["demonyms"]}
    spelt = {comparable(name): code for code in codes for name in countries.spellings(code)}
    return {name: code for name, code in spelt.items() if name not in of_people or name == "myanmar"}


@cache
def _country_names() -> re.Pattern[str]:
    return re.compile(either(_country_codes()), re.IGNORECASE)
