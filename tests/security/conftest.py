"""The bridge that these tests attack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.engines import empty_database, on_database
from tests.security.stronghold import Stronghold, besieged


@pytest.fixture
def kept_in() -> str:
    """Where the bridge keeps what it stores; tests that depend on it name others."""
    return "kit"


@pytest.fixture
async def bridge(kept_in: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stronghold]:
    """A running bridge with its pages."""
    if kept_in == "kit":
        async with besieged(tmp_path) as bridge:
            yield bridge
        return
    url = empty_database(kept_in, request, tmp_path)
    async with on_database(url) as kept, besieged(tmp_path, storage=kept.storage) as bridge:
        kept.clock.now = bridge.now
        yield bridge
