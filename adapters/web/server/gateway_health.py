"""Whether the gateway that makes phone calls takes them, as a metric and as a note beside readiness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from bot.domain.time_words import as_utc

FailingSince = Callable[[], datetime | None]
Notes = Callable[[], Awaitable[Mapping[str, str]]]


def watched(failing_since: FailingSince, registry: CollectorRegistry, others: Notes) -> Notes:
    """Add the metric, 1 while the last call was not taken, and a note to the other ones while that is so."""
    gauge = Gauge("casebridge_gateway_failing", "Whether the gateway took no call the last time.", registry=registry)
    gauge.set_function(lambda: float(failing_since() is not None))

    async def notes() -> Mapping[str, str]:
        since = failing_since()
        mine = {"gateway": f"makes no calls since {as_utc(since)}: the ladder goes on without them"} if since else {}
        return {**await others(), **mine}

    return notes
