"""Signing in by a one-time link, and out again. Looking at a link never uses it up: previews do that."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.web.site import one_time
from adapters.web.site.answer_headers import headers
from adapters.web.site.request_checks import new_token
from adapters.web.site.site import Site, came_from_us, find_visitor
from adapters.web.site.visit import Visit, cookie_name
from bot.domain.messages import Address
from bot.domain.people import Person, SignIn
from bot.domain.sign_in import LINK_LENGTH, TO_BOARD, hash_token, path_of
from bot.language.texts import tr
from bot.line.message_work import PageAct
from bot.people import address_binding
from bot.ports.storage import Storage

log = structlog.get_logger(__name__)

#: Where whoever signed in is led, by what the link says: never to an address that a link names itself.
_LEADS_TO = {"": "/chat", TO_BOARD: "/board"}


async def new_link(storage: Storage, person_id: int, now: datetime, valid: timedelta = LINK_LENGTH) -> str:
    """Make a one-time sign-in link and return its path; only the hash of its token is kept."""
    token = new_token()
    await storage.add_sign_in(SignIn(hash_token(token), person_id, now, now + valid))
    return path_of(token)


async def home(site: Site, request: Request) -> Response:
    """Lead people with a session to the chat, others to their admin."""
    if await find_visitor(site, request, site.clock()):
        return redirect(site, "/chat")
    return site.pages.render("welcome.html", request)


async def show(site: Site, request: Request) -> Response:
    """Show the one button of a sign-in link, or that it works no more."""
    token, now = request.path_params["token"], site.clock()
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    if not await site.storage.peek_sign_in(hash_token(token), now):
        return await one_time.no_such_link(site, request, now, _no_link())
    return site.pages.render("signin.html", request, token=token, to=_wish(request))


async def use(site: Site, request: Request) -> Response:
    """Use a link up and start a session."""
    if not came_from_us(site, request):
        return site.pages.error(request, 403)
    now = site.clock()
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    token = new_token()
    session = SignIn(hash_token(token), 0, now, now + site.settings.session_length)
    person_id = await site.storage.use_sign_in(hash_token(request.path_params["token"]), session, now)
    person = (await site.storage.directory()).get(person_id)
    if person is None or not person.is_active:
        return await one_time.no_such_link(site, request, now, _no_link())
    await _end_session_of_before(site, request)
    await _record(site, person)
    log.info("Somebody signed in", person_id=person.id)
    response = redirect(site, _LEADS_TO[_wish(request)])
    set_cookie(site, response, cookie_name(site.settings), token, site.settings.session_length)
    return response


async def leave(site: Site, visit: Visit) -> Response:
    """End the session."""
    name = cookie_name(site.settings)
    await site.storage.end_session(hash_token(visit.request.cookies[name]))
    log.info("Somebody signed out", person_id=visit.person.id)
    response = redirect(site, "/")
    set_cookie(site, response, name, "", timedelta(0))
    return response


def redirect(site: Site, path: str) -> Response:
    """Lead to another page of ours by GET."""
    return RedirectResponse(path, 303, headers=headers(over_tls=site.settings.is_https))


def set_cookie(site: Site, response: Response, name: str, value: str, length: timedelta) -> None:
    """Let a browser keep a token that no script of a page can read."""
    # Lax, not Strict: a link to a case that was sent to a messenger has to work from the messenger's page.
    response.set_cookie(
        name,
        value,
        max_age=int(length.total_seconds()),
        path="/",
        secure=site.settings.is_https,
        httponly=True,
        samesite="lax",
    )


def _wish(request: Request) -> str:
    """The word of a link for where it leads; a word that is none leads to the chat."""
    to = request.query_params.get("to", "")
    return to if to in _LEADS_TO else ""


def _no_link() -> str:
    return tr(
        "en", "This link was used already or has expired. Write /board to the bridge in private, or ask your admin."
    )


async def _record(site: Site, person: Person) -> None:
    """Journal the sign-in; whoever holds a link may be written to in web chat from now on."""
    address = Address("web", str(person.id))
    await site.submit(PageAct(lambda c: address_binding.signed_in(c, address), person.id, address))


async def _end_session_of_before(site: Site, request: Request) -> None:
    """End the session that the browser had: a token from before a sign-in is worth nothing after it."""
    before = request.cookies.get(cookie_name(site.settings), "")
    if before:
        await site.storage.end_session(hash_token(before))
