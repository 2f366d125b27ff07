"""Every storage under one suite: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.engines import ENGINES, Kept, empty_database, on_database


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database at this program's schema."""
    return empty_database(request.param, request, tmp_path)


@pytest.fixture(params=ENGINES)
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    """An open, empty storage."""
    async with on_database(empty_database(request.param, request, tmp_path)) as kept:
        yield kept
