"""What `/help` says: first the five things that somebody needs where they stand, then everything."""

from __future__ import annotations

import re

import pytest

from bot.domain import reference
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import PEOPLE

OFFICER = "telegram:officer"
EVERYBODY = [person.addresses[0] for person in PEOPLE]


@pytest.mark.parametrize("who", EVERYBODY)
async def test_help_is_five_lines_and_how_to_see_the_rest(bridge: PlayedBridge, who: str) -> None:
    await bridge.says(who, "/help")
    shown = bridge.phones.at(who)[-1]
    assert len(shown.text.split("\n")) == 6
    assert shown.text.endswith("Everything else: /help more")
    assert labels(shown) == ["More"]
    before = len(bridge.phones.at(who))
    await bridge.taps(who, "More")
    everything = [part.text for part in bridge.phones.at(who)[before:]]
    assert len("\n".join(everything).split("\n")) > 6
    await bridge.says(who, "/help more")
    assert [part.text for part in bridge.phones.at(who)[-len(everything) :]] == everything


@pytest.mark.parametrize("who", EVERYBODY)
async def test_no_reference_in_help_leads_to_no_case(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    bridge.forget()
    await bridge.answers(who, "/help", "/help more", "/case")
    named = {
        reference.parse(word)
        for text in bridge.heard(who)
        for word in re.findall(r"\b[A-Z]{2}\d{2}-[A-Z0-9]{5}-[A-Z0-9]", text)
    }
    assert named <= {case.reference}, "only a case of their own"
    assert named == ({case.reference} if who == OFFICER else set())


async def test_the_five_things_are_those_of_the_moment(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/help")
    bridge.expect(OFFICER, "Somebody is in danger: just write what happened")
    case = await bridge.report_case("no")
    await bridge.says(OFFICER, "/help")
    answering = bridge.expect(OFFICER, "Answer by a tap", "send: when the summary is right", "cancel")
    assert labels(answering) == [], "a number typed here answers the question"
    await bridge.answers(OFFICER, "locked in", "15", "send", "send", "/help")
    bridge.expect(OFFICER, f"/note {case.reference} text", "cancel: it was a false alarm")


async def test_after_help_a_number_still_answers_the_question(bridge_on_wechat: PlayedBridge) -> None:
    bridge, officer = bridge_on_wechat, "wechat:officer"
    case = await bridge.report_case("帮助", "help", "2", from_=officer)
    assert (await bridge.case(case)).value("danger_now") == "no"


async def test_whoever_is_at_a_channels_desk_is_offered_no_acknowledgment(bridge: PlayedBridge) -> None:
    await bridge.says("wecom:detective", "/help")
    assert "/ack" not in bridge.expect("wecom:detective", "/accept REFERENCE police").text
