"""The list of cases and the page of one case, with the acts that its reader may do."""

from __future__ import annotations

import structlog
from starlette.responses import Response

from adapters.web.cases import (
    act_forms,
    act_taps,
    case_history,
    case_view,
    file_view,
    handoff_view,
    pair_view,
    paper_view,
)
from adapters.web.cases.push_page import can_be_told
from adapters.web.cases.search_form import Search, search_kinds
from adapters.web.chat.chat_pages import TEXT_LIMIT, after_act, answers, folded, last_of, take, too_long
from adapters.web.site import page_words
from adapters.web.site.request_checks import new_token
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.acts.paper_taking import PURPOSES as ANNEX_PURPOSES
from bot.channels.papers.offered import dossier_of
from bot.domain import reference as references
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.errors import StorageError
from bot.domain.messages import DeliveryState
from bot.domain.people import Role
from bot.domain.recipients import reads_as
from bot.domain.restored import no_such_case as no_such_case_words
from bot.domain.turn import SeenBy, Turn
from bot.jobs.restored import restored_of
from bot.language.texts import tr
from bot.people import guess_limits
from bot.ports.reads import History, Wanted
from bot.protection.permissions import may, scope_of

_MOST_OPEN = 200  #: open cases on one page
_CHUNK = 100  #: cases read for a page of older ones

log = structlog.get_logger(__name__)


async def listing(site: Site, visit: Visit) -> Response:
    """List the cases that the reader may see: open ones by urgency, then the newest closed ones."""
    return await list_page(site, visit, Search())


async def list_page(site: Site, visit: Visit, search: Search, *, status: int = 200) -> Response:
    """Show the list with what was searched for and found."""
    before = visit.number("before") or None
    scope = scope_of(visit.person, site.agreement)
    opened = [] if before else await site.storage.list_cases(scope, open_only=True, limit=_MOST_OPEN)
    older = await site.storage.list_cases(scope, open_only=False, limit=_CHUNK, before=before)
    reader = await reader_of(site, visit)
    opened, older = [reader.seen(case) for case in opened], [reader.seen(case) for case in older]
    return site.pages.render(
        "cases.html",
        visit.request,
        visit=visit,
        status=status,
        page="cases",
        search=search,
        kinds=search_kinds(visit.person, site.agreement, visit.language),
        open_cases=[case_view.summarise(c, reader) for c in case_view.by_urgency(opened)],
        older_cases=[case_view.summarise(c, reader) for c in older if before or not c.is_open],
        is_first=before is None,
        rings=before is None and visit.person.role in (Role.DUTY, Role.SUPERVISOR),
        push_key=site.settings.push_key if before is None and can_be_told(site, visit.person) else "",
        older=older[-1].id if len(older) == _CHUNK else 0,
    )


async def show(site: Site, visit: Visit) -> Response:
    """Show a case; who reads the page has seen its alert."""
    case = await find(site, visit)
    if case is None:
        return await no_such_case(site, visit)
    history = await site.storage.history(case.id)
    await _mark_seen(site, visit, case, history)
    return await _page(site, visit, case, history)


async def act(site: Site, visit: Visit) -> Response:
    """Do what a button or a form of the page asks, through the one way in, and show what the bridge answers."""
    case = await find(site, visit)
    if case is None:
        return await no_such_case(site, visit)
    text, problem = _words(visit, case)
    if not problem:
        try:
            await take(site, visit, text)
        except StorageError:
            problem = tr(visit.language, "This was not stored. What you wrote is still here; please send it again.")
    if problem:
        status = 422 if text == "" else 503
        history = await site.storage.history(case.id)
        return await _page(site, visit, case, history, problem=problem, status=status)
    return after_act(site, visit, f"/cases/{case.reference}")


def _words(visit: Visit, case: Case) -> tuple[str | None, str]:
    """Return the command of a form (None for a button) and what is wrong with it."""
    if visit.form.get("button"):
        return None, ""
    name = visit.form.get("act", "")
    known = name in {form.value for form in Act}
    text = act_forms.command(Act(name), case.reference, visit.form) if known else ""
    if not text:
        return "", tr(visit.language, "Something is missing in this form. Nothing was sent; please fill it in.")
    return ("", too_long(visit, text)) if len(text) > TEXT_LIMIT else (text, "")


async def find(site: Site, visit: Visit) -> Case | None:
    """Find the case that the address names, within the reader's scope."""
    # Always the same one query, so that the answer's time says nothing about what exists.
    typed = visit.request.path_params["reference"]
    return await site.storage.find_case(references.parse(typed) or "", scope_of(visit.person, site.agreement))


async def no_such_case(site: Site, visit: Visit) -> Response:
    """Say so in the same words whether it exists or not; after many of them only after a wait, which grows."""
    guess = guess_limits.of_references(visit.person)
    misses = await site.storage.count_attempt(guess.kind, guess.key, visit.now, guess.window)
    if misses > guess_limits.MISSES:
        log.warning("Many references that are none", person_id=visit.person.id)
        await site.order(lambda c: guess_limits.report_misses(c, visit.person))
        return site.pages.wait(visit.request, guess_limits.wait_after(misses), visit=visit)
    words = no_such_case_words(visit.language, await restored_of(site.storage), visit.now)
    return site.pages.problem(visit.request, 404, words, visit=visit)


async def reader_of(site: Site, visit: Visit) -> case_view.Reader:
    """Put together what a page needs to put things into words for its reader."""
    return case_view.Reader(visit.person, site.agreement, await site.storage.directory(), visit.now)


async def _mark_seen(site: Site, visit: Visit, case: Case, history: History) -> None:
    """A page read proves that the person, and so their desk, has what was sent; failing to note it stops nobody."""
    mine = reads_as(visit.person)
    if not any(d.message.recipient in mine and d.state is DeliveryState.SENT for d in history.deliveries):
        return
    try:
        await site.storage.apply([Turn(seen=(SeenBy(case.id, mine, visit.now),))])
    except StorageError as error:
        log.warning("A page read could not be noted", case_id=case.id, error=type(error).__name__)


async def _page(
    site: Site, visit: Visit, case: Case, history: History, *, problem: str = "", status: int = 200
) -> Response:
    reader = await reader_of(site, visit)
    known = await site.storage.load(Wanted(cases=(case.id,), matched=(case.id,)))
    said = folded(await site.storage.transcript((visit.address,), 0, 20))
    return site.pages.render(
        "case.html",
        visit.request,
        visit=visit,
        status=status,
        page="cases",
        problem=problem,
        answers=answers(site, visit, said),
        offers=act_forms.offers(act_taps.Desk(visit.person, reader.seen(case), site.agreement, reader.directory)),
        last=last_of(said),
        now=int(visit.now.timestamp()),
        form_id=new_token(),
        typed=visit.form if problem else {},
        others=pair_view.others(case, known, reader),
        files=file_view.listed(case, history.files, history.file_reads, reader),
        crossing=file_view.who_opens_a_new_one(case, reader),
        purposes=page_words.purposes(visit.language),
        papers=paper_view.listed(dossier_of(case, history, visit.person, site.agreement), visit.language),
        annex_purposes=page_words.secure_purposes(visit.language, ANNEX_PURPOSES),
        takes_files=site.files is not None and may(visit.person, Act.MEMO, case, site.agreement),
        unscanned=handoff_view.unscanned(case, reader) if site.files is not None else (),
        **case_history.page(case, history, reader),
    )
