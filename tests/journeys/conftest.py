"""The fixture of all journeys: a bridge that runs, with everybody enrolled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.played import PlayedBridge


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """A running bridge, and no message that could not be computed when the test is over."""
    played = PlayedBridge(tmp_path)
    await played.start()
    yield played
    await played.stop()
    failed = [row.error for row in played.inbox() if row.error]
    assert not failed, f"messages whose turn failed: {failed}"
