"""Health and metrics: whether the bridge lives, whether it works, and its numbers. No personal data."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.web.site.request_checks import tokens_match
from adapters.web.site.site import Endpoint, Site
from bot.domain.errors import StorageError
from bot.ports.reads import Counts

TICK_LIMIT = timedelta(seconds=10)  #: older than this, the clock stands still
_PATIENCE = 2.0  #: seconds; whoever asks how we are shall not wait for a database that hangs
_PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def _nothing() -> Mapping[str, str]:
    """Note nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the rest of the program lets the health routes see."""

    #: When the clock last ticked, None before the first time; None instead: the clock runs on other nodes.
    last_tick: Callable[[], datetime | None] | None
    writes: Callable[[], str]  #: ``ok`` when something was written within the last seconds, or what is wrong
    registry: CollectorRegistry  #: further metrics, such as how late pings were
    notes: Callable[[], Awaitable[Mapping[str, str]]] = _nothing  #: what is worth knowing and makes nothing unready


#: Says that the process answers; the same for everybody, so it is made once.
LIVE = JSONResponse({"alive": True}, headers=_PLAIN)


def ready(site: Site, vitals: Vitals) -> Endpoint:
    """Make the check of everything that the bridge needs to do its work."""

    async def endpoint(request: Request) -> Response:  # noqa: ARG001  # every endpoint takes one
        checks = {
            "database": site.storage.missing() or await _database_check(site, vitals.writes()),
        }
        if vitals.last_tick is not None:
            checks["clock"] = clock_check(vitals.last_tick(), site.clock())
        is_ready = all(found == "ok" for found in checks.values())
        notes = await _notes(vitals)
        told = {"ready": is_ready, "checks": checks} | ({"notes": notes} if notes else {})
        return JSONResponse(told, 200 if is_ready else 503, headers=_PLAIN)

    return endpoint


async def _notes(vitals: Vitals) -> Mapping[str, str]:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            return await vitals.notes()
    return {}


async def _database_check(site: Site, writes: str) -> str:
    if writes != "ok":
        return writes
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            if await site.storage.is_ready():
                return "ok"
    return "no answer, or another version's schema"


def clock_check(last: datetime | None, now: datetime) -> str:
    """Say whether the clock ticked a moment ago; a tick that is still to come proves nothing."""
    if last is None:
        return "has not ticked yet"
    age = now - last
    if age < timedelta():
        return "last tick at a moment that is still to come"
    return "ok" if age < TICK_LIMIT else f"last tick {age.total_seconds():.0f} s ago"


def metrics(site: Site, vitals: Vitals) -> Endpoint:
    """Make the numbers, for this machine or for whoever has the token."""

    async def endpoint(request: Request) -> Response:
        if not _may_read(site, request):
            return PlainTextResponse("Forbidden\n", 403, headers=_PLAIN)
        text = await _counted(site) + generate_latest(vitals.registry)
        return Response(text, headers={**_PLAIN, "Content-Type": CONTENT_TYPE_LATEST})

    return endpoint


async def _counted(site: Site) -> bytes:
    """What the database holds, and whether it could be asked in time."""
    registry = CollectorRegistry()
    answers = Gauge("casebridge_database_answers", "Whether the database could be asked.", registry=registry)
    with contextlib.suppress(TimeoutError, StorageError):
        async with asyncio.timeout(_PATIENCE):
            _set_gauges(registry, await site.storage.counts(site.clock()))
            answers.set(1)
    return generate_latest(registry)


def _may_read(site: Site, request: Request) -> bool:
    if site.proxies.is_local(request):
        return True
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and tokens_match(site.settings.metrics_token, token)


def _set_gauges(registry: CollectorRegistry, counts: Counts) -> None:
    inbox = Gauge("casebridge_inbox", "Stored messages by state.", ["state"], registry=registry)
    outbox = Gauge("casebridge_outbox", "Messages to send by state.", ["state"], registry=registry)
    cases = Gauge(
        "casebridge_open_cases", "Open cases by urgency and status.", ["urgency", "status"], registry=registry
    )
    overdue = Gauge(
        "casebridge_overdue_deadlines", "Running deadlines whose next moment has passed.", registry=registry
    )
    for state, number in counts.inbox.items():
        inbox.labels(state).set(number)
    for state, number in counts.outbox.items():
        outbox.labels(state).set(number)
    for (urgency, status), number in counts.cases.items():
        cases.labels(urgency, status).set(number)
    overdue.set(counts.overdue)
