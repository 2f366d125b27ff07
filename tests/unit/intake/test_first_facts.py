"""What first words say beyond doubt is read, and nothing else: figures of a set that was made before the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data.reader import by_language
from bot.domain.case import Value
from bot.domain.fields import FIELDS, field
from bot.intake.reading.first_facts import facts_in


def _lines() -> Iterator[tuple[str, Mapping[str, str]]]:
    for line in Path(__file__).with_name("first_facts.tsv").read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            words, _, facts = line.partition("\t")
            yield words.replace("\\n", "\n"), dict(fact.split("=") for fact in facts.split(";") if fact)


LINES = tuple(_lines())


def read(text: str) -> dict[str, str]:
    """What is read, as the set writes it."""
    return {name: _written(value) for name, value in facts_in(text).items()}


def _written(value: Value) -> str:
    return ",".join(sorted(value)) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize(("words", "certain"), LINES, ids=range(len(LINES)))
def test_nothing_is_read_that_is_not_certain(words: str, certain: Mapping[str, str]) -> None:
    assert read(words).items() <= certain.items(), words


def test_most_of_what_is_certain_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    certain, found = Counter[str](), Counter[str]()
    for words, facts in LINES:
        certain.update(list(facts))
        found.update(name for name, value in read(words).items() if facts.get(name) == value)
    with capsys.disabled():
        print(f"\n{len(LINES)} first messages, {certain.total()} certain facts in them")  # noqa: T201 - the figure is the point
        for name in sorted(certain):
            print(f"  {name}: {found[name]} of {certain[name]} read")  # noqa: T201
        print(f"  in all {found.total() / certain.total():.3f} read, the others are asked")  # noqa: T201
    assert len(LINES) >= 700
    assert found.total() / certain.total() >= 0.75


@given(st.text(max_size=80) | st.lists(st.sampled_from([words for words, _ in LINES]), max_size=4).map(" ".join))
def test_whatever_is_written_gives_only_values_that_the_questions_take(text: str) -> None:
    for name, value in facts_in(text).items():
        asked = field(name)
        codes = {choice.code for choice in asked.choices}
        assert asked in FIELDS
        if codes:
            assert set(value if isinstance(value, tuple) else [value]) <= codes


def test_a_long_report_tells_more_than_one_thing_and_is_asked_about() -> None:
    assert read("girl 16 locked in a flat in Nanchang")
    assert not read("girl 16 locked in a flat in Nanchang. " + "They came at night and left in the morning. " * 20)


def test_each_language_has_words_for_the_same_things() -> None:
    english, *others = (words for _, words in sorted(by_language("first_facts").items()))
    assert others
    for words in others:
        assert words.keys() == english.keys()
