"""Gives every answer the headers that keep it safe, whoever made it: pages, errors, webhooks, files, health."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web.site.answer_headers import headers


class Dressed:
    """Stands in front of everything else and adds what an answer does not say of itself.

    One place for all of them: a route that is added later cannot forget its headers.
    """

    def __init__(self, app: ASGIApp, *, over_tls: bool) -> None:
        """Take what answers, and whether browsers reach it over TLS."""
        self._app = app
        self._headers = tuple((k.lower().encode(), v.encode()) for k, v in headers(over_tls=over_tls).items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self._headers if h[0] not in said)]
            await send(message)

        await self._app(scope, receive, dressed)
