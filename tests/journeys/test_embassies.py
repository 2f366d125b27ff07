"""The diplomatic channel has two ends: the other side's ministry answers, the person's own embassy has it in copy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.agreement import DeskRole
from bot.domain.case import Case, Channel, DeadlineKind, DeadlineState, HandoffState
from bot.domain.people import Role
from tests.journeys.gated import CLERK, DUTY, OFFICER, OWN_SUPERVISOR, WILLING, page_of
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody, agreement, desk

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
    await bridge.enrol(Somebody("Ros Maly", "KH", Role.DUTY, (CONSUL,), "kh-embassy"))
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


async def test_that_no_embassy_of_a_third_state_is_told_is_said_before_sending_and_on_the_page(
    bridge: PlayedBridge,
) -> None:
    case = await ready(bridge, WILLING, citizenship="Viet Nam")
    said = "The bridge tells no embassy of Viet Nam: it is no side of this case."
    for who in (CLERK, DUTY):
        await bridge.says(who, f"/handoff {case.reference} diplomatic")
        assert said in bridge.expect(who, "ready for the diplomatic channel, not sent yet").text
        assert said in str((await page_of(bridge, who, case))["gates"])
    await bridge.says(CLERK, f"/handoff {case.reference} police")
    assert "embassy" not in bridge.expect(CLERK, "ready for the police channel, not sent yet").text
    bridge.expect_nothing(EMBASSY)


async def test_of_a_third_state_nothing_is_said_to_who_may_not_know_the_citizenship(bridge: PlayedBridge) -> None:
    case = await ready(bridge, "consent to police: yes", "fears: yes", citizenship="China, Viet Nam")
    assert "Viet Nam" in str((await page_of(bridge, CLERK, case))["gates"])
    assert "Viet Nam" not in str(await page_of(bridge, DUTY, case))
    await bridge.says(DUTY, f"/handoff {case.reference} diplomatic")
    bridge.expect_nothing(DUTY, containing="Viet Nam")


async def test_where_both_states_are_sides_no_embassy_is_missing(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic")
    assert "tells no embassy" not in bridge.expect(CLERK, "ready for the diplomatic channel").text
    assert "tells no embassy" not in str((await page_of(bridge, CLERK, case))["gates"])


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


# Whole stories.

POLICE, DETECTIVE, GROUP = "wecom:police-group", "wecom:detective", "telegram:kh-group"


async def test_an_adult_who_agrees_is_with_the_police_in_forty_minutes_and_her_embassy_brings_her_home(
    bridge: PlayedBridge,
) -> None:
    block = f"citizenship: Cambodia\ncountry: China\n{WILLING}"
    case = await bridge.report_case("yes", "locked in", "25", block, "send", "send", text="/alert a woman is held")
    opened = bridge.now
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.fast_forward(minutes=30)
    await bridge.taps(DUTY, "Hand to police")
    await bridge.taps(DUTY, "Send it")
    await bridge.fast_forward(minutes=10)
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26 Col. Chen")
    now = await bridge.case(case)
    accepted = now.handoff(Channel.POLICE)
    assert accepted is not None
    assert accepted.accepted_at is not None
    assert (accepted.accepted_at - opened).total_seconds() == 40 * 60
    assert (await bridge.due(now, DeadlineKind.POLICE)).state is DeadlineState.MET
    await bridge.says(CLERK, f"/written {case.reference} police L-2026/9")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(EMBASSY, "In copy: handed to the diplomatic channel")
    await bridge.says(DUTY, f"/accept {case.reference} diplomatic MFA-5/26 Mr Example")
    await bridge.says(CLERK, f"/written {case.reference} diplomatic L-2026/10")
    bridge.forget()
    await bridge.says(CLERK, f"/close {case.reference} returned She is home.")
    for told in (OFFICER, DUTY, POLICE, EMBASSY, GROUP, MINISTRY):
        bridge.expect(told, "Closed by KH Duty desk: Returned home")
    await bridge.fast_forward(days=8)
    bridge.expect_nothing(OFFICER, DUTY, POLICE, EMBASSY, GROUP, MINISTRY)


async def test_a_child_without_a_guardian_waits_at_the_diplomatic_gate_until_one_is_named(bridge: PlayedBridge) -> None:
    block = f"citizenship: Cambodia\ncountry: China\n{WILLING}"
    case = await bridge.report_case("no", "locked in", "14", block, "send", "send", text="/alert a girl is held")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(CLERK, f"/protect {case.reference} none_known")
    bridge.forget()
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(CLERK, "drafted for the diplomatic channel, not sent", "guardian or child-protection authority")
    asked = bridge.expect(GROUP, "is to go to the diplomatic channel. Missing:")
    assert labels(asked) == ["Name the guardian", "Say why it is best"]
    bridge.expect_nothing(EMBASSY, MINISTRY)
    await bridge.taps(CLERK, "Name the guardian", at=GROUP)
    await bridge.replies(CLERK, "The provincial child protection office", at=GROUP)
    await bridge.says(CLERK, f"/interest {case.reference} She has nobody there.")
    bridge.expect(GROUP, "Nothing is missing any more: it can be handed to the diplomatic channel now")
    bridge.expect_nothing(EMBASSY, MINISTRY)
    await bridge.taps(CLERK, "Hand off", at=GROUP)
    await bridge.taps(CLERK, "Send it", at=GROUP)
    bridge.expect(MINISTRY, "Please accept with your formal reference")
    bridge.expect(EMBASSY, "In copy")


async def test_a_question_is_answered_late_and_the_channel_refuses(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await bridge.says(DETECTIVE, f"/clarify {case.reference} Which street is it?")
    await bridge.says(CLERK, f"/late {case.reference} reply 3h the officer is on the way")
    bridge.expect(DUTY, "KH Duty desk will be late: answer the question by")
    bridge.forget()
    await bridge.fast_forward(hours=2, minutes=30)
    bridge.expect_nothing(GROUP, containing="Answer the question: due")
    await bridge.fast_forward(minutes=31)
    bridge.expect(GROUP, "Answer the question: due", "ping 1")
    await bridge.says(CLERK, f"/answer {case.reference} Behind the old market.")
    bridge.expect(POLICE, "Behind the old market.")
    await bridge.says(DETECTIVE, f"/refuse {case.reference} police not_available There is no such street.")
    bridge.expect(GROUP, "Refused by the police channel: what is asked is not available")
    now = await bridge.case(case)
    assert not any(d.is_running for d in now.deadlines if d.kind in (DeadlineKind.REPLY, DeadlineKind.ANSWER))
    assert (await bridge.due(now, DeadlineKind.POLICE)).is_running


async def test_returned_by_the_police_and_sent_again_it_is_asked_for_again(bridge: PlayedBridge) -> None:
    case = await ready(bridge, WILLING)
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await bridge.says(DETECTIVE, f"/return {case.reference} police another province")
    bridge.forget()
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect(POLICE, "Please accept with your formal reference")
    await bridge.fast_forward(hours=2, minutes=1)
    bridge.expect(POLICE, "Answer the hand-off: due")
