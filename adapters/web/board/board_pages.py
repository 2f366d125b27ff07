"""The duty board: the page, what of it changed since it was last asked for, and acknowledging from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from starlette.responses import Response

from adapters.web.board.board_view import BoardRow, row
from adapters.web.board.board_wishes import CASES_A_PAGE, Wishes
from adapters.web.cases.case_pages import reader_of
from adapters.web.cases.push_page import can_be_told
from adapters.web.cases.search_form import Search, search_kinds
from adapters.web.chat.chat_pages import after_act, answers, folded, last_of, take
from adapters.web.site.answer_headers import headers
from adapters.web.site.request_checks import new_token
from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.domain.agreement import Urgency
from bot.domain.errors import StorageError
from bot.domain.people import Role
from bot.language.texts import tr
from bot.ports.board import BoardPage
from bot.ports.reads import Said, Wanted
from bot.protection.permissions import is_support, may_see, scope_of


async def show(site: Site, visit: Visit) -> Response:
    """Show the board; to whoever works on no case but on referrals, these."""
    if is_support(visit.person, site.agreement):
        return redirect(site, "/cases")
    return await _page(site, visit, Wishes.of(visit.request.query_params, site.agreement))


async def rows(site: Site, visit: Visit) -> Response:
    """Answer with the rows, or with 304 as long as nothing of them changed; the countdowns go on by themselves."""
    wishes = Wishes.of(visit.request.query_params, site.agreement)
    found = await _found(site, visit, wishes)
    tag = _tag(visit, wishes, found)
    if visit.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**headers(over_tls=site.settings.is_https), "ETag": tag})
    values = await _values(site, visit, wishes, found, await _said(site, visit))
    answer = site.pages.render("_board_rows.html", visit.request, visit=visit, status=200, **values)
    answer.headers["ETag"] = tag
    return answer


async def act(site: Site, visit: Visit) -> Response:
    """Do what a button of the board asks, through the one way in, and show the board with what the bridge answers."""
    wishes = Wishes.of(visit.request.query_params, site.agreement)
    try:
        await take(site, visit)
    except StorageError:
        problem = tr(visit.language, "This was not stored. Please tap again.")
        return await _page(site, visit, wishes, problem=problem, status=503)
    return after_act(site, visit, wishes.address())


async def _page(site: Site, visit: Visit, wishes: Wishes, *, problem: str = "", status: int = 200) -> Response:
    found = await _found(site, visit, wishes)
    said = await _said(site, visit)
    return site.pages.render(
        "board.html",
        visit.request,
        visit=visit,
        status=status,
        page="board",
        problem=problem,
        answers=answers(site, visit, said),
        search=Search(),
        kinds=search_kinds(visit.person, site.agreement, visit.language),
        corridors=sorted(corridor.code for corridor in site.agreement.corridors_of(visit.person.party)),
        levels=list(Urgency),
        rings=visit.person.role in (Role.DUTY, Role.SUPERVISOR),
        push_key=site.settings.push_key if can_be_told(site, visit.person) else "",
        **await _values(site, visit, wishes, found, said),
    )


async def _found(site: Site, visit: Visit, wishes: Wishes) -> BoardPage:
    scope = scope_of(visit.person, site.agreement)
    offset = (wishes.number - 1) * CASES_A_PAGE
    return await site.storage.board(scope, wishes.filter, visit.now, limit=CASES_A_PAGE, offset=offset)


async def _said(site: Site, visit: Visit) -> list[Said]:
    return folded(await site.storage.transcript((visit.address,), 0, 20))


async def _values(
    site: Site, visit: Visit, wishes: Wishes, found: BoardPage, said: Sequence[Said]
) -> dict[str, object]:
    return {
        "wishes": wishes,
        "tag": _tag(visit, wishes, found),
        "rows": await _rows(site, visit, wishes, found),
        "counts": found.counts,
        "found": found.found,
        "before": wishes.number - 1,
        "pages": -(-found.found // CASES_A_PAGE) or 1,
        "now": int(visit.now.timestamp()),
        "form_id": new_token(),
        "last": last_of(said),
    }


async def _rows(site: Site, visit: Visit, wishes: Wishes, found: BoardPage) -> Sequence[BoardRow]:
    if not found.versions:
        return ()
    reader = await reader_of(site, visit)
    loaded = (await site.storage.load(Wanted(cases=tuple(found.versions)))).cases
    cases = (loaded[i] for i in found.versions if i in loaded and may_see(visit.person, loaded[i], site.agreement))
    made = [row(case, reader, found.undelivered.get(case.id, 0)) for case in cases]
    # Whoever may not know of somebody in a case does not learn from a filter how urgent it is for them.
    return [each for each in made if wishes.urgency in ("", each.urgency.value)]


def _tag(visit: Visit, wishes: Wishes, found: BoardPage) -> str:
    """A strong validator: of all that a reader is shown, but for how the time goes on."""
    shown = (visit.person, visit.csrf, wishes, tuple(found.versions.items()), found.found, found.counts,
             tuple(found.undelivered.items()))  # fmt: skip
    return f'"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'
