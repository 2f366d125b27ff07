"""The papers of a hand-off by the one-time link of a ping: one tap opens them, for one person and a few minutes.

Nobody is signed in by it. The right is asked at every step, and again in the turn that journals a paper before it goes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from adapters.web.site import one_time
from adapters.web.site.downloads import download
from adapters.web.site.request_checks import new_token
from adapters.web.site.sign_in_pages import redirect, set_cookie
from adapters.web.site.site import Site, came_from_us
from adapters.web.site.visit import papers_cookie_name
from bot.acts.paper_taking import HandedPaper
from bot.channels.papers.dossier import Dossier
from bot.channels.papers.drawing_up import draw_up
from bot.channels.papers.files import Form, as_file
from bot.channels.papers.for_desk import dossier_for, signer, without_annex
from bot.channels.papers.kinds import RULES, PaperKind
from bot.domain.case import Case, Handoff
from bot.domain.errors import NoPaper, StorageError
from bot.domain.handoff_links import LASTS, HandoffLink, LinkUse, link_with
from bot.domain.messages import Address
from bot.domain.people import Person
from bot.domain.sign_in import hash_token
from bot.language.texts import later, tr
from bot.line.message_work import PageAct
from bot.ports.reads import Wanted
from bot.protection.permissions import may_take_over

_TRIES = 3  #: a case may move while its paper is made
_NONE_NOW = later("No paper can be made at the moment. Please ask the other side's duty desk.")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A link that holds, with the hand-off whose papers it opens, and for whom."""

    link: HandoffLink
    person: Person
    case: Case
    handoff: Handoff


async def show(site: Site, request: Request) -> Response:
    """Show the one button of a link; looking uses nothing up, so that previews do not."""
    now = site.clock()
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    token = request.path_params["token"]
    if await _opened(site, LinkUse.PAPER, token, now) is None:
        return await _no_such_link(site, request, now)
    return site.pages.render("paper_link.html", request, token=token)


async def use(site: Site, request: Request) -> Response:
    """Use a link up: this browser may take the papers for a few minutes."""
    if not came_from_us(site, request):
        return site.pages.error(request, 403)
    now = site.clock()
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    used = await _opened(site, LinkUse.PAPER, request.path_params["token"], now)
    if used is None:
        return await _no_such_link(site, request, now)
    token = new_token()
    kept = link_with(LinkUse.OPENED, used.handoff, used.person.id, now, token)
    if await site.storage.use_handoff_link(LinkUse.PAPER, used.link.token_hash, kept, now) is None:
        return await _no_such_link(site, request, now)
    response = redirect(site, "/papers")
    set_cookie(site, response, papers_cookie_name(site.settings), token, LASTS[LinkUse.OPENED])
    return response


async def listing(site: Site, request: Request) -> Response:
    """List the papers of the hand-off that was opened."""
    now = site.clock()
    opened = await _of_cookie(site, request, now)
    if not isinstance(opened, _Opened):
        return opened
    dossier = await _dossier(site, opened.case, opened)
    kinds = without_annex(opened.handoff.channel) if dossier is not None else ()
    language = opened.person.language
    return site.pages.render(
        "handed_papers.html",
        request,
        reference=opened.case.reference,
        papers=[(kind.value, tr(language, RULES[kind].title)) for kind in kinds],
        minutes=max(1, round((opened.link.expires_at - now).total_seconds() / 60)),
    )


async def hand_out(site: Site, request: Request) -> Response:
    """Hand out one of them; it may be taken again while the link is open, each time journalled."""
    now = site.clock()
    opened = await _of_cookie(site, request, now)
    if not isinstance(opened, _Opened):
        return opened
    name, language = request.path_params["name"], opened.person.language
    kinds = without_annex(opened.handoff.channel)
    kind = next((kind for kind in kinds if name == f"{kind.value}.pdf"), None)
    if kind is None:
        return site.pages.problem(request, 404, tr(language, "No such paper."))
    try:
        return await _made(site, request, opened, kind)
    except NoPaper:  # why is for the reporting side to know
        return site.pages.problem(request, 422, tr(language, _NONE_NOW))
    except StorageError:
        sentence = tr(language, "This could not be recorded, so nothing is handed out. Please try again.")
        return site.pages.problem(request, 503, sentence)


async def _made(site: Site, request: Request, opened: _Opened, kind: PaperKind) -> Response:
    """Make it of the case as it is, and anew when the case moved meanwhile. Raises `NoPaper`, StorageError."""
    for _ in range(_TRIES):
        found = await _stands(site, opened.link)
        dossier = await _dossier(site, found.case, found) if found is not None else None
        if found is None or dossier is None:
            return await _no_such_link(site, request, site.clock())
        made = await asyncio.to_thread(as_file, draw_up(kind, dossier, site.letterheads), Form.PDF)
        taking = HandedPaper(found.case.id, found.case.version, found.handoff.id, kind, made.sha256)
        at = Address("web", str(found.person.id))
        await site.submit(PageAct(taking.act, found.person.id, at, (found.case.id,)))
        if taking.is_recorded:
            return download(made.content, made.name, over_tls=site.settings.is_https)
    raise StorageError("The case moved on while its paper was made.")


async def _of_cookie(site: Site, request: Request, now: datetime) -> _Opened | Response:
    if (slowed := await one_time.slowed(site, request, now)) is not None:
        return slowed
    token = request.cookies.get(papers_cookie_name(site.settings), "")
    if not token:  # whoever comes back after the minutes are over has guessed nothing
        return site.pages.problem(request, 410, _works_no_more())
    opened = await _opened(site, LinkUse.OPENED, token, now)
    return opened or await _no_such_link(site, request, now)


async def _opened(site: Site, use: LinkUse, token: str, now: datetime) -> _Opened | None:
    link = await site.storage.handoff_link(use, hash_token(token), now)
    return None if link is None else await _stands(site, link)


async def _stands(site: Site, link: HandoffLink) -> _Opened | None:
    """What a link opens, while the hand-off is with the person's desk and the person may answer for it."""
    person = (await site.storage.directory()).get(link.person_id)
    case = (await site.storage.load(Wanted(cases=(link.case_id,)))).cases.get(link.case_id)
    if person is None or case is None:
        return None
    handoff = next((each for each in case.handoffs if each.id == link.handoff_id), None)
    if handoff is None or not may_take_over(person, handoff, case, site.agreement):
        return None
    return _Opened(link, person, case, handoff)


async def _dossier(site: Site, case: Case, opened: _Opened) -> Dossier | None:
    signed_by = signer(case, opened.handoff, await site.storage.directory(), site.agreement)
    if signed_by is None:
        return None
    return dossier_for(case, opened.handoff, await site.storage.history(case.id), signed_by, site.agreement)


def _works_no_more() -> str:
    return tr(
        "en",
        "This link works no more: it was used, it has expired, or your desk has the papers no more. For a new one "
        "write /papers and the reference to the bridge.",
    )


async def _no_such_link(site: Site, request: Request, now: datetime) -> Response:
    return await one_time.no_such_link(site, request, now, _works_no_more())
