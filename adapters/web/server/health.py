"""Health and metrics: whether the bridge lives, whether it works, and its numbers. No personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.web.site.request_checks import tokens_match
from adapters.web.site.site import Endpoint, Site
from bot.ports.reads import Counts

TICK_LIMIT = timedelta(seconds=10)  #: older than this, the clock stands still
_PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the rest of the program lets the health routes see."""

    #: When the clock last ticked, None before the first time; None instead: the clock runs on other nodes.
    last_tick: Callable[[], datetime | None] | None
    registry: CollectorRegistry  #: further metrics, such as how late pings were


#: Says that the process answers; the same for everybody, so it is made once.
LIVE = JSONResponse({"alive": True}, headers=_PLAIN)


def ready(site: Site, vitals: Vitals) -> Endpoint:
    """Make the check of everything that the bridge needs to do its work."""

    async def endpoint(request: Request) -> Response:  # noqa: ARG001  # every endpoint takes one
        checks = {
            "database": "ok" if await site.storage.is_ready() else "no answer, or another version's schema",
        }
        if vitals.last_tick is not None:
            checks["clock"] = _clock_check(vitals.last_tick(), site.clock())
        is_ready = all(found == "ok" for found in checks.values())
        return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else 503, headers=_PLAIN)

    return endpoint


def _clock_check(last: datetime | None, now: datetime) -> str:
    if last is None:
        return "has not ticked yet"
    age = now - last
    return "ok" if age < TICK_LIMIT else f"last tick {age.total_seconds():.0f} s ago"


def metrics(site: Site, vitals: Vitals) -> Endpoint:
    """Make the numbers, for this machine or for whoever has the token."""

    async def endpoint(request: Request) -> Response:
        if not _may_read(site, request):
            return PlainTextResponse("Forbidden\n", 403, headers=_PLAIN)
        counts = await site.storage.counts(site.clock())
        text = generate_latest(_gauges(counts)) + generate_latest(vitals.registry)
        return Response(text, headers={**_PLAIN, "Content-Type": CONTENT_TYPE_LATEST})

    return endpoint


def _may_read(site: Site, request: Request) -> bool:
    if site.proxies.is_local(request):
        return True
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and tokens_match(site.settings.metrics_token, token)


def _gauges(counts: Counts) -> CollectorRegistry:
    registry = CollectorRegistry()
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
    return registry
