"""Case pages: what is due first, and that nobody sees what is not theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Answer, Channel, Handoff, HandoffState, Status, TextKind
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.messages import DeliveryState
from bot.domain.people import Person
from bot.domain.restored import AT, FROM
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.site import (
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    REFERENCE,
    Bridge,
    keep,
    open_bridge,
    sample_case,
    text_of,
)

PAGE = f"/cases/{REFERENCE}"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


async def see(bridge: Bridge, who: Person, path: str = PAGE) -> httpx.Response:
    return await (await bridge.signed_in(who)).get(path)


def plain(page: str) -> str:
    """A page with its no-break spaces as spaces."""
    return page.replace("\N{NO-BREAK SPACE}", " ")


async def test_the_page_says_first_what_is_due_how_late_and_in_both_times(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    page = plain((await see(bridge, DUTY_CN)).text)
    assert "U1 immediate" in page
    assert "5 min late" in page
    assert "Sat 18 Apr 14:00 Phnom Penh / 15:00 Beijing" in page
    assert page.index("5 min late") < page.index("Acknowledge</button>") < page.index("Nanchang, Jiangxi")


async def test_facts_are_shown_with_their_labels_and_what_is_missing_is_named(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    page = (await see(bridge, OFFICER)).text
    assert "Nanchang, Jiangxi" in page
    assert "Not answered:" in page
    assert "Reported by Sokha Chan (KH officer)" in page


async def test_people_of_the_other_side_are_named_by_role_only(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    page = (await see(bridge, DUTY_CN)).text
    assert "Reported by KH officer" in page
    assert "Sokha" not in page


async def test_outside_their_scope_a_case_does_not_exist(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_VN)
    theirs = await client.get(PAGE)
    nothing = await client.get("/cases/KC26-7H4QM-4")
    assert theirs.status_code == nothing.status_code == 404
    assert theirs.text == nothing.text
    assert "No such case." in theirs.text
    for name in (FROM, AT):
        await bridge.storage.save_cursor(name, int(bridge.clock().timestamp()))
    theirs, nothing = await client.get(PAGE), await client.get("/cases/KC26-7H4QM-4")
    assert theirs.text == nothing.text
    assert "A case opened then must be written again" in theirs.text
    assert REFERENCE not in (await client.get("/cases")).text
    form = {"csrf": csrf_of(theirs.text), "once": "i" * 20, "act": "note", "text": "hello"}
    assert (await client.post(PAGE, data=form)).status_code == 404
    assert bridge.core.received == []


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', page)
    assert found
    return found[1]


async def test_an_officer_sees_only_their_own_cases(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    await keep(bridge, sample_case("KC26-7H4QM-4", 800, officer=DUTY_KH.id))
    page = (await see(bridge, OFFICER, "/cases")).text
    assert REFERENCE in page
    assert "KC26-7H4QM-4" not in page


async def test_a_reference_is_read_in_any_shape(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    assert (await see(bridge, OFFICER, "/cases/kc26m9s344")).status_code == 200


async def test_memos_stay_on_their_side_and_places_are_on_no_such_page(bridge: Bridge) -> None:
    case = sample_case()
    await keep(
        bridge,
        case,
        text_of(case, 1, "first words", TextKind.FIRST),
        text_of(case, 2, "memo of KH", TextKind.MEMO, own_side_only=True),
        text_of(case, 3, "28.68, 115.85", TextKind.LOCATION),
        text_of(case, 4, "memo of CN", TextKind.MEMO, own_side_only=True, party="CN", by=DUTY_CN.id),
    )
    ours, theirs = (await see(bridge, DUTY_KH)).text, (await see(bridge, DUTY_CN)).text
    assert "first words" in ours
    assert "first words" in theirs
    assert ("memo of KH" in ours, "memo of KH" in theirs) == (True, False)
    assert ("28.68" in ours, "28.68" in theirs) == (False, False), "they are in the secure case"
    assert ("memo of CN" in ours, "memo of CN" in theirs) == (False, True)


async def test_that_the_other_side_wrote_a_memo_is_not_in_the_journal_shown(bridge: Bridge) -> None:
    case = sample_case()
    await keep(bridge, case)
    entry = Entry(9999, "KC", START, f"person:{DUTY_KH.id}", "memo", case.id, salt="11")
    await bridge.storage.apply([Turn(journal=(entry,))])
    assert "<strong>memo</strong>" in (await see(bridge, DUTY_KH)).text
    assert "<strong>memo</strong>" not in (await see(bridge, DUTY_CN)).text


async def test_no_field_of_a_case_is_ever_markup(bridge: Bridge) -> None:
    nasty = "<script>alert(1)</script>\"'><b>"
    case = sample_case()
    answers = {**case.answers, "summary": Answer(1, case.id, "summary", nasty, START, OFFICER.id)}
    handoff = Handoff(
        5, case.id, Channel.POLICE, HandoffState.ACCEPTED, nasty, DUTY_KH.id, START,
        accepting_officer=Guarded(nasty), formal_reference=nasty, letter_reference=nasty, letter_at=START,
    )  # fmt: skip
    await keep(bridge, replace(case, answers=answers, handoffs=(handoff,)), text_of(case, 3, nasty))
    entry = Entry(9998, "KC", START, nasty, nasty, case.id, details={"channel": nasty}, salt="11")
    await bridge.storage.apply([Turn(journal=(entry,))])
    page = (await see(bridge, DUTY_CN)).text
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6


async def test_reading_the_page_proves_that_the_desk_has_the_alert(bridge: Bridge) -> None:
    case = sample_case()
    await keep(bridge, case)

    async def state() -> DeliveryState:
        return (await bridge.storage.history(case.id)).deliveries[0].state

    await see(bridge, DUTY_KH)
    assert await state() is DeliveryState.SENT
    page = (await see(bridge, DUTY_CN)).text
    assert await state() is DeliveryState.SEEN
    assert "CN Duty desk" in page


async def test_the_list_puts_open_before_closed_and_the_most_urgent_first(bridge: Bridge) -> None:
    soon = sample_case("KC26-7H4QM-4", 801, urgency=Urgency.U2)
    for case in (
        soon,
        sample_case("KC26-AAAAA-1", 802, urgency=Urgency.U3),
        sample_case("KC26-BBBBB-1", 803, status=Status.CLOSED, closed_at=START, deadlines=()),
        sample_case(),
    ):
        await keep(bridge, case)
    page = (await see(bridge, DUTY_KH, "/cases")).text
    order = re.findall(r'href="/cases/(KC26-\w+-\w)"', page)
    assert order == [REFERENCE, "KC26-7H4QM-4", "KC26-AAAAA-1", "KC26-BBBBB-1"]


async def test_an_empty_list_says_so(bridge: Bridge) -> None:
    page = (await see(bridge, DUTY_CN, "/cases")).text
    assert "No open case is waiting for anybody." in page
    assert "No case has been closed yet." in page


async def test_many_closed_cases_come_page_by_page_and_none_is_left_out(bridge: Bridge) -> None:
    closed = {"status": Status.CLOSED, "closed_at": START, "deadlines": (), "answers": {}}
    names = [f"KC26-{i:05d}-0" for i in range(230)]
    for i, name in enumerate(names):
        await keep(bridge, sample_case(name, 1000 + i, **closed))
    client = await bridge.signed_in(DUTY_CN)
    path, found = "/cases", []
    while path:
        page = (await client.get(path)).text
        found += re.findall(r'class="case" href="/cases/([^"]*)"', page)
        older = re.search(r'href="(/cases\?before=\d+)"', page)
        path = older[1] if older else ""
    assert sorted(found) == names


async def test_how_late_a_deadline_is_moves_with_the_clock(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_CN)
    bridge.clock.forward(hours=1)
    assert "1 h 5 min late" in (await client.get(PAGE)).text
