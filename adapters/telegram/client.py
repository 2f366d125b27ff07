"""python-telegram-bot's way to the network: kept connections for calls, aiohttp for files and through a proxy.

Its httpx default costs 2 ms of CPU a request and logs the token.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Any, cast

import aiohttp
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from adapters.calls.http_session import TooMuch, open_session, read_at_most
from adapters.calls.kept_connections import KeptConnections, NotConnected
from adapters.telegram.settings import Patience

# At DEBUG the library logs the address with the token, and every text.
logging.getLogger("telegram").setLevel(logging.WARNING)

_JSON = {"Content-Type": "application/json"}
_UNSAID = ("Accept", "Accept-Encoding", "User-Agent")  #: the Bot API needs none of them
_UNSET = BaseRequest.DEFAULT_NONE

File = tuple[str, bytes | IO[bytes], str]  #: name, content, media type


class NeverSent(TimedOut):
    """No connection in time: unlike other time-outs, nothing can have arrived."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("No connection in time")


class TooLarge(BadRequest):
    """More than was allowed came; the rest was not read."""

    def __init__(self) -> None:
        """Say so, as Telegram does."""
        super().__init__("file is too big")


@dataclass(frozen=True, slots=True)
class Call:
    """The parameters of one call; stands in for `RequestData`, which is four times as slow to fill through `Bot`."""

    parameters: dict[str, object]
    multipart_data: dict[str, File] = field(default_factory=dict)


class ApiRequest(BaseRequest):
    """Calls the Bot API; `post` raises python-telegram-bot's errors only."""

    def __init__(self, root: str, patience: Patience, *, proxy: str = "", connections: int = 100) -> None:
        self._root = root
        self._patience = patience
        self._proxy = proxy or None
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._kept: KeptConnections | None = None  #: none with a proxy

    @property
    def read_timeout(self) -> float:
        return self._patience.read

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = open_session(self._connections, unsaid=_UNSAID, inflates=True)
            self._kept = None if self._proxy else KeptConnections(self._root, self._connections)

    async def shutdown(self) -> None:
        if self._kept is not None:
            await self._kept.close()
        if self._session is not None:
            await self._session.close()

    async def call(self, url: str, parameters: dict[str, object], *, read_timeout: float | None = None) -> Any:
        """Make one call and return its result as plain JSON."""
        read: Any = _UNSET if read_timeout is None else read_timeout
        return await self.post(url, cast("RequestData", Call(parameters)), read_timeout=read)

    async def download(self, url: str, limit: int) -> bytes:
        """Read a file of at most `limit` bytes, whatever its length is said to be; goes nowhere else than asked.

        Raises python-telegram-bot's errors, none of which holds the address: it holds the token.
        """
        if self._session is None or self._session.closed:
            raise NetworkError("not started")
        patience = self._patience
        timeout = _time_out(patience.connect + patience.pool, patience.file)
        try:
            async with self._session.get(url, timeout=timeout, proxy=self._proxy, allow_redirects=False) as response:
                _require_plain(response)
                return await read_at_most(response, limit)
        except TooMuch:
            raise TooLarge from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _UNSET,
        write_timeout: Any = _UNSET,
        connect_timeout: Any = _UNSET,
        pool_timeout: Any = _UNSET,
    ) -> tuple[int, bytes]:
        if self._session is None or self._session.closed:
            raise NetworkError("not started")
        patience, has_file = self._patience, bool(request_data and request_data.multipart_data)
        connect = _chosen(pool_timeout, patience.pool) + _chosen(connect_timeout, patience.connect)
        write = _chosen(write_timeout, patience.file if has_file else patience.write)
        answer = write + _chosen(read_timeout, patience.file if has_file else patience.read)
        try:
            if self._kept is not None and method == "POST" and not has_file:
                path, body = url.removeprefix(self._root), _json(request_data.parameters if request_data else {})
                return await self._kept.post(path, body, connect_within=connect, answer_within=answer)
            return await self._by_aiohttp(self._session, method, url, request_data, _time_out(connect, answer))
        except (NotConnected, aiohttp.ConnectionTimeoutError):
            raise NeverSent from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None  # its text may hold the address, and so the token

    async def _by_aiohttp(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        data: RequestData | None,
        limits: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        body, headers = _body(data)
        async with session.request(
            method, url, data=body, headers=headers, timeout=limits, proxy=self._proxy, allow_redirects=False
        ) as response:
            return response.status, await response.read()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        # The base class logs what it cannot read; it may be somebody's message.
        try:
            return cast("dict[str, Any]", json.loads(payload))
        except ValueError:
            raise TelegramError("Invalid server response") from None


def _require_plain(response: aiohttp.ClientResponse) -> None:
    """Raise unless this is a file as it is: no page about an error, no way to elsewhere, nothing to be inflated."""
    if response.status == 429:
        raise RetryAfter(_seconds(response.headers.get("Retry-After", "")))
    if response.status != 200:
        raise NetworkError(f"status {response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise NetworkError("compressed")


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@lru_cache(maxsize=64)
def _time_out(connect: float, answer: float) -> aiohttp.ClientTimeout:
    # aiohttp has no time-out for writing, and one for each read costs a quarter of the call: one bound for both.
    return aiohttp.ClientTimeout(total=connect + answer, connect=connect)


def _json(parameters: dict[str, Any]) -> bytes:
    return json.dumps(parameters).encode()


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if data is None:
        return None, {}
    files = data.multipart_data
    if not files:
        return _json(data.parameters), _JSON
    form = aiohttp.FormData()
    for name, value in data.parameters.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, (file_name, content, media_type) in files.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form, {}


def _chosen(value: float | object | None, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
