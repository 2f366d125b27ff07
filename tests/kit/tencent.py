"""What WeChat and WeCom have in common: keeping access tokens, and calls to an API that wants them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from adapters.calls.http_client import HttpClient, Way
from adapters.calls.node import Node
from adapters.tencent.client import Client
from adapters.tencent.tokens import TokenKeeper
from bot.domain.errors import Refused, SendError, Throttled, Unavailable
from tests.fakes.memory_state import MemoryState
from tests.fakes.wire import Asked, Reply, Server
from tests.kit.naps import Naps
from tests.kit.time_outs import pass_time

SECRET = "an-app-secret-that-must-never-be-logged"


@dataclass
class Mint:
    """Hands out tokens, each another, and notes what it was told was refused."""

    seconds: float = 7200
    told: list[str] = field(default_factory=list)
    error: SendError | None = None
    gate: asyncio.Event | None = None  #: nothing is handed out before it is set
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, refused: str) -> tuple[str, float]:
        self.told.append(refused)
        self.asked.set()
        number = len(self.told)
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return f"token-{number}", self.seconds


def keeper(state: MemoryState, mint: Mint, owner: str = "node-1", naps: Naps | None = None) -> TokenKeeper:
    return TokenKeeper("wecom-token:corp:7", mint, Node(state, owner, state.clock, naps or Naps()))


class Api:
    """A JSON API over real HTTP that wants a token; what it answers is planned by tests."""

    def __init__(self) -> None:
        self.good: str | None = "token-1"  #: the token that it takes; None: none at all
        self.refusal = 40014
        self.plans: list[Reply] = []  #: what the next calls get
        self.asked: list[Asked] = []
        self.server = Server(self._answer, on_hold=pass_time)

    async def __aenter__(self) -> Api:
        await self.server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.__aexit__()

    def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if f"access_token={self.good}" not in asked.target.partition("?")[2].split("&"):
            return says(errcode=self.refusal, errmsg=f"invalid access_token {asked.target}")
        return self.plans.pop(0) if self.plans else says(errcode=0, errmsg="ok", msgid="m-1")


def says(**answer: Any) -> Reply:
    return Reply(200, json.dumps(answer).encode())


def meaning(code: int, said: str) -> SendError:
    return {45009: Throttled("too fast"), -1: Unavailable("busy")}.get(code, Refused(f"error {code}"))


def http_at(root: str, *, proxy: str = "") -> HttpClient:
    return HttpClient(Way("WeCom", root, proxy=proxy))


class Caller:
    """A client at an API, started and stopped."""

    def __init__(self, api: Api, mint: Mint | None = None, state: MemoryState | None = None, *, root: str = "") -> None:
        self.mint = mint or Mint()
        self.state = state or MemoryState()
        self.http = http_at(root or api.server.url)
        self.client = Client(self.http, keeper(self.state, self.mint), meaning)

    async def __aenter__(self) -> Client:
        await self.http.start()
        return self.client

    async def __aexit__(self, *_: object) -> None:
        await self.http.stop()
