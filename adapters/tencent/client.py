"""Calls an API of WeChat or WeCom with its access token, fetched anew once when it is refused. Shows it nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from adapters.calls.http_client import Answer, HttpClient, Json
from adapters.tencent.tokens import TokenKeeper
from bot.domain.errors import Refused, SendError, Unavailable

#: The access token is invalid, not a token at all, or over.
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})

T = TypeVar("T")

#: What an error code means; the second argument is what was said with it, which may hold anything.
Meaning = Callable[[int, str], SendError]


@dataclass(frozen=True, slots=True)
class Download:
    """A file, or what was said in its place."""

    content: bytes = field(repr=False)
    said: Json | None  #: an error, or where the file really is

    @classmethod
    def of(cls, answer: Answer) -> Download:
        """Take an answer apart: errors come with status 200 too; a file, even one that holds JSON, with its name."""
        return cls(answer.content, None if "Content-Disposition" in answer.headers else answer.json_or_none())


class Client:
    """One account at one messenger. Methods raise only `SendError`."""

    def __init__(self, http: HttpClient, keeper: TokenKeeper, meaning: Meaning) -> None:
        self._http = http
        self._keeper = keeper
        self._meaning = meaning

    async def call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, json: Json | None = None
    ) -> Json:
        """Make one call; an answer with an error code is a failure, whatever its status."""

        async def once(token: str) -> Json:
            answer = await self._http.call(method, path, query={**(query or {}), "access_token": token}, body=json)
            return answer.as_json()

        return self._checked(await self._with_token(once, lambda answer: answer))

    async def download(self, path: str, query: Mapping[str, str], limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; an error that comes in its place is a failure."""
        found = await self.get(path, query, limit)
        if found.said is not None:
            raise Refused("There is no file.")
        return found.content

    async def get(self, path: str, query: Mapping[str, str], limit: int) -> Download:
        """Fetch a file of at most `limit` bytes, or what is said in its place; an error is a failure."""

        async def once(token: str) -> Download:
            return Download.of(await self._http.download(path, limit, query={**query, "access_token": token}))

        found = await self._with_token(once, lambda download: download.said or {})
        if found.said is not None:
            self._checked(found.said)
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
