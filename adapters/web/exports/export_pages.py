"""The page of exports: making and fetching one, for admins only; orders for identified ones, for whoever may decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from adapters.web.cases import case_history, case_view
from adapters.web.chat.chat_pages import TEXT_LIMIT, take, too_long
from adapters.web.exports.export_form import DAYS, ExportForm
from adapters.web.exports.finished_exports import Export, find, newest
from adapters.web.site.answer_headers import headers
from adapters.web.site.request_checks import new_token
from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.domain.case import Status
from bot.domain.errors import StorageError
from bot.domain.export_orders import IdentifiedOrder, may_ask, may_decide
from bot.domain.frozen import replace
from bot.domain.names import status_name
from bot.domain.people import Role
from bot.domain.time_words import both_times
from bot.language.texts import later, tr
from bot.people import lapsed_enrolment
from bot.record.export.progress import Progress, of_person
from bot.record.export.xlsx import ROWS
from bot.record.export_approval import state_of

_SHOWN = 50
#: Seconds after which an export that has not begun was refused: why stands in the chat.
_BEGINS_WITHIN = 20
_PERIODS = (
    ("this month", later("this month")),
    ("last month", later("last month")),
    ("this quarter", later("this quarter")),
    ("last quarter", later("last quarter")),
    ("this year", later("this year")),
    ("last year", later("last year")),
    (DAYS, later("the days below")),
)
_FORMATS = (
    ("xlsx", later("Excel (XLSX)")),
    ("csv", later("CSV")),
    ("jsonl", later("JSON Lines")),
    ("htcds", later("HTCDS 2.0 (CSV, one row a person)")),
)
_NUMBER = re.compile(r"[0-9a-z]{1,13}")
_TYPES = {
    "age": "application/octet-stream",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases an export would have, before it is asked for."""

    count: int
    form: ExportForm  #: with its days, whatever words they were chosen by
    is_too_much: bool  #: whether an Excel sheet cannot hold them


@dataclass(frozen=True, slots=True)
class Asked:
    """An order for an identified export, as those who may know of it see it."""

    order: IdentifiedOrder
    asker: str
    state: str
    until: str
    may_decide: bool


async def listing(site: Site, visit: Visit) -> Response:
    """Show what can be exported and how many cases that are, the newest exports, and orders for identified ones."""
    if visit.person.role not in (Role.ADMIN, Role.SUPERVISOR):
        return site.pages.error(visit.request, 404)
    if (waits := await _waits(site, visit)) is not None:
        return waits
    return await _page(site, visit, ExportForm.of(visit.request.query_params, _corridors(site, visit)))


async def _page(site: Site, visit: Visit, form: ExportForm, *, problem: str = "") -> Response:
    directory = await site.storage.directory()
    reader = case_view.Reader(visit.person, site.agreement, directory, visit.now)
    found: list[Export] = []
    progress: list[Progress] = []
    if visit.person.role is Role.ADMIN:
        found = await to_thread.run_sync(newest, site.settings.exports, visit.person, visit.now, _SHOWN)
        progress = await to_thread.run_sync(of_person, site.settings.exports, visit.person.id, visit.now)
    counted = await _counted(site, visit, form)
    if form.is_asked and counted is None and visit.person.role is Role.ADMIN:
        problem = problem or tr(
            visit.language, "Give the first and the last day; the first may not come after the last."
        )
    return site.pages.render(
        "exports.html",
        visit.request,
        visit=visit,
        status=422 if problem and visit.form else 200,
        page="exports",
        problem=problem,
        form=form,
        counted=counted,
        periods=[(code, tr(visit.language, words)) for code, words in _PERIODS],
        formats=[(code, tr(visit.language, words)) for code, words in _FORMATS],
        statuses=[(status.value, _status(status, visit.language)) for status in Status],
        corridors=_corridors(site, visit),
        zone=site.agreement.parties[visit.person.party].city,
        exports=[_shown(export, reader) for export in found],
        orders=[_asked(order, reader) for order in await site.storage.orders_of(visit.person.party, _SHOWN)],
        form_id=new_token(),
        reason=visit.form.get("reason", ""),
        under_way=[each for each in progress if not each.has_stopped(visit.now)],
        stopped=[each for each in progress if each.has_stopped(visit.now)],
        is_awaited=_is_awaited(visit, found, progress),
    )


def _is_awaited(visit: Visit, found: Sequence[Export], progress: Sequence[Progress]) -> bool:
    """Whether what was just asked for on the page is still to come: then the page loads itself again."""
    asked = visit.number("asked")
    if not asked:
        return False
    if any(not each.has_stopped(visit.now) for each in progress):
        return True
    heard = [export.made_at for export in found] + [each.at for each in progress]
    is_heard = any(int(datetime.fromisoformat(moment).timestamp()) >= asked for moment in heard)
    return not is_heard and visit.now.timestamp() - asked < _BEGINS_WITHIN


async def _counted(site: Site, visit: Visit, form: ExportForm) -> Counted | None:
    """How many cases what was chosen has; None where nothing was, or no such days are."""
    wanted = form.wanted(visit.now, site.agreement.zone_of(visit.person.party), _corridors(site, visit))
    if not form.is_asked or wanted is None or visit.person.role is not Role.ADMIN:
        return None
    period = wanted.period
    count = await site.storage.count_cases(period.since, period.until, (visit.person.party,), wanted.only)
    # What was counted is what is made, also when a month ends in between.
    exact = replace(form, period=DAYS, first=period.days[0], last=period.days[1])
    return Counted(count, exact, is_too_much=wanted.format == "xlsx" and count > ROWS)


def _status(status: Status, language: str) -> str:
    return tr(language, "not acknowledged") if status is Status.OPEN else status_name(status, language)


def _corridors(site: Site, visit: Visit) -> list[str]:
    return sorted(corridor.code for corridor in site.agreement.corridors_of(visit.person.party))


async def post(site: Site, visit: Visit) -> Response:
    """Make an export, or decide an order for an identified one."""
    return await (_make(site, visit) if visit.form.get("act") == "export" else decide(site, visit))


async def _make(site: Site, visit: Visit) -> Response:
    """Have an export made, through the one way in, in the words that the chat takes."""
    if not may_ask(visit.person):
        return site.pages.error(visit.request, 404)
    if (waits := await _waits(site, visit)) is not None:
        return waits
    form = replace(ExportForm.of(visit.form, _corridors(site, visit)), is_asked=True)
    reason = " ".join(visit.form.get("reason", "").split())
    if not reason:
        return await _page(site, visit, form, problem=tr(visit.language, "Say why: it is written into the record."))
    text = f"/export {form.words} {reason}"
    if len(text) > TEXT_LIMIT:
        return await _page(site, visit, form, problem=too_long(visit, text))
    try:
        await take(site, visit, text)
    except StorageError:
        return await _page(site, visit, form, problem=tr(visit.language, "This was not stored. Please tap again."))
    return redirect(site, f"/exports?asked={int(visit.now.timestamp())}")


async def decide(site: Site, visit: Visit) -> Response:
    """Approve or refuse an order, through the one way in; what the bridge answers stands in the chat."""
    number = visit.form.get("order", "")
    act = visit.form.get("act", "")
    if act not in ("approve", "refuse") or not _NUMBER.fullmatch(number):
        raise HTTPException(400)
    reason = visit.form.get("reason", "").strip() if act == "refuse" else ""
    text = f"/{act} {number} {reason}".strip()
    if len(text) > TEXT_LIMIT:
        return site.pages.problem(visit.request, 422, too_long(visit, text), visit=visit)
    await take(site, visit, text)
    return redirect(site, "/chat#end")


def _shown(export: Export, reader: case_view.Reader) -> Export:
    approved_by = _named(export.approved_by, reader) if export.approved_by else ""
    return replace(export, exporter=_named(export.exporter, reader), approved_by=approved_by)


def _asked(order: IdentifiedOrder, reader: case_view.Reader) -> Asked:
    side = reader.agreement.parties.get(order.party)
    return Asked(
        order,
        reader.name(order.person_id),
        state_of(order, reader.directory, reader.language),
        both_times(order.expires_at, [side] if side else ()),
        may_decide=may_decide(reader.person, order) and order.is_waiting and not order.has_lapsed(reader.now),
    )


def _named(exporter: str, reader: case_view.Reader) -> str:
    return case_history.actor(exporter, reader) if exporter.startswith("person:") else exporter


async def download(site: Site, visit: Visit) -> Response:
    """Send one export; only a whole one has a manifest beside it."""
    if visit.person.role is not Role.ADMIN:
        return site.pages.error(visit.request, 404)
    if (waits := await _waits(site, visit)) is not None:
        return waits
    path = await to_thread.run_sync(
        find, site.settings.exports, visit.request.path_params["name"], visit.person, visit.now
    )
    if path is None:
        return site.pages.error(visit.request, 404)
    media_type = _TYPES[path.suffix.removeprefix(".")]
    over_tls = site.settings.is_https
    return FileResponse(path, media_type=media_type, filename=path.name, headers=headers(over_tls=over_tls))


async def _waits(site: Site, visit: Visit) -> Response | None:
    """Tell an admin whose enrolment has lapsed who can confirm them; None when they may go on."""
    every = site.settings.confirm_every
    if not visit.person.has_lapsed(visit.now, every):
        return None
    directory = await site.storage.directory()
    how = lapsed_enrolment.how_to_confirm(visit.person, directory, visit.now, every)
    lead = tr(visit.language, "This waits until your enrolment is confirmed.")
    return site.pages.problem(visit.request, 403, f"{lead} {how}", visit=visit)
