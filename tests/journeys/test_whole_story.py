"""One case from the first message to the annual log, as everybody lives it."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.case import Case, Status
from bot.domain.journal import hash_of
from bot.domain.verify_journal import GENESIS, digest_details
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"


async def the_alert(bridge: PlayedBridge) -> Case:
    """An officer in Phnom Penh hears of a girl and writes one line; after the third answer both desks have it."""
    await bridge.says(OFFICER, "urgent, somebody screams for help in a flat")
    case = await bridge.only_case()
    bridge.expect(OFFICER, case.reference, "Is anyone in immediate danger right now?")
    await bridge.answers(OFFICER, "[No]", "[Locked in or held]")
    bridge.expect_nothing("wechat:duty")
    await bridge.says(OFFICER, "16")
    bridge.expect("wechat:duty", "U1 immediate", case.reference, "Situation: Locked in or held")
    bridge.expect("telegram:kh-group", case.reference)
    return case


async def the_acknowledgment(bridge: PlayedBridge) -> None:
    """Nobody in Beijing looks, and the clock does."""
    await bridge.fast_forward(minutes=15)
    bridge.expect("wechat:duty", "ping 1", "Nobody has acknowledged")
    await bridge.fast_forward(minutes=10)
    bridge.expect("wecom:supervisor", "ping 2")
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.expect(OFFICER, "Acknowledged by CN Duty desk")


async def the_rest_of_the_questions(bridge: PlayedBridge, case: Case) -> None:
    await bridge.answers(OFFICER, "[China]", "Jiangxi, Nanchang", "yesterday 21:00", "[Yes, that is right]")
    await bridge.answers(OFFICER, "skip", "forced marriage", "1", "Cambodia", "rescue", "[Only through the reporter]")
    await bridge.answers(OFFICER, "[Yes]", "[Not asked yet]", "[No]", "door locked from outside", "[Send to the desks]")
    bridge.expect(OFFICER, f"{case.reference} is sent")


async def the_formal_step(bridge: PlayedBridge, case: Case) -> None:
    """The hour passes without one; both desks are reminded, and the case goes to the police, who accept it."""
    bridge.forget()
    await bridge.fast_forward(minutes=35)
    bridge.expect("telegram:kh-group", "Police channel: due", "Not handed to the police channel yet")
    await bridge.says("telegram:clerk", f"/interest {case.reference} she is held and a broker comes tonight")
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    bridge.expect("wecom:police-group", case.reference, "Please accept with your formal reference")
    await bridge.taps("wecom:detective", "Accept", at="wecom:police-group")
    await bridge.replies("wecom:detective", "MPS-77/26 Insp. Zhou", at="wecom:police-group")
    bridge.expect(OFFICER, "Accepted by the police channel")
    assert (await bridge.case(case)).status is Status.HANDED_OFF


async def the_papers(bridge: PlayedBridge, case: Case) -> None:
    """A supervisor settles the diplomatic question when the clock asks it, and the reporting desk sends its letter."""
    await bridge.says("telegram:clerk", f"/protect {case.reference} none_known")
    await bridge.fast_forward(hours=2)
    bridge.expect("telegram:kh-supervisor", "Is the diplomatic channel needed?")
    await bridge.taps("telegram:kh-supervisor", "Not needed")
    await bridge.says("telegram:kh-supervisor", "the police have her, no papers are missing")
    bridge.forget()
    await bridge.says("telegram:clerk", f"/written {case.reference} L-2026/9")
    bridge.expect("wechat:duty", "Confirmed in writing for the police channel")


async def test_from_the_first_message_to_the_closure_and_the_log(bridge: PlayedBridge) -> None:
    case = await the_alert(bridge)
    await the_acknowledgment(bridge)
    await the_rest_of_the_questions(bridge, case)
    await the_formal_step(bridge, case)
    await the_papers(bridge, case)
    await bridge.says("wechat:duty", f"/close {case.reference} rescued found and safe in a shelter")
    bridge.expect(OFFICER, "Closed by CN Duty desk: Rescued")
    bridge.forget()
    await bridge.fast_forward(days=3)
    bridge.expect_nothing(OFFICER, "wechat:duty", "telegram:kh-group", "wecom:supervisor", "wecom:secretariat")
    await bridge.says("web:admin", "/export 2026-01-01 2027-01-01 annual meeting")
    sent = bridge.expect("web:admin", "Cases in the file: 1")
    assert case.reference in (bridge.exports / sent.file).read_text("utf-8")
    await bridge.says(OFFICER, "/cases")
    assert f"{case.reference} · U1" in bridge.expect(OFFICER, "closed").text


async def test_everything_that_was_done_is_in_the_journal_in_an_unbroken_chain(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(hours=1)
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe she called")
    links = (await bridge.storage.history(case.id)).journal
    acts = [link.entry.act for link in links]
    assert acts[:2] == ["opened", "answered"]
    assert {"alerted", "sent", "acknowledged", "pinged", "closed"} <= set(acts)
    by_whom = {link.entry.act: link.entry.actor for link in links}
    assert by_whom["pinged"] == "clock"
    assert by_whom["closed"] == f"person:{(await bridge.person('wechat:duty')).id}"
    previous = GENESIS
    for link in links:
        digest = digest_details(link.entry.details or {}, link.entry.salt)
        assert (link.previous, link.digest) == (previous, digest)
        assert link.hash == hash_of(link.entry, link.sequence, previous, digest)
        previous = link.hash


async def test_the_other_corridor_lives_the_same_story_in_its_own_time_zone(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("yes", from_="telegram:vn-officer", text="somebody screams on a bus")
    alert = bridge.expect("wechat:duty", case.reference, "From: Socialist Republic of Viet Nam")
    assert "Ha Noi" in alert.text
    await bridge.taps("wechat:duty", "Acknowledge", of=alert)
    bridge.expect("telegram:vn-officer", "Acknowledged by CN Duty desk")
    assert labels(bridge.phones.newest_with("telegram:vn-officer", "Being moved"))[0] == "Being moved"
    due = (await bridge.case(case)).deadlines
    assert all(d.due_at - case.opened_at <= timedelta(hours=6) for d in due)
