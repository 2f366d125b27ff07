"""Puts the routes together: one Starlette application for webhooks, pages, health and downloads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from adapters.web.board import board_pages
from adapters.web.cases import bell_page, file_pages, paper_pages, push_page, referral_pages, search_page
from adapters.web.chat import chat_pages
from adapters.web.exports import export_pages
from adapters.web.handoffs import paper_link_pages, receipt_page
from adapters.web.roster import roster_pages
from adapters.web.secure import secure_page
from adapters.web.server import health
from adapters.web.server.every_answer import Dressed
from adapters.web.server.webhooks import Hooks
from adapters.web.site import session_pages, sign_in_pages
from adapters.web.site.site import Endpoint, Page, Site, guarded, signed_in, uploading
from bot.ports.messengers import WebhookAdapter


def build_site(
    site: Site, *, webhooks: Mapping[str, WebhookAdapter], vitals: health.Vitals, has_pages: bool = True
) -> ASGIApp:
    """Build the web application.

    Args:
        site: what every page stands on.
        webhooks: the adapters that messengers call, by messenger.
        vitals: when the clock last ticked, and further metrics.
        has_pages: whether there are pages for people at all, or machines are served only.
    """
    routes: list[BaseRoute] = [
        Route("/health/live", health.LIVE),
        Route("/health/ready", health.ready(site, vitals)),
        Route("/metrics", guarded(site, health.metrics(site, vitals))),
        Route("/static/{name}", site.assets.serve),
    ]
    if has_pages:
        routes += _pages(site)
    explained = {HTTPException: _explain(site), Exception: _explain(site)}
    beyond = Starlette(routes=routes, exception_handlers=explained)
    # It would lead to the host that the request itself names, which may be anybody's.
    beyond.router.redirect_slashes = False
    return Dressed(Hooks(webhooks, beyond), over_tls=site.settings.is_https)


def _pages(site: Site) -> Sequence[BaseRoute]:
    return (
        Route("/", _open(site, sign_in_pages.home)),
        Route("/signin/{token}", _open(site, sign_in_pages.show)),
        Route("/signin/{token}", _open(site, sign_in_pages.use), methods=["POST"]),
        Route("/receipt/{token}", _open(site, receipt_page.show)),
        Route("/receipt/{token}", _open(site, receipt_page.take), methods=["POST"]),
        Route("/paper/{token}", _open(site, paper_link_pages.show)),
        Route("/paper/{token}", _open(site, paper_link_pages.use), methods=["POST"]),
        Route("/papers", _open(site, paper_link_pages.listing)),
        Route("/papers/{name}", _open(site, paper_link_pages.hand_out)),
        *_get(site, "/chat/lines", chat_pages.lines),
        *_get(site, "/chat", chat_pages.read),
        *_post(site, "/chat", chat_pages.write),
        *_post(site, "/signout", sign_in_pages.leave),
        *_get(site, "/sessions", session_pages.show),
        *_post(site, "/sessions", session_pages.end),
        *_get(site, "/board", board_pages.show),
        *_post(site, "/board", board_pages.act),
        *_get(site, "/board/rows", board_pages.rows),
        *_get(site, "/bells", bell_page.ask),
        Route("/push/worker.js", _open(site, push_page.worker)),
        *_post(site, "/push", push_page.switch),
        *_get(site, "/cases", referral_pages.listing),
        *_post(site, "/cases", search_page.search),
        *_get(site, "/cases/{reference}/secure", secure_page.ask),
        *_post(site, "/cases/{reference}/secure", secure_page.enter),
        *_get(site, "/cases/{reference}/papers/{name}", paper_pages.hand_out),
        *_get(site, "/cases/{reference}", referral_pages.show),
        *_post(site, "/cases/{reference}", referral_pages.act),
        *_take_files(site),
        *_get(site, "/roster", roster_pages.show),
        *_post(site, "/roster", roster_pages.change),
        *_get(site, "/exports", export_pages.listing),
        *_post(site, "/exports", export_pages.post),
        *_get(site, "/exports/{name}", export_pages.download),
    )


def _take_files(site: Site) -> Sequence[BaseRoute]:
    if site.files is None:
        return ()
    return (
        Route("/chat/file", uploading(site, file_pages.send), methods=["POST"]),
        Route("/cases/{reference}/files", uploading(site, file_pages.attach), methods=["POST"]),
        Route("/cases/{reference}/letter", uploading(site, file_pages.letter), methods=["POST"]),
        *_get(site, "/cases/{reference}/files/{file}", file_pages.download),
    )


def _get(site: Site, path: str, page: Page) -> tuple[BaseRoute]:
    return (Route(path, signed_in(site, page)),)


def _post(site: Site, path: str, page: Page) -> tuple[BaseRoute]:
    return (Route(path, signed_in(site, page), methods=["POST"]),)


def _open(site: Site, page: Callable[[Site, Request], Awaitable[Response]]) -> Endpoint:
    return guarded(site, partial(page, site))


def _explain(site: Site) -> Callable[[Request, Exception], Response]:
    def page(request: Request, error: Exception) -> Response:
        return site.pages.error(request, error.status_code if isinstance(error, HTTPException) else 500)

    return page
