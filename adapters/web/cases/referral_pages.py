"""The pages of a support desk: what was referred to it. Whoever is of none gets the pages of cases."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from adapters.web.cases import case_pages, referral_view
from adapters.web.chat.chat_pages import TEXT_LIMIT, after_act, answers, folded, last_of, take, too_long
from adapters.web.site.request_checks import new_token
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.acts.support import ACTS
from bot.channels.referrals import STATES
from bot.domain import reference as references
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.domain.journal import Entry
from bot.domain.journal_acts import JournalAct
from bot.domain.recipients import reads_as
from bot.domain.turn import SeenBy, Turn
from bot.language.texts import tr
from bot.protection.permissions import is_support, loaded_for, may_see, referral_for

_MOST = 100  #: cases on one page


async def listing(site: Site, visit: Visit) -> Response:
    """List what was referred to the reader's desk, newest first; to everybody else their cases."""
    if not is_support(visit.person, site.agreement):
        return await case_pages.listing(site, visit)
    found = await site.storage.list_cases(loaded_for(visit.person, site.agreement), open_only=False, limit=_MOST)
    referred = [(case, r) for case in found if (r := referral_for(visit.person, case, site.agreement)) is not None]
    return site.pages.render(
        "referrals.html",
        visit.request,
        visit=visit,
        page="cases",
        referred=[(case, tr(visit.language, STATES[referral.state])) for case, referral in referred],
        own=[case for case in found if may_see(visit.person, case, site.agreement)],
    )


async def show(site: Site, visit: Visit) -> Response:
    """Show what was referred; the reading is journalled, since it may be of somebody's health."""
    case = await _find(site, visit)
    return await case_pages.show(site, visit) if case is None else await _page(site, visit, case)


async def act(site: Site, visit: Visit) -> Response:
    """Do what a form or a button of the page asks, through the one way in."""
    case = await _find(site, visit)
    if case is None:
        return await case_pages.act(site, visit)
    text, problem = _words(visit, case)
    if not problem:
        try:
            await take(site, visit, text)
        except StorageError:
            problem = tr(visit.language, "This was not stored. What you wrote is still here; please send it again.")
    if problem:
        return await _page(site, visit, case, problem=problem, status=422 if text == "" else 503)
    return after_act(site, visit, f"/cases/{case.reference}")


def _words(visit: Visit, case: Case) -> tuple[str | None, str]:
    """Return the command of a form (None for a button) and what is wrong with it."""
    if visit.form.get("button"):
        return None, ""
    name, words = visit.form.get("act", ""), visit.form.get("words", "").strip()
    if name not in ACTS or not words:
        return "", tr(visit.language, "Something is missing in this form. Nothing was sent; please fill it in.")
    text = f"/{name} {case.reference} {words}"
    return ("", too_long(visit, text)) if len(text) > TEXT_LIMIT else (text, "")


async def _find(site: Site, visit: Visit) -> Case | None:
    """Find the case of which the reader's desk has a referral; None where they have the case itself, or nothing."""
    if not is_support(visit.person, site.agreement):
        return None
    typed = visit.request.path_params["reference"]
    case = await site.storage.find_case(references.parse(typed) or "", loaded_for(visit.person, site.agreement))
    is_theirs = case is not None and referral_for(visit.person, case, site.agreement) is not None
    return case if is_theirs and case is not None and not may_see(visit.person, case, site.agreement) else None


async def _page(site: Site, visit: Visit, case: Case, *, problem: str = "", status: int = 200) -> Response:
    person, agreement = visit.person, site.agreement
    await _note_read(site, visit, case)
    directory, texts = await site.storage.directory(), (await site.storage.history(case.id)).texts
    entries = await site.storage.secure_entries(case.id)
    said = folded(await site.storage.transcript((visit.address,), 0, 20))
    return site.pages.render(
        "referral.html",
        visit.request,
        visit=visit,
        status=status,
        page="cases",
        problem=problem,
        reference=case.reference,
        urgency=case.urgency,
        exercise=case.exercise,
        referrals=referral_view.referrals(case, entries, person, agreement, directory),
        notes=referral_view.notes(case, texts, person, agreement, directory),
        forms=referral_view.forms(case, referral_for(person, case, agreement), visit.language),
        answers=answers(site, visit, said),
        last=last_of(said),
        form_id=new_token(),
        typed=visit.form if problem else {},
    )


async def _note_read(site: Site, visit: Visit, case: Case) -> None:
    """Record that it was read, before anything is shown. Raises `StorageError`: then nothing is."""
    entry = Entry(
        site.new_id(),
        case.corridor,
        visit.now,
        f"person:{visit.person.id}",
        JournalAct.REFERRAL_READ,
        case.id,
        str(visit.address),
        {"side": visit.person.party, "desk": visit.person.desk},
        secrets.token_hex(8),
    )
    seen = SeenBy(case.id, reads_as(visit.person), visit.now)
    await site.storage.apply([Turn(journal=(entry,), seen=(seen,))])
