"""The gateway for phone calls under attack: forged and replayed words on calls, and what a call could give away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from adapters.calls.node import Node
from adapters.gateway import Gateway, GatewaySettings
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import GATEWAY
from tests.fakes.gateway import OTHER_SECRET, SECRET
from tests.fakes.gateway import Gateway as FakeGateway
from tests.kit.calling import agreed_to_call
from tests.security.stronghold import OFFICER, Stronghold

WORDS = "Kolab Victimname is locked in a flat, call +855 10 000 777"


@dataclass
class Called:
    """A bridge whose gateway has called somebody, and whoever stands before its door."""

    bridge: Stronghold
    fake: FakeGateway
    outside: httpx.AsyncClient

    @property
    def call(self) -> str:
        return str(self.fake.calls[0]["data"]["call"])

    def says(self, result: str = "answered", **how: Any) -> tuple[dict[str, str], bytes]:
        return self.fake.says(self.call, result, **how)

    async def knock(self, headers: dict[str, str], body: bytes) -> int:
        answer = await self.outside.post("/hooks/gateway", headers=headers, content=body)
        await self.bridge._settled()
        return answer.status_code

    async def recorded(self) -> list[object]:
        """What the record says became of calls."""
        (case,) = await self.bridge.cases()
        return [entry.told["result"] for entry in await self.bridge.acts(case) if entry.act == JournalAct.CALLED]


@pytest.fixture
async def called(tmp_path: Path) -> AsyncIterator[Called]:
    bridge: Stronghold
    async with FakeGateway(lambda: bridge.now, knows=lambda _: True) as fake:
        node: Node[Any] = Node(None, "node-1", lambda: bridge.now)
        gateway = Gateway(GatewaySettings(fake.url, SECRET), node)
        bridge = Stronghold(tmp_path, agreed=agreed_to_call(), webhooks={GATEWAY: gateway})
        bridge.adapters[GATEWAY] = gateway  # type: ignore[assignment]  # the real one
        bridge._bridge = bridge._made()
        await bridge.start()
        await bridge.says(OFFICER, WORDS)
        await bridge.answers(OFFICER, "no", "locked in", "15")
        for _ in range(3):
            bridge.now += timedelta(minutes=15)
            await bridge.tick()
        assert fake.calls, "nobody was called"
        yield Called(bridge, fake, bridge.browser())
        await bridge.stop()


async def test_a_forged_word_on_a_call_is_refused_and_leaves_no_trace(called: Called) -> None:
    before = len(called.bridge.inbox())
    headers, body = called.says()
    for forged in (
        {},
        called.says(secret=OTHER_SECRET)[0],
        headers | {"webhook-id": "another"},
        headers | {"webhook-signature": "v1," + "A" * 43 + "="},
    ):
        assert await called.knock(forged, body) == 401
    assert await called.knock(headers, body.replace(b"answered", b"failed")) == 401
    assert len(called.bridge.inbox()) == before
    assert await called.recorded() == []
    assert await called.knock(headers, body) == 200
    assert await called.recorded() == ["answered"]


async def test_an_old_word_on_a_call_is_refused_though_it_was_signed(called: Called) -> None:
    headers, body = called.says()
    called.bridge.now += timedelta(minutes=6)
    assert await called.knock(headers, body) == 401
    assert await called.recorded() == []


async def test_one_event_of_the_gateway_counts_once_whatever_it_says_the_second_time(called: Called) -> None:
    assert await called.knock(*called.says("answered", event="e-1")) == 200
    for result in ("answered", "unanswered", "failed"):
        assert await called.knock(*called.says(result, event="e-1")) == 200
    assert await called.recorded() == ["answered"]


async def test_a_call_of_ours_sent_back_to_us_says_nothing(called: Called) -> None:
    body = json.dumps({**called.fake.calls[0], "data": {**called.fake.calls[0]["data"], "result": "answered"}})
    assert await called.knock(called.fake.signed(body), body.encode()) == 200
    assert await called.recorded() == []


async def test_a_body_without_end_is_not_read(called: Called) -> None:
    body = b"x" * (1 << 20)
    assert await called.knock(called.fake.signed("x"), body) == 413


async def test_nothing_that_was_written_reaches_the_gateway(called: Called) -> None:
    sent = " ".join(f"{asked.target} {asked.headers} {asked.body.decode()}" for asked in called.fake.asked)
    told = [each["data"] for each in called.fake.calls]
    assert {frozenset(each) for each in told} == {
        frozenset({"call", "to", "reference", "urgency", "act", "exercise", "say"})
    }
    assert {each["act"] for each in told} == {"please acknowledge"}
    leaked = ("Kolab", "Victimname", "000 777", "flat", "locked", "being_held", "Li Wei", "telegram", "wechat", SECRET)
    assert [word for word in leaked if word in sent] == []


async def test_no_log_holds_a_secret_or_a_body_of_the_gateway(called: Called) -> None:
    with capture_logs() as logs:
        headers, body = called.says(secret=OTHER_SECRET)
        for _ in range(5):
            await called.knock(headers, body)
    assert len(logs) == 1, "whoever can call shall not fill the log"
    assert [word for word in (SECRET, headers["webhook-signature"], called.call) if word in str(logs)] == []
