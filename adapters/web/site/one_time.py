"""What all one-time links share: how fast they may be tried, and one answer to every link that is none."""

from __future__ import annotations

from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.site.pace import WINDOW
from adapters.web.site.site import Site, is_crowded
from bot.people import guess_limits

log = structlog.get_logger(__name__)


async def slowed(site: Site, request: Request, now: datetime) -> Response | None:
    """Ask an address that is too fast, or that tried too many links that are none, to wait; None when it may go on."""
    if await is_crowded(site, request, now):
        return site.pages.wait(request, WINDOW)
    guess = guess_limits.of_links(site.proxies.client(request))
    if await site.storage.attempts(guess.kind, guess.key, now) >= guess_limits.LINKS:
        return site.pages.wait(request, guess.window)
    return None


async def no_such_link(site: Site, request: Request, now: datetime, sentence: str) -> Response:
    """Say that a link works no more, whatever the reason, and count it as a guess."""
    client = site.proxies.client(request)
    guess = guess_limits.of_links(client)
    if await site.storage.count_attempt(guess.kind, guess.key, now, guess.window) == guess_limits.LINKS:
        log.warning("Too many wrong one-time links from one address")
        await site.order(lambda c: guess_limits.report_links(c, client))
    return site.pages.problem(request, 410, sentence)
