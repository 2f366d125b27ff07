"""`casebridge migrate`: a database is made whole or not at all, and sealed with the keys at hand."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, Table, insert, make_url, text

import storage
from bot.domain.case import Answer, CaseText, Channel, Handoff, HandoffState, TextKind
from bot.domain.english import English
from bot.domain.errors import KeysUnusable, SchemaMismatch
from bot.domain.guarded import Guarded
from bot.domain.people import Person, Role
from bot.domain.subjects import count_of, numbers
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from storage import schema
from storage.rows.cases import answer_row, case_row, handoff_row, text_row
from storage.schema import head
from storage.sql.checks import check_keys
from storage.sql.engines import with_limits, writing_engine
from storage.sql.statements import T
from tests.kit.clock import START, Clock
from tests.kit.engines import ENGINES
from tests.kit.keys import VAULT, vault
from tests.kit.values import OFFICER, case, deadline, new_id


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


#: What the next version might do: it adds what the version before need not know.
ADDITION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{after}", "{before}", None, None
is_addition = {is_addition}


def upgrade():
    op.add_column("people", sa.Column("shift", sa.String(), server_default="", nullable=False))
    op.create_table("rosters", sa.Column("id", sa.BigInteger(), primary_key=True))
"""


@contextlib.contextmanager
def next_version(folder: Path, *, is_addition: bool) -> Iterator[None]:
    """Be the next version of the program, with one more migration."""
    migrations, before = folder / "migrations", head()
    shutil.copytree(schema._MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    after = _next(before)
    text_of_it = ADDITION.format(before=before, after=after, is_addition=is_addition)
    (migrations / "versions" / f"{after}_add_rosters.py").write_text(text_of_it, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_MIGRATIONS", migrations)
        _forget_versions()
        yield
    _forget_versions()


def _next(version: str) -> str:
    return f"{int(version) + 1:04}"


def _forget_versions() -> None:
    schema.head.cache_clear()
    schema._versions.cache_clear()


def person(number: int) -> Person:
    return Person(number, "Sok Dara", "KH", Role.OFFICER, enrolled_at=Clock().now, confirmed_at=Clock().now)


async def test_a_running_program_goes_on_when_the_next_version_only_adds_and_starts_again_beside_it(
    new: str, tmp_path: Path
) -> None:
    storage.migrate(new, VAULT)
    after = _next(head())
    running = storage.open_storage(new, clock=Clock(), vault=VAULT)
    await running.start()
    with next_version(tmp_path, is_addition=True):
        assert storage.migrate(new, VAULT) == f"The database was brought to version {after}."
        assert storage.schema_state(new) == "head"
    assert await running.is_ready()
    await running.apply([Turn(people=(person(1),))])
    await running.stop()

    assert storage.schema_state(new) == "beside"
    expected = f"The database is newer than version {head()}, which can go on with it; nothing was changed."
    assert storage.migrate(new, VAULT) == expected
    again = storage.open_storage(new, clock=Clock(), vault=VAULT)
    await again.start()
    await again.apply([Turn(people=(person(2),))])
    assert set((await again.directory()).people) == {1, 2}
    await again.stop()


async def test_a_running_program_is_not_ready_when_the_next_version_changes_what_it_knows(
    new: str, tmp_path: Path
) -> None:
    storage.migrate(new, VAULT)
    running = storage.open_storage(new, clock=Clock(), vault=VAULT)
    await running.start()
    with next_version(tmp_path, is_addition=False):
        storage.migrate(new, VAULT)
    assert not await running.is_ready()
    await running.stop()
    with pytest.raises(SchemaMismatch, match="use a newer program"):
        await running.start()


async def test_cases_of_the_version_before_are_one_group_each_with_everything_that_was_kept(new: str) -> None:
    made = _at_version(new, "0001")
    opened = case()
    count = Answer(new_id(), opened.id, "persons_count", 17, START, OFFICER)
    given = Handoff(new_id(), opened.id, Channel.POLICE, HandoffState.SENT, "cn-police", OFFICER, START)
    note = CaseText(new_id(), opened.id, TextKind.NOTE, Guarded("in hall B"), START, OFFICER, "KH")
    rows = {
        "cases": case_row(replace(opened, answers={"persons_count": count})), "answers": answer_row(VAULT, count),
        "handoffs": handoff_row(VAULT, given), "texts": text_row(VAULT, note),
    }  # fmt: skip
    with made.begin() as connection:
        for name, row in rows.items():
            old = Table(name, MetaData(), autoload_with=connection)  # as the version before knows it
            kept = {column: value for column, value in row.items() if column in old.c}
            connection.execute(insert(T[name]).values(kept))
    made.dispose()

    assert storage.migrate(new, VAULT) == f"The database was brought to version {head()}."
    opened_again = storage.open_storage(new, clock=Clock(), vault=VAULT)
    await opened_again.start()
    found = (await opened_again.load(Wanted(cases=(opened.id,)))).cases[opened.id]
    assert (numbers(found), count_of(found, 1), found.apart) == ((1,), 17, {})
    assert (found.handoffs[0].covers, found.handoffs[0].state) == ((), HandoffState.SENT)
    history = await opened_again.history(opened.id)
    assert [(answer.value, answer.subject) for answer in history.answers] == [(17, 0)]
    assert [(text.text.reveal(), text.subjects) for text in history.texts] == [("in hall B", ())]
    await opened_again.stop()


def _at_version(url: str, version: str) -> Engine:
    """A database as the program of an earlier version made it."""
    engine = writing_engine(url)
    with engine.begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        check_keys(connection, VAULT)
    return engine


async def test_cases_of_the_version_before_have_no_english_and_take_one(new: str) -> None:
    made = _at_version(new, "0004")
    opened = case()
    summary = Answer(new_id(), opened.id, "summary", Guarded("ទ្វារ"), START, OFFICER)
    rows = {"cases": case_row(replace(opened, answers={"summary": summary})), "answers": answer_row(VAULT, summary)}
    with made.begin() as connection:
        for name, row in rows.items():
            old = Table(name, MetaData(), autoload_with=connection)  # as the version before knows it
            kept = {column: value for column, value in row.items() if column in old.c}
            connection.execute(insert(T[name]).values(kept))
    made.dispose()

    assert storage.migrate(new, VAULT) == f"The database was brought to version {head()}."
    opened_again = storage.open_storage(new, clock=Clock(), vault=VAULT)
    await opened_again.start()
    found = (await opened_again.load(Wanted(cases=(opened.id,)))).cases[opened.id]
    assert found.english == {}
    version = English(new_id(), opened.id, summary.id, Guarded("door"), START, OFFICER, "KH", Role.OFFICER)
    after = replace(found, version=found.version + 1, english={summary.id: version}, deadlines=(deadline(found.id),))
    await opened_again.apply([Turn(cases=(after,), english=(version,))])
    assert (await opened_again.load(Wanted(cases=(opened.id,)))).cases[opened.id].english == {summary.id: version}
    await opened_again.stop()
