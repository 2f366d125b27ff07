"""What runs by itself on this node, from its first write to its last. Decides nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import structlog

from adapters.calls.node import Node
from adapters.watchdog import Watchdog
from adapters.web.server.health import TICK_LIMIT
from bot.app.bridge import Bridge
from bot.app.parts import Start, said
from bot.jobs.schedule import Schedule, Tick
from bot.ports.storage import Storage

_TICK = 1.0  #: seconds
_TEND = 900.0  #: seconds
_STATUS_TICK = 10.0  #: seconds; how it is, for the service manager
_RARE_TICK = 60.0  #: seconds; for what is due once a day, windows that close, and whoever watches

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def running(bridge: Bridge, node: Node[Storage], start: Start, watchdog: Watchdog) -> AsyncIterator[None]:
    """Run the bridge and all that ticks for the length of a block. Raises `StorageError` when nothing can be stored."""
    schedule = Schedule()
    life = bridge.reminder.tick if start.works else node.store.is_ready
    schedule.every(_TICK, living(life, start), "deadlines" if start.works else "life")
    if start.works:
        _work(schedule, bridge)
    if start.works and watchdog.is_set:
        schedule.every(_RARE_TICK, partial(_call, watchdog, bridge, node), "watchdog")
    if start.manager.is_there:
        schedule.every(_STATUS_TICK, partial(_tell_status, node.store, start), "status")
    try:
        await bridge.start()
        await _write_something(node)
        await life()
        schedule.start()
        yield
    finally:
        schedule.stop()
        await bridge.stop()
        await watchdog.stop()
        log.info("bridge stopped")


def living(life: Tick, start: Start) -> Tick:
    """Make a tick after which this process has shown that it lives, whatever its storage answered."""

    async def tick() -> None:
        try:
            await life()
        finally:
            start.manager.alive()

    return tick


def _work(schedule: Schedule, bridge: Bridge) -> None:
    schedule.every(_TICK, bridge.deliverer.tick, "outbox")
    schedule.every(_TEND, bridge.tender.tick, "people")
    if bridge.fetcher is not None:
        for messenger in bridge.fetcher.messengers:
            schedule.every(_TICK, partial(bridge.fetcher.tick, messenger), f"files of {messenger}")
    schedule.every(_RARE_TICK, bridge.digester.tick, "digest")
    schedule.every(_RARE_TICK, bridge.closing.tick, "windows")
    schedule.every(_RARE_TICK, bridge.nightly_purge.tick, "purge")


async def _call(watchdog: Watchdog, bridge: Bridge, node: Node[Storage]) -> None:
    last = bridge.reminder.last_tick
    if last is not None and node.clock() - last < TICK_LIMIT and await node.store.is_ready():
        await watchdog.call()


async def _write_something(node: Node[Storage]) -> None:
    name, a_minute = f"start:{node.owner}", timedelta(minutes=1)
    await node.store.take_lease(name, node.owner, node.clock(), a_minute)
    await node.store.release_lease(name, node.owner)


async def _tell_status(storage: Storage, start: Start) -> None:
    trouble = "The database gives no answer; messengers are asked to come again."
    start.manager.status(f"Ready: {said(start.parts)}." if await storage.is_ready() else trouble)
