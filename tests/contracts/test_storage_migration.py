"""A database of the version before, with plain text in it, is sealed by `casebridge migrate`, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, make_url, text

import storage
from bot.domain.errors import KeysUnusable, SchemaMismatch
from bot.domain.guarded import Guarded
from bot.domain.messages import Delivery
from storage import schema
from storage.rows.cases import address
from storage.schema import head
from storage.sql.engines import writing_engine
from storage.types import moment_to_text
from tests.kit.clock import START, Clock
from tests.kit.engines import ENGINES
from tests.kit.keys import VAULT, vault
from tests.kit.marked import LATITUDE, LONGITUDE, MARK, files_of, sealed_values

CASES = 1203  #: more than a batch
JOURNAL_SALT = "5a17c0de"


@pytest.fixture(params=ENGINES)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database at version 0001, with plain rows."""
    url = f"sqlite:///{tmp_path}/casebridge.db"
    if request.param == "postgresql":
        url = _another_database(request.getfixturevalue("postgres"))
    engine = writing_engine(url)
    with engine.begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.begin() as connection:
        _fill(connection)
    engine.dispose()
    return url


def _another_database(server: str) -> str:
    engine = writing_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS older"))
        connection.execute(text("CREATE DATABASE older"))
    engine.dispose()
    return make_url(server).set(database="older").render_as_string(hide_password=False)


def _fill(connection: Any) -> None:
    tables = MetaData()
    tables.reflect(connection)
    at = moment_to_text(START) if connection.dialect.name == "sqlite" else START

    def add(name: str, rows: list[dict[str, Any]]) -> None:
        table = tables.tables[name]
        blanks = {c.name: _blank(c, at) for c in table.columns}
        connection.execute(table.insert(), [{**blanks, **row} for row in rows])

    add(
        "cases",
        [{"id": n, "reference": f"KC26-{n}-X", "place": "telegram:501", "answers": f"[{n}]"} for n in _numbers()],
    )
    add("answers", [{"id": n, "case_id": n, "field": "summary", "value": f'"{MARK} {n}"'} for n in _numbers()])
    add("texts", [{"id": n, "case_id": n, "kind": "note", "text": f"{MARK} called {n}"} for n in _numbers()])
    add("handoffs", [{"id": 1, "case_id": 1, "accepting_officer": f"Major {MARK}", "return_reason": MARK}])
    add("conversations", [{"person_id": 1, "pending": f'{{"held":["{MARK}"]}}', "version": 1}])
    details = {"details": f'{{"reason":"{MARK}"}}', "salt": JOURNAL_SALT, "case_id": 1, "chain": "KC"}
    add("journal", [{"id": n, "sequence": n, **details} for n in (1, 2)])
    add("people", [{"id": 1, "name": MARK, "party": "KH", "role": "officer"}])
    add("bindings", [{"address": "telegram:501", "person_id": 1, "position": 0}])
    add("meta", [{"key": "directory", "value": 1}])
    add("invites", [{"id": 1, "name": MARK, "code_hash": "hash", "role": "officer"}])
    button = f'[[["Assign {MARK}","a.1"]]]'
    add(
        "outbox",
        [{"id": 1, "case_id": 1, "text": f"{MARK} is found", "buttons": button, "dedupe_key": "a", "state": "sent"}],
    )
    said = {"text": f"I am with {MARK}", "sender_name": MARK, "attachment": f'["photo","{MARK}.jpg","image/jpeg",7]'}
    place = {"latitude": LATITUDE, "longitude": LONGITUDE, "raw": MARK.encode(), "reply": f"You wrote {MARK}"}
    add("inbox", [{"id": 1, **said, **place}, {"id": 2, "text": "", "latitude": None, "longitude": None}])


def _numbers() -> range:
    return range(1, CASES + 1)


def _blank(column: Any, at: object) -> object:
    name = str(column.type)
    if column.nullable:
        return None
    if "TIMESTAMP" in name or name == "VARCHAR(32)":
        return at
    special = {
        "kind": "text", "state": "failed", "status": "open", "urgency": "U2", "rules": "[]", "assignees": "[]",
        "others": "[]", "address": "telegram:501", "channel": "police", "messenger": "telegram",
    }  # fmt: skip
    if column.name in special:
        return special[column.name]
    if name in {"BOOLEAN", "BLOB", "BYTEA"}:
        return name != "BOOLEAN" and b""
    return 1 if "INT" in name else ""


async def test_what_was_plain_is_sealed_and_read_as_before(old: str) -> None:
    assert storage.migrate(old, VAULT) == f"The database was brought to version {head()}."
    kept = storage.open_storage(old, clock=Clock(), vault=VAULT)
    await kept.start()
    history = await kept.history(1)
    last = await kept.history(CASES)
    assert [h.answers[0].value for h in (history, last)] == [Guarded(f"{MARK} 1"), Guarded(f"{MARK} {CASES}")]
    assert last.texts[0].text.reveal() == f"{MARK} called {CASES}"
    (delivery,) = history.deliveries
    assert (_words(delivery), delivery.knock) == ([f"{MARK} is found", f"Assign {MARK}", "a.1"], "")
    assert [link.entry.details for link in history.journal] == [{"reason": MARK}] * 2
    assert history.journal[0].entry.salt == JOURNAL_SALT
    someone = (await kept.directory()).people[1]
    assert (someone.name, someone.addresses, someone.unreachable) == (MARK, (address("telegram:501"),), frozenset())
    await kept.stop()


def _words(delivery: Delivery) -> list[str]:
    ((button,),) = delivery.message.buttons
    return [delivery.message.text, button.label, button.data]


async def test_the_inbox_is_sealed_and_read_as_before(old: str) -> None:
    storage.migrate(old, VAULT)
    assert [len(values) for name, values in sealed_values(old).items() if name.startswith("inbox.")] == [1, 1, 1]
    engine = writing_engine(old)
    with engine.begin() as connection:
        connection.execute(text("UPDATE inbox SET sender = 'telegram:501', next_attempt_at = received_at"))
        assert list(connection.execute(text("SELECT has_text FROM inbox ORDER BY id")).scalars()) == [True, False]
    engine.dispose()
    kept = storage.open_storage(old, clock=Clock(), vault=VAULT)
    await kept.start()
    said = await kept.transcript([address("telegram:501")], 0, 10)
    assert [line.text for line in said if line.from_person] == [f"I am with {MARK}"]
    await kept.stop()


def test_nothing_plain_is_left_in_the_files_of_the_database(old: str, tmp_path: Path) -> None:
    folder = tmp_path if old.startswith("sqlite") else None
    before = files_of(folder) if folder else _pages(old)
    assert MARK.encode() in before
    storage.migrate(old, VAULT)
    after = files_of(folder) if folder else _pages(old)
    assert MARK.encode() not in after
    assert JOURNAL_SALT.encode() not in after


def _pages(url: str) -> bytes:
    """The tables of a PostgreSQL database as they lie on the disk."""
    engine = writing_engine(url)
    found = b""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CHECKPOINT"))
        names = (
            "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for name in list(connection.execute(text(names)).scalars()):
            query = text("SELECT pg_read_binary_file(pg_relation_filepath(:name))")
            found += bytes(connection.execute(query, {"name": name}).scalar_one())
    engine.dispose()
    return found


async def test_the_program_refuses_the_plain_database_and_the_sealed_one_without_its_keys(old: str) -> None:
    plain = storage.open_storage(old, clock=Clock(), vault=VAULT)
    with pytest.raises(SchemaMismatch, match="run `casebridge migrate`"):
        await plain.start()
    assert storage.noted_keys(old) == frozenset()
    storage.migrate(old, VAULT)
    assert storage.noted_keys(old) == {VAULT.current}
    other = storage.open_storage(old, clock=Clock(), vault=vault(2))
    with pytest.raises(KeysUnusable, match="sealed with key 00000001"):
        await other.start()


def test_a_migration_that_is_interrupted_leaves_the_database_as_it_was(
    old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead(Exception):
        pass

    calls = 0
    seal = VAULT.seal

    def dying(plain: bytes, place: str) -> bytes:
        nonlocal calls
        calls += 1
        if calls > CASES:
            raise Dead
        return seal(plain, place)

    with monkeypatch.context() as patch:
        patch.setattr(VAULT, "seal", dying)
        with pytest.raises(Dead):
            storage.migrate(old, VAULT)
    assert storage.schema_state(old) == "older"
    assert storage.migrate(old, VAULT) == f"The database was brought to version {head()}."
