"""Where a browser is entered that shall be told when the page is closed, and taken out. Says nothing of any case."""

from __future__ import annotations

import hashlib

import structlog
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.site.answer_headers import headers
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.domain.people import Person, Role
from bot.domain.push import Subscription, are_keys, may_be_called
from bot.domain.sign_in import hash_token

_WORKER = "push-worker.js"

log = structlog.get_logger(__name__)


def can_be_told(site: Site, person: Person) -> bool:
    """Whether somebody is offered it: those whom the list rings for, where it is set up."""
    return bool(site.settings.push_key) and person.role in (Role.DUTY, Role.SUPERVISOR)


async def worker(site: Site, _request: Request) -> Response:
    """Answer with the script that runs in a browser whose page is closed.

    It is looked at anew each time. It has power over pages below its own address only, and there are none.
    """
    content = site.assets.content(_WORKER)
    return Response(content, media_type="text/javascript", headers=headers(over_tls=site.settings.is_https))


async def switch(site: Site, visit: Visit) -> Response:
    """Enter the browser, or take it out; nothing but a push service is ever called."""
    if not can_be_told(site, visit.person):
        return site.pages.error(visit.request, 404)
    form, endpoint = visit.form, visit.form.get("endpoint", "")
    if form.get("do") == "off":
        gone = hashlib.sha256(endpoint.encode()).hexdigest()
        await site.storage.drop_subscription(gone, visit.person.id)
        return _done(site)
    keys = form.get("public_key", ""), form.get("secret", "")
    if not (may_be_called(endpoint, site.settings.push_hosts) and are_keys(*keys)):
        log.warning("A browser named no push service that may be called.", person_id=visit.person.id)
        return site.pages.error(visit.request, 400)
    session = hash_token(visit.session(site.settings))
    await site.storage.add_subscription(Subscription(visit.person.id, session, visit.now, endpoint, *keys))
    return _done(site)


def _done(site: Site) -> Response:
    return Response(status_code=204, headers=headers(over_tls=site.settings.is_https))
