"""What the tests of access tokens and of calls with them share: a storage, and an API that wants tokens."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from adapters.calls.http_client import HttpClient, Patience, Way
from adapters.calls.node import Node
from adapters.tencent.client import Client
from adapters.tencent.tokens import TokenKeeper
from bot.domain.errors import Refused, SendError, Throttled, Unavailable
from bot.ports.messenger_state import Token
from tests.adapters.telegram.telegram_kit import Naps
from tests.adapters.telegram.telegram_kit import Shelf as Leases
from tests.fakes.wire import Asked, Reply, Server

SECRET = "an-app-secret-that-must-never-be-logged"
QUICK = Patience(connect=1, answer=0.3, file=1)


@dataclass
class Shelf(Leases):
    """Leases and tokens, as a storage would keep them; shared by all nodes."""

    tokens: dict[str, Token] = field(default_factory=dict)

    async def token(self, name: str) -> Token | None:
        self._check()
        return self.tokens.get(name)

    async def save_token(self, name: str, token: Token) -> None:
        self._check()
        self.tokens[name] = token


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


def keeper(shelf: Shelf, mint: Mint, owner: str = "node-1", naps: Naps | None = None) -> TokenKeeper:
    return TokenKeeper("wecom-token:corp:7", mint, Node(shelf, owner, shelf.clock, naps or Naps()))


class Api:
    """A JSON API over real HTTP that wants a token; what it answers is planned by tests."""

    def __init__(self) -> None:
        self.good: str | None = "token-1"  #: the token that it takes; None: none at all
        self.refusal = 40014
        self.plans: list[Reply] = []  #: what the next calls get
        self.asked: list[Asked] = []
        self.server = Server(self._answer)

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
    return HttpClient(Way("WeCom", root, proxy=proxy, patience=QUICK))


class Caller:
    """A client at an API, started and stopped."""

    def __init__(self, api: Api, mint: Mint | None = None, shelf: Shelf | None = None, *, root: str = "") -> None:
        self.mint = mint or Mint()
        self.shelf = shelf or Shelf()
        self.http = http_at(root or api.server.url)
        self.client = Client(self.http, keeper(self.shelf, self.mint), meaning)

    async def __aenter__(self) -> Client:
        await self.http.start()
        return self.client

    async def __aexit__(self, *_: object) -> None:
        await self.http.stop()
