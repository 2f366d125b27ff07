"""We ask Telegram: one node at a time, and nothing is forgotten before it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from adapters.telegram.settings import Patience
from bot.domain.messages import Inbound, Kind
from bot.ports.messengers import Receipt
from tests.fakes.bot_api import BotApi
from tests.fakes.memory_state import MemoryState
from tests.fakes.people import User
from tests.kit.inbox import Inbox
from tests.kit.naps import Naps
from tests.kit.telegram import make_telegram, outgoing, running, send
from tests.kit.waiting import until

CURSOR = "telegram-poll:123456"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


def offsets(api: BotApi) -> list[int | None]:
    return [call.parameters.get("offset") for call in api.calls if call.method == "getUpdates"]


async def test_what_people_write_arrives_and_the_offset_follows(api: BotApi) -> None:
    inbox, state = Inbox(), MemoryState()
    async with running(make_telegram(api, state=state), inbox):
        User(api, 111).says("urgent")
        await api.until(lambda: api.updates.waiting == 0)
    assert inbox.texts == ["urgent"]
    assert state.cursors[CURSOR] == int(inbox.taken[0].external_id) + 1


async def test_a_webhook_is_taken_away_before_the_first_question(api: BotApi) -> None:
    api.updates.set_webhook({"url": "http://127.0.0.1:9/hooks/telegram"})
    async with running(make_telegram(api)):
        await api.until(lambda: api.count("getUpdates"))
    methods = [call.method for call in api.calls]
    assert methods.index("deleteWebhook") < methods.index("getUpdates")
    assert "drop_pending_updates" not in api.calls[methods.index("deleteWebhook")].parameters


async def test_only_what_we_understand_is_asked_for(api: BotApi) -> None:
    async with running(make_telegram(api)):
        await api.until(lambda: api.count("getUpdates"))
    (asked, *_) = [call.parameters for call in api.calls if call.method == "getUpdates"]
    assert asked["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert asked["timeout"] == Patience().long_poll


async def test_the_offset_moves_only_after_every_message_of_the_batch_is_stored(api: BotApi) -> None:
    dara = User(api, 111)
    for text in ("one", "two", "three"):
        dara.says(text)
    inbox, state = Inbox(), MemoryState()
    inbox.refuses = lambda message: message.text == "two" and inbox.tries < 6
    async with running(make_telegram(api, state=state), inbox):
        await inbox.until(lambda: "two" in inbox.texts)
        await api.until(lambda: api.updates.waiting == 0)
    assert sorted(inbox.texts) == ["one", "three", "two"]
    assert offsets(api)[:2] == [None, None]


async def test_killed_between_storing_and_moving_on_nothing_is_lost_or_doubled(api: BotApi) -> None:
    User(api, 111).says("urgent")
    state, inbox = MemoryState(), Inbox()

    class Killed(Inbox):
        async def __call__(self, message: Inbound) -> Receipt:
            await inbox(message)
            await asyncio.Event().wait()  # stored; the process dies here
            raise AssertionError

    async with running(make_telegram(api, state=state), Killed()):
        await inbox.until(lambda: inbox.taken)
    assert state.cursors == {}
    async with running(make_telegram(api, state=state), inbox):
        await api.until(lambda: api.updates.waiting == 0)
    assert inbox.texts == ["urgent"]
    assert inbox.tries == 2


async def test_after_a_restart_it_goes_on_where_it_was(api: BotApi) -> None:
    state = MemoryState(cursors={CURSOR: 700_003})
    dara = User(api, 111)
    for text in ("stored before", "stored before too", "new"):
        dara.says(text)
    inbox = Inbox()
    async with running(make_telegram(api, state=state), inbox):
        await api.until(lambda: api.updates.waiting == 0)
    assert inbox.texts == ["new"]


async def test_after_a_quiet_week_the_numbers_may_start_again_lower(api: BotApi) -> None:
    inbox, dara = Inbox(), User(api, 111)
    async with running(make_telegram(api), inbox):
        dara.says("before")
        await api.until(lambda: api.updates.waiting == 0 and inbox.taken)
        api.updates.jump(5_000)
        dara.says("after")
        dara.says("and after that")
        await api.until(lambda: api.updates.waiting == 0 and len(inbox.taken) == 3)
    assert inbox.texts == ["before", "after", "and after that"]


async def test_a_full_disk_makes_it_ask_again_not_go_on(api: BotApi) -> None:
    User(api, 111).says("urgent")
    state, inbox, naps = MemoryState(), Inbox(), Naps()
    inbox.refuses = lambda _: inbox.tries < 4
    async with running(make_telegram(api, state=state, naps=naps), inbox):
        await inbox.until(lambda: inbox.taken)
        await api.until(lambda: api.updates.waiting == 0)
    assert inbox.tries == 4
    assert naps.taken[:3] == [1, 2, 4]
    assert offsets(api)[:4] == [None] * 4


async def test_however_long_nothing_can_be_stored_it_goes_on_within_seconds_after(api: BotApi) -> None:
    User(api, 111).says("urgent")
    inbox, naps = Inbox(), Naps()
    inbox.refuses = lambda _: inbox.tries < 10
    async with running(make_telegram(api, naps=naps), inbox):
        await inbox.until(lambda: inbox.taken)
    assert naps.taken[:9] == [1, 2, 4, 4, 4, 4, 4, 4, 4]


async def test_a_bug_behind_it_makes_it_ask_again_too(api: BotApi) -> None:
    class Broken(Inbox):
        async def __call__(self, message: Inbound) -> Receipt:
            if self.tries < 2:
                self.tries += 1
                raise ZeroDivisionError
            return await super().__call__(message)

    User(api, 111).says("urgent")
    inbox = Broken()
    async with running(make_telegram(api), inbox):
        await inbox.until(lambda: inbox.taken)
    assert inbox.texts == ["urgent"]


async def test_a_database_that_is_down_stops_the_asking_and_nothing_else(api: BotApi) -> None:
    User(api, 111).says("urgent")
    state, inbox = MemoryState(is_down=True), Inbox()
    async with running(make_telegram(api, state=state), inbox) as telegram:
        await send(telegram, outgoing(111, "sending still works"))
        assert api.count("getUpdates") == 0
        state.is_down = False
        await inbox.until(lambda: inbox.taken)


async def test_one_strange_update_does_not_hold_up_the_others(api: BotApi) -> None:
    api.updates.push("message", {"chat": "no such thing"}, 111)
    User(api, 111).says("urgent")
    inbox = Inbox()
    async with running(make_telegram(api), inbox):
        await inbox.until(lambda: len(inbox.taken) == 2)
    assert [message.kind for message in inbox.taken] == [Kind.UNREADABLE, Kind.TEXT]
    assert b"no such thing" in inbox.taken[0].raw


async def test_messages_of_a_batch_reach_the_core_in_their_order(api: BotApi) -> None:
    dara = User(api, 111)
    for number in range(40):
        dara.says(str(number))
    inbox = Inbox()
    async with running(make_telegram(api), inbox):
        await inbox.until(lambda: len(inbox.taken) == 40)
    assert inbox.texts == [str(number) for number in range(40)]


async def test_of_two_nodes_one_asks_and_the_other_takes_over_when_it_stops(api: BotApi) -> None:
    state, first, second = MemoryState(), Inbox(), Inbox()
    dara = User(api, 111)
    follower = make_telegram(api, state=state, owner="node-2")
    async with running(make_telegram(api, state=state, owner="node-1"), first):
        await api.until(lambda: api.count("getUpdates"))
        async with running(follower, second):
            await api.until(lambda: api.count("getMe") == 2)
            dara.says("for the first")
            await first.until(lambda: first.taken)
            assert second.taken == []
    async with running(follower, second):
        dara.says("for the second")
        await second.until(lambda: second.taken)
    assert (first.texts, second.texts) == (["for the first"], ["for the second"])


async def test_two_nodes_never_fight(api: BotApi) -> None:
    state, inbox = MemoryState(), Inbox()
    one, two = (make_telegram(api, state=state, owner=f"node-{number}") for number in (1, 2))
    with capture_logs() as logs:
        async with running(one, inbox), running(two, inbox):
            for number in range(20):
                User(api, 111).says(str(number))
                await inbox.until(lambda wanted=number + 1: len(inbox.taken) == wanted)  # type: ignore[misc]
    assert [line for line in logs if line["log_level"] == "warning"] == []
    assert inbox.tries == 20


async def test_a_node_that_died_is_replaced_when_its_lease_ends(api: BotApi) -> None:
    state, inbox = MemoryState(), Inbox()
    state.leases[CURSOR] = ("node-that-died", state.clock.now)
    state.clock.forward(seconds=-10)
    User(api, 111).says("urgent")
    async with running(make_telegram(api, state=state), inbox):
        await api.until(lambda: api.count("getMe"))
        assert api.count("getUpdates") == 0
        state.clock.forward(seconds=11)
        await inbox.until(lambda: inbox.taken)
    assert inbox.texts == ["urgent"]


async def test_a_node_that_dies_just_after_it_asked_is_replaced_within_ten_seconds(api: BotApi) -> None:
    state, inbox = MemoryState(), Inbox()
    died = state.clock.now
    assert await state.take_lease(CURSOR, "node-that-died", died, Patience().lease)
    User(api, 111).says("urgent")

    class Passing(Naps):
        async def __call__(self, seconds: float) -> None:
            if not inbox.taken:
                state.clock.forward(seconds=seconds)
            await super().__call__(seconds)

    async with running(make_telegram(api, state=state, naps=Passing()), inbox):
        await inbox.until(lambda: inbox.taken)
    assert state.clock.now - died <= timedelta(seconds=10)


def test_an_answer_that_is_held_back_ends_before_the_lease_does() -> None:
    patience = Patience()
    assert patience.lease / 3 + timedelta(seconds=patience.long_poll + 1) < patience.lease


async def test_when_the_database_is_back_nobody_waits_longer_than_five_seconds(api: BotApi) -> None:
    User(api, 111).says("urgent")
    state, inbox, naps = MemoryState(is_down=True), Inbox(), Naps()
    async with running(make_telegram(api, state=state, naps=naps), inbox):
        await until(lambda: len(naps.taken) > 8)
        state.is_down = False
        await inbox.until(lambda: inbox.taken)
    assert max(naps.taken) <= 5


async def test_the_lease_is_renewed_while_it_asks(api: BotApi) -> None:
    state, inbox, dara = MemoryState(), Inbox(), User(api, 111)
    async with running(make_telegram(api, state=state), inbox):
        for number in range(5):
            dara.says(str(number))
            await inbox.until(lambda wanted=number + 1: len(inbox.taken) == wanted)  # type: ignore[misc]
            await api.until(lambda: api.updates.waiting == 0)
            state.clock.forward(seconds=5)
        assert state.leases[CURSOR][1] > state.clock.now


async def test_a_stopped_node_gives_the_lease_back(api: BotApi) -> None:
    state = MemoryState()
    async with running(make_telegram(api, state=state)):
        await api.until(lambda: api.count("getUpdates"))
        assert state.leases
    assert state.leases == {}


async def test_somebody_elses_poller_is_named_once_and_outlived(api: BotApi) -> None:
    api.fail("conflict", method="getUpdates", times=5)
    inbox, naps = Inbox(), Naps()
    with capture_logs() as logs:
        async with running(make_telegram(api, naps=naps), inbox):
            User(api, 111).says("urgent")
            await inbox.until(lambda: inbox.taken)
    warnings = [line for line in logs if line["log_level"] == "warning"]
    assert [line["reason"] for line in warnings] == ["Another program uses this bot at the same time."]
    assert naps.taken[:5] == [1, 2, 4, 8, 16]


@pytest.mark.parametrize("kind", ["down", "garbage", "no-result", "wrong-shape", "reset", "unauthorized", "throttle"])
async def test_after_any_trouble_it_asks_again(api: BotApi, kind: str) -> None:
    for method in ("deleteWebhook", "getMe", "getUpdates"):
        api.fail(kind, method=method, times=2)
    inbox = Inbox()
    async with running(make_telegram(api), inbox):
        User(api, 111).says("urgent")
        await inbox.until(lambda: inbox.taken)
    assert inbox.texts == ["urgent"]


async def test_a_wait_that_telegram_asks_for_is_kept(api: BotApi) -> None:
    api.fail("throttle", method="getUpdates", retry_after=33)
    inbox, naps = Inbox(), Naps()
    async with running(make_telegram(api, naps=naps), inbox):
        User(api, 111).says("urgent")
        await inbox.until(lambda: inbox.taken)
    assert naps.taken[0] == 33


async def test_a_stop_in_the_middle_of_a_question_takes_no_time(api: BotApi) -> None:
    api.fail("timeout", method="getUpdates")  # never answered, and waited for all day
    telegram = make_telegram(api, patience=Patience(read=86_400))
    await telegram.start(Inbox())
    await api.until(lambda: api.count("getUpdates"))
    await telegram.stop()
    await telegram.stop()
    assert api.count("getUpdates") == 1, "it was still waiting for the first"
