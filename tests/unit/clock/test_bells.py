"""When an open page rings, and for which side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock.bells import bells
from bot.domain.agreement import Urgency
from bot.domain.case import Case, DeadlineKind, Status
from tests.kit.clock import START
from tests.kit.site import sample_case

CASE = sample_case(alerted_at=START)


def pinged(case: Case, kind: DeadlineKind, pings: int) -> Case:
    changed = (replace(d, pings=pings) if d.kind is kind else d for d in case.deadlines)
    return replace(case, deadlines=tuple(changed))


def of(case: Case, party: str = "CN") -> set[str]:
    return set(bells(case, party))


def test_a_case_that_nobody_has_acknowledged_rings_at_the_side_that_must() -> None:
    assert len(of(CASE)) == 1
    assert of(CASE, "KH") == set()
    assert of(CASE, "VN") == set()
    assert of(replace(CASE, alerted_at=None)) == set(), "the desks are not told yet"


@pytest.mark.parametrize(
    "changed",
    [replace(CASE, urgency=Urgency.U2), pinged(CASE, DeadlineKind.ACKNOWLEDGE, 1)],
    ids=["another urgency", "a ping"],
)
def test_it_rings_again_when_there_is_something_new(changed: Case) -> None:
    assert of(changed) - of(CASE)
    assert of(pinged(changed, DeadlineKind.ACKNOWLEDGE, 2)) - of(changed)


def test_a_ping_about_the_police_channel_rings_at_both_sides() -> None:
    late = pinged(CASE, DeadlineKind.POLICE, 1)
    assert of(late) - of(CASE) == of(late, "KH")


def test_what_is_over_or_stood_down_rings_nowhere() -> None:
    late = pinged(CASE, DeadlineKind.POLICE, 1)
    assert of(replace(late, stood_down_at=START + timedelta(minutes=1))) == set()
    assert of(replace(late, status=Status.CLOSED)) == set()


def test_a_bell_says_nothing_of_the_case() -> None:
    assert not any(word in bell for bell in of(CASE) for word in (CASE.reference, "KC", "M9S34"))
