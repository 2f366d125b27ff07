"""Officers and desks on WeChat, which has no buttons: the answer comes in the call, numbers and words do the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.wecom.settings import CAPABILITIES as WECOM
from bot.domain.errors import Unavailable
from bot.domain.messages import DeliveryState
from bot.domain.people import Role
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT, WINDOWED, Somebody

OFFICER, DUTY = "wechat:officer", "wechat:duty"


@pytest.fixture
def bridge(bridge_on_wechat: PlayedBridge) -> PlayedBridge:
    return bridge_on_wechat


async def test_a_report_by_numbers_is_answered_in_each_call(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    first = bridge.expect(OFFICER, case.reference, "1. Yes", "2. No")
    assert first.in_call
    await bridge.says(OFFICER, "1")
    assert bridge.expect(OFFICER, "What is happening").in_call
    assert (await bridge.case(case)).value("danger_now") == "yes"
    states = {d.state for d in await bridge.deliveries(case) if d.message.recipient.startswith("person")}
    assert DeliveryState.SENT in states


async def test_numbers_written_in_haste_answer_one_question_each(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    await bridge.says_at_once(OFFICER, "1", "2", "3")
    answers = (await bridge.case(case)).answers
    assert {"danger_now", "situation", "age_group"} <= set(answers)


async def test_wechat_asks_again_because_our_answer_was_lost_and_gets_the_same_one(bridge: PlayedBridge) -> None:
    wechat = bridge.adapters["wechat"]
    wechat.loses_calls = 1
    lost = await bridge.says(OFFICER, "somebody screams for help")
    bridge.expect_nothing(OFFICER)
    await wechat.receive(lost)
    case = await bridge.only_case()
    assert bridge.expect(OFFICER, case.reference, "1. Yes").in_call
    await wechat.receive(lost)
    first, again = (shown.text for shown in bridge.phones.at(OFFICER))
    assert first == again
    assert len(await bridge.cases()) == 1


async def test_an_answer_that_did_not_go_in_the_call_is_sent_a_few_seconds_later(bridge: PlayedBridge) -> None:
    bridge.adapters["wechat"].loses_calls = 1
    await bridge.says(OFFICER, "somebody screams for help")
    bridge.expect_nothing(OFFICER)
    await bridge.fast_forward(seconds=7)
    case = await bridge.only_case()
    assert not bridge.expect(OFFICER, case.reference).in_call


async def test_an_answer_that_went_in_the_call_is_not_sent_again(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    await bridge.fast_forward(seconds=90)
    assert len([s for s in bridge.phones.at(OFFICER) if "1. Yes" in s.text]) == 1


async def test_a_country_is_chosen_by_the_number_it_was_shown_with(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    for answer in ("1", "locked in", "15"):
        await bridge.says(OFFICER, answer)
    shown = bridge.phones.at(OFFICER)[-1].text
    assert "2. China" in shown
    await bridge.says(OFFICER, "2")
    assert (await bridge.case(case)).value("country") == "CN"


async def test_a_number_that_fits_the_question_and_a_ping_is_asked_about_and_then_done(bridge: PlayedBridge) -> None:
    await bridge.says(DUTY, "/cases")
    case = await bridge.report_case("yes", "locked in", "15", "send", "send")
    alert = bridge.expect(DUTY, case.reference, "U1")
    position = [b.label for row in alert.buttons for b in row].index("1. Acknowledge")
    assert position == 0
    await bridge.says(DUTY, "1")
    assert bridge.expect(DUTY, "you have acknowledged").in_call
    assert (await bridge.case(case)).acknowledged_at is not None


async def test_two_cases_and_a_number_that_fits_both(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("yes", "locked in", "15", "send", "send")
    other = await bridge.report_case("yes", "locked in", "15", "send", "send", from_="telegram:colleague")
    await bridge.fast_forward(seconds=2)
    bridge.forget(DUTY)
    await bridge.says(DUTY, "1")
    asked = bridge.expect(DUTY, "fits more than one question", one.reference, other.reference)
    assert not (await bridge.case(one)).acknowledged_at
    assert asked.in_call
    await bridge.says(DUTY, "2")
    bridge.expect(DUTY, one.reference, "you have acknowledged")
    assert (await bridge.case(other)).acknowledged_at is None


async def test_an_alert_that_waited_for_the_window_and_came_after_the_list_is_asked_about(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, messengers=WINDOWED)
    await bridge.start()
    one = await bridge.report_case("yes", "locked in", "15", "send", "send")
    other = await bridge.report_case("yes", "locked in", "15", "send", "send", from_="telegram:colleague")
    bridge.adapters["wechat"].fail(Unavailable("no route"), times=1, address="duty")
    await bridge.says(DUTY, f"/case {one.reference}")
    await bridge.fast_forward(seconds=5)
    assert other.reference in bridge.phones.at(DUTY)[-1].text, "the alert of the other case stands last"
    await bridge.says(DUTY, "1")
    assert not (await bridge.case(one)).acknowledged_at
    assert not (await bridge.case(other)).acknowledged_at
    bridge.expect(DUTY, "fits more than one question", one.reference, other.reference)
    await bridge.stop()


async def test_words_that_an_act_waits_for_may_be_a_number_that_also_fits_a_ping(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("yes", "locked in", "15", "send", "send")
    await bridge.says(DUTY, f"/snooze {one.reference}")
    bridge.expect(DUTY, "How long, and why?")
    await bridge.fast_forward(seconds=5)
    await bridge.report_case("yes", "locked in", "15", "send", "send", from_="telegram:colleague")
    await bridge.fast_forward(seconds=5)
    await bridge.says(DUTY, "2")
    bridge.expect(DUTY, "Your 2 fits more than one question", "1. 2: 2")
    await bridge.fast_forward(seconds=5)
    await bridge.says(DUTY, "1")
    bridge.expect_nothing(DUTY, containing="fits more than one")
    bridge.expect(DUTY, "How long, and why?")
    assert (await bridge.person(DUTY)).id not in {i for c in await bridge.cases() for i in c.assignees}
    await bridge.says(DUTY, "he is in the field")
    bridge.expect(DUTY, "repeats are silent until Sat 18 Apr 14:07 Phnom Penh")


async def test_a_case_is_closed_by_the_number_of_why(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("yes", "locked in", "15", "send", "send")
    await bridge.fast_forward(seconds=5)
    await bridge.says(DUTY, f"/close {case.reference}")
    codes = bridge.expect(DUTY, "Why is", "closed?").text.split("\n")
    number = next(line.partition(".")[0] for line in codes if "safe" in line and line[0].isdecimal())
    await bridge.fast_forward(seconds=5)
    await bridge.says(DUTY, number)
    bridge.expect(DUTY, "what is the outcome?")


async def test_on_wecom_a_number_answers_the_card_that_was_asked_last_not_a_list_before_it(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, messengers={**OFFICIAL_ACCOUNT, "wecom": WECOM})
    await bridge.start()
    await bridge.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, ("wecom:officer",)))
    older = await bridge.report_case("yes", "locked in", "15", "send", "send", from_="wecom:officer")
    await bridge.says("wecom:officer", "a boy of 12 in another house")
    assert "1. New alert\n2. KC26" in bridge.phones.at("wecom:officer")[-1].text
    await bridge.says("wecom:officer", "1")
    assert bridge.phones.at("wecom:officer")[-1].buttons, "the first question is a card"
    await bridge.says("wecom:officer", "2")
    case = next(c for c in await bridge.cases() if c.id != older.id)
    assert case.value("danger_now") == "no"
    await bridge.stop()
