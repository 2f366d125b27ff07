"""WeChat as several nodes see it, and officers there: a message is brought three times, each time to any node."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import aiohttp

from tests.fakes.wechat_api import WechatApi
from tests.fakes.wechat_person import Follower, Line, Send
from tests.fakes.wire import Asked, Reply
from tests.faults.cluster.history import Called, InCall
from tests.faults.cluster.messenger import Messenger
from tests.faults.cluster.servers import Servers
from tests.faults.cluster.webhooks import Webhooks
from tests.faults.cluster.witness import Witness
from tests.faults.evidence import Words, Written

_PATIENCE = 6.0  #: seconds until a node that says nothing is given up
_APART = 1.0  #: seconds between two tries
_REFUSED = "NOT stored"  #: what a node says instead of an answer when WeChat brings it no more


class Wechat(WechatApi):
    """The fake, with an address of its own for each node."""

    def __init__(self, nodes: int, messenger: Messenger) -> None:
        super().__init__()
        self._messenger = messenger
        self.servers = Servers(nodes, self._from)
        self._node = 0

    def _from(self, node: int, asked: Asked) -> Reply:
        self._node = node
        return self._answer(asked)

    def _custom(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        answer = super()._custom(query, body)
        openid = str(body["touser"])
        post = self.chats.of(openid).posts[-1]
        self._messenger.arrived(Words(openid, "\n".join([post.text, *post.labels])), self._node)
        return answer


class Followers:
    """Officers who follow the account."""

    def __init__(
        self, api: Wechat, hooks: Sequence[str], webhooks: Webhooks, witness: Witness, chance: random.Random
    ) -> None:
        self._api = api
        self._hooks = hooks
        self._webhooks = webhooks
        self._witness = witness
        self._chance = chance
        self._numbers = itertools.count(24_000_000_000_000_000)
        self.in_calls: list[InCall] = []

    async def __aenter__(self) -> Followers:
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def write(self, officer: int, text: str) -> str | None:
        """Let an officer write; what was answered in the call, None when WeChat gave up."""
        number, written = next(self._numbers), self._webhooks.written
        place = len(written)
        written.append(Written(str(number), f"wechat:{officer}#{number}", is_acknowledged=False))
        line = Line(self._api, self._brings(number, place), _PATIENCE, apart=_APART)
        answer = await Follower(line, str(officer)).says(text, message_id=number)
        return answer if written[place].is_acknowledged else None

    def _brings(self, number: int, place: int) -> Send:
        async def send(query: dict[str, str], body: bytes) -> tuple[int, str]:
            node, began, is_taken = self._chance.randrange(len(self._hooks)), self._witness.tick, False
            try:
                status, answer = await self._post(node, query, body)
                is_taken = status == 200 and self._is_stored(number, node, answer)
            except aiohttp.ClientConnectorError:
                raise  # nobody was there
            except (aiohttp.ClientError, asyncio.CancelledError):
                self._answered(number, None, node)
                raise
            finally:
                self._webhooks.calls.append(Called(node, began, self._witness.tick, is_taken))
            if is_taken:
                self._webhooks.written[place] = replace(self._webhooks.written[place], is_acknowledged=True)
            return status, answer

        return send

    async def _post(self, node: int, query: dict[str, str], body: bytes) -> tuple[int, str]:
        headers = {"content-type": "text/xml"}
        async with self._client.post(self._hooks[node], params=query, data=body, headers=headers) as got:
            return got.status, await got.text()

    def _is_stored(self, number: int, node: int, answer: str) -> bool:
        said = "" if answer == "success" else self._api.vendor.open_answer(answer)["Content"]
        if _REFUSED in said:
            return False
        self._answered(number, said, node)
        return True

    def _answered(self, number: int, said: str | None, node: int) -> None:
        self.in_calls.append(InCall(str(number), said, node, self._witness.tick))
