"""The bridge that these tests attack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.security.stronghold import Stronghold, besieged


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Stronghold]:
    """A running bridge with its pages."""
    async with besieged(tmp_path) as bridge:
        yield bridge
