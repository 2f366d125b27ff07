"""What is promised of messages that an adapter hands in, one or several of a call: stored, or nobody is told so."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from adapters.calls.entrance import Entrance
from adapters.calls.follow_ups import FollowUps
from bot.domain.errors import StorageError
from bot.domain.messages import Address, Inbound, Kind
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox

DARA = Address("line", "dara")


def written(number: int) -> Inbound:
    return Inbound("line", "bot", str(number), Kind.TEXT, Clock()(), sender=DARA, place=DARA, text=f"word {number}")


def opened(inbox: Inbox) -> Entrance:
    entrance = Entrance("line")
    entrance.open(inbox)
    return entrance


async def test_several_messages_of_one_call_are_stored_in_their_order() -> None:
    inbox = Inbox()
    await opened(inbox).take_all([written(number) for number in range(20)])
    assert inbox.texts == [f"word {number}" for number in range(20)]


async def test_if_one_of_a_call_is_not_stored_the_whole_call_comes_again_and_the_others_are_known() -> None:
    inbox = Inbox(refuses=lambda message: message.external_id == "2" and inbox.tries <= 3)
    entrance, call = opened(inbox), [written(number) for number in (1, 2, 3)]
    with pytest.raises(StorageError):
        await entrance.take_all(call)
    assert inbox.texts == ["word 1", "word 3"]
    await entrance.take_all(call)
    assert inbox.texts == ["word 1", "word 3", "word 2"]


async def test_a_bug_behind_it_is_said_without_the_words_and_counts_as_not_stored() -> None:
    class Broken(Inbox):
        async def __call__(self, message: Inbound) -> object:  # type: ignore[override]
            raise KeyError(message.text)

    with capture_logs() as logs, pytest.raises(StorageError) as caught:
        await opened(Broken()).take(written(1))
    assert [line["error"] for line in logs] == ["KeyError"]
    assert "word 1" not in f"{logs} {caught.value!r}"
    assert caught.value.__suppress_context__


async def test_nothing_comes_in_before_it_is_opened_and_after_it_is_closed() -> None:
    inbox = Inbox()
    entrance = opened(inbox)
    entrance.close()
    for closed in (Entrance("line"), entrance):
        with pytest.raises(StorageError):
            await closed.take(written(1))
    assert inbox.tries == 0


async def test_what_follows_a_message_goes_on_by_itself_and_is_let_end_at_the_stop() -> None:
    done: list[str] = []
    follow_ups = FollowUps()

    async def answer(name: str) -> None:
        await asyncio.sleep(0)
        done.append(name)

    follow_ups.begin(answer("one"))
    follow_ups.begin(answer("two"))
    assert done == []
    await follow_ups.stop()
    assert done == ["one", "two"]
    await follow_ups.stop()
