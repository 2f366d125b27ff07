"""A second look, once a minute, by a loop and by queries of its own: what must hold does, or supervisors hear of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.delivery.past_outbox import PastOutbox
from bot.domain.audit import Check, Finding, Sighted
from bot.domain.errors import StorageError, Unwritable
from bot.jobs import audit_findings, audit_report
from bot.jobs.audit_repair import Repair
from bot.jobs.seen_heads import SeenHeads
from bot.jobs.tick_log import TickLog
from bot.language.texts import tr
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from bot.ports.storage import Storage

NAME = "audit"  #: of the lease of the node that puts things right and reports them
EVERY = 60.0  #: seconds
_LEASE = timedelta(seconds=90)
_PATIENCE = 30.0  #: seconds that a look may take
_OLD = 180.0  #: seconds; an audit that is older says nothing

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What tells the time: to the bridge, to this machine, and without anybody setting it."""

    bridge: Callable[[], datetime]
    machine: Callable[[], datetime]
    seconds: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the auditor has besides the storage and the line."""

    clocks: Clocks
    ticks: TickLog
    heads: SeenHeads
    owner: str  #: this node's name
    shout: PastOutbox
    backs_up: bool = False  #: whether backups are configured


async def _nobody() -> None:
    """Call nobody."""


def _nowhere(_findings: Sequence[Finding]) -> None:
    """Count nothing."""


class Auditor:
    """Looks on every node; one of them puts right what is found and reports it, each reports what is its own."""

    def __init__(
        self,
        storage: Storage,
        line: Line,
        around: Surroundings,
        *,
        on_healthy: Callable[[], Awaitable[None]] = _nobody,
        on_audit: Callable[[Sequence[Finding]], None] = _nowhere,
    ) -> None:
        """Take the storage, the line, what is around, and who is called after a look: a healthy one, and each."""
        self._storage = storage
        self._line = line
        self._around = around
        self._on_healthy = on_healthy
        self._on_audit = on_audit
        self._repair = Repair(storage, line, around.clocks.seconds)
        self._told: dict[Check, audit_report.Told] = {}
        self._clock: tuple[datetime, float] | None = None
        self._at: float | None = None
        self.findings: tuple[Finding, ...] = ()

    async def run(self, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Audit once a minute until it is cancelled; whatever goes wrong, the next minute comes."""
        try:
            while True:
                await sleep(EVERY)
                try:
                    await self.tick()
                except Exception:
                    log.exception("The audit failed.")
        finally:
            with contextlib.suppress(StorageError):
                await self._storage.release_lease(NAME, self._around.owner)

    async def tick(self) -> None:
        """Look, put right, tell; call whoever waits for a healthy minute when it was one."""
        found, leads = await self._look()
        self.findings, self._at = tuple(found), self._around.clocks.seconds()
        self._on_audit(self.findings)
        for finding in found:
            log.error("The audit found something.", check=finding.check, number=finding.number, mended=finding.mended)
            if leads or finding.here or finding.check is Check.WRITE:
                await self._tell(finding)
        if not found:
            await self._on_healthy()

    def note(self) -> str:
        """What readiness tells: what was found last, or that nothing looks any more; empty when all is well."""
        if self._at is None:
            return ""
        age = self._around.clocks.seconds() - self._at
        if age > _OLD:
            return f"WARNING: the last audit was {age:.0f} s ago"
        said = (f"{finding.check.value}: {finding.fact or finding.number}" for finding in self.findings)
        return f"WARNING: {'; '.join(said)}" if self.findings else ""

    async def _look(self) -> tuple[list[Finding], bool]:
        """All findings of this minute, put right where that can be; and whether this node leads."""
        own = [*audit_findings.of_ticks(self._around.ticks.still()), *self._of_clock()]
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._storage.beat()
                sighted = await self._storage.sighted(self._around.clocks.bridge(), self._around.heads.heads)
                leads = await self._storage.take_lease(NAME, self._around.owner, sighted.now, _LEASE)
        except (StorageError, TimeoutError) as error:
            return [Finding(Check.WRITE, fact=_why(error)), *own], False
        found = list(audit_findings.of_cases(sighted))
        if leads:
            found = [await self._repair.mended(finding, sighted) for finding in found]
        return [*found, *self._of_database(sighted), *own], leads

    def _of_database(self, sighted: Sighted) -> list[Finding]:
        heads = self._around.heads
        found = list(audit_findings.of_database(sighted, heads.heads, backs_up=self._around.backs_up))
        if not any(finding.check is Check.JOURNAL for finding in found):
            heads.keep({name: chain.head for name, chain in sighted.chains.items() if chain.head is not None})
        return found

    def _of_clock(self) -> list[Finding]:
        now = self._around.clocks.machine(), self._around.clocks.seconds()
        found = list(audit_findings.of_clock(self._clock, *now))
        self._clock = now
        return found

    async def _tell(self, finding: Finding) -> None:
        now = self._around.clocks.seconds()
        told = self._told.get(finding.check)
        if not audit_report.is_news(finding, told, now):
            return
        if finding.check is Check.WRITE:
            await self._shout(finding)
        else:
            cases = tuple(about.case_id for about in finding.cases)
            order = Order(lambda c: audit_report.tell(c, finding), actor="auditor", wanted=Wanted(cases=cases))
            try:
                await self._line.submit(order)
            except StorageError as error:
                log.warning("What the audit found is told in the next minute.", error=type(error).__name__)
                return
        self._told[finding.check] = audit_report.noted(finding, told, now)

    async def _shout(self, finding: Finding) -> None:
        """Tell it past the outbox, unless whoever watches the files does."""
        if not self._storage.missing():
            await self._around.shout.tell(audit_report.said(finding, []))


def _why(error: Exception) -> str:
    if isinstance(error, Unwritable):
        return tr("en", "nothing can be stored: {cause}", cause=error.cause)
    if isinstance(error, TimeoutError):
        return tr("en", "the database does not answer")
    return tr("en", "the database cannot be read")
