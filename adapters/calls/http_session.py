"""One way to open a pool of connections, and to read no more than is allowed of what comes through it."""

from __future__ import annotations

import aiohttp

_CHUNK = 1 << 16  #: bytes


class TooMuch(ValueError):
    """More came than was allowed; the rest was not read."""


def open_session(
    connections: int, *, unsaid: tuple[str, ...] = ("Accept-Encoding", "User-Agent"), inflates: bool = False
) -> aiohttp.ClientSession:
    """Open a pool of at most so many connections, with no cookies and no proxy but the one that a request names.

    Args:
        connections: at a time.
        unsaid: headers that aiohttp would add by itself and this messenger does not need.
        inflates: whether an answer that comes compressed, though nothing was asked for so, is read all the same.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=unsaid,
        auto_decompress=inflates,
        trust_env=False,  # a proxy for one messenger must not become one for another
    )


async def read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a body, whatever its length is said to be; raises `TooMuch` beyond `limit` bytes."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            response.close()
            raise TooMuch
    return bytes(content)
