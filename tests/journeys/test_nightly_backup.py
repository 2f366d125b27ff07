"""Every night everything is backed up; a night that goes wrong is tried again, and the admins hear of it once."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.domain.backups import LAST_GOOD
from bot.domain.errors import BridgeError, StorageError
from bot.jobs.nightly_backup import NightlyBackup, NightlyPlan, backup_note
from tests.kit.played import PlayedBridge


class Maker:
    """Makes a backup of one letter, or fails."""

    def __init__(self, bridge: PlayedBridge) -> None:
        self.bridge = bridge
        self.made: list[str] = []
        self.fails: Exception | None = None
        self.wrong = ""

    async def __call__(self, target: Path) -> str:
        if self.fails is not None:
            raise self.fails
        await asyncio.to_thread(target.write_text, "x", "utf-8")
        self.made.append(target.name)
        if not self.wrong:
            await self.bridge.storage.save_cursor(LAST_GOOD, int(self.bridge.now.timestamp()))
        return self.wrong


@pytest.fixture
def maker(bridge: PlayedBridge) -> Maker:
    return Maker(bridge)


@pytest.fixture
def nightly(bridge: PlayedBridge, maker: Maker, tmp_path: Path) -> NightlyBackup:
    return _node(bridge, maker, tmp_path)


def _node(bridge: PlayedBridge, maker: Maker, folder: Path, name: str = "node") -> NightlyBackup:
    plan = NightlyPlan(time(2, 30), folder / "backups", keep=3)
    return NightlyBackup(bridge.storage, bridge._bridge.line, bridge.clock, plan, maker, name)


async def _night(bridge: PlayedBridge, nightly: NightlyBackup, *, days: int = 1) -> None:
    bridge.now += timedelta(days=days)
    await nightly.tick()
    await bridge._settled()


async def test_it_is_made_once_a_night_on_any_number_of_nodes(
    bridge: PlayedBridge, nightly: NightlyBackup, maker: Maker, tmp_path: Path
) -> None:
    await nightly.tick()
    assert maker.made == ["casebridge-20260418T070500Z.backup"]
    await _node(bridge, maker, tmp_path, "other").tick()
    await nightly.tick()
    assert len(maker.made) == 1
    await _night(bridge, nightly)
    assert maker.made[1:] == ["casebridge-20260419T070500Z.backup"]


async def test_so_many_are_kept_and_no_other_file_is_touched(
    bridge: PlayedBridge, nightly: NightlyBackup, maker: Maker, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    kept = {"by-hand.backup", "casebridge-old.backup"}
    for name in (*kept, ".casebridge-20260417T023000Z.backup.77.part"):
        (folder / name).write_text("x", "utf-8")
    for _ in range(5):
        await _night(bridge, nightly)
    assert {path.name for path in folder.iterdir()} == {*kept, *maker.made[-3:]}


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (BridgeError("pg_dump could not copy the database: no route."), "no route"),
        (StorageError("The database has no room left."), "no room left"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
async def test_a_night_that_goes_wrong_is_told_once_and_tried_again_every_hour(
    bridge: PlayedBridge, nightly: NightlyBackup, maker: Maker, error: Exception, why: str
) -> None:
    await nightly.tick()
    maker.fails = error
    await _night(bridge, nightly)
    bridge.expect("web:admin", "The nightly backup could not be made", why)
    for _ in range(3):
        bridge.now += timedelta(hours=1)
        await nightly.tick()
        await bridge._settled()
    bridge.expect_nothing("web:admin", containing="backup")
    maker.fails = None
    bridge.now += timedelta(hours=1)
    await nightly.tick()
    assert len(maker.made) == 2
    maker.fails = error
    await _night(bridge, nightly)
    bridge.expect("web:admin", "The nightly backup could not be made")


async def test_one_that_is_made_but_not_whole_pushes_no_good_one_out(
    bridge: PlayedBridge, nightly: NightlyBackup, maker: Maker, tmp_path: Path
) -> None:
    for _ in range(3):
        await _night(bridge, nightly)
    maker.wrong = "The nightly backup holds no database."
    for _ in range(3):
        await _night(bridge, nightly)
    bridge.expect("web:admin", "holds no database")
    bridge.expect_nothing("web:admin", containing="holds no database")
    assert {path.name for path in (tmp_path / "backups").iterdir()} == set(maker.made)


async def test_readiness_says_how_old_the_last_good_one_is(
    bridge: PlayedBridge, nightly: NightlyBackup, maker: Maker
) -> None:
    assert await backup_note(bridge.storage, bridge.clock, is_nightly=False) == {}
    none = await backup_note(bridge.storage, bridge.clock, is_nightly=True)
    assert none == {"backup": "WARNING: there is no good one yet"}
    await nightly.tick()
    bridge.now += timedelta(hours=5, minutes=3)
    said = await backup_note(bridge.storage, bridge.clock, is_nightly=True)
    assert said == {"backup": "the last good one is 5 h 3 min old"}
    maker.fails = BridgeError("no")
    await _night(bridge, nightly)
    said = await backup_note(bridge.storage, bridge.clock, is_nightly=True)
    assert said == {"backup": "WARNING: the last good one is 1 d 5 h old"}


async def test_a_bridge_that_stops_does_not_wait_for_it(bridge: PlayedBridge, nightly: NightlyBackup) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def endless(_target: Path) -> str:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ""

    nightly._make = endless
    tick = asyncio.create_task(nightly.tick())
    await began.wait()
    tick.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tick
    await ended.wait()
