"""How late pings were sent, as a metric."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import CollectorRegistry, Histogram

from bot.domain.messages import Outgoing

_BUCKETS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)  #: seconds


class PingLateness:
    """Counts how many seconds after their moment pings were taken by a messenger."""

    def __init__(self) -> None:
        """Start with empty counts in a registry of its own."""
        self.registry = CollectorRegistry()
        self._histogram = Histogram(
            "casebridge_ping_lateness_seconds",
            "Seconds between a ping's moment and its sending.",
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def observe(self, _message: Outgoing, late: timedelta) -> None:
        """Count one ping."""
        self._histogram.observe(max(0.0, late.total_seconds()))
