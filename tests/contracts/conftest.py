"""Every storage under one suite: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import storage
from tests.contracts.storage_engines import Kept, empty_database, on_database, postgres_server
from tests.kit.keys import VAULT


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres_server(tmp_path_factory.mktemp("server")) as url:
        storage.migrate(url, VAULT)
        yield url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at this program's schema, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "casebridge.db"
    storage.migrate(f"sqlite:///{file}", VAULT)
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database at this program's schema."""
    return _empty(request, request.param, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    """An open, empty storage."""
    async with on_database(_empty(request, request.param, tmp_path)) as kept:
        yield kept


def _empty(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_file'), folder)}"
    url: str = request.getfixturevalue("postgres")
    empty_database(url)
    return url
