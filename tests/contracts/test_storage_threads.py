"""A reply is threaded under the message it answers on every messenger, as far as who replies may see the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

import storage
from bot.domain.case import Case
from bot.domain.messages import Address, DeliveryState, Kind, Outgoing
from bot.domain.turn import InboxRow, Mark, Turn
from bot.ports.reads import NOBODY, Scope, Wanted
from storage.sql.store import SqlStorage
from tests.kit.clock import START, Clock
from tests.kit.engines import Kept, sqlite_in
from tests.kit.keys import VAULT
from tests.kit.values import (
    DESKS_GROUP,
    DUTY,
    OFFICER,
    OFFICERS_CHAT,
    case,
    inbound,
    inbox,
    message,
    new_id,
    opening,
)

OWN_GROUP, SUPERVISOR = Address("telegram", "-1002"), Address("wecom", "u-supervisor")
MAIL = Address("email", "duty@example.org")
OFFICER_SCOPE = Scope(OFFICER, "KH", sees_party=False)
DUTY_SCOPE = Scope(DUTY, "CN", sees_party=True)


def _copy(about: Case, key: str, recipient: str, address: Address, **changes: Any) -> Outgoing:
    sent = message(f"case:{about.id}:{key}:{recipient}", recipient=recipient, address=address, case_id=about.id)
    return replace(sent, **changes)


async def _send(kept: Kept, *messages: Outgoing) -> dict[int, str]:
    """Store messages that their messengers took; says under which ids."""
    await kept.storage.apply([Turn(outgoing=messages)])
    ids = {sent.id: f"m{sent.id}" for sent in messages}
    marks = [Mark(number, DeliveryState.SENT, START, 1, external_id=taken) for number, taken in ids.items()]
    await kept.storage.apply([], marks)
    return ids


async def _note(kept: Kept, about: Case, **changes: Any) -> InboxRow:
    """What the officer wrote about a case."""
    row = inbox(inbound(**changes), case_id=about.id)
    await kept.storage.apply([Turn(inbox=row)])
    return row


async def _opened(kept: Kept) -> Case:
    about = case()
    await kept.storage.apply([opening(about)])
    return about


async def _thread(kept: Kept, place: Address, message_id: str, scope: Scope = DUTY_SCOPE) -> Mapping[Address, str]:
    loaded = await kept.storage.load(Wanted(replied_to=(((place, message_id), scope),)))
    return loaded.threads.get((place, message_id), {})


async def test_a_reply_to_a_note_goes_under_it_at_every_desk_and_under_what_its_writer_wrote(kept: Kept) -> None:
    about = await _opened(kept)
    note = await _note(kept, about)
    theirs = _copy(about, f"note:{note.id}", "desk:cn-duty", DESKS_GROUP)
    own = _copy(about, f"note:{note.id}", "desk:kh-duty", OWN_GROUP)
    other_note = _copy(about, f"note:{new_id()}", "desk:kh-duty", OWN_GROUP)
    ids = await _send(kept, theirs, own, other_note)
    assert await _thread(kept, DESKS_GROUP, ids[theirs.id]) == {
        OWN_GROUP: ids[own.id],
        OFFICERS_CHAT: note.message.message_id,
    }


async def test_a_further_word_to_ones_own_message_goes_under_it_wherever_it_was_passed_on(kept: Kept) -> None:
    about = await _opened(kept)
    note, other = await _note(kept, about), await _note(kept, about)
    theirs = _copy(about, f"note:{note.id}", "desk:cn-duty", DESKS_GROUP)
    own = _copy(about, f"note:{note.id}", "desk:kh-duty", OWN_GROUP)
    ids = await _send(kept, theirs, own, _copy(about, f"note:{other.id}", "person:9", SUPERVISOR))
    found = await _thread(kept, OFFICERS_CHAT, note.message.message_id, OFFICER_SCOPE)
    assert found == {DESKS_GROUP: ids[theirs.id], OWN_GROUP: ids[own.id]}


async def test_an_edit_of_a_message_is_no_other_message(kept: Kept) -> None:
    about = await _opened(kept)
    note = await _note(kept, about)
    edit = await _note(kept, about, kind=Kind.EDIT, message_id=note.message.message_id)
    first, amended = (
        _copy(about, f"{kind}:{row.id}", "desk:cn-duty", DESKS_GROUP) for kind, row in (("note", note), ("edit", edit))
    )
    ids = await _send(kept, first, amended)
    found = await _thread(kept, OFFICERS_CHAT, note.message.message_id, OFFICER_SCOPE)
    assert found == {DESKS_GROUP: ids[amended.id]}


async def test_a_copy_that_joined_at_a_further_address_is_the_same_message(kept: Kept) -> None:
    about = await _opened(kept)
    first = _copy(about, "alert", "desk:cn-duty", DESKS_GROUP)
    joined = replace(first, id=new_id(), dedupe_key=f"{first.dedupe_key}>{MAIL}", address=MAIL)
    own = _copy(about, "alert", "desk:kh-duty", OWN_GROUP)
    ids = await _send(kept, first, joined, own)
    assert await _thread(kept, MAIL, ids[joined.id]) == {DESKS_GROUP: ids[first.id], OWN_GROUP: ids[own.id]}


async def test_what_no_messenger_took_and_what_other_cases_say_is_in_no_thread(kept: Kept) -> None:
    about, other = await _opened(kept), await _opened(kept)
    mine = _copy(about, "alert", "desk:cn-duty", DESKS_GROUP)
    others = _copy(other, "alert", "desk:kh-duty", OWN_GROUP)
    ids = await _send(kept, mine, others)
    await kept.storage.apply([Turn(outgoing=(_copy(about, "alert", "person:9", SUPERVISOR),))])
    assert await _thread(kept, DESKS_GROUP, ids[mine.id]) == {}
    assert await _thread(kept, DESKS_GROUP, ids[others.id]) == {}


async def test_numbers_in_keys_that_are_no_inbox_rows_of_the_case_find_nothing(kept: Kept) -> None:
    about, other = await _opened(kept), await _opened(kept)
    foreign = await _note(kept, other)
    keys = (f"note:{foreign.id}", f"note:{'9' * 30}", f"note:{2**63}", "note:\u0665\u00b2")
    sent = [_copy(about, key, "desk:cn-duty", DESKS_GROUP) for key in keys]
    ids = await _send(kept, *sent)
    for one in sent:
        assert await _thread(kept, DESKS_GROUP, ids[one.id]) == {}


@pytest.mark.parametrize("scope", [NOBODY, Scope(3, "VN", sees_party=True), Scope(4, "KH", sees_party=False)])
async def test_outside_the_scope_of_who_replies_there_is_no_thread(kept: Kept, scope: Scope) -> None:
    about = await _opened(kept)
    note = await _note(kept, about)
    theirs = _copy(about, f"note:{note.id}", "desk:cn-duty", DESKS_GROUP)
    ids = await _send(kept, theirs)
    assert await _thread(kept, DESKS_GROUP, ids[theirs.id], scope) == {}
    assert await _thread(kept, OFFICERS_CHAT, note.message.message_id, scope) == {}
    assert await _thread(kept, OFFICERS_CHAT, "", DUTY_SCOPE) == {}


async def test_many_replies_of_a_batch_each_find_their_own_thread(kept: Kept) -> None:
    wanted, expected = [], {}
    for number in range(30):
        about = await _opened(kept)
        desk = Address("telegram", f"-20{number}")
        copies = (_copy(about, "alert", "desk:cn-duty", desk), _copy(about, "alert", "desk:kh-duty", OWN_GROUP))
        ids = await _send(kept, *copies)
        wanted.append(((desk, ids[copies[0].id]), DUTY_SCOPE if number % 2 else NOBODY))
        if number % 2:
            expected[desk, ids[copies[0].id]] = {OWN_GROUP: ids[copies[1].id]}
    assert (await kept.storage.load(Wanted(replied_to=tuple(wanted)))).threads == expected


async def test_threads_and_choices_are_found_by_keys_and_never_by_going_through_all_messages(tmp_path: Path) -> None:
    kept = storage.open_storage(sqlite_in(tmp_path), clock=Clock(), vault=VAULT)
    assert isinstance(kept, SqlStorage)
    await kept.start()
    about = case()
    sent = _copy(about, "note:7", "desk:cn-duty", DESKS_GROUP)
    await kept.apply([opening(about, outgoing=(sent,))], [])
    await kept.apply([], [Mark(sent.id, DeliveryState.SENT, START, 1, external_id="41")])
    asked: list[tuple[str, Any]] = []
    event.listen(kept._reader, "before_cursor_execute", lambda _c, _x, sql, values, *_: asked.append((sql, values)))
    await kept.load(Wanted(replied_to=(((DESKS_GROUP, "41"), DUTY_SCOPE),), offered=(DESKS_GROUP,)))
    with kept._reader.connect() as connection:
        plans = [
            row.detail
            for each in list(asked)
            for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + each[0], each[1])
        ]
    await kept.stop()
    assert [plan for plan in plans if re.match(r"SCAN (outbox|inbox|cases)", plan)] == []
    assert len([plan for plan in plans if "ix_outbox_case_id_state" in plan]) == 1
