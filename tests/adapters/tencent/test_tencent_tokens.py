"""What is promised of an access token: one for all nodes, fetched early and by one, and never shown."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from bot.domain.errors import Unavailable
from tests.fakes.memory_state import MemoryState
from tests.kit.naps import Naps
from tests.kit.tencent import Mint, keeper


async def test_all_nodes_use_the_token_that_one_of_them_fetched() -> None:
    state, mint = MemoryState(), Mint()
    one, two = keeper(state, mint), keeper(state, mint, "node-2")
    assert [await one.token(), await two.token(), await one.token()] == ["token-1"] * 3
    assert len(mint.told) == 1


async def test_a_node_that_starts_later_asks_nobody() -> None:
    state, mint = MemoryState(), Mint()
    await keeper(state, mint).token()
    state.clock.forward(hours=1)
    assert await keeper(state, Mint(), "node-3").token() == "token-1"


async def test_the_next_token_is_fetched_before_the_old_one_is_over_and_then_used_by_all() -> None:
    state, mint = MemoryState(), Mint()
    one, two = keeper(state, mint), keeper(state, mint, "node-2")
    await one.token()
    await two.token()
    state.clock.forward(seconds=7200 - 301)
    assert await one.token() == "token-1"
    state.clock.forward(seconds=2)
    assert [await one.token(), await two.token()] == ["token-2", "token-2"]
    assert len(mint.told) == 2


async def test_while_one_node_fetches_the_next_token_the_others_go_on_with_the_old_one() -> None:
    state, gate = MemoryState(), asyncio.Event()
    first = keeper(state, Mint())
    other = keeper(state, Mint(), "node-2")
    await first.token()
    await other.token()
    slow = Mint(gate=gate)
    fetching = keeper(state, slow, "node-3")
    await fetching.token()
    state.clock.forward(seconds=7000)
    task = asyncio.create_task(fetching.token())
    await slow.asked.wait()
    assert await other.token() == "token-1"
    assert await fetching.token() == "token-1", "nobody of the same node waits for it either"
    gate.set()
    await task
    assert len(slow.told) == 1


async def test_when_the_next_token_cannot_be_fetched_the_old_one_is_used_to_its_end() -> None:
    state, mint = MemoryState(), Mint()
    ours = keeper(state, mint)
    await ours.token()
    mint.error = Unavailable("WeCom is down")
    state.clock.forward(seconds=7000)
    assert [await ours.token() for _ in range(50)] == ["token-1"] * 50
    assert len(mint.told) == 2, "and it is not asked for with every message"
    state.clock.forward(seconds=200)
    with pytest.raises(Unavailable):
        await ours.token()


async def test_a_hundred_calls_with_a_spoiled_token_fetch_one() -> None:
    state, mint = MemoryState(), Mint()
    ours = keeper(state, mint)
    old = await ours.token()
    state.clock.forward(seconds=60)
    assert set(await asyncio.gather(*(ours.renew(old) for _ in range(100)))) == {"token-2"}
    assert mint.told == ["", "token-1"]


async def test_of_two_nodes_with_a_spoiled_token_one_fetches_and_both_go_on() -> None:
    state, mint = MemoryState(), Mint()
    one, two = keeper(state, mint), keeper(state, mint, "node-2")
    old = await one.token()
    await two.token()
    state.clock.forward(seconds=60)
    assert set(await asyncio.gather(one.renew(old), two.renew(old))) == {"token-2"}
    assert await one.token() == await two.token() == "token-2"
    assert len(mint.told) == 2


async def test_a_node_that_just_asked_takes_over_what_another_renewed_meanwhile() -> None:
    state, mint = MemoryState(), Mint()
    one, two = keeper(state, mint), keeper(state, mint, "node-2")
    old = await one.token()
    await two.token()
    state.clock.forward(seconds=2)
    assert await two.renew(old) == "token-2"
    assert await one.renew(old) == "token-2"
    assert len(mint.told) == 2


async def test_what_is_refused_right_after_it_was_fetched_is_not_fetched_again_and_again() -> None:
    state, mint = MemoryState(), Mint()
    ours = keeper(state, mint)
    old = await ours.token()
    state.clock.forward(seconds=60)
    new = await ours.renew(old)
    assert await ours.renew(new) == new
    assert len(mint.told) == 2
    state.clock.forward(seconds=11)
    assert await ours.renew(new) == "token-3"


async def test_those_who_wait_behind_a_failed_question_do_not_repeat_it_one_by_one() -> None:
    state, mint = MemoryState(), Mint(error=Unavailable("the secret is wrong"))
    ours = keeper(state, mint)
    failures = await asyncio.gather(*(ours.token() for _ in range(100)), return_exceptions=True)
    assert {str(failure) for failure in failures} == {"the secret is wrong"}
    assert len(mint.told) == 1
    mint.error = None
    state.clock.forward(seconds=11)
    assert await ours.token() == "token-2"


async def test_a_question_that_failed_slowly_is_not_repeated_by_those_who_waited_behind_it() -> None:
    state, mint = MemoryState(), Mint(gate=asyncio.Event(), error=Unavailable("no answer in time"))
    assert mint.gate is not None
    ours = keeper(state, mint)
    calls = [asyncio.create_task(ours.token()) for _ in range(5)]
    await mint.asked.wait()
    state.clock.forward(seconds=15)
    mint.gate.set()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results} == {Unavailable}
    assert len(mint.told) == 1


async def test_with_the_database_away_the_token_in_memory_serves_on() -> None:
    state, mint = MemoryState(), Mint()
    ours = keeper(state, mint)
    await ours.token()
    state.is_down = True
    assert await ours.token() == "token-1"
    state.clock.forward(seconds=7199)
    assert await ours.token() == "token-1"
    state.clock.forward(seconds=1)
    assert await ours.token() == "token-2", "and a new one is fetched without it"
    state.is_down = False
    assert await ours.token() == "token-2"


async def test_a_node_that_died_while_it_fetched_holds_the_others_up_for_seconds_only() -> None:
    state, mint, naps = MemoryState(), Mint(), Naps()
    await state.take_lease("wecom-token:corp:7", "dead", state.clock(), timedelta(days=1))
    assert await keeper(state, mint, naps=naps).token() == "token-1"
    assert sum(naps.taken) <= 20


async def test_a_cancelled_call_leaves_the_next_one_free() -> None:
    state, mint = MemoryState(), Mint(gate=asyncio.Event())
    ours = keeper(state, mint)
    task = asyncio.create_task(ours.token())
    await mint.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert state.leases == {}
    mint.gate = None
    assert await ours.token() == "token-2"


async def test_a_token_stands_in_no_log_no_error_and_no_picture_of_what_keeps_it() -> None:
    state, mint = MemoryState(), Mint()
    ours = keeper(state, mint)
    structlog.reset_defaults()
    with capture_logs() as logs:
        await ours.token()
        state.is_down = True
        state.clock.forward(seconds=8000)
        value = await ours.token()
        mint.error = Unavailable("WeCom is down")
        state.clock.forward(seconds=8000)
        with pytest.raises(Unavailable) as caught:
            await ours.token()
    assert logs, "that it could not be stored is said"
    for shown in (repr(ours), repr(state.tokens), str(logs), str(caught.value), repr(caught.value)):
        assert value not in shown
        assert "token-1" not in shown
