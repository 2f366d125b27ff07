"""The diplomatic channel has two ends: the other side's ministry answers, the person's own embassy has it in copy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.agreement import DeskRole
from bot.domain.case import Case, Channel, HandoffState
from bot.domain.people import Role
from tests.journeys.gated import CLERK, DUTY, OFFICER, OWN_SUPERVISOR, WILLING
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody, agreement, desk, enrolled

EMBASSY, CONSUL, MINISTRY = "telegram:kh-embassy", "telegram:consul", "wecom:cn-ministry"
_DESKS = (
    replace(desk("kh-embassy", DeskRole.DIPLOMATIC, "Embassy in Beijing", EMBASSY), seat="CN"),
    replace(desk("cn-embassy", DeskRole.DIPLOMATIC, "Embassy in Phnom Penh", "wecom:cn-embassy"), seat="KH"),
    desk("cn-ministry", DeskRole.DIPLOMATIC, "Foreign ministry", MINISTRY),
)


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    agreed = agreement()
    bridge = PlayedBridge(tmp_path, agreed=replace(agreed, desks={**agreed.desks, **{d.id: d for d in _DESKS}}))
    await bridge.start()
    people = (Somebody("Ros Maly", "KH", Role.DUTY, (CONSUL,), "kh-embassy"),)
    await bridge.storage.apply([enrolled(people, bridge._new_id, bridge.now)])
    yield bridge
    await bridge.stop()


async def ready(bridge: PlayedBridge, *more: str, citizenship: str = "Cambodia", country: str = "China") -> Case:
    block = "\n".join([f"citizenship: {citizenship}", f"country: {country}", *more])
    case = await bridge.report_case("no", "locked in", "25", block, "send", "send", text="/alert a woman is held")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    bridge.forget()
    return await bridge.case(case)


async def test_before_sending_it_is_shown_who_gets_it_and_who_has_it_in_copy(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic")
    shown = bridge.expect(CLERK, "ready for the diplomatic channel, not sent yet", "To: CN Foreign ministry")
    assert "In copy: KH Embassy in Beijing" in shown.text
    assert labels(shown) == ["Send it"]
    bridge.expect_nothing(EMBASSY, MINISTRY)
    assert (await bridge.case(case)).handoff(Channel.DIPLOMATIC) is None
    await bridge.taps(CLERK, "Send it")
    bridge.expect(MINISTRY, case.reference, "Please accept with your formal reference")
    told = bridge.expect(EMBASSY, case.reference, "In copy: handed to the diplomatic channel, CN Foreign ministry")
    assert not labels(told)


async def test_the_embassy_sees_the_case_and_hears_what_becomes_of_it(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(CONSUL, f"/case {case.reference}")
    bridge.expect(CONSUL, "No such case")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    await bridge.says(CONSUL, f"/case {case.reference}")
    bridge.expect(CONSUL, "Diplomatic channel: handed off, not yet accepted")
    bridge.forget()
    await bridge.says(DUTY, f"/accept {case.reference} diplomatic MFA-5/26")
    bridge.expect(EMBASSY, "Accepted by the diplomatic channel")
    await bridge.says(CLERK, f"/close {case.reference} returned She is home.")
    bridge.expect(EMBASSY, "Closed by KH Duty desk")


async def test_where_the_person_is_at_home_with_the_other_side_no_embassy_is_told(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING, citizenship="China", country="China")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(MINISTRY, case.reference)
    bridge.expect_nothing(EMBASSY, "wecom:cn-embassy")


async def test_abroad_the_other_sides_own_embassy_answers_for_its_nationals(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING, citizenship="China", country="Cambodia")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect("wecom:cn-embassy", case.reference, "Please accept with your formal reference")
    bridge.expect_nothing(EMBASSY, MINISTRY)


async def test_no_embassy_of_a_state_that_is_feared_has_anything_whatever_is_typed(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING.replace("fears own authorities: no", "fears own authorities: yes"))
    for who in (CLERK, DUTY, OWN_SUPERVISOR):
        await bridge.says(who, f"/handoff {case.reference} diplomatic send")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    await bridge.says(OWN_SUPERVISOR, f"/alternative {case.reference} UNHCR is asked")
    await bridge.fast_forward(hours=30)
    bridge.expect_nothing(EMBASSY, MINISTRY)


async def test_who_of_several_fears_their_state_keeps_its_embassy_out_for_all(bridge: PlayedBridge) -> None:
    case = await ready(bridge, "people: 3", WILLING)
    await bridge.says(CLERK, f"/person {case.reference}/1 split 1")
    (other,) = (await bridge.case(case)).apart
    await bridge.says(CLERK, f"/consent {case.reference}/{other} fears yes")
    bridge.forget()
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(MINISTRY, case.reference)
    bridge.expect_nothing(EMBASSY)


async def test_fear_that_is_said_later_takes_the_copy_away_at_once(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.forget()
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    told = bridge.expect(EMBASSY, case.reference, "not for you any more", "pass nothing on")
    assert "fear" not in told.text.lower()
    await bridge.says(CONSUL, f"/case {case.reference}")
    bridge.expect(CONSUL, "No such case")
    await bridge.fast_forward(hours=30)
    await bridge.says(CLERK, f"/close {case.reference} found_safe withdraw She is safe.")
    bridge.expect_nothing(EMBASSY)


async def test_what_is_taken_back_is_taken_from_the_embassy_too(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.forget()
    await bridge.says(OFFICER, f"/consent {case.reference} diplomatic no")
    bridge.expect(MINISTRY, "Please stop")
    bridge.expect(EMBASSY, "not for you any more")
    await bridge.says(CONSUL, f"/case {case.reference}")
    bridge.expect(CONSUL, "No such case")
    assert [h.state for h in (await bridge.case(case)).handoffs] == [HandoffState.WITHDRAWN]
