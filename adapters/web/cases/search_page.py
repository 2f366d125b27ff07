"""Searching for a case by its reference, or by a number in the secure cases that the reader may read."""

from __future__ import annotations

from starlette.responses import Response

from adapters.web.cases.case_pages import list_page
from adapters.web.cases.search_form import REFERENCE, Search, search_kinds
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.acts.secure_visit import SecureSearch
from bot.domain import reference as references
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.language.texts import tr
from bot.line.message_work import PageAct
from bot.protection.permissions import scope_of
from bot.protection.secure_access import SearchKey, finds, normalised, secure_scope_of

_LIMIT = 100  #: characters of what is looked for


async def search(site: Site, visit: Visit) -> Response:
    """Answer a search with references and urgency only, by one query within the reader's scope."""
    kind, typed = visit.form.get("kind", ""), visit.form.get("wanted", "").strip()[:_LIMIT]
    allowed = {code for code, _ in search_kinds(visit.person, site.agreement, visit.language)}
    problem = _problem(visit, kind, typed) if kind in allowed else tr(visit.language, "Please choose what to look for.")
    if problem:
        return await _sorry(site, visit, 422, problem)
    try:
        found = await _found(site, visit, kind, typed)
    except StorageError:
        return await _sorry(site, visit, 503, tr(visit.language, "The search could not be made. Please try again."))
    return await list_page(site, visit, Search(is_made=True, found=found, kind=kind))


async def _found(site: Site, visit: Visit, kind: str, typed: str) -> list[Case]:
    if kind == REFERENCE:
        case = await site.storage.find_case(references.parse(typed) or typed, scope_of(visit.person, site.agreement))
        return [case] if case else []
    key = SearchKey(kind)
    scope = secure_scope_of(visit.person, site.agreement)
    wanted = key, normalised(key, typed)
    hits = await site.storage.find_secure(*wanted, scope)
    found = [case for case in hits if not case.apart or await _is_readable(site, visit, case, wanted)]
    made = SecureSearch(key, len(found))
    await site.submit(PageAct(made.act, visit.person.id, visit.address))
    return found


async def _is_readable(site: Site, visit: Visit, case: Case, wanted: tuple[SearchKey, str]) -> bool:
    """Whether what was found is about somebody of whom the reader may know: of several persons each entry is asked."""
    entries, texts = await site.storage.secure_entries(case.id), (await site.storage.history(case.id)).texts
    return finds(entries, texts, wanted, visit.person, case, site.agreement)


async def _sorry(site: Site, visit: Visit, status: int, problem: str) -> Response:
    kind, typed = visit.form.get("kind", ""), visit.form.get("wanted", "")[:_LIMIT]
    return await list_page(site, visit, Search(kind=kind, typed=typed, problem=problem), status=status)


def _problem(visit: Visit, kind: str, typed: str) -> str:
    if not typed:
        return tr(visit.language, "Please write what to look for.")
    if kind == SearchKey.PHONE and not normalised(SearchKey.PHONE, typed):
        return tr(
            visit.language, "Please write the phone number with + and the country code, for example +85510000000."
        )
    if kind == SearchKey.DOCUMENT and not normalised(SearchKey.DOCUMENT, typed):
        return tr(visit.language, "Please write the number of the document.")
    if kind == SearchKey.APP and not normalised(SearchKey.APP, typed):
        return tr(visit.language, "Please write the whole name in the app, at least four signs of it.")
    return ""
