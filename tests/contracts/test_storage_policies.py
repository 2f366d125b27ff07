"""What binds a case on every storage: kept as it was, once for all cases that share it, and read by any node."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.domain.agreement import DEFAULT_LEVELS
from bot.domain.case import Case
from bot.domain.errors import Stale
from bot.domain.office_hours import Holiday, Hours, Office
from bot.domain.policies import Policies
from bot.domain.policy import By, Group, LevelPolicy, Rung
from bot.domain.turn import Turn
from bot.ports.reads import Scope, Wanted
from tests.kit.engines import Kept
from tests.kit.values import case, opening, step

LEVELS = {level.value: policy for level, policy in DEFAULT_LEVELS.items()}
LADDER = (
    Rung(Group.REQUESTED_DUTY, timedelta(), timedelta(minutes=5), messengers=("wecom", "telegram")),
    Rung(Group.REQUESTED_SUPERVISOR, timedelta(seconds=90), timedelta(hours=1), By.CALL),
)
HURRIED: LevelPolicy = replace(LEVELS["U1"], acknowledge=timedelta(seconds=30), ladder=LADDER)
OFFICE = Office(
    "Asia/Kathmandu",
    (Hours((0, 1, 2, 3, 4), time(7, 30), time(16)), Hours((5,), time(8), None)),
    (
        Holiday(date(2026, 4, 13), date(2026, 4, 16)),
        Holiday(date(2026, 5, 1), date(2026, 5, 1), True, date(2030, 5, 1)),
    ),
)
POLICIES = Policies(LEVELS, {"KC": {"U1": HURRIED}}, {"KH": OFFICE})
PLAIN = Policies(LEVELS)


async def stored(kept: Kept, about: Case) -> Case:
    """As another process reads it, which has nothing in hand."""
    other = await kept.other_node()
    return (await other.load(Wanted(cases=(about.id,)))).cases[about.id]


async def test_what_binds_a_case_comes_back_as_it_was(kept: Kept) -> None:
    opened = case(policies=POLICIES)
    await kept.storage.apply([opening(opened)])
    read = (await stored(kept, opened)).policies
    assert read is not None
    assert read == POLICIES
    assert read.of("KC", "U1") == HURRIED
    assert read.of("KC", "U3").offices == {"KH": OFFICE}
    assert read.of("VC", "U1").rungs == LEVELS["U1"].rungs


async def test_it_is_kept_once_for_all_cases_that_share_it(kept: Kept) -> None:
    other = await kept.other_node()
    await kept.storage.apply([opening(case(policies=POLICIES)), opening(case(policies=POLICIES))])
    await asyncio.gather(other.apply([opening(case(policies=POLICIES))]), other.apply([opening(case(policies=PLAIN))]))
    scope = Scope(0, "KH", sees_party=True)
    found = await (await kept.other_node()).list_cases(scope, open_only=False, limit=9)
    assert len(found) == 4
    assert {each.policies for each in found} == {POLICIES, PLAIN}


async def test_a_step_of_the_case_keeps_it_and_a_node_that_has_nothing_in_hand_writes_it_too(kept: Kept) -> None:
    opened = case(policies=POLICIES)
    await kept.storage.apply([opening(opened)])
    other = await kept.other_node()
    await other.apply([Turn(cases=(step(opened),))])
    assert (await stored(kept, opened)).policies == POLICIES


async def test_a_case_from_before_they_were_kept_has_none_until_it_is_written_with_some(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened)])
    assert (await stored(kept, opened)).policies is None
    await kept.storage.apply([Turn(cases=(replace(step(opened), policies=PLAIN),))])
    assert (await stored(kept, opened)).policies == PLAIN


async def test_what_a_batch_could_not_store_is_stored_with_the_next_one(kept: Kept) -> None:
    first, second = case(policies=POLICIES), case(policies=POLICIES)
    with pytest.raises(Stale):
        await kept.storage.apply([opening(first), Turn(cases=(step(second),))])
    await kept.storage.apply([opening(first)])
    assert (await stored(kept, first)).policies == POLICIES
