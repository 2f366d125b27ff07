"""The running program when Telegram, or the way to it, is in trouble: nothing is lost, and the outbox says so."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fakes.people import group
from tests.kit.town import CN_GROUP, KH_DUTY, KH_GROUP, KH_TOPIC, OFFICERS, Town
from tests.kit.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Trouble in which the message did not arrive, and trouble in which only the answer was lost.
LOST = ("down", "gateway", "garbage", "no-result", "wrong-shape", "reset")
UNCERTAIN = ("reset-after", "timeout")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town.open(tmp_path_factory.mktemp("faults"), mode="webhook") as town:
        yield town


async def test_only_the_chat_that_telegram_slows_down_waits(town: Town) -> None:
    slowed, other = OFFICERS[0], OFFICERS[1]
    town.api.fail("throttle", chat=slowed, times=1000)
    town.user(slowed).says("girl locked in a flat")
    await town.api.until(lambda: town.api.faults[0].times < 1000)
    town.user(other).says("boy locked in a flat")
    await town.hears(other, "(1 of 14)")
    assert not town.api.sent(slowed)
    town.api.faults.clear()
    await town.hears(slowed, "(1 of 14)")
    assert len(town.api.sent(slowed)) == 1


async def test_whatever_goes_wrong_everybody_is_answered(town: Town) -> None:
    officers = dict(zip((*LOST, *UNCERTAIN), OFFICERS[2:], strict=False))
    for kind, officer in officers.items():
        town.api.fail(kind, chat=officer)
        town.user(officer).says("girl locked in a flat")

    await town.api.until(lambda: not town.api.faults)

    async def is_quiet() -> bool:
        lines = await town.terminal.beside("outbox", "list")
        waiting = [line for line in lines if line != "Nothing is parked and nothing waits."]
        assert all("  queued  " in line for line in waiting), waiting
        return not waiting

    await until(is_quiet, moves=lambda: len(town.api.calls))
    assert town.api.token.partition(":")[2] not in town.program.output
    copies = {kind: len(town.api.sent(officer)) for kind, officer in officers.items()}
    assert copies == dict.fromkeys(LOST, 1) | dict.fromkeys(UNCERTAIN, 2)
    assert all("(1 of 14)" in post.text for officer in officers.values() for post in town.api.sent(officer))


async def test_what_waits_is_listed_with_the_reason_and_without_its_text(town: Town) -> None:
    officer = OFFICERS[10]
    town.api.fail("throttle", chat=officer, times=1000)
    town.user(officer).says("girl locked in a flat")
    await town.api.until(lambda: town.api.faults[0].times < 1000)
    (line,) = await town.outbox(f"telegram:{officer}")
    assert re.fullmatch(rf"\d+  queued  reply  telegram:{officer}  tries 0  throttled: .*", line)
    assert "14" not in line.rpartition("throttled")[2], "no text"
    town.api.faults.clear()
    await town.hears(officer, "(1 of 14)")


async def test_a_desk_whose_group_removed_the_bot_is_told_through_its_people_and_the_group_after_a_retry(
    town: Town,
) -> None:
    town.api.fail("forbidden", chat=KH_GROUP)
    reference = await town.reports(OFFICERS[11])
    alert = await town.hears(KH_DUTY, reference, "U1 immediate")
    assert "Show case" in alert.labels
    assert not [post for post in town.api.sent(KH_GROUP) if reference in post.text]
    (parked,) = await town.outbox("  parked  ")
    assert f"telegram:{KH_GROUP}/{KH_TOPIC}" in parked
    assert "unreachable" in parked
    number = parked.split()[0]
    assert await town.terminal.beside("outbox", "retry", number) == [
        "Queued; it goes out within a second while the bridge runs."
    ]
    await town.hears(KH_GROUP, reference, "U1 immediate")
    await town.terminal.beside("outbox", "retry", number, code=1)


async def test_an_officer_who_blocked_the_bot_stops_nobody_and_is_seen_in_the_outbox(town: Town) -> None:
    gone, other = OFFICERS[12], OFFICERS[13]
    await town.reports(gone)
    town.user(gone).blocks()
    town.user(gone).says("China")
    town.user(other).says("girl locked in a flat")
    await town.hears(other, "(1 of 14)")
    assert await town.outbox(f"parked  reply  telegram:{gone}")


async def test_a_group_that_became_a_supergroup_is_followed_by_this_alert_and_later_ones(town: Town) -> None:
    moved_to = -1_001_000_000_001
    group(town.api, moved_to)
    town.api.fail("migrate", chat=CN_GROUP, times=1000, migrate_to=moved_to)
    first = await town.reports(OFFICERS[14])
    await town.hears(moved_to, first, "Acknowledge by")
    second = await town.reports(OFFICERS[15])
    await town.hears(moved_to, second, "Acknowledge by")
    alerts = [post.text for post in town.api.sent(moved_to)]
    assert [sum(reference in text for text in alerts) for reference in (first, second)] == [1, 1]
