"""What all pages share: collaborators, the visitor, and the wrapper that every page goes through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.adapter import WebAdapter
from adapters.web.settings import WebSettings
from adapters.web.site.assets import Assets
from adapters.web.site.pace import A_SESSION, AN_ADDRESS, WINDOW, Pace
from adapters.web.site.renderer import Pages
from adapters.web.site.request_checks import Proxies, csrf_token, is_same_origin, tokens_match
from adapters.web.site.uploads import read_upload
from adapters.web.site.visit import Visit, cookie_name, is_number
from bot.channels.papers.letterheads import Letterheads
from bot.domain.agreement import Agreement
from bot.domain.errors import StorageError
from bot.domain.frozen import replace
from bot.domain.ids import Ids
from bot.domain.people import Person
from bot.domain.sign_in import hash_token
from bot.language.texts import tr
from bot.line.message_work import Order, PageAct
from bot.ports.messengers import Receipt
from bot.ports.storage import Files, Storage
from bot.turns.composer import Composer

BODY_LIMIT = 1 << 20  #: bytes
_FIELD_LIMIT = 40  #: fields of one form
#: Inputs that people type into, over all forms.
_TYPED = (
    "text", "reason", "formal", "officer", "letter", "why", "family", "given", "native", "date", "number", "line",
    "phone", "app", "address", "lat", "lon", "known", "agency", "unit", "email",
)  # fmt: skip

log = structlog.get_logger(__name__)

#: Puts an act of the bridge itself in the line. Raises StorageError.
Orders = Callable[[Callable[[Composer], None]], Awaitable[object]]


@dataclass(slots=True)
class Site:
    """The collaborators of every page. Raises ValueError: a trusted proxy is neither an address nor a network."""

    storage: Storage
    agreement: Agreement
    clock: Callable[[], datetime]  #: the present moment, aware UTC
    settings: WebSettings
    web: WebAdapter
    order: Orders  #: puts acts of the bridge itself in the line: what an admin must hear of
    submit: Callable[[PageAct | Order], Awaitable[Receipt]]  #: the one way in for acts that are no messages
    files: Files | None = None  #: contents of files; without it none are taken
    letterheads: Letterheads = field(default_factory=Letterheads)  #: of the parties' papers
    assets: Assets = field(init=False)
    pages: Pages = field(init=False)
    proxies: Proxies = field(init=False)
    new_id: Callable[[], int] = field(init=False)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.assets, self.proxies = Assets(), Proxies(self.settings.trusted_proxies)
        self.pages = Pages(self.settings, self.agreement, self.proxies, self.assets)
        self.new_id, self.pace = Ids(self.clock), Pace(self.storage)


Page = Callable[[Site, Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """Read a body; raises HTTPException 413 as soon as it is known to be over the limit."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and (not is_number(said) or int(said) > limit):
        raise HTTPException(413)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise HTTPException(413)
        chunks.append(chunk)
    return b"".join(chunks)


async def read_form(request: Request) -> dict[str, str]:
    """Read a form of ours; raises HTTPException 400 or 413 for anything else."""
    body = await read_body(request)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELD_LIMIT, errors="strict")
    except ValueError as error:
        raise HTTPException(400) from error
    return {name: value.replace("\r\n", "\n").replace("\0", "") for name, value in pairs}


async def find_visitor(site: Site, request: Request, now: datetime) -> Person | None:
    """Find whose session the request belongs to. A page in the background that asks for news is no use of it."""
    token = request.cookies.get(cookie_name(site.settings), "")
    if not token:
        return None
    is_used = request.query_params.get("away") != "1"
    person_id = await site.storage.session(hash_token(token), now, site.settings.session_idle, renews=is_used)
    if person_id is None:
        return None
    person = (await site.storage.directory()).get(person_id)
    return person if person and person.is_active else None


async def is_crowded(site: Site, request: Request, now: datetime) -> bool:
    """Whether more comes from the client's address than a whole office would send."""
    return await site.pace.is_too_fast(f"address:{site.proxies.client(request)}", AN_ADDRESS, now)


def came_from_us(site: Site, request: Request) -> bool:
    """Whether a form was sent from a page of this site."""
    return is_same_origin(request, site.settings.public_url, site.proxies.scheme(request))


def signed_in(site: Site, page: Page) -> Endpoint:
    """Let only people with a session in, and forms only with their token."""

    async def endpoint(request: Request) -> Response:
        now = site.clock()
        is_form = request.method == "POST"
        if is_form and await is_crowded(site, request, now):
            return site.pages.wait(request, WINDOW)
        form = await read_form(request) if is_form else {}
        request.state.kept = typed(form)
        person = await find_visitor(site, request, now)
        if person is None:
            return site.pages.signed_out(request)
        csrf = csrf_token(request.cookies[cookie_name(site.settings)])
        visit = Visit(request, person, csrf, now, form)
        if is_form and await site.pace.is_too_fast(f"session:{csrf}", A_SESSION, now):
            return site.pages.wait(request, WINDOW, visit=visit)
        if is_form and not (tokens_match(form.get("csrf", ""), csrf) and came_from_us(site, request)):
            log.warning("A form without a valid token was refused", person_id=person.id)
            return refused(site, visit)
        return await page(site, visit)

    return guarded(site, endpoint)


def uploading(site: Site, page: Page) -> Endpoint:
    """Let only people with a session send a file; who they are is known before any of it is read."""

    async def endpoint(request: Request) -> Response:
        now = site.clock()
        if await is_crowded(site, request, now):
            return site.pages.wait(request, WINDOW)
        person = await find_visitor(site, request, now)
        if person is None:
            return site.pages.signed_out(request)
        csrf = csrf_token(request.cookies[cookie_name(site.settings)])
        visit = Visit(request, person, csrf, now)
        if await site.pace.is_too_fast(f"session:{csrf}", A_SESSION, now):
            return site.pages.wait(request, WINDOW, visit=visit)
        if not came_from_us(site, request):
            return refused(site, visit)
        form, upload = await read_upload(request)
        request.state.kept = typed(form)
        if not tokens_match(form.get("csrf", ""), csrf):
            log.warning("A form without a valid token was refused", person_id=person.id)
            return refused(site, visit)
        return await page(site, replace(visit, form=form, upload=upload))

    return guarded(site, endpoint)


def guarded(site: Site, endpoint: Endpoint) -> Endpoint:
    """Turn what went wrong into a page, and into a log line without what anybody wrote."""

    async def page(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HTTPException:
            raise
        except StorageError as error:
            log.warning("A page could not be read", error=type(error).__name__, path=route_of(request))
            return site.pages.error(request, 503)
        except Exception as error:  # noqa: BLE001  # the last guard: the error's text may hold personal data, so only its type is logged
            log.error("A page failed", error=type(error).__name__, path=route_of(request))  # noqa: TRY400  # see above
            return site.pages.error(request, 500)

    return page


def route_of(request: Request) -> str:
    """Name the route without what was in its place holders: tokens stay out of the log."""
    return getattr(request.scope.get("route"), "path", "")


def typed(form: Mapping[str, str]) -> str:
    """What a person wrote into a form, to hand it back when it cannot be taken."""
    return "\n".join(form[name] for name in _TYPED if form.get(name))


def refused(site: Site, visit: Visit) -> Response:
    """Answer a form whose token is not this session's."""
    sentence = tr(visit.language, "This page was opened before you last signed in. Open it again and send once more.")
    return site.pages.problem(visit.request, 403, sentence, visit=visit)
