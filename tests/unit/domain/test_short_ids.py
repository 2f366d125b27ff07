"""Short names of enrolled people: one for each, understood however it is typed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.short_ids import find, is_one, shown

IDS = st.lists(st.integers(1, 2**63 - 1), min_size=1, max_size=40, unique=True)


@given(ids=IDS)
def test_everybody_has_a_short_name_of_their_own_that_finds_them(ids: list[int]) -> None:
    names = {shown(each, ids): each for each in ids}
    assert len(names) == len(ids)
    for name, each in names.items():
        assert len(name) <= 14
        assert find(name, ids) == find(name.lower(), ids) == find(str(each), ids) == each


def test_two_hundred_people_have_names_of_seven_signs() -> None:
    ids = range(388_812_000_000_000_000, 388_812_000_000_000_200)
    assert sum(len(shown(each, ids)) == 7 for each in ids) > 195


def test_a_name_stays_when_others_come_and_is_refused_where_it_could_be_two() -> None:
    ids = list(range(1, 30_000))
    name = shown(7, ids[:100])
    assert shown(7, ids[:200]) == name
    counted = Counter(shown(each, []) for each in ids)
    twice = [name for name, count in counted.items() if count > 1]
    assert twice, "among so many some begin alike"
    assert find(twice[0], ids) is None


@pytest.mark.parametrize("text", ["Phalla", "P", "me", "P-1", "Pov Chenda", "P-ABC DE", ""])
def test_names_of_people_are_no_short_names(text: str) -> None:
    assert not is_one(text)
    assert find(text, [1, 2, 3]) is None


def test_letters_that_look_like_figures_are_mended() -> None:
    ids = range(1, 300)
    name = next(shown(each, ids) for each in ids if "0" in shown(each, ids) and "1" in shown(each, ids))
    assert find(name.replace("0", "O").replace("1", "l"), ids) == find(name, ids)
