"""What the auditor tells of cases: to sides that know of them, by their reference, and nothing else of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.audit import About, Check, Finding
from bot.domain.people import Role
from bot.jobs import audit_report
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

KH, CN, VN = "telegram:kh-supervisor", "wecom:supervisor", "telegram:vn-supervisor"
WORDS = "ZZKH Chantrea is held at Street 271"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    played = PlayedBridge(tmp_path)
    await played.start()
    await played.enrol(Somebody("Le Thi Hoa", "VN", Role.SUPERVISOR, (VN,), "vn-duty"))
    yield played
    await played.stop()


async def _told(bridge: PlayedBridge, *abouts: About) -> dict[str, list[str]]:
    """Let the auditor tell that these cases lost their deadlines."""
    for address in (KH, CN, VN):
        bridge.forget(address)
    finding = Finding(Check.DEADLINE, abouts, mended=True)
    wanted = Wanted(cases=tuple(about.case_id for about in abouts))
    await bridge.orders(Order(lambda c: audit_report.tell(c, finding), actor="auditor", wanted=wanted))
    await bridge._settled()
    return {address: bridge.heard(address) for address in (KH, CN, VN)}


async def _lost(bridge: PlayedBridge) -> tuple[About, ...]:
    bridge.storage.kept.change("DELETE FROM deadlines")
    return (await bridge.storage.sighted(bridge.now, {})).lost


async def test_a_side_that_was_not_told_of_a_case_yet_hears_nothing_of_it(bridge: PlayedBridge) -> None:
    await bridge.says("telegram:officer", WORDS)
    told = await _told(bridge, *await _lost(bridge))
    assert (len(told[KH]), told[CN], told[VN]) == (1, [], [])


async def test_both_sides_of_a_case_hear_its_reference_and_no_word_of_it_and_a_third_side_nothing(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case()
    told = await _told(bridge, *await _lost(bridge))
    words = f"{case.reference}: the next deadline was lost. It was computed anew and runs again."
    assert told == {KH: [words], CN: [words], VN: []}


async def test_whoever_is_named_by_mistake_is_told_nothing_of_a_case_of_others(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    told = await _told(bridge, About(case.id, case.reference, ("KH", "CN", "VN")))
    assert told[VN] == []


async def test_nobody_hears_a_reference_of_a_case_that_is_not_there(bridge: PlayedBridge) -> None:
    told = await _told(bridge, About(7, "KC26-M9S34-4", ("KH", "CN")))
    assert told == {KH: [], CN: [], VN: []}
