"""The papers of a case on its page: drawn up when they are asked for, journalled with their hash, then handed out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.responses import Response

from adapters.web.cases import case_pages
from adapters.web.site.downloads import download
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.acts.paper_taking import PURPOSES, PaperTaking
from bot.channels.papers.dossier import Dossier
from bot.channels.papers.drawing_up import draw_up
from bot.channels.papers.files import Form, as_file
from bot.channels.papers.kinds import PaperKind, kind_named
from bot.channels.papers.offered import dossier_of, may_take, why_not
from bot.domain.case import Case
from bot.domain.errors import NoPaper, StorageError
from bot.domain.frozen import replace
from bot.language.texts import tr
from bot.line.message_work import PageAct
from bot.protection.secure_access import Purpose, readable

_TRIES = 3  #: a case may move while its paper is made


@dataclass(frozen=True, slots=True)
class _Asked:
    """A paper that somebody asks for."""

    kind: PaperKind
    form: Form
    purpose: Purpose | None = None


async def hand_out(site: Site, visit: Visit) -> Response:
    """Hand out a paper of a case to whom it is for."""
    case = await case_pages.find(site, visit)
    if case is None:
        return await case_pages.no_such_case(site, visit)
    asked = _asked(visit)
    if asked is None or not may_take(asked.kind, visit.person, case, site.agreement):
        return site.pages.problem(visit.request, 404, tr(visit.language, "No such paper."), visit=visit)
    if asked.kind is PaperKind.ANNEX and asked.purpose is None:
        sentence = tr(visit.language, "Please choose on the page of the case what you need the annex for.")
        return site.pages.problem(visit.request, 422, sentence, visit=visit)
    try:
        return await _made(site, visit, asked)
    except NoPaper as error:
        return site.pages.problem(visit.request, 422, why_not(error, visit.language), visit=visit)
    except StorageError:
        sentence = tr(visit.language, "This could not be recorded, so nothing is handed out. Please try again.")
        return site.pages.problem(visit.request, 503, sentence, visit=visit)


def _asked(visit: Visit) -> _Asked | None:
    name, _, ending = visit.request.path_params["name"].partition(".")
    kind, form = kind_named(name), next((form for form in Form if form.value == ending), None)
    if kind is None or form is None:
        return None
    said = visit.request.query_params.get("purpose", "") if kind is PaperKind.ANNEX else ""
    return _Asked(kind, form, next((each for each in PURPOSES if each.value == said), None))


async def _made(site: Site, visit: Visit, asked: _Asked) -> Response:
    """Make it of the case as it is, and make it anew when the case moved meanwhile. Raises `NoPaper`, StorageError."""
    for _ in range(_TRIES):
        case = await case_pages.find(site, visit)
        if case is None:
            return await case_pages.no_such_case(site, visit)
        dossier, entries = await _gathered(site, visit, case, asked.kind)
        paper = draw_up(asked.kind, dossier, site.letterheads)
        made = await asyncio.to_thread(as_file, paper, asked.form)
        taking = PaperTaking(case.id, case.version, entries, asked.kind, asked.form, made.sha256, asked.purpose)
        await site.submit(PageAct(taking.act, visit.person.id, visit.address, (case.id,)))
        if taking.is_recorded:
            return download(made.content, made.name, over_tls=site.settings.is_https)
    raise StorageError("The case moved on while its paper was made.")


async def _gathered(site: Site, visit: Visit, case: Case, kind: PaperKind) -> tuple[Dossier, tuple[int, ...]]:
    """What it may be made of, and which entries of the secure case there are; these are read for the annex only."""
    history = await site.storage.history(case.id)
    found = await site.storage.secure_entries(case.id) if kind is PaperKind.ANNEX else []
    entries = readable(found, history.texts, visit.person, case, site.agreement)
    dossier = replace(dossier_of(case, history, visit.person, site.agreement), entries=entries)
    return dossier, tuple(entry.id for entry in found)
