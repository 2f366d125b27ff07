"""Downloads of finished exports, for admins only; and orders for identified ones, for whoever may decide them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from adapters.web.cases import case_history, case_view
from adapters.web.chat.chat_pages import TEXT_LIMIT, take, too_long
from adapters.web.site.answer_headers import headers
from adapters.web.site.request_checks import new_token
from adapters.web.site.sign_in_pages import redirect
from adapters.web.site.site import Site
from adapters.web.site.visit import Visit
from bot.domain.export_orders import IdentifiedOrder, may_decide
from bot.domain.frozen import replace
from bot.domain.people import Person, Role
from bot.domain.time_words import both_times
from bot.language.texts import tr
from bot.people import lapsed_enrolment
from bot.record.export_approval import state_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.[A-Za-z0-9_-]{1,40}){0,2}\.(csv|jsonl|xlsx)(\.age)?")
_MANIFEST = ".manifest.json"
_MANIFEST_LIMIT = 1 << 16  #: bytes
_SHOWN = 50
_SAID = ("count", "sha256", "exporter", "made_at", "reason", "recipient", "approved_by")
_NUMBER = re.compile(r"[0-9a-z]{1,13}")
_TYPES = {
    "age": "application/octet-stream",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export and what its manifest says."""

    name: str
    count: str
    sha256: str
    exporter: str
    made_at: str
    reason: str
    recipient: str = ""  #: of an identified one
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An order for an identified export, as those who may know of it see it."""

    order: IdentifiedOrder
    asker: str
    state: str
    until: str
    may_decide: bool


async def listing(site: Site, visit: Visit) -> Response:
    """List the newest exports, and orders for identified ones."""
    if visit.person.role not in (Role.ADMIN, Role.SUPERVISOR):
        return site.pages.error(visit.request, 404)
    if (waits := await _waits(site, visit)) is not None:
        return waits
    directory = await site.storage.directory()
    reader = case_view.Reader(visit.person, site.agreement, directory, visit.now)
    found: list[Export] = []
    if visit.person.role is Role.ADMIN:
        found = await to_thread.run_sync(_newest, site.settings.exports, visit.person)
    return site.pages.render(
        "exports.html",
        visit.request,
        visit=visit,
        page="exports",
        exports=[_shown(export, reader) for export in found],
        orders=[_asked(order, reader) for order in await site.storage.orders_of(visit.person.party, _SHOWN)],
        form_id=new_token(),
    )


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
    path = await to_thread.run_sync(_find, site.settings.exports, visit.request.path_params["name"], visit.person)
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


def _find(folder: Path, name: str, person: Person) -> Path | None:
    if not _NAME.fullmatch(name):
        return None
    path = folder / name
    is_whole = path.is_file() and not path.is_symlink() and path.with_name(name + _MANIFEST).is_file()
    if not is_whole:
        return None
    return path if _is_for(person, _manifest(folder, name), is_sealed=name.endswith(".age")) else None


def _is_for(person: Person, said: Mapping[str, object], *, is_sealed: bool) -> bool:
    """Whether an export is this admin's: their own order, or a de-identified one of their side's cases only."""
    is_theirs = said.get("exporter") == f"person:{person.id}"
    if is_sealed or said.get("identified"):
        return is_theirs
    filtered = said.get("filter")
    parties = filtered.get("parties") if isinstance(filtered, dict) else None
    return parties == [person.party] or is_theirs


def _newest(folder: Path, person: Person) -> list[Export]:
    manifests = sorted(folder.glob(f"*{_MANIFEST}"), key=lambda p: p.stat().st_mtime, reverse=True)
    names = [path.name.removesuffix(_MANIFEST) for path in manifests]
    return [_read(folder, name) for name in names if _find(folder, name, person)][:_SHOWN]


def _manifest(folder: Path, name: str) -> Mapping[str, object]:
    try:
        with (folder / (name + _MANIFEST)).open("rb") as file:
            said = json.loads(file.read(_MANIFEST_LIMIT))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _read(folder: Path, name: str) -> Export:
    said = _manifest(folder, name)
    texts = {
        key: str(said.get(key, ""))
        for key in ("count", "sha256", "exporter", "made_at", "reason", "recipient", "approved_by")
    }
    return Export(name=name, **texts)
