"""Calls an API of WeChat or WeCom with its access token, fetched anew once when it is refused. Shows it nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from adapters.tencent.http import Download, Http, Json
from adapters.tencent.tokens import TokenKeeper
from bot.domain.errors import Refused, SendError, Unavailable

#: The access token is invalid, not a token at all, or over.
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})

T = TypeVar("T")

#: What an error code means; the second argument is what was said with it, which may hold anything.
Meaning = Callable[[int, str], SendError]


class Client:
    """One account at one messenger. Methods raise only `SendError`."""

    def __init__(self, http: Http, keeper: TokenKeeper, meaning: Meaning) -> None:
        self._http = http
        self._keeper = keeper
        self._meaning = meaning

    async def call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, json: Json | None = None
    ) -> Json:
        """Make one call; an answer with an error code is a failure, whatever its status."""

        async def once(token: str) -> Json:
            return await self._http.ask(method, path, {**(query or {}), "access_token": token}, json)

        return self._checked(await self._with_token(once, lambda answer: answer))

    async def download(self, path: str, query: Mapping[str, str], limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; an error that comes in its place is a failure."""
        found = await self.get(path, query, limit)
        if found.answer is not None:
            raise Refused("There is no file.")
        return found.content

    async def get(self, path: str, query: Mapping[str, str], limit: int) -> Download:
        """Fetch a file of at most `limit` bytes, or what is said in its place; an error is a failure."""

        async def once(token: str) -> Download:
            return await self._http.download(path, {**query, "access_token": token}, limit)

        found = await self._with_token(once, lambda download: download.answer or {})
        if found.answer is not None:
            self._checked(found.answer)
        return found

    async def _with_token(self, once: Callable[[str], Awaitable[T]], said: Callable[[T], Json]) -> T:
        token = await self._keeper.token()
        answer = await once(token)
        if code_of(said(answer)) not in _TOKEN_REFUSED:
            return answer
        another = await self._keeper.renew(token)
        return answer if another == token else await once(another)

    def _checked(self, answer: Json) -> Json:
        code = code_of(answer)
        if code in _TOKEN_REFUSED:
            raise Unavailable("The access token is refused, also a new one.")
        if code:
            raise self._meaning(code, str(answer.get("errmsg", "")))
        return answer


def code_of(answer: Json) -> int:
    """Return the error code of an answer; 0 when all went well, -1 when it is no number."""
    code = answer.get("errcode", 0)
    return code if type(code) is int else -1
