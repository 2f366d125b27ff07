"""The database is not at its place any more: admins and supervisors hear of it past the outbox, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import structlog

from bot.domain.errors import Unreachable
from tests.kit.played import PlayedBridge
from tests.kit.world import SUPERVISOR, Somebody

GONE = "bridge.db was removed."


async def _ticks(bridge: PlayedBridge, minutes: float) -> None:
    for _ in range(int(minutes * 12)):
        await bridge._bridge.file_watch.tick()
        bridge.now += timedelta(seconds=5)


async def test_admins_and_supervisors_hear_once_and_the_log_once_a_minute(
    bridge: PlayedBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bridge.enrol(Somebody("Ly Sok", "KH", SUPERVISOR, ("telegram:blocked", "wecom:second"), "kh-duty"))
    bridge.adapters["telegram"].fail(Unreachable("blocked"), times=None, address="blocked")
    await _ticks(bridge, 1)
    bridge.expect_nothing("telegram:kh-supervisor", containing="store")
    monkeypatch.setattr(bridge.storage, "missing", lambda: GONE)
    with structlog.testing.capture_logs() as lines:
        await _ticks(bridge, 3)
    assert [line["missing"] for line in lines if line["log_level"] == "error"] == [GONE] * 3
    for who in ("telegram:kh-supervisor", "wecom:supervisor", "wecom:second"):
        bridge.expect(who, "cannot store anything", GONE)
        bridge.expect_nothing(who, containing="store")
    bridge.expect_nothing("telegram:officer", "telegram:clerk", containing="store")


async def test_the_next_time_they_hear_of_it_again(bridge: PlayedBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        monkeypatch.setattr(bridge.storage, "missing", lambda: GONE)
        await _ticks(bridge, 1)
        bridge.expect("wecom:supervisor", GONE)
        monkeypatch.setattr(bridge.storage, "missing", lambda: "")
        await _ticks(bridge, 1)
    bridge.expect_nothing("wecom:supervisor", containing=GONE)
