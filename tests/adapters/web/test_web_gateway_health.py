"""A gateway that takes no calls is told beside readiness and counted; it makes nothing unready."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry

from adapters.web.server.gateway_health import watched
from tests.kit.clock import START


async def _others() -> Mapping[str, str]:
    return {"backup": "the last one is old"}


async def test_since_when_calls_fail_is_noted_beside_the_other_notes_and_measured() -> None:
    registry, since = CollectorRegistry(), [None, START]
    notes = watched(lambda: since[-1], registry, _others)
    assert await notes() == {
        "backup": "the last one is old",
        "gateway": "makes no calls since 2026-04-18T07:05:00Z: the ladder goes on without them",
    }
    assert registry.get_sample_value("casebridge_gateway_failing") == 1
    since.append(None)
    assert await notes() == {"backup": "the last one is old"}
    assert registry.get_sample_value("casebridge_gateway_failing") == 0
