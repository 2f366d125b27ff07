"""One pooled HTTP client for one messenger's API. Its errors hold no address, no token and nothing that was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import aiohttp

from bot.domain.errors import Refused, SendError, Unavailable, Uncertain

_ANSWER_LIMIT = 1 << 20  #: bytes; answers are small
_CHUNK = 1 << 16

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    connect: float = 5.0  #: also for a free connection
    answer: float = 10.0
    file: float = 60.0  #: instead of `answer` for a file


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a messenger's API."""

    name: str  #: of the messenger, as people read it
    root: str  #: address of the API, without a slash at its end
    proxy: str = field(default="", repr=False)
    patience: Patience = PATIENCE


@dataclass(frozen=True, slots=True)
class Download:
    """A file, or an answer in its place."""

    content: bytes = field(repr=False)
    answer: Json | None  #: what was said instead of the file: an error, or where it really is


class Http:
    """Calls an API that speaks JSON. Methods raise only `SendError`, and know nothing of tokens and error codes."""

    def __init__(self, way: Way, *, connections: int = 100) -> None:
        self._way = way
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept-Encoding", "User-Agent"),
                auto_decompress=False,  # nothing is asked for compressed, so nothing is inflated
                trust_env=False,  # a proxy for one messenger must not become one for another
            )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, method: str, path: str, query: Mapping[str, str], body: Json | None = None) -> Json:
        """Make one call and return what was answered, an error code or not."""
        content = None if body is None else _written(body)
        try:
            async with self._request(method, path, query, content, self._way.patience.answer) as response:
                self._require_plain(response)
                return self._read_json(await _read(response, _ANSWER_LIMIT))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            self._raise(error, sends=method == "POST")

    async def download(self, path: str, query: Mapping[str, str], limit: int) -> Download:
        """Fetch a file of at most `limit` bytes, whatever its length is said to be."""
        try:
            async with self._request("GET", path, query, None, self._way.patience.file) as response:
                self._require_plain(response)
                content = await _read(response, limit)
                # Errors come with status 200 too; a file, even one that holds JSON, comes with its name.
                is_file = "Content-Disposition" in response.headers
                return Download(content, None if is_file else _json_or_none(content))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            self._raise(error, sends=False)

    def _request(
        self, method: str, path: str, query: Mapping[str, str], content: bytes | None, patience: float
    ) -> aiohttp.client._RequestContextManager:
        if self._session is None or self._session.closed:
            raise Unavailable(f"{self._way.name} is not called: the bridge is stopped.")
        connect = self._way.patience.connect
        return self._session.request(
            method,
            f"{self._way.root}{path}",
            params=query,
            data=content,
            headers={"Content-Type": "application/json"} if content is not None else None,
            timeout=aiohttp.ClientTimeout(total=connect + patience, connect=connect),
            proxy=self._way.proxy or None,
            allow_redirects=False,
        )

    def _require_plain(self, response: aiohttp.ClientResponse) -> None:
        if response.status != 200:
            raise Unavailable(f"{self._way.name}, or the way to it, is down (status {response.status}).")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Unavailable(f"{self._way.name} answered in a way that was not asked for.")

    def _read_json(self, content: bytes) -> Json:
        answer = _json_or_none(content)
        if answer is None:
            raise Unavailable("The answer made no sense; it may come from a broken proxy.")
        return answer

    def _raise(self, error: Exception, *, sends: bool) -> NoReturn:
        raise self._meaning(error, sends=sends) from None  # the cause's text may hold the address, and so a token

    def _meaning(self, error: Exception, *, sends: bool) -> SendError:
        name = self._way.name
        if isinstance(error, TooMuch):
            return Refused("The file is too large.") if not sends else Unavailable(f"{name} answered too much.")
        never_sent = (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError)
        if isinstance(error, (*never_sent, aiohttp.InvalidURL)):
            return Unavailable(f"{name} could not be reached.")
        if not sends:
            return Unavailable(f"{name}, or the way to it, is down.")
        if isinstance(error, TimeoutError):
            return Uncertain(f"{name} did not answer in time; the message may have arrived.")
        return Uncertain(f"The way to {name} broke; the message may have arrived.")


class TooMuch(ValueError):
    """More came than was allowed; the rest was not read."""


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            response.close()
            raise TooMuch
    return bytes(content)


def _written(body: Json) -> bytes:
    # As UTF-8: escapes like \u4f60 would be shown as such.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _json_or_none(content: bytes) -> Json | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
