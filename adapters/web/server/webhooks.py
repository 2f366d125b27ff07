"""Webhooks: hands a request to the messenger's adapter. The busiest route, so it does nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.web.site.visit import is_number
from bot.ports.messengers import Request, Response, WebhookAdapter

_PREFIX = "/hooks/"
_AGAIN = b"5"  #: seconds after which a messenger shall bring again what was not stored
_METHODS = frozenset({"GET", "POST"})


class Hooks:
    """Takes the calls to ``/hooks/`` and lets everything else through.

    It stands in front of the application: routing, wrapping and request objects cost more than all else of a call.
    """

    def __init__(self, adapters: Mapping[str, WebhookAdapter], beyond: ASGIApp) -> None:
        """Take the adapters that are called, by messenger, and what takes the other requests."""
        self._adapters = adapters
        self._beyond = beyond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with whatever the adapter answers."""
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await self._beyond(scope, receive, send)
            return
        adapter = self._adapters.get(scope["path"].removeprefix(_PREFIX))
        if adapter is None:
            await _answer(send, Response(404))
        elif scope["method"] not in _METHODS:
            await _answer(send, Response(405))
        else:
            await _hand_on(adapter, scope, receive, send)


async def _hand_on(adapter: WebhookAdapter, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    said = headers.get("content-length", "")
    limit = adapter.capabilities.call_limit
    is_long = said.isdigit() and (not is_number(said) or int(said) > limit)
    body = None if is_long else await _read(receive, limit)
    if body is None:
        await _answer(send, Response(413))
        return
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    response = await adapter.handle(Request(scope["method"], query, headers, body))
    went = response.went if response.went is not None and await _listens(receive) else None
    await _answer(send, response)
    if went is not None:
        went()


async def _listens(receive: Receive) -> bool:
    """Whether whoever called has not hung up, as they do when this process stood still for too long."""
    hangs_up = asyncio.ensure_future(receive())
    await asyncio.sleep(0)
    listens = not hangs_up.done()
    hangs_up.cancel()
    return listens


async def _read(receive: Receive, limit: int) -> bytes | None:
    """Read a body; None as soon as it is over the limit, or when it breaks off: half a message is none."""
    body: bytes = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if part["type"] == "http.disconnect" or len(body) > limit:
            return None
        if not part.get("more_body", False):
            return body


async def _answer(send: Send, response: Response) -> None:
    body = response.body.encode()
    headers = [(b"content-length", str(len(body)).encode())]
    if body:
        headers.append((b"content-type", response.media_type.encode("latin-1")))
    if response.status == 413:
        headers.append((b"connection", b"close"))
    if response.status == 503:
        headers.append((b"retry-after", _AGAIN))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
