"""The page behind the link in a mail, where whoever got the papers says so. It accepts nothing and tells of no case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.site import one_time
from adapters.web.site.request_checks import csrf_token, tokens_match
from adapters.web.site.site import Site, came_from_us, read_form, typed
from bot.channels.receipts import NUMBER_LIMIT, OFFICER_LIMIT, Claim, Claiming, waiting
from bot.domain.case import Case
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.sign_in import hash_token
from bot.language.texts import tr
from bot.line.message_work import Order
from bot.ports.reads import Wanted

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A link that holds, with the case whose hand-off waits for its answer."""

    token: str
    link: HandoffLink
    case: Case


async def show(site: Site, request: Request) -> Response:
    """Show the form of a link that holds; looking uses nothing up."""
    now = site.clock()
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    asked = await _asked(site, request, now)
    return await _no_such_link(site, request, now) if asked is None else _form(site, request, asked)


async def take(site: Site, request: Request) -> Response:
    """Keep what was filled in as claimed, and use the link up; what cannot be taken is shown again as it was typed."""
    now = site.clock()
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    filled = await read_form(request)
    request.state.kept = typed(filled)
    token = request.path_params["token"]
    if not came_from_us(site, request) or not tokens_match(filled.get("csrf", ""), csrf_token(token)):
        return site.pages.error(request, 403)
    asked = await _asked(site, request, now)
    if asked is None:
        return await _no_such_link(site, request, now)
    claim = Claim.of(filled.get("officer", ""), filled.get("formal", ""))
    if claim.mistake:
        return _form(site, request, asked, claim, claim.mistake)
    claiming = Claiming(asked.link, claim)
    await site.submit(Order(claiming.act, actor="mail", wanted=Wanted(cases=(asked.case.id,))))
    if not claiming.is_recorded:
        return await _no_such_link(site, request, now)
    log.info("A receipt was claimed by the link of a mail", case_id=asked.case.id)
    return site.pages.render("receipt_taken.html", request, reference=asked.case.reference, claim=claim)


async def _asked(site: Site, request: Request, now: datetime) -> _Asked | None:
    token = request.path_params["token"]
    link = await site.storage.handoff_link(LinkUse.RECEIPT, hash_token(token), now)
    # Read in any case, so that the answer's time says nothing about what exists.
    number = link.case_id if link is not None else 0
    case = (await site.storage.load(Wanted(cases=(number,)))).cases.get(number)
    if link is None or case is None or waiting(case, link) is None:
        return None
    return _Asked(token, link, case)


def _form(site: Site, request: Request, asked: _Asked, claim: Claim | None = None, problem: str = "") -> Response:
    return site.pages.render(
        "receipt.html",
        request,
        status=422 if problem else 200,
        token=asked.token,
        form_token=csrf_token(asked.token),
        reference=asked.case.reference,
        claim=claim or Claim("", ""),
        problem=problem,
        limits=(OFFICER_LIMIT, NUMBER_LIMIT),
    )


async def _no_such_link(site: Site, request: Request, now: datetime) -> Response:
    sentence = tr("en", "This link works no more: it was used, it has expired, or nothing waits for an answer. "
                        "If it is urgent, call the duty desk.")  # fmt: skip
    return await one_time.no_such_link(site, request, now, sentence)
