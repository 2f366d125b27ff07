"""What the fakes of WeChat's and WeCom's interfaces have in common: calls, faults on demand, tokens, waiting.

They refuse what the vendor refuses, with status 200 and an errcode.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from bot.app.essentials import clock as wall_clock
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server
from tests.kit.waiting import News

_TRANSPORT = {
    "reset": RESET,
    "hold": HOLD,
    "down": Reply(500, b"<html>Internal Server Error</html>", "text/html"),
    "garbage": Reply(200, b"\xff<html>not what you asked for", "text/html"),
    "list": Reply(200, b"[1]"),
}


class Refusal(Exception):
    """An error as the vendor gives it: with status 200."""

    more = ""  #: what the vendor adds to every error

    def __init__(self, code: int, said: str = "refused") -> None:
        super().__init__(said)
        self.answer = {"errcode": code, "errmsg": f"{said}{self.more}"}


@dataclass(slots=True)
class Fault:
    """Trouble for the next ``times`` calls of a path."""

    kind: str | int  #: a key of `_TRANSPORT`, or an errcode
    path: str
    times: int = 1
    happens_after: bool = False  #: the call is carried out and only its answer is lost


@dataclass(slots=True)
class Call:
    path: str
    query: dict[str, str] = field(repr=False)
    body: Any = field(repr=False)


class TencentApi(ABC):
    """The common half; each fake says what it does at which path and how it refuses."""

    sends_at: str  #: the path that faults are for unless another is named
    token_is_spoilt: int  #: the errcode of a token that is good no more
    token_shape: str  #: with a place for its number
    refusal: type[Refusal]
    media_type: str

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] | None = None,
        port: int = 0,
        on_hold: Callable[[], None] = lambda: None,
    ) -> None:
        self.clock = clock or wall_clock
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.menu: dict[str, Any] = {}
        self.tokens_given = 0
        self._token: tuple[str, datetime] | None = None
        self._server = Server(self._answer, port, on_hold)
        self._news = News()

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.__aexit__()

    @abstractmethod
    def answer_to(self, path: str, query: dict[str, str], body: Any, raw: bytes) -> Any:
        """Carry a call out; a `Reply`, or what is said as JSON. Raises `Refusal`."""

    def fail(self, kind: str | int, **how: Any) -> None:
        """Let the next calls go wrong; see `Fault`."""
        self.faults.append(Fault(kind, **({"path": self.sends_at} | how)))

    def spoil_token(self) -> None:
        """Let the token that is out there be good no more, though it is not over."""
        self._token = None

    def count(self, path: str) -> int:
        """How often a path was called; its end is enough."""
        return sum(call.path.endswith(path) for call in self.calls)

    def changed(self) -> None:
        """Something happened; whoever waits looks again."""
        self._news.happened()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so; looked at after everything that happens here."""
        await self._news.until(condition)

    def give_token(self, *, anew: bool = False) -> dict[str, Any]:
        """The token that is good now; another one shortly before its end."""
        if self._token is None or anew or self._token[1] - self.clock() <= timedelta(minutes=5):
            self.tokens_given += 1
            self._token = (self.token_shape.format(self.tokens_given), self.clock() + timedelta(hours=2))
        value, until = self._token
        return {"access_token": value, "expires_in": int((until - self.clock()).total_seconds())}

    def check_token(self, query: dict[str, str]) -> None:
        """Refuse a call without a token that is good."""
        given = query.get("access_token", "")
        if not given:
            raise self.refusal(41001, "access_token missing")
        if self._token is None or given != self._token[0]:
            raise self.refusal(self.token_is_spoilt, f"invalid access_token {given}")
        if self._token[1] <= self.clock():
            raise self.refusal(42001, "access_token expired")

    def _answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.target)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        body = json.loads(asked.body) if asked.body else None
        self.calls.append(Call(parts.path, query, body))
        fault = self._fault(parts.path)
        if fault is not None and not fault.happens_after:
            reply = self._failed(fault.kind)
        else:
            reply = self._carry_out(parts.path, query, body, asked.body)
            reply = self._failed(fault.kind) if fault is not None else reply
        self.changed()
        return reply

    def _carry_out(self, path: str, query: dict[str, str], body: Any, raw: bytes) -> Reply:
        try:
            answer = self.answer_to(path, query, body, raw)
        except Refusal as refusal:
            return self._said(refusal.answer)
        return answer if isinstance(answer, Reply) else self._said(answer)

    def _said(self, answer: Any) -> Reply:
        return Reply(200, json.dumps(answer, ensure_ascii=False).encode(), self.media_type)

    def _fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.path == path:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _failed(self, kind: str | int) -> Reply:
        return self._said(self.refusal(kind).answer) if isinstance(kind, int) else _TRANSPORT[kind]
