"""One pooled HTTP client for one messenger's API. Its errors hold no address, no token and nothing that was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from adapters.calls.http_session import TooMuch, open_session, read_at_most
from bot.domain.errors import Refused, SendError, Unavailable, Uncertain

_ANSWER_LIMIT = 1 << 20  #: bytes; answers are small
_CONNECT_WITHIN = 5.0  #: seconds; also for a free connection
_ANSWER_WITHIN = 10.0  #: seconds
_FILE_WITHIN = 60.0  #: seconds, instead of those for an answer
#: What may go wrong on the way, none of it with a text that may be shown.
_TROUBLE = (TimeoutError, aiohttp.ClientError, OSError, ValueError)
#: Of these, what goes wrong before anything was sent.
_NEVER_SENT = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)

Json = dict[str, Any]
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a messenger's API."""

    name: str  #: of the messenger, as people read it
    root: str  #: address of the API, without a slash at its end
    proxy: str = field(default="", repr=False)
    #: Of answers that the adapter reads; any other status says that the API, or the way to it, is down.
    statuses: frozenset[int] = frozenset({200})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with one of the statuses that are read."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  #: found by name in any case
    content: bytes = field(repr=False)

    def as_json(self) -> Json:
        """Read the content, which must be a JSON object; else `Unavailable`."""
        found = self.json_or_none()
        if found is None:
            raise Unavailable("The answer made no sense; it may come from a broken proxy.")
        return found

    def json_or_none(self) -> Json | None:
        """Read the content if it is a JSON object."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


class HttpClient:
    """Calls an API that takes JSON. Methods raise only `SendError`, and know nothing of tokens and error codes.

    What is more than a question and may have arrived unanswered is `Uncertain`; whatever else goes wrong is
    `Unavailable`. No answer leads anywhere else, and none is inflated.
    """

    def __init__(self, way: Way, *, connections: int = 100, answer_within: float = _ANSWER_WITHIN) -> None:
        self._way = way
        self._answer_within = answer_within
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the pool; again after `stop`, too."""
        if self._session is None or self._session.closed:
            self._session = open_session(self._connections)

    async def stop(self) -> None:
        """Close the connections; may be called twice."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Json | bytes | None = None,
    ) -> Answer:
        """Make one call and return what was answered, a refusal or not; a body in bytes goes as it was signed."""
        try:
            async with self._request(method, path, query, headers, body, self._answer_within) as response:
                return await self._read(response, _ANSWER_LIMIT)
        except TooMuch:
            raise Unavailable(f"{self._way.name} answered too much.") from None
        except _TROUBLE as error:
            raise self._meaning(error, sends=method != "GET") from None  # its text may hold the address, and a token

    async def download(
        self, path: str, limit: int, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Fetch a file of at most `limit` bytes, whatever its length is said to be."""
        try:
            async with self._request("GET", path, query, headers, None, _FILE_WITHIN) as response:
                return await self._read(response, limit)
        except TooMuch:
            raise Refused("The file is too large.") from None
        except _TROUBLE as error:
            raise self._meaning(error, sends=False) from None  # likewise

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        body: Json | bytes | None,
        patience: float,
    ) -> aiohttp.client._RequestContextManager:
        if self._session is None or self._session.closed:
            raise Unavailable(f"{self._way.name} is not called: the bridge is stopped.")
        typed = {} if body is None else {"Content-Type": "application/json"}
        return self._session.request(
            method,
            f"{self._way.root}{path}",
            params=query,
            data=None if body is None else _written(body),
            headers={**typed, **(headers or {})} or None,
            timeout=aiohttp.ClientTimeout(total=_CONNECT_WITHIN + patience, connect=_CONNECT_WITHIN),
            proxy=self._way.proxy or None,
            allow_redirects=False,
        )

    async def _read(self, response: aiohttp.ClientResponse, limit: int) -> Answer:
        if response.status not in self._way.statuses:
            raise Unavailable(f"{self._way.name}, or the way to it, is down (status {response.status}).")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Unavailable(f"{self._way.name} answered in a way that was not asked for.")
        return Answer(response.status, response.headers, await read_at_most(response, limit))

    def _meaning(self, error: Exception, *, sends: bool) -> SendError:
        name = self._way.name
        if isinstance(error, _NEVER_SENT):
            return Unavailable(f"{name} could not be reached.")
        if not sends:
            return Unavailable(f"{name}, or the way to it, is down.")
        if isinstance(error, TimeoutError):
            return Uncertain(f"{name} did not answer in time; the message may have arrived.")
        return Uncertain(f"The way to {name} broke; the message may have arrived.")


def _written(body: Json | bytes) -> bytes:
    if isinstance(body, bytes):
        return body
    # As UTF-8: escapes like \u4f60 would be shown as such.
    return _compact(body).encode("utf-8", "replace")
