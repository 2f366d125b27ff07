"""Where the auditor of this node gets what it needs from: its clocks, its ticks, who is called, what is counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic

from adapters.calls.node import Node
from adapters.gateway import Gateway
from adapters.watchdog import Watchdog
from adapters.web.server.audit_figures import AuditFigures
from adapters.web.server.gateway_health import Notes, watched
from adapters.web.server.ping_lateness import PingLateness
from bot.app.bridge import Bridge
from bot.app.parts import Start
from bot.config.model import Settings
from bot.domain.audit import SEEN_HEADS
from bot.jobs.auditor import Auditor, Clocks, Surroundings
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.nightly_backup import backup_note
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


def notes_of(
    settings: Settings,
    storage: Storage,
    watch: ClockWatch,
    auditor: Auditor,
    gateway: Gateway | None,
    lateness: PingLateness,
) -> Notes:
    """What readiness tells besides, by what it is about: of the clock, the audit, the backup, the gateway of calls."""
    backup: Notes = partial(backup_note, storage, watch.time, is_nightly=bool(settings.backup.recipient))
    others = backup if gateway is None else watched(lambda: gateway.failing_since, lateness.registry, backup)

    async def notes() -> Mapping[str, str]:
        said = {"clock": "; ".join(watch.notes()), "audit": auditor.note(), **await others()}
        return {about: words for about, words in said.items() if words}

    return notes
