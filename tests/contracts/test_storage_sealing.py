"""What people wrote is in the database only sealed, in its own place, with keys that the database knows of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary

import storage
from bot.domain.errors import KeysUnusable, SealBroken, StorageError
from bot.domain.guarded import Guarded
from bot.domain.messages import DeliveryState
from bot.domain.turn import Turn
from bot.ports.reads import Scope, Wanted
from bot.ports.storage import Storage
from bot.protection.keys import KeyText
from bot.protection.sealing import Vault, key_id
from storage.sealed import SEALED_TABLES
from storage.sql.statements import SCHEMA
from tests.kit.clock import START, Clock
from tests.kit.engines import on_database
from tests.kit.keys import VAULT, ring, vault
from tests.kit.marked import (
    LATITUDE,
    MARK,
    assert_reads,
    change,
    dumped,
    files_of,
    keep_marked,
    marked_turn,
    sealed_values,
    swap,
)
from tests.kit.values import OFFICERS_CHAT, message, person

SEALED = [(table.name, column) for table in SEALED_TABLES for column in table.columns]
LEASE = timedelta(seconds=60)


async def _opened(url: str, keys: Vault = VAULT) -> Storage:
    kept = storage.open_storage(url, clock=Clock(), vault=keys)
    await kept.start()
    return kept


async def test_nothing_that_people_wrote_is_in_any_table_or_file(database: str, tmp_path: Path) -> None:
    turn = marked_turn()
    async with on_database(database) as kept:
        await keep_marked(kept.storage, turn)
        await assert_reads(await kept.other_node(), turn)
        (failed,) = await kept.storage.claim_failed(START, 10, LEASE)
        assert failed.message == turn.inbox.message if turn.inbox else False
        held = repr(dumped(database)).encode() + files_of(tmp_path)
    held += files_of(tmp_path)
    for word in (MARK, MARK.lower(), str(LATITUDE), turn.journal[0].salt):
        assert word.encode() not in held
    assert {key_id(value) for values in sealed_values(database).values() for value in values} == {VAULT.current}


async def test_every_column_that_is_listed_as_sealed_is_written_so(database: str) -> None:
    async with on_database(database) as kept:
        await keep_marked(kept.storage, marked_turn())
    assert {name for name, values in sealed_values(database).items() if not values} == set()


def test_every_column_of_bytes_is_listed_as_sealed_or_known_to_hold_nothing_of_anybody() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in SCHEMA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    of_nobody = {"seen.key", "key_checks.sealed", "secure_index.token", "place_index.token", "heartbeats.padding"}
    assert binary - of_nobody == {f"{table}.{column}" for table, column in SEALED}


async def _read_everything(kept: Storage, turns: tuple[Turn, Turn]) -> None:
    for turn in turns:
        await assert_reads(kept, turn)
    assert len(await kept.claim_failed(START, 10, LEASE)) == 2


#: What does not open there is read as a row that says so, or is left out and logged: the rest stays readable.
SHOWN_BROKEN = {("inbox", "raw"), ("journal", "sealed"), ("people", "sealed"), ("push_subscriptions", "sealed")}


@pytest.mark.parametrize(("table", "column"), SEALED)
async def test_values_swapped_between_two_rows_are_noticed(database: str, table: str, column: str) -> None:
    turns = marked_turn(1), marked_turn(2)
    async with on_database(database) as kept:
        await keep_marked(kept.storage, *turns)
    swap(database, table, column)
    kept_again = await _opened(database)
    try:
        with pytest.raises((SealBroken, AssertionError)) as caught:
            await _read_everything(kept_again, turns)
        assert MARK not in str(caught.value)
        assert isinstance(caught.value, SealBroken) or (table, column) in SHOWN_BROKEN
    finally:
        await kept_again.stop()


@pytest.mark.parametrize("plain", [b'{"text":"planted"}', b"\x01planted"])
async def test_plain_text_in_the_place_of_a_sealed_value_is_not_believed(database: str, plain: bytes) -> None:
    turn = marked_turn()
    async with on_database(database) as kept:
        await kept.storage.apply([turn])
        change(database, "texts", turn.texts[0].id, sealed=plain)
        with pytest.raises(SealBroken, match=f"texts:{turn.texts[0].id}:sealed"):
            await kept.storage.history(turn.cases[0].id)


async def test_what_was_purged_reads_as_nothing_and_the_rest_stays(database: str) -> None:
    turn = marked_turn()
    case_id = turn.cases[0].id
    async with on_database(database) as kept:
        await kept.storage.apply([turn])
        purged = {
            "texts": turn.texts[0].id,
            "answers": turn.answers[0].id,
            "outbox": turn.outgoing[0].id,
            "journal": turn.journal[0].id,
        }
        for table, row_id in purged.items():
            change(database, table, row_id, sealed=None)
        history = await kept.storage.history(case_id)
    assert (history.texts[0].text, history.answers[0].value) == (Guarded(""), Guarded(""))
    assert history.deliveries[0].message.text == ""
    assert (history.journal[0].entry.details, history.journal[0].entry.salt) == (None, "")
    assert history.journal[0].digest


async def test_a_message_that_does_not_open_is_parked_and_holds_up_no_other(database: str) -> None:
    broken, whole = message(), message()
    turn = marked_turn()
    assert turn.inbox is not None
    async with on_database(database) as kept:
        await kept.storage.apply([Turn(outgoing=(broken, whole)), turn])
        kept.let_pass(minutes=2)
        change(database, "outbox", broken.id, sealed=b"planted")
        change(database, "inbox", turn.inbox.id, raw=b"planted")
        claimed = await kept.storage.claim_outbox(["telegram"], kept.now, 10, LEASE)
        assert {delivery.message for delivery in claimed} == {whole, *turn.outgoing}
        assert await kept.storage.claim_failed(kept.now, 10, LEASE) == []
        (parked,) = await kept.storage.outbox([DeliveryState.PARKED], 10)
        assert (parked.message.id, parked.message.text) == (broken.id, "")
        assert parked.reason == "its seal is broken"
        assert (await kept.storage.counts(kept.now)).inbox == {"parked": 1}
        await kept.storage.readdress(OFFICERS_CHAT, OFFICERS_CHAT)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (vault(2), r"sealed with key 00000001, which is not in security\.key\."),
        (Vault(KeyText(ring(1).to_text().replace("AQEB", "AgIC"))), r"sealed with another key 00000001 than that in"),
        (Vault(KeyText(ring(1).to_text().replace("AAEC", "AAED"))), r"index key of the database is another than that"),
    ],
)
async def test_a_database_that_is_sealed_with_other_keys_does_not_start(
    database: str, keys: Vault, sentence: str
) -> None:
    async with on_database(database) as kept:
        await kept.storage.apply([marked_turn()])
    with pytest.raises(KeysUnusable, match=sentence):
        await _opened(database, keys)
    await (await _opened(database)).stop()


async def test_a_refused_start_leaves_the_storage_closed(database: str) -> None:
    await (await _opened(database)).stop()
    kept = storage.open_storage(database, clock=Clock(), vault=vault(2))
    with pytest.raises(KeysUnusable):
        await kept.start()
    with pytest.raises(StorageError, match="closed"):
        await kept.chains()
    await kept.stop()


async def test_a_name_that_does_not_open_leaves_everybody_enrolled(database: str) -> None:
    async with on_database(database) as kept:
        await kept.storage.apply([Turn(people=(person(1), person(2, OFFICERS_CHAT)))])
        change(database, "people", 2, sealed=b"planted")
        people = (await (await kept.other_node()).directory()).people
    assert {someone.name for someone in people.values()} == {"Person 1", "(name unreadable)"}
    assert people[2].addresses == (OFFICERS_CHAT,)


async def test_a_name_is_read_again_only_when_people_change(database: str) -> None:
    async with on_database(database) as kept:
        await kept.storage.apply([Turn(people=(person(name=MARK),))])
        first = await kept.storage.directory()
        assert await kept.storage.directory() is first
        assert first.people[1].name == MARK


async def test_a_case_whose_answer_was_changed_is_not_shown_wrong(database: str) -> None:
    turn = marked_turn()
    async with on_database(database) as kept:
        await kept.storage.apply([turn])
        other: Any = await kept.other_node()
        change(database, "answers", turn.answers[0].id, sealed=VAULT.seal(b'{"value":"no"}', "answers:1:sealed"))
        with pytest.raises(SealBroken, match=f"answers:{turn.answers[0].id}"):
            await other.find_case(turn.cases[0].reference, Scope(1, "KH", sees_party=True))
        with pytest.raises(SealBroken):
            await other.load(Wanted(cases=(turn.cases[0].id,)))
