"""The running program with telemelya, a fake Bot API that we did not write: a report and three answers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import Role
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.wire import Asked, Reply, Server
from tests.kit.running import Setup, person, running
from tests.kit.telemelya import CHAT, TOKEN, Peer, telemelya
from tests.kit.town import reference_in

GROUP = -1001


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with telemelya() as peer:
        yield peer


async def test_a_report_and_three_answers_through_a_peer_we_did_not_write(peer: Peer, tmp_path: Path) -> None:
    setup = Setup(tmp_path, peer.url, "webhook", {"kh-duty": [], "cn-duty": [f"telegram:{GROUP}"]}, token=TOKEN)
    await setup.enrol(person(CHAT, "KH", Role.OFFICER))
    async with running(setup), _front(peer, setup) as front:
        await _plays(peer, front, text="urgent, somebody screams for help in a flat")
        stored = await peer.next_act()
        assert "Your alert is stored" in stored["text"]
        await _taps(peer, front, stored, "No")
        await _taps(peer, front, await _asked(peer, "(2 of 14)"), "Locked in or held")
        await _asked(peer, "(3 of 14)")
        await _plays(peer, front, text="16")
        await _asked(peer, "(4 of 14)")
        alert = await _group_hears(peer)
        assert alert["chat_id"] == GROUP
        assert f"U1 immediate · {reference_in(stored['text'])}" in alert["text"]
        assert alert["reply_markup"]["inline_keyboard"][0][0]["text"] == "Acknowledge"


@contextlib.asynccontextmanager
async def _front(peer: Peer, setup: Setup) -> AsyncIterator[str]:
    """The proxy before the program. telemelya knows no secret header, so the proxy adds it."""

    async def hand_on(asked: Asked) -> Reply:
        async with peer.client.post(setup.hook, data=asked.body, headers={SECRET_HEADER: SECRET}) as answer:
            return Reply(answer.status, await answer.read())

    async with Server(hand_on) as server:
        yield f"{server.url}/hooks/telegram"


async def _plays(peer: Peer, front: str, **what: Any) -> None:
    # telemelya has no setMyCommands, so the program introduces itself again now and then, by its own https address.
    while True:
        await peer.client.post(f"{peer.url}/bot{TOKEN}/setWebhook", json={"url": front})
        with contextlib.suppress(KeyError):  # not delivered: it just did
            await peer.plays(**what)
            return


async def _taps(peer: Peer, front: str, message: dict[str, Any], label: str) -> None:
    buttons = {b["text"]: b["callback_data"] for row in message["reply_markup"]["inline_keyboard"] for b in row}
    await _plays(peer, front, callback_data=buttons[label], callback_message_id=message["message_id"])


async def _asked(peer: Peer, number: str) -> dict[str, Any]:
    while number not in ((act := await peer.next_act()).get("text") or ""):
        assert act["method"] in {"answerCallbackQuery", "editMessageText"}
    return act


async def _group_hears(peer: Peer) -> dict[str, Any]:
    answer = await peer.client.get(f"{peer.url}/api/v1/test/responses/wait?session_id=default&timeout=60")
    heard: dict[str, Any] = (await answer.json())["response"]
    return heard
