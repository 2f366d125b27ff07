"""The answers that a paper tells, opened by the redaction policy and in English; whose English it is stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.papers.dossier import FIRST, Drawn, EnglishVersion
from bot.channels.papers.paper import Entry
from bot.domain.case import Answer, Case, CaseText, TextKind, Value
from bot.domain.errors import EnglishMissing
from bot.domain.fields import UNKNOWN, Field, FieldKind, field, show
from bot.domain.frozen import replace
from bot.domain.names import sides
from bot.domain.time_words import as_utc, both_times
from bot.language.texts import tr
from bot.language.writing_systems import Script, is_english, script_of
from bot.protection.redaction_policy import Way, answer_for, text_for


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a paper tells."""

    id: str  #: of the field, or `FIRST`
    label: str
    value: Value  #: as data
    shown: str  #: as words
    at: datetime
    english: EnglishVersion | None = None  #: where the words are not the officer's own

    def entry(self, drawn: Drawn) -> Entry:
        """As it is printed."""
        return Entry(self.label, self.shown, whose_english(self.english, drawn))

    @property
    def record(self) -> Mapping[str, object]:
        """As data."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        told = {"field": self.id, "label": self.label, "value": value, "shown": self.shown, "at": as_utc(self.at)}
        return told if self.english is None else {**told, "english": _record(self.english)}


def _record(english: EnglishVersion) -> Mapping[str, object]:
    return {
        "party": english.party,
        "role": english.role.value,
        "at": as_utc(english.at),
        "machine_draft": english.is_machine_draft,
    }


def facts(drawn: Drawn) -> tuple[Fact, ...]:
    """All that a paper tells. Raises `EnglishMissing` with every text that has no English version."""
    found = [*_answers(drawn), *_first_words(drawn)]
    if lacking := [fact.label for fact in found if _lacks_english(fact)]:
        raise EnglishMissing(lacking)
    return tuple(found)


def _lacks_english(fact: Fact) -> bool:
    is_words = fact.id == FIRST or field(fact.id).kind is FieldKind.TEXT
    return is_words and fact.value != UNKNOWN and not stands_in_record(str(fact.value))


def stands_in_record(words: str) -> bool:
    """Whether words can stand in the English record as they are: figures alone can, Vietnamese cannot."""
    has_letters = any(letter.isalpha() for letter in words)
    return not has_letters or (is_english(words) and script_of(words) is Script.LATIN)


def _answers(drawn: Drawn) -> Iterator[Fact]:
    for asked in map(field, drawn.rule.fields):
        answer = drawn.case.answers.get(asked.id)
        if answer is None or (asked.id == "summary" and drawn.leaves_out):
            continue
        value = answer_for(asked, drawn.case, drawn.reader, Way.PACKET, drawn.agreement)
        if value is None or (kept := _asked_by_it(asked, value, drawn)) is None:
            continue
        yield _in_english(asked, kept, answer, drawn)


def _asked_by_it(asked: Field, value: Value, drawn: Drawn) -> Value | None:
    """Of the help that is asked only what this paper asks for."""
    if asked.id != "assistance" or not drawn.rule.assistance or not isinstance(value, tuple):
        return value
    return tuple(code for code in value if code in drawn.rule.assistance) or None


def _in_english(asked: Field, value: Value, answer: Answer, drawn: Drawn) -> Fact:
    label, english = tr("en", asked.label), drawn.dossier.english.get(asked.id)
    if asked.kind is FieldKind.TEXT and value != UNKNOWN and not stands_in_record(str(value)) and english:
        opened = answer_for(asked, _saying(drawn.case, answer, english), drawn.reader, Way.PACKET, drawn.agreement)
        words = str(opened or "")
        return Fact(asked.id, label, words, words, english.at, english)
    return Fact(asked.id, label, value, show(asked, value, "en", sides(drawn.case, drawn.agreement)), answer.at)


def _saying(case: Case, answer: Answer, english: EnglishVersion) -> Case:
    """The case with an answer in English, so that the policy opens that one, by the same rule."""
    return replace(case, answers={**case.answers, answer.field: replace(answer, value=english.text)})


def _first_words(drawn: Drawn) -> Iterator[Fact]:
    """The officer's first message, where nothing was summed up and it can be about nobody else."""
    if not drawn.rule.has_words or "summary" in drawn.case.answers or drawn.leaves_out:
        return
    newest = _newest_first(drawn.dossier.texts)
    words = _opened(newest, drawn) if newest is not None else None
    if newest is None or not words:
        return
    label, english = tr("en", "First message"), drawn.dossier.english.get(FIRST)
    if not stands_in_record(words) and english:
        words = _opened(replace(newest, text=english.text), drawn) or ""
        yield Fact(FIRST, label, words, words, english.at, english)
    else:
        yield Fact(FIRST, label, words, words, newest.at)


def _newest_first(texts: Sequence[CaseText]) -> CaseText | None:
    return max((text for text in texts if text.kind is TextKind.FIRST), key=lambda text: text.id, default=None)


def _opened(text: CaseText, drawn: Drawn) -> str | None:
    return text_for(text, drawn.case, drawn.reader, Way.PACKET, drawn.agreement)


def whose_english(english: EnglishVersion | None, drawn: Drawn) -> str:
    """Say whose English a text is, by side and role."""
    if english is None:
        return ""
    when = both_times(english.at, sides(drawn.case, drawn.agreement), with_year=True)
    who = f"{english.party} {english.role.value}"
    if english.is_machine_draft:
        return tr("en", "English drafted by a machine and not confirmed; entered by {who}, {when}", who=who, when=when)
    return tr("en", "English by {who}, {when}", who=who, when=when)
