"""Webhooks: hands a request to the messenger's adapter. The busiest route, so it does nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.types import Receive, Scope, Send

from adapters.web.site import read_body
from bot.ports import Request, WebhookAdapter

_METHODS = frozenset({"GET", "POST"})


class Hooks:
    """An ASGI endpoint, without the wrapping that pages have."""

    def __init__(self, adapters: Mapping[str, WebhookAdapter]) -> None:
        """Take the adapters that are called, by messenger."""
        self._adapters = adapters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with whatever the adapter answers."""
        adapter = self._adapters.get(scope["path_params"]["messenger"])
        request = WebRequest(scope, receive)
        response = _answer(404) if adapter is None else await _hand_on(adapter, request)
        await response(scope, receive, send)


async def _hand_on(adapter: WebhookAdapter, request: WebRequest) -> WebResponse:
    if request.method not in _METHODS:
        return _answer(405)
    try:
        body = await read_body(request)
    except HTTPException as error:
        return _answer(error.status_code)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    answer = await adapter.handle(Request(request.method, dict(request.query_params), headers, body))
    return WebResponse(answer.body, answer.status, media_type=answer.media_type)


def _answer(status: int) -> WebResponse:
    # No body: whoever calls a webhook is a machine.
    return WebResponse(status_code=status, headers={"Connection": "close"} if status == 413 else None)
