"""The fixtures of all journeys: a bridge that runs, with everybody enrolled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.messages import Capabilities
from bot.domain.people import Role
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT, Somebody


@asynccontextmanager
async def _running(folder: Path, messengers: Mapping[str, Capabilities] | None = None) -> AsyncIterator[PlayedBridge]:
    """A running bridge; when the test is over every message was computed and every open case is waited for."""
    played = PlayedBridge(folder) if messengers is None else PlayedBridge(folder, messengers=messengers)
    await played.start()
    yield played
    await played.storage.start()
    silent = (await played.storage.sighted(played.now, {})).lost
    await played.stop()
    assert not silent, "open cases without the deadline that they wait for"
    failed = [row.error for row in played.inbox() if row.error]
    assert not failed, f"messages whose turn failed: {failed}"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """On messengers with buttons."""
    async with _running(tmp_path) as played:
        yield played


@pytest.fixture
async def bridge_on_wechat(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """Where WeChat is as it is, without buttons and with its answer in the call, and an officer is there."""
    async with _running(tmp_path, OFFICIAL_ACCOUNT) as played:
        await played.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, ("wechat:officer",)))
        yield played
