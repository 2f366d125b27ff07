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

from adapters.web import cases, chat, exports, files, health, search, secure, signin
from adapters.web.adapter import WebAdapter
from adapters.web.dress import Dressed
from adapters.web.hooks import Hooks
from adapters.web.pace import Pace
from adapters.web.pages import Pages
from adapters.web.security import Proxies
from adapters.web.settings import WebSettings
from adapters.web.site import Endpoint, Orders, Page, Site, guarded, signed_in, uploading
from adapters.web.static import Assets
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
        Route("/", _open(site, signin.home)),
        Route("/signin/{token}", _open(site, signin.show)),
        Route("/signin/{token}", _open(site, signin.use), methods=["POST"]),
        *_get(site, "/chat/lines", chat.lines),
        *_get(site, "/chat", chat.read),
        *_post(site, "/chat", chat.write),
        *_post(site, "/signout", signin.leave),
        *_get(site, "/board", cases.board),
        *_get(site, "/cases", cases.listing),
        *_post(site, "/cases", search.search),
        *_get(site, "/cases/{reference}/secure", secure.ask),
        *_post(site, "/cases/{reference}/secure", secure.enter),
        *_get(site, "/cases/{reference}", cases.show),
        *_post(site, "/cases/{reference}", cases.act),
        *_take_files(site),
        *_get(site, "/exports", exports.listing),
        *_post(site, "/exports", exports.decide),
        *_get(site, "/exports/{name}", exports.download),
    )


def _take_files(site: Site) -> Sequence[BaseRoute]:
    if site.files is None:
        return ()
    return (
        Route("/chat/file", uploading(site, files.send), methods=["POST"]),
        Route("/cases/{reference}/files", uploading(site, files.attach), methods=["POST"]),
        *_get(site, "/cases/{reference}/files/{file}", files.download),
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
