"""The bridge that these tests attack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import storage
from tests.contracts.storage_engines import empty_database, on_database, postgres_server
from tests.kit.keys import VAULT
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
    if kept_in == "sqlite":
        url = f"sqlite:///{tmp_path / 'casebridge.db'}"
        storage.migrate(url, VAULT)
    else:
        url = request.getfixturevalue("postgres")
        empty_database(url)
    async with on_database(url) as kept, besieged(tmp_path, storage=kept.storage) as bridge:
        kept.clock.now = bridge.now
        yield bridge


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own."""
    with postgres_server(tmp_path_factory.mktemp("server")) as url:
        storage.migrate(url, VAULT)
        yield url
