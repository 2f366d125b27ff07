"""The command that looks at the database as the auditor does, for cron and from another machine: it changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.app import essentials
from bot.config.model import Settings
from bot.domain.audit import GRACE, Check, Finding, Sighted
from bot.domain.errors import StorageError
from bot.domain.time_words import as_utc, span
from bot.domain.verify_journal import Head
from bot.jobs import audit_findings
from bot.jobs.audit_report import said
from bot.jobs.seen_heads import SeenHeads
from bot.language.texts import tr
from storage import look_at


@dataclass(frozen=True, slots=True)
class Audit:
    """What a look found, and when it was."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def lines(self) -> list[str]:
        """It, for people."""
        if not self.findings:
            return ["Healthy: every open case is waited for, every due ping is written, the record holds."]
        return [f"{finding.check.value}: {said(finding, _references(finding))}" for finding in self.findings]

    @property
    def as_json(self) -> str:
        """It, for programs."""
        return json.dumps(
            {
                "healthy": not self.findings,
                "at": as_utc(self.at),
                "findings": [
                    {"check": found.check.value, "cases": _references(found), "said": said(found, _references(found))}
                    for found in self.findings
                ],
            }
        )


def _references(finding: Finding) -> list[str]:
    return [about.reference for about in finding.cases]


async def audit(settings: Settings, seen: Path | None) -> Audit:
    """Look at the database once; what cannot be read is a finding too."""
    heads, now = SeenHeads(seen), essentials.clock()
    url = settings.database.url.get_secret_value()
    try:
        sighted = await asyncio.to_thread(look_at, url, essentials.clock, heads.heads)
    except StorageError as error:
        return Audit(now, (Finding(Check.WRITE, fact=str(error).rstrip(".")),))
    found = _found(settings, sighted, heads.heads, now)
    if not any(finding.check is Check.JOURNAL for finding in found):
        heads.keep({name: chain.head for name, chain in sighted.chains.items() if chain.head is not None})
    return Audit(sighted.now, tuple(found))


def _found(settings: Settings, sighted: Sighted, seen: Mapping[str, Head], now: datetime) -> list[Finding]:
    found = [
        *audit_findings.of_cases(sighted),
        *audit_findings.of_life(sighted),
        *audit_findings.of_database(sighted, seen, backs_up=bool(settings.backup.recipient)),
    ]
    if abs(now - sighted.now) > GRACE and not any(finding.check is Check.CLOCK for finding in found):
        apart = span(abs(now - sighted.now))
        fact = tr("en", "the clocks of this machine and of the database are {time} apart", time=apart)
        found.append(Finding(Check.CLOCK, fact=fact))
    return found
