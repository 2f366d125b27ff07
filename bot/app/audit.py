"""Where the auditor of this node gets what it needs from: its clocks, its ticks, who is called, what is counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic

from adapters.calls.node import Node
from adapters.watchdog import Watchdog
from adapters.web.server.audit_figures import AuditFigures
from bot.app.bridge import Bridge
from bot.app.parts import Start
from bot.config.model import Settings
from bot.domain.audit import SEEN_HEADS
from bot.jobs.auditor import Auditor, Clocks, Surroundings
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.seen_heads import SeenHeads
from bot.jobs.tick_log import TickLog
from bot.ports.storage import Storage


def auditor_of(
    settings: Settings, node: Node[Storage], bridge: Bridge, start: Start, watchdog: Watchdog, figures: AuditFigures
) -> tuple[Auditor, TickLog]:
    """Make the auditor of a node, and the log of ticks that it reads. Only a node that works calls the watchdog."""
    clocks, ticks = Clocks(node.clock, node.machine or node.clock, monotonic), TickLog(monotonic)
    around = Surroundings(
        clocks,
        ticks,
        SeenHeads(heads_file(settings)),
        node.owner,
        bridge.shout,
        backs_up=bool(settings.backup.recipient),
    )
    calls: Callable[[], Awaitable[None]] = watchdog.call if start.works and watchdog.is_set else _nobody
    return Auditor(node.store, bridge.line, around, on_healthy=calls, on_audit=figures.note), ticks


async def _nobody() -> None:
    """Call nobody."""


def heads_file(settings: Settings) -> Path:
    """Where this machine remembers how long the record was."""
    return settings.bridge.data_dir / SEEN_HEADS


async def readiness_notes(
    watch: ClockWatch, auditor: Auditor, backup: Callable[[], Awaitable[Mapping[str, str]]]
) -> Mapping[str, str]:
    """What readiness tells besides, by what it is about."""
    said = {"clock": "; ".join(watch.notes()), "audit": auditor.note(), **await backup()}
    return {about: words for about, words in said.items() if words}
