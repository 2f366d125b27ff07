"""The benchmark's arithmetic: who goes first, which pairs count, and what they say together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.calibration import calibrate
from tests.bench.officers import Measured
from tests.bench.pairs import Burst, Pair, kept, ours_first, outcome
from tests.bench.table import rows, verdict

_STEADY = Burst(0.002, 0.3, 0.3)


def _pair(ratio: float, *, moved: float = 0.0) -> Pair:
    return Pair(replace(_STEADY, cpu=0.002 * ratio, after=0.3 * (1 + moved)), _STEADY)


def test_each_side_goes_first_in_every_second_pair() -> None:
    assert [ours_first(number) for number in range(4)] == [True, False, True, False]


def test_a_side_that_takes_as_much_has_the_ratio_one_and_a_slower_one_more() -> None:
    assert _pair(1.0).ratio == pytest.approx(1.0)
    assert _pair(1.25).ratio == pytest.approx(1.25)


def test_a_machine_that_is_slower_for_one_side_changes_nothing_of_the_ratio() -> None:
    slower = Burst(0.002 * 1.08, 0.3 * 1.08, 0.3 * 1.08)

    assert Pair(_STEADY, slower).ratio == pytest.approx(1.0)


@pytest.mark.parametrize(("moved", "counts"), [(0.0, True), (0.099, True), (0.101, False), (-0.15, False)])
def test_a_pair_counts_only_while_the_calibration_moved_by_a_tenth_at_most(moved: float, counts: bool) -> None:
    assert _pair(1.0, moved=moved).is_kept is counts


def test_a_pair_is_discarded_also_when_the_machine_changed_between_its_sides() -> None:
    slower = Burst(0.002, 0.35, 0.35)

    assert not Pair(_STEADY, slower).is_kept


def test_the_median_of_what_is_kept_is_told_with_its_spread_and_what_was_discarded() -> None:
    found = outcome([_pair(1.02), _pair(0.98), _pair(5.0, moved=0.5), _pair(1.01)])

    assert found is not None
    assert (found.kept, found.discarded) == (3, 1)
    assert found.lowest == pytest.approx(0.98)
    assert found.highest == pytest.approx(1.02)
    assert found.median == pytest.approx(1.01)


def test_without_a_pair_that_counts_nothing_is_claimed() -> None:
    busy = [_pair(0.5, moved=0.4)]

    assert kept(busy) == []
    assert outcome(busy) is None
    assert "too busy" in verdict("bridge", "older", outcome(busy))


def test_a_discarded_pair_is_shown_too_and_says_why() -> None:
    took = Measured(seconds=2.0, latencies=[0.01, 0.02], cpu=0.004)
    shown = rows(3, "bridge", [("older", took), ("bridge", took)], _pair(1.0, moved=0.2))

    assert shown.splitlines()[0].split()[:2] == ["3", "older"]
    assert "discarded: the calibration moved by 20.0%, over 10%." in shown


def test_the_calibration_takes_processor_time() -> None:
    assert calibrate() > 0
