"""Downloads of finished exports, for admins only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from anyio import to_thread
from starlette.responses import FileResponse, Response

from adapters.web import case_history, case_view
from adapters.web.security import headers
from adapters.web.site import Site, Visit
from bot import lapsing
from bot.people import Person, Role
from bot.texts import tr

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.[A-Za-z0-9_-]{1,40}){0,2}\.(csv|jsonl|xlsx)")
_MANIFEST = ".manifest.json"
_MANIFEST_LIMIT = 1 << 16  #: bytes
_SHOWN = 50
_TYPES = {
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


async def listing(site: Site, visit: Visit) -> Response:
    """List the newest exports."""
    if visit.person.role is not Role.ADMIN:
        return site.pages.error(visit.request, 404)
    if (waits := await _waits(site, visit)) is not None:
        return waits
    found = await to_thread.run_sync(_newest, site.settings.exports, visit.person)
    directory = await site.storage.directory()
    reader = case_view.Reader(visit.person, site.agreement, directory, visit.now)
    found = [replace(export, exporter=_named(export.exporter, reader)) for export in found]
    return site.pages.render("exports.html", visit.request, visit=visit, page="exports", exports=found)


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
    if not lapsing.has_lapsed(visit.person, visit.now, every):
        return None
    directory = await site.storage.directory()
    how = lapsing.how_to_confirm(visit.person, directory, visit.now, every)
    lead = tr(visit.language, "This waits until your enrolment is confirmed.")
    return site.pages.problem(visit.request, 403, f"{lead} {how}", visit=visit)


def _find(folder: Path, name: str, person: Person) -> Path | None:
    if not _NAME.fullmatch(name):
        return None
    path = folder / name
    is_whole = path.is_file() and not path.is_symlink() and path.with_name(name + _MANIFEST).is_file()
    return path if is_whole and _is_for(person, _manifest(folder, name)) else None


def _is_for(person: Person, said: Mapping[str, object]) -> bool:
    """Whether an export is this admin's: their own order, or one that holds their side's cases only."""
    filtered = said.get("filter")
    parties = filtered.get("parties") if isinstance(filtered, dict) else None
    return parties == [person.party] or said.get("exporter") == f"person:{person.id}"


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
    texts = {key: str(said.get(key, "")) for key in ("count", "sha256", "exporter", "made_at", "reason")}
    return Export(name=name, **texts)
