"""`casebridge migrate`: a database is made whole or not at all, and sealed with the keys at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

import storage
from bot.domain.errors import KeysUnusable
from storage.schema import head
from storage.sql.engines import with_limits, writing_engine
from tests.kit.clock import Clock
from tests.kit.engines import ENGINES
from tests.kit.keys import VAULT, vault


@pytest.fixture(params=ENGINES)
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where there is no table yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/casebridge.db"
        return
    server = with_limits(writing_engine(request.getfixturevalue("postgres")), None)
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS unmade"))
        connection.execute(text("CREATE DATABASE unmade"))
    yield make_url(request.getfixturevalue("postgres")).set(database="unmade").render_as_string(hide_password=False)
    server.dispose()


def test_a_migration_that_is_interrupted_leaves_the_database_as_it_was(
    new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead(Exception):
        pass

    def dying(_plain: bytes, _place: str) -> bytes:
        raise Dead

    with monkeypatch.context() as patch:
        patch.setattr(VAULT, "seal", dying)  # the keys are noted last, when all tables are there
        with pytest.raises(Dead):
            storage.migrate(new, VAULT)
    assert storage.schema_state(new) == "empty"
    assert storage.migrate(new, VAULT) == f"The database was made at version {head()}."


async def test_the_program_refuses_a_database_without_the_keys_that_it_was_made_with(new: str) -> None:
    storage.migrate(new, VAULT)
    assert storage.noted_keys(new) == {VAULT.current}
    other = storage.open_storage(new, clock=Clock(), vault=vault(2))
    with pytest.raises(KeysUnusable, match="sealed with key 00000001"):
        await other.start()
