"""What went wrong in other bridges, played here: who may close, who is meant, and when the clock is heard."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain import short_ids
from bot.domain.messages import Address, Inbound, Kind
from bot.domain.people import Role
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

OFFICER, COLLEAGUE = "telegram:officer", "telegram:colleague"
GROUP = "telegram:kh-group"
U1 = ("no", "locked in", "15", "send", "send")


@pytest.mark.parametrize("member", ["stranger", "vn-clerk", "officer", "colleague"])
async def test_in_a_group_nobody_closes_a_case_but_people_of_the_desk(bridge: PlayedBridge, member: str) -> None:
    case = await bridge.report_case(*U1, from_=COLLEAGUE)
    place, sender = Address.parse(GROUP), Address("telegram", member)
    words = f"/close {case.reference} found_safe She is home."
    # The name that the phone shows is that of the desk's duty officer.
    said = Inbound(
        "telegram", "1", f"close-{member}", Kind.TEXT, bridge.now, sender, place, words, sender_name="Kim Ly"
    )
    await bridge.redelivers(said)
    assert (await bridge.case(case)).is_open
    assert "closed" not in {entry.act for entry in await bridge.acts(case)}
    await bridge.redelivers(replace(said, external_id="close-clerk", sender=Address("telegram", "clerk")))
    assert not (await bridge.case(case)).is_open
    (closed,) = [entry for entry in await bridge.acts(case) if entry.act == "closed"]
    assert closed.actor == f"person:{(await bridge.person('telegram:clerk')).id}"


async def test_of_two_people_with_one_name_neither_is_meant_until_a_number_says_which(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Zhao Min", "CN", Role.DUTY, ("wechat:namesake",), "cn-duty"))
    case = await bridge.report_case(*U1)
    await bridge.says("wechat:duty", f"/assign {case.reference} zhao min")
    asked = bridge.expect("wechat:duty", "To whom?")
    both = [(await bridge.person(address)).id for address in ("wechat:night", "wechat:namesake")]
    names = re.findall(r"Zhao Min \((P-\w+)\)", asked.text)
    assert sorted(both) == sorted(short_ids.find(name, both) or 0 for name in names)
    assert (await bridge.case(case)).assignees == ()
    bridge.expect_nothing("wechat:night", "wechat:namesake", containing="Assigned to you")
    await bridge.says("wechat:duty", str(both[1]))
    assert (await bridge.case(case)).assignees == (both[1],)
    bridge.expect("wechat:namesake", case.reference, "Assigned to you")


async def test_a_note_goes_to_the_people_of_its_case_and_not_to_whoever_wrote_last(bridge: PlayedBridge) -> None:
    first = await bridge.report_case(*U1)
    second = await bridge.report_case(*U1, from_=COLLEAGUE, text="somebody screams on a bus")
    await bridge.says(COLLEAGUE, f"/note {second.reference} he has a red bag")
    bridge.forget()
    await bridge.says("wechat:duty", f"/note {first.reference} patrol sent to the flat")
    bridge.expect(OFFICER, first.reference, "patrol sent to the flat")
    bridge.expect_nothing(COLLEAGUE)


async def test_a_desk_with_two_cases_is_asked_which_one_its_words_are_for(bridge: PlayedBridge) -> None:
    first = await bridge.report_case(*U1)
    second = await bridge.report_case(*U1, from_=COLLEAGUE, text="somebody screams on a bus")
    bridge.forget()
    await bridge.says("wechat:duty", "patrol sent")
    asked = bridge.expect("wechat:duty", "case")
    offered = " ".join((asked.text, *labels(asked)))
    assert first.reference in offered
    assert second.reference in offered
    bridge.expect_nothing(OFFICER, COLLEAGUE)


async def test_once_acknowledged_nobody_is_paged_about_it_any_more(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=16)
    bridge.expect("wechat:duty", "Acknowledge: due", "ping 1")
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    bridge.forget()
    await bridge.fast_forward(hours=3)
    for address in ("wechat:duty", "wecom:supervisor", "wecom:secretariat", "telegram:kh-secretariat"):
        assert not [text for text in bridge.heard(address) if "Acknowledge: due" in text]
