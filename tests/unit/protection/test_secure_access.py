"""Who reads the secure case, cell by cell, and by what an entry is found."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, CaseText, Channel, Handoff, HandoffState, Status, TextKind
from bot.domain.guarded import Guarded
from bot.domain.people import Person, Role
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.ports.reads import Loaded
from bot.protection.secure_access import (
    SearchKey,
    border_is_open,
    keys_of,
    may_read_secure,
    may_release,
    may_search,
    may_write_secure,
    normalised,
    readable,
    secure_scope_of,
)
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View
from tests.kit.cases import (
    ADMIN,
    AGREEMENT,
    CN_DUTY,
    CN_POLICE,
    CN_SUPERVISOR,
    DIRECTORY,
    KH_DUTY,
    KH_SUPERVISOR,
    NOW,
    OFFICER,
    OTHER_OFFICER,
    PEOPLE,
    VN_DUTY,
    Counter,
    a_case,
    a_desk,
    a_person,
    with_answers,
)
from tests.kit.database import KeptStorage

DESKS = {
    **AGREEMENT.desks,
    **{
        d.id: d
        for d in (
            a_desk("kh-police", DeskRole.POLICE),
            a_desk("cn-support", DeskRole.SUPPORT),
            a_desk("cn-embassy", DeskRole.DIPLOMATIC),
        )
    },
}
HERE: Agreement = replace(AGREEMENT, desks=DESKS)
KH_SECRETARIAT = a_person(20, "KH", Role.DUTY, "kh-secretariat")
CN_SECRETARIAT = a_person(21, "CN", Role.SUPERVISOR, "cn-secretariat")
CN_SUPPORT = a_person(22, "CN", Role.DUTY, "cn-support")
CN_EMBASSY = a_person(23, "CN", Role.DUTY, "cn-embassy")
KH_POLICE = a_person(24, "KH", Role.SUPERVISOR, "kh-police")
CN_OFFICER = a_person(25, "CN", Role.OFFICER)
DESK_ADMIN = a_person(26, "KH", Role.ADMIN, "kh-duty")
EVERYBODY = (
    *PEOPLE, KH_SECRETARIAT, CN_SECRETARIAT, CN_SUPPORT, CN_EMBASSY, KH_POLICE, CN_OFFICER, DESK_ADMIN,
)  # fmt: skip
REPORTING = {OFFICER, KH_DUTY, KH_SUPERVISOR}
BOTH = REPORTING | {CN_DUTY, CN_SUPERVISOR}


def opened(**changes: object) -> Case:
    """A case over an open border."""
    case = with_answers(a_case(**changes), citizenship=("KH",), fears_own_authorities="no")
    return replace(case, border_is_open=border_is_open(case, HERE))


def handed(desk: str, channel: Channel, state: HandoffState = HandoffState.SENT) -> tuple[Handoff, ...]:
    return (Handoff(5, 1, channel, state, desk, KH_DUTY.id, NOW),)


CASES: dict[str, tuple[Case, set[Person]]] = {
    "the border is closed": (a_case(), REPORTING),
    "the border is open": (opened(), BOTH),
    "no side is asked yet": (opened(requested=""), REPORTING),
    "drafted for the police": (opened(handoffs=handed("cn-police", Channel.POLICE, HandoffState.DRAFTED)), BOTH),
    "handed to the police": (opened(handoffs=handed("cn-police", Channel.POLICE)), BOTH | {CN_POLICE}),
    "handed to the embassy": (opened(handoffs=handed("cn-embassy", Channel.DIPLOMATIC)), BOTH | {CN_EMBASSY}),
    "handed, the border closed since": (a_case(handoffs=handed("cn-police", Channel.POLICE)), REPORTING),
    "assigned to the police": (opened(assignees=(CN_POLICE.id, KH_POLICE.id)), BOTH | {CN_POLICE, KH_POLICE}),
    "assigned to support": (opened(assignees=(CN_SUPPORT.id,)), BOTH),
    "assigned to an admin": (opened(assignees=(ADMIN.id, DESK_ADMIN.id)), BOTH),
}


def entry(field: SecureField = SecureField.PHONE, words: str = "", **changes: object) -> SecureEntry:
    made = SecureEntry(900, 1, field, Guarded(words), NOW, OFFICER.id, "KH")
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_the_secure_case_is_for_exactly_these_people(name: str) -> None:
    case, expected = CASES[name]
    for rule in (may_read_secure, may_write_secure):
        assert {p.id for p in EVERYBODY if rule(p, case, HERE)} == {p.id for p in expected}


def test_a_case_written_twice_in_a_turn_keeps_the_border_of_its_last_answers() -> None:
    before = a_case()
    context = Context(NOW, HERE, Counter(), lambda letters: letters[0], lambda: "00")
    c = Composer(context, View(DIRECTORY, Loaded(cases={before.id: before})), person=OFFICER)
    assert not c.put(before).border_is_open
    known = with_answers(c.put(before), citizenship=("KH",), fears_own_authorities="no")
    assert c.put(known).border_is_open
    (written,) = c.finish().cases
    assert (written.border_is_open, written.version) == (True, before.version + 1)


def test_a_closed_case_is_read_but_not_added_to() -> None:
    closed = a_case(status=Status.CLOSED)
    assert may_read_secure(KH_DUTY, closed, HERE)
    assert not may_write_secure(KH_DUTY, closed, HERE)
    assert not may_release(KH_DUTY, entry(SecureField.MESSAGE, text_id=7), closed, HERE)


def test_somebody_cut_off_reads_nothing() -> None:
    gone = replace(KH_DUTY, revoked_at=NOW)
    assert not may_read_secure(gone, a_case(), HERE)
    assert secure_scope_of(gone, HERE).person_id == 0


def test_the_officer_reads_their_own_entries_only_and_a_desk_all() -> None:
    own, desks = entry(), entry(id=901, by=KH_DUTY.id)
    assert readable([own, desks], [], OFFICER, opened(), HERE) == [own]
    assert readable([own, desks], [], CN_DUTY, opened(), HERE) == [own, desks]
    assert readable([own, desks], [], OTHER_OFFICER, opened(), HERE) == []


def test_what_was_a_memo_stays_on_its_side() -> None:
    memo = CaseText(7, 1, TextKind.MEMO, Guarded(""), NOW, OFFICER.id, "KH", own_side_only=True)
    moved = entry(SecureField.MESSAGE, text_id=7)
    assert readable([moved], [memo], KH_DUTY, opened(), HERE) == [moved]
    assert readable([moved], [memo], CN_DUTY, opened(), HERE) == []


def test_a_text_is_released_by_the_duty_desk_or_supervisor_of_its_authors_side() -> None:
    held = entry(SecureField.MESSAGE, text_id=7)
    case = opened(handoffs=handed("cn-police", Channel.POLICE))
    assert {p.id for p in EVERYBODY if may_release(p, held, case, HERE)} == {KH_DUTY.id, KH_SUPERVISOR.id}
    theirs = replace(held, party="CN")
    assert {p.id for p in EVERYBODY if may_release(p, theirs, case, HERE)} == {CN_DUTY.id, CN_SUPERVISOR.id}


async def test_a_search_finds_for_everybody_exactly_what_they_may_read() -> None:
    words = json.dumps({"phone": "+85510000000"})
    for (case, _), author in itertools.product(CASES.values(), (OFFICER, KH_DUTY)):
        kept = KeptStorage()
        written = entry(words=words, by=author.id)
        await kept.apply([Turn(cases=(case,), new_cases=frozenset({case.id}), secure=(written,))])
        for person in EVERYBODY:
            found = await kept.find_secure(SearchKey.PHONE, "+85510000000", secure_scope_of(person, HERE))
            may = bool(readable([written], [], person, case, HERE))
            assert [c.id for c in found] == ([case.id] if may else []), person


def test_numbers_are_searched_only_by_people_who_ever_read_secure_cases() -> None:
    searching = {p.id for p in EVERYBODY if may_search(p, HERE)}
    never = {ADMIN, DESK_ADMIN, KH_SECRETARIAT, CN_SECRETARIAT, CN_SUPPORT, VN_DUTY}
    assert searching == {p.id for p in EVERYBODY} - {p.id for p in never}


@pytest.mark.parametrize(
    ("key", "typed", "expected"),
    [
        (SearchKey.PHONE, "+855 10 000 000", "+85510000000"),
        (SearchKey.PHONE, "00855-10-000-000", "+85510000000"),
        (SearchKey.PHONE, "＋85510000000", "+85510000000"),
        (SearchKey.PHONE, "010 000 000", ""),
        (SearchKey.PHONE, "+0 10 000 000", ""),
        (SearchKey.PHONE, "+855", ""),
        (SearchKey.PHONE, "+" + "1" * 16, ""),
        (SearchKey.PHONE, "Dara", ""),
        (SearchKey.DOCUMENT, " n 0123-4567 ", "N01234567"),
        (SearchKey.DOCUMENT, "N01234567<<", "N01234567"),
        (SearchKey.DOCUMENT, "--", ""),
        (SearchKey.APP, "WeChat: Lan_88", "lan_88"),
        (SearchKey.APP, "微信号：lan_88", "lan_88"),
        (SearchKey.APP, "weixin id lan_88", "lan_88"),
        (SearchKey.APP, "Telegram: @lan_88", "telegramlan_88"),
        (SearchKey.APP, "WeChat: x", ""),
    ],
)
def test_a_number_is_compared_in_one_form(key: SearchKey, typed: str, expected: str) -> None:
    assert normalised(key, typed) == expected


def test_an_entry_is_found_by_its_phone_or_document_number_and_by_nothing_else() -> None:
    phone = entry(words=json.dumps({"phone": "+85510000000", "app": "WeChat: x"}))
    assert keys_of(phone, phone.value.reveal()) == ((SearchKey.PHONE, "+85510000000"),)
    typed = entry(words="+855 10 000 000")
    assert keys_of(typed, typed.value.reveal()) == ((SearchKey.PHONE, "+85510000000"),)
    document = json.dumps({"number": "N01234567", "type": "P"})
    assert keys_of(entry(SecureField.TRAVEL_DOCUMENT), document) == ((SearchKey.DOCUMENT, "N01234567"),)
    assert keys_of(entry(SecureField.TRAVEL_DOCUMENT), json.dumps({"type": "P"})) == ()
    assert keys_of(entry(SecureField.SUSPECTS), "+85510000000") == ()


def test_a_text_is_found_by_each_number_in_it() -> None:
    words = "call +855 10 000 000 or 00855 10 000 001, passport N01234567, again +855-10-000-000, flat 1204, 17.04.2026"
    found = keys_of(entry(SecureField.MESSAGE), words)
    assert found == (
        (SearchKey.PHONE, "+85510000000"),
        (SearchKey.PHONE, "+85510000001"),
        (SearchKey.DOCUMENT, "N01234567"),
    )


def near(words: str, other: str) -> bool:
    """Whether two exact places share a key."""
    keys = [set(keys_of(entry(SecureField.EXACT_LOCATION), each)) for each in (words, other)]
    return bool(keys[0] & keys[1])


@pytest.mark.parametrize(
    ("words", "other", "expected"),
    [
        ("28.683123, 115.857456", "28.683123, 115.857456", True),
        ("28.683123, 115.857456", "28.683301, 115.857201", True),
        ("28.683999, 115.857999", "28.684001, 115.858001", True),
        ("28.683123, 115.857456 (Blue Door)", "28.683200, 115.857400", True),
        ('{"lat": "28.683", "lon": "115.857"}', "28.683100, 115.857100", True),
        ("28.683123, 115.857456", "28.689123, 115.857456", False),
        ('{"address": "12 Hongdu North Avenue, flat 3"}', '{"address": "12 Hongdu North Avenue flat 3"}', True),
        ('{"address": "12 Hongdu North Avenue"}', '{"address": "14 Hongdu North Avenue"}', False),
        ('{"address": "flat 3"}', '{"address": "flat 3"}', False),
    ],
)
def test_exact_places_are_alike_within_some_steps(words: str, other: str, *, expected: bool) -> None:
    assert near(words, other) is expected


def test_names_in_an_app_are_found_on_their_own() -> None:
    words = json.dumps({"phone": "+85510000000", "app": "WeChat: lan_88"})
    keys = keys_of(entry(words=words), words)
    assert keys == ((SearchKey.PHONE, "+85510000000"), (SearchKey.APP, "lan_88"))
    assert keys_of(entry(words="lan_88"), "+85510000001") == ((SearchKey.PHONE, "+85510000001"),)
