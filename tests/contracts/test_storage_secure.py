"""The secure case on every storage: what is found by a number, and by whom; that it is there without what it says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from sqlalchemy import text

import storage
from bot.domain.case import Case, CaseText, Channel, Handoff, HandoffState, TextKind
from bot.domain.guarded import Guarded
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.ports.reads import Scope
from bot.protection.secure_access import SearchKey, normalised
from storage.sql.engines import writing_engine
from tests.kit.clock import START, Clock
from tests.kit.engines import Kept
from tests.kit.keys import VAULT, vault
from tests.kit.values import DUTY, OFFICER, case, new_id, opening, step

PHONE = "+85510000000"
OWN = Scope(OFFICER, "KH", sees_party=False)
REPORTING = Scope(8, "KH", sees_party=True)
REQUESTED = Scope(DUTY, "CN", sees_party=True)
POLICE = Scope(7, "CN", sees_party=False, reads_as=("person:7", "desk:cn-police"))
THIRD_PARTY = Scope(3, "VN", sees_party=True)
NOBODY = Scope(0, "", sees_party=False)


def entry(of: Case, field: SecureField, words: str, **changes: object) -> SecureEntry:
    made = SecureEntry(new_id(), of.id, field, Guarded(words), START, OFFICER, "KH")
    return replace(made, **changes)  # type: ignore[arg-type]


def phone(of: Case, **changes: object) -> SecureEntry:
    return entry(of, SecureField.PHONE, json.dumps({"phone": PHONE, "app": ""}), **changes)


async def found(kept: Kept, scope: Scope, kind: str = "phone", number: str = PHONE) -> list[int]:
    return [one.id for one in await kept.storage.find_secure(kind, number, scope)]


async def test_a_case_is_found_by_a_number_in_its_secure_case(kept: Kept) -> None:
    first, second, other = case(), case(), case()
    number = entry(second, SecureField.TRAVEL_DOCUMENT, json.dumps({"number": "n 0123-4567"}))
    await kept.storage.apply(
        [opening(first, secure=(phone(first), phone(first))), opening(second, secure=(phone(second), number)),
         opening(other, secure=(entry(other, SecureField.DESCRIPTION, PHONE),))]
    )  # fmt: skip
    assert await found(kept, REPORTING) == [second.id, first.id]
    assert await found(kept, REPORTING, "document", "N01234567") == [second.id]
    assert await found(kept, REPORTING, "document", PHONE) == []
    assert await found(kept, REPORTING, number="+85510000001") == []


async def test_what_is_found_is_a_whole_case(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened, secure=(phone(opened),))])
    assert await kept.storage.find_secure("phone", PHONE, REPORTING) == [opened]


async def test_another_party_finds_nothing_and_the_requested_side_only_over_an_open_border(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened, secure=(phone(opened),))])
    for scope in (REQUESTED, THIRD_PARTY, NOBODY):
        assert await found(kept, scope) == []
    await kept.storage.apply([Turn(cases=(step(opened, border_is_open=True),))])
    assert await found(kept, REQUESTED) == [opened.id]
    for scope in (THIRD_PARTY, NOBODY):
        assert await found(kept, scope) == []


async def test_an_officer_finds_only_what_they_wrote_in_their_own_cases(kept: Kept) -> None:
    own, desk_wrote, colleagues = case(), case(), case(officer=4)
    await kept.storage.apply(
        [opening(own, secure=(phone(own),)), opening(desk_wrote, secure=(phone(desk_wrote, by=8),)),
         opening(colleagues, secure=(phone(colleagues),))]
    )  # fmt: skip
    assert await found(kept, OWN) == [own.id]


async def test_the_desk_of_a_channel_finds_only_in_what_it_was_given(kept: Kept) -> None:
    handed, other = case(border_is_open=True), case(border_is_open=True)
    given = Handoff(new_id(), handed.id, Channel.POLICE, HandoffState.SENT, "cn-police", DUTY, START)
    handed = replace(handed, handoffs=(given,))
    await kept.storage.apply([opening(one, secure=(phone(one),)) for one in (handed, other)])
    assert await found(kept, POLICE) == [handed.id]
    assert await found(kept, replace(POLICE, reads_as=())) == []


async def test_a_text_is_found_until_it_is_released_and_a_memo_only_on_its_side(kept: Kept) -> None:
    opened = case(border_is_open=True)
    note = CaseText(new_id(), opened.id, TextKind.NOTE, Guarded("[number]"), START, OFFICER, "KH")
    memo = replace(note, id=new_id(), kind=TextKind.MEMO, own_side_only=True)
    words = f"call {PHONE[:4]} 10 000 000"
    moved = entry(opened, SecureField.MESSAGE, words, text_id=note.id)
    await kept.storage.apply([opening(opened, texts=(note, memo), secure=(moved,))])
    assert await found(kept, REQUESTED) == [opened.id]
    await kept.storage.apply([Turn(secure=(replace(moved, released_at=START, released_by=DUTY),))])
    assert await found(kept, REPORTING) == []
    await kept.storage.apply([Turn(secure=(replace(moved, id=new_id(), text_id=memo.id),))])
    assert await found(kept, REPORTING) == [opened.id]
    assert await found(kept, REQUESTED) == []


async def test_the_history_says_that_there_are_entries_but_not_what_they_say(kept: Kept) -> None:
    opened, other = case(), case()
    first, second, elsewhere = phone(opened), phone(opened, subject=2, text_id=5), phone(other)
    await kept.storage.apply([opening(opened), opening(other), Turn(secure=(second, first, elsewhere))])
    without = tuple(replace(one, value=Guarded("")) for one in (first, second))
    assert (await kept.storage.history(opened.id)).secured == without


async def test_the_index_says_nothing_without_its_key(database: str) -> None:
    kept = storage.open_storage(database, clock=Clock(), vault=VAULT)
    await kept.start()
    opened = case()
    await kept.apply([opening(opened, secure=(phone(opened),))])
    await kept.stop()
    engine = writing_engine(database)
    with engine.connect() as connection:
        (token,) = connection.execute(text("SELECT token FROM secure_index")).scalars()
    engine.dispose()
    assert len(token) == 32
    assert PHONE.encode() not in bytes(token)
    assert bytes(token) == vault(1, 2).token("phone", normalised(SearchKey.PHONE, PHONE)), "a new key finds it too"
    assert bytes(token) != hashlib.sha256(PHONE.encode()).digest()
