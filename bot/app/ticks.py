"""What runs by itself on this node, from its first write to its last. Decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import structlog

from adapters.calls.node import Node
from adapters.watchdog import Watchdog
from bot.app.bridge import Bridge
from bot.app.parts import Start, said
from bot.jobs.auditor import Auditor
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.nightly_backup import NightlyBackup
from bot.jobs.schedule import Schedule, Tick
from bot.jobs.tick_log import TickLog
from bot.ports.storage import Storage

_TICK = 1.0  #: seconds
_TEND = 900.0  #: seconds
_STATUS_TICK = 10.0  #: seconds; how it is, for the service manager
_FILES_TICK = 5.0  #: seconds; a database that vanished is told of within that time
_ROSTER_TICK = 15.0  #: seconds; a shift that ends is noticed within that time
_RARE_TICK = 60.0  #: seconds; for what is due once a day, and windows that close

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked after besides the bridge."""

    clocks: ClockWatch
    watchdog: Watchdog
    backup: NightlyBackup | None = None  #: None: no backup is made by itself
    auditor: Auditor | None = None
    ticks: TickLog = field(default_factory=lambda: TickLog(monotonic))  #: what the auditor reads


@contextlib.asynccontextmanager
async def running(bridge: Bridge, node: Node[Storage], start: Start, watched: Watched) -> AsyncIterator[None]:
    """Run the bridge and all that ticks for the length of a block. Raises `StorageError` when nothing can be stored."""
    schedule = Schedule(node.machine or node.clock, bridge.pulse.note, watched.ticks)
    schedule.every(_TICK, partial(watched.clocks.tick, bridge.line), "clock")
    life = bridge.reminder.tick if start.works else node.store.is_ready
    schedule.every(_TICK, living(life, start), "deadlines" if start.works else "life")
    schedule.every(_TICK, bridge.pulse.tick, "heartbeat")
    schedule.every(_FILES_TICK, bridge.file_watch.tick, "database files")
    if start.works:
        _work(schedule, bridge, watched)
    if start.manager.is_there:
        schedule.every(_STATUS_TICK, partial(_tell_status, bridge, start), "status")
    try:
        await bridge.start()
        await node.store.beat()
        await bridge.pulse.tick()
        await life()
        schedule.start()
        async with _audited(watched.auditor):
            yield
    finally:
        schedule.stop()
        await bridge.stop()
        await watched.watchdog.stop()
        log.info("bridge stopped")


@contextlib.asynccontextmanager
async def _audited(auditor: Auditor | None) -> AsyncIterator[None]:
    """Let the auditor look by a task of its own: what else runs by itself may stand still."""
    task = asyncio.create_task(auditor.run(), name="audit") if auditor is not None else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def living(life: Tick, start: Start) -> Tick:
    """Make a tick after which this process has shown that it lives, whatever its storage answered."""

    async def tick() -> None:
        try:
            await life()
        finally:
            start.manager.alive()

    return tick


def _work(schedule: Schedule, bridge: Bridge, watched: Watched) -> None:
    schedule.every(_TICK, bridge.deliverer.tick, "outbox")
    schedule.every(_TICK, bridge.seen_before.tick, "cases seen before")
    if bridge.drafts is not None:
        schedule.every(_TICK, bridge.drafts.tick, "english drafts")
    schedule.every(_TEND, bridge.tender.tick, "people")
    if bridge.fetcher is not None:
        for messenger in bridge.fetcher.messengers:
            schedule.every(_TICK, partial(bridge.fetcher.tick, messenger), f"files of {messenger}")
    schedule.every(_ROSTER_TICK, bridge.roster_watch.tick, "roster")
    schedule.every(_ROSTER_TICK, bridge.ring_watch.tick, "test rings")
    schedule.every(_RARE_TICK, bridge.digester.tick, "digest")
    schedule.every(_RARE_TICK, bridge.daily_overdue.tick, "overdue")
    schedule.every(_RARE_TICK, bridge.evening_report.tick, "evening report")
    schedule.every(_RARE_TICK, bridge.closing.tick, "windows")
    schedule.every(_RARE_TICK, partial(_purge, bridge, watched.clocks), "purge")
    if watched.backup is not None:
        schedule.every(_RARE_TICK, watched.backup.tick, "backup")


async def _purge(bridge: Bridge, clocks: ClockWatch) -> None:
    """Purge what is due, unless that may be due by a wrong clock only: what is purged does not come back."""
    if not clocks.leapt():
        await bridge.nightly_purge.tick()


async def _tell_status(bridge: Bridge, start: Start) -> None:
    found = bridge.pulse.found
    trouble = f"Not ready: {found}. Messengers are asked to come again."
    start.manager.status(f"Ready: {said(start.parts)}." if found == "ok" else trouble)
