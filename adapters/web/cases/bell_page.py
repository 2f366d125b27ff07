"""What a list of cases that stands open asks every few seconds: whether it shall ring. Says nothing of any case."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from adapters.web.cases.case_pages import reader_of
from adapters.web.site.answer_headers import headers
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.clock.bells import bells
from bot.domain.people import Role
from bot.protection.permissions import is_support, scope_of

_MOST = 200  #: open cases that are looked at, as many as the list shows


async def ask(site: Site, visit: Visit) -> Response:
    """Name what rings for this person, by names that say nothing; whoever works on no case hears nothing."""
    over_tls = site.settings.is_https
    return JSONResponse({"bells": await _bells(site, visit)}, headers=headers(over_tls=over_tls))


async def _bells(site: Site, visit: Visit) -> list[str]:
    person = visit.person
    if person.role not in (Role.DUTY, Role.SUPERVISOR) or is_support(person, site.agreement):
        return []
    found = await site.storage.list_cases(scope_of(person, site.agreement), open_only=True, limit=_MOST)
    reader = await reader_of(site, visit)
    return [bell for case in found for bell in bells(reader.seen(case), person.party)]
