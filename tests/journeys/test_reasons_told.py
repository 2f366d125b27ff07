"""That a reason is on the page is told only to whoever can read it there."""

from __future__ import annotations

import pytest

from tests.journeys.gated import (
    CLERK,
    DETECTIVE,
    DUTY,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    WILLING,
    adult_case,
    feared_case,
    handed,
)
from tests.kit.played import PlayedBridge

IF_READ = "If you may read why, it is on the page."
ACTS = [
    (CLERK, "/urgency {} U1 her cousin says they come tonight", "Urgency changed"),
    (CLERK, "/snooze {} 5m her cousin is on the phone", "silenced the repeats"),
    (OWN_SUPERVISOR, "/hold {} her cousin goes to court", "Put on legal hold"),
    (OWN_SUPERVISOR, "/standdown {} her cousin fetched her", "Stood down"),
    (OWN_SUPERVISOR, "/notneeded {} her cousin fetches her", "is not needed"),
    (CLERK, "/close {} found_safe Her cousin fetched her.", "Closed by KH"),
]
each_act = pytest.mark.parametrize(("who", "typed", "told"), ACTS, ids=[typed.split()[0] for _, typed, _ in ACTS])


@each_act
async def test_a_side_whose_gate_is_closed_is_not_sent_to_read_a_reason_that_it_cannot_read(
    bridge: PlayedBridge, who: str, typed: str, told: str
) -> None:
    case = await feared_case(bridge)
    await bridge.says(who, typed.format(case.reference))
    heard = bridge.expect(DUTY, told)
    assert "The reason is on the page" not in heard.text
    assert "on the page" in bridge.expect(OWN_GROUP, told).text


@each_act
async def test_a_side_that_may_read_a_reason_is_told_where(
    bridge: PlayedBridge, who: str, typed: str, told: str
) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(who, typed.format(case.reference))
    assert IF_READ in bridge.expect(DUTY, told).text, "in the same words as where the gate is closed"


async def test_why_a_channel_returns_it_and_why_it_is_taken_back_is_read_on_both_sides(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DETECTIVE, f"/return {case.reference} police not our province")
    assert "The reason is on the page." in bridge.expect(OWN_GROUP, "Returned by the police").text
    case = await handed(bridge)
    await bridge.says(CLERK, f"/recall {case.reference} police her cousin fetched her")
    assert IF_READ in bridge.expect(DUTY, "Taken back from the police").text


async def test_a_question_that_its_side_cannot_read_any_more_is_not_said_to_be_on_the_page(
    bridge: PlayedBridge,
) -> None:
    case = await adult_case(bridge, WILLING, citizenship="China")
    await bridge.says(CLERK, f"/clarify {case.reference} Is a doctor with you?")
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.forget()
    await bridge.fast_forward(hours=2, minutes=1)
    asked = bridge.expect(DUTY, "Answer the question: due", "A question of the other side waits for you.")
    assert "page" not in asked.text
