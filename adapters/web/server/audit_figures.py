"""What the auditor found, as metrics: one figure a check, and when it last looked."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.domain.audit import Check, Finding


class AuditFigures:
    """Counts findings in a registry that others count in too."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Begin with nothing found, as long as nobody looked."""
        self._found = Gauge(
            "casebridge_audit_findings", "What the last audit found, by check.", ["check"], registry=registry
        )
        self._mended = Counter(
            "casebridge_audit_mended", "What audits put right, by check.", ["check"], registry=registry
        )
        self._at = monotonic()
        age = Gauge("casebridge_audit_age_seconds", "Seconds since this node last looked.", registry=registry)
        age.set_function(lambda: monotonic() - self._at)

    def note(self, findings: Sequence[Finding]) -> None:
        """Count what one audit found."""
        self._at = monotonic()
        by_check = {finding.check: finding for finding in findings}
        for check in Check:
            finding = by_check.get(check)
            self._found.labels(check.value).set(finding.number if finding is not None else 0)
            if finding is not None and finding.mended:
                self._mended.labels(check.value).inc(finding.number)
