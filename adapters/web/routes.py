"""Puts the routes together: one Starlette application for webhooks, pages, health and downloads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from adapters.web.adapter import WebAdapter
from adapters.web.cases import case_pages, file_pages, search_page
from adapters.web.chat import chat_pages
from adapters.web.exports import export_pages
from adapters.web.secure import secure_page
from adapters.web.server import health
from adapters.web.server.answer_headers import Dressed
from adapters.web.server.webhooks import Hooks
from adapters.web.settings import WebSettings
from adapters.web.site import sign_in_pages
from adapters.web.site.assets import Assets
from adapters.web.site.pace import Pace
from adapters.web.site.renderer import Pages
from adapters.web.site.request_checks import Proxies
from adapters.web.site.site import Endpoint, Orders, Page, Site, guarded, signed_in, uploading
from bot.domain.agreement import Agreement
from bot.domain.ids import Ids
from bot.line.message_work import PageAct
from bot.ports.messengers import Receipt, WebhookAdapter
from bot.ports.storage import Files, Storage


def build_site(  # noqa: PLR0913 - everything that the pages stand on, by name
    *,
    storage: Storage,
    agreement: Agreement,
    clock: Callable[[], datetime],
    settings: WebSettings,
    web: WebAdapter | None,
    webhooks: Mapping[str, WebhookAdapter],
    vitals: health.Vitals,
    order: Orders,
    submit: Callable[[PageAct], Awaitable[Receipt]],
    contents: Files | None = None,
) -> ASGIApp:
    """Build the web application.

    Args:
        storage: everything that is kept.
        agreement: parties, corridors, desks.
        clock: the present moment, aware UTC.
        settings: addresses and limits.
        web: web chat; None when it is switched off, and then there are no pages for people at all.
        webhooks: the adapters that messengers call, by messenger.
        order: puts acts of the bridge itself in the line: what an admin must hear of.
        vitals: when the clock last ticked, and further metrics.
        submit: takes an act of a page that is no message, and returns after the commit.
        contents: where contents of files are kept; without it no files are taken.

    Raises:
        ValueError: a trusted proxy is neither an address nor a network.
    """
    assets, proxies = Assets(), Proxies(settings.trusted_proxies)
    pages = Pages(settings, agreement, proxies, assets)
    site = Site(
        storage,
        agreement,
        clock,
        settings,
        web or WebAdapter(),
        pages,
        proxies,
        Ids(clock),
        Pace(storage),
        order,
        submit,
        contents,
    )
    routes: list[BaseRoute] = [
        Route("/health/live", health.LIVE),
        Route("/health/ready", health.ready(site, vitals)),
        Route("/metrics", guarded(site, health.metrics(site, vitals))),
        Route("/static/{name}", assets.serve),
    ]
    if web is not None:
        routes += _pages(site)
    explained = {HTTPException: _explain(site), Exception: _explain(site)}
    beyond = Starlette(routes=routes, exception_handlers=explained)
    # It would lead to the host that the request itself names, which may be anybody's.
    beyond.router.redirect_slashes = False
    return Dressed(Hooks(webhooks, beyond), over_tls=settings.is_https)


def _pages(site: Site) -> Sequence[BaseRoute]:
    return (
        Route("/", _open(site, sign_in_pages.home)),
        Route("/signin/{token}", _open(site, sign_in_pages.show)),
        Route("/signin/{token}", _open(site, sign_in_pages.use), methods=["POST"]),
        *_get(site, "/chat/lines", chat_pages.lines),
        *_get(site, "/chat", chat_pages.read),
        *_post(site, "/chat", chat_pages.write),
        *_post(site, "/signout", sign_in_pages.leave),
        *_get(site, "/board", case_pages.board),
        *_get(site, "/cases", case_pages.listing),
        *_post(site, "/cases", search_page.search),
        *_get(site, "/cases/{reference}/secure", secure_page.ask),
        *_post(site, "/cases/{reference}/secure", secure_page.enter),
        *_get(site, "/cases/{reference}", case_pages.show),
        *_post(site, "/cases/{reference}", case_pages.act),
        *_take_files(site),
        *_get(site, "/exports", export_pages.listing),
        *_post(site, "/exports", export_pages.decide),
        *_get(site, "/exports/{name}", export_pages.download),
    )


def _take_files(site: Site) -> Sequence[BaseRoute]:
    if site.files is None:
        return ()
    return (
        Route("/chat/file", uploading(site, file_pages.send), methods=["POST"]),
        Route("/cases/{reference}/files", uploading(site, file_pages.attach), methods=["POST"]),
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
