"""The secure case from first to last: never on a messenger, opened for a purpose, released after a false alarm."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from bot.acts.secure_visit import EntryAdded, SecureVisit
from bot.domain.case import Case, TextKind
from bot.domain.guarded import Guarded
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding
from bot.line.message_work import PageAct
from bot.protection.secure_access import Purpose, SearchKey, secure_scope_of
from bot.record.journal_check import verify
from tests.kit.played import PlayedBridge

OFFICER, CLERK, DUTY, DETECTIVE = "telegram:officer", "telegram:clerk", "wechat:duty", "wecom:detective"
SUPERVISOR, ADMIN, THIRD = "telegram:kh-supervisor", "web:admin", "telegram:vn-clerk"
NUMBER = "+85510000777"


async def visits(bridge: PlayedBridge, who: str, case: Case, **does: object) -> SecureVisit:
    """Somebody opens the secure case on its page."""
    person = await bridge.person(who)
    visit = SecureVisit(case.id, Purpose.LOCATE, **does)  # type: ignore[arg-type]
    address = person.addresses[0]
    await bridge.orders(PageAct(visit.act, person.id, address, (case.id,)))
    await bridge._settled()
    return visit


def an_entry(once: str = "form-1", field: SecureField = SecureField.PHONE) -> EntryAdded:
    return EntryAdded(field, Guarded(json.dumps({"phone": NUMBER})), 1, once)


async def a_held_note(bridge: PlayedBridge, case: Case, kind: str = "note") -> int:
    """The officer's note with a number in it, as it stands after it was moved. Returns the masked text's id."""
    await bridge.says(OFFICER, f"/{kind} {case.reference} call [phone number]")
    masked = (await bridge.texts(case))[-1]
    officer = await bridge.person(OFFICER)
    held = SecureEntry(
        bridge._new_id(), case.id, SecureField.MESSAGE, Guarded(f"call {NUMBER}"), bridge.now, officer.id, "KH",
        text_id=masked.id,
    )  # fmt: skip
    await bridge.storage.apply([Turn(secure=(held,))])
    bridge.forget()
    return masked.id


async def over_the_border(bridge: PlayedBridge) -> Case:
    """A case of which citizenship and fear of own authorities are known."""
    case = await bridge.report_case()
    await bridge.answers(OFFICER, "China", "Nanchang", "unknown", "skip", "forced marriage", "1", "Cambodia")
    await bridge.answers(OFFICER, "interpreter", "no", "yes", "yes", "no", "skip", "send")
    return await bridge.case(case)


async def test_typed_it_is_answered_with_the_page_only_for_those_who_may(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await visits(bridge, OFFICER, case, adds=an_entry())
    for who in (OFFICER, CLERK, SUPERVISOR):
        await bridge.says(who, f"/secure {case.reference}")
        told = bridge.expect(who, f"https://bridge.example/cases/{case.reference}/secure")
        assert NUMBER not in told.text
    for who in (DUTY, DETECTIVE, THIRD, ADMIN):
        bridge.forget(who)
        await bridge.says(who, f"/secure {case.reference}")
        assert bridge.heard(who) == ["No such case."]


async def test_the_requested_side_gets_it_once_the_border_is_open(bridge: PlayedBridge) -> None:
    case = await over_the_border(bridge)
    assert case.border_is_open
    await bridge.says(DUTY, f"/secure {case.reference}")
    bridge.expect(DUTY, "/secure")
    assert (await visits(bridge, DUTY, case)).is_open
    await bridge.answers(OFFICER, "edit 13c", "yes", "edit 10", "China")
    assert not (await bridge.case(case)).border_is_open
    assert not (await visits(bridge, DUTY, case)).is_open


async def test_an_entry_never_passes_through_a_messenger(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    visit = await visits(bridge, OFFICER, case, adds=an_entry())
    assert [(n, e.value.reveal()) for n, e in visit.entries] == [(1, json.dumps({"phone": NUMBER}))]
    await bridge.fast_forward(hours=4)
    await bridge.says(OFFICER, f"/case {case.reference}")
    assert not [shown for shown in bridge.everything_heard() if NUMBER in shown.text]
    assert NUMBER not in repr(bridge.inbox())
    assert NUMBER not in repr(await bridge.acts(case))


async def test_every_look_is_in_the_chain_and_the_chain_holds(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await visits(bridge, OFFICER, case, adds=an_entry())
    await visits(bridge, CLERK, case)
    reads = [e for e in await bridge.acts(case) if e.act == "secure_read"]
    assert [(e.told["purpose"], e.told["entries"]) for e in reads] == [("locate", 1), ("locate", 1)]
    assert reads[1].actor == f"person:{(await bridge.person(CLERK)).id}"
    assert not [said async for said in verify(bridge.storage) if isinstance(said, Finding)]


async def test_who_may_not_read_leaves_no_read_in_the_journal(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    for who in (DUTY, DETECTIVE, THIRD, ADMIN):
        visit = await visits(bridge, who, case, adds=an_entry(), releases=1)
        assert (visit.is_open, visit.entries, visit.said) == (False, (), "")
    assert await bridge.secure(case) == []
    assert "secure_read" not in [e.act for e in await bridge.acts(case)]


async def test_somebody_cut_off_meanwhile_reads_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await visits(bridge, OFFICER, case, adds=an_entry())
    await bridge.change(CLERK, revoked_at=bridge.now)
    assert not (await visits(bridge, CLERK, case)).is_open


async def test_a_form_that_comes_twice_in_one_batch_is_kept_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    officer = await bridge.person(OFFICER)
    twice = [SecureVisit(case.id, Purpose.CORRECT, adds=an_entry("same")) for _ in range(2)]
    await asyncio.gather(*(bridge.orders(PageAct(v.act, officer.id, officer.addresses[0], (case.id,))) for v in twice))
    assert len(await bridge.secure(case)) == 1
    assert [len(v.entries) for v in twice] == [1, 1]


async def test_a_case_is_found_by_the_number_that_was_entered(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.report_case(from_="telegram:colleague")
    await visits(bridge, OFFICER, case, adds=an_entry())
    for who, hits in ((OFFICER, 1), (CLERK, 1), (DUTY, 0), (THIRD, 0), (ADMIN, 0), ("telegram:colleague", 0)):
        scope = secure_scope_of(await bridge.person(who), bridge.rules.agreement)
        assert len(await bridge.storage.find_secure(SearchKey.PHONE, NUMBER, scope)) == hits, who


async def test_a_false_alarm_is_released_by_the_desk_and_both_desks_hear_that_there_is_a_text(
    bridge: PlayedBridge,
) -> None:
    case = await over_the_border(bridge)
    masked = await a_held_note(bridge, case)
    await bridge.says(CLERK, f"/release {case.reference} 1")
    bridge.expect(CLERK, f"{case.reference}: entry 1 is released")
    for desk in ("telegram:kh-group", DUTY):
        bridge.expect(desk, f"{case.reference}: a text that was withheld is released", "/cases/")
    assert not [shown for shown in bridge.everything_heard() if NUMBER in shown.text]
    text = (await bridge.texts(case))[-1]
    assert (text.text, text.kind, text.amends, text.own_side_only) == (f"call {NUMBER}", TextKind.NOTE, masked, False)
    assert [e.act for e in await bridge.acts(case)][-1] == "released"
    await bridge.says(CLERK, f"/release {case.reference} 1")
    bridge.expect(CLERK, "Entry 1 is not a text that waits for its release.")
    assert len([t for t in await bridge.texts(case) if t.amends == masked]) == 1


async def test_of_a_released_memo_only_its_own_side_hears(bridge: PlayedBridge) -> None:
    case = await over_the_border(bridge)
    await a_held_note(bridge, case, "memo")
    await bridge.says(SUPERVISOR, f"/release {case.reference} 1")
    bridge.expect("telegram:kh-group", "a text that was withheld is released")
    bridge.expect_nothing(DUTY)
    assert (await bridge.texts(case))[-1].own_side_only
    assert not (await visits(bridge, DUTY, case)).entries


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        (OFFICER, "That is for the duty desk or a supervisor"),
        (DUTY, "Only the duty desk of KH or its supervisor can release entry 1."),
        (DETECTIVE, "No such case."),
        (THIRD, "No such case."),
        (ADMIN, "No such case."),
    ],
)
async def test_nobody_else_releases(bridge: PlayedBridge, who: str, answer: str) -> None:
    case = await over_the_border(bridge)
    await a_held_note(bridge, case)
    await bridge.says(who, f"/release {case.reference} 1")
    bridge.expect(who, answer)
    (held,) = await bridge.storage.secure_entries(case.id)
    assert held.released_at is None


@pytest.mark.parametrize("number", ["", "0", "2", "first", "99999999999999999999"])
async def test_an_entry_that_is_not_there_is_not_released(bridge: PlayedBridge, number: str) -> None:
    case = await bridge.report_case()
    await a_held_note(bridge, case)
    await bridge.says(CLERK, f"/release {case.reference} {number}")
    bridge.expect(CLERK, "There is no such entry.", f"/release {case.reference} 3")


async def test_what_is_no_text_needs_no_release(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await visits(bridge, OFFICER, case, adds=an_entry())
    await bridge.says(CLERK, f"/release {case.reference} 1")
    bridge.expect(CLERK, "Entry 1 is not a text that waits")


async def test_of_a_closed_case_nothing_is_released_or_added(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await a_held_note(bridge, case)
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    visit = await visits(bridge, CLERK, case, adds=an_entry())
    assert visit.said == f"{case.reference} is closed. Nothing was kept."
    await bridge.says(CLERK, f"/release {case.reference} 1")
    bridge.expect(CLERK, "is closed. To open it again")
    (held,) = await bridge.storage.secure_entries(case.id)
    assert held == replace(held, released_at=None, field=SecureField.MESSAGE)
