"""The test ring: does the duty desk of either side hear what it is sent, and how soon?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.messages import OutgoingKind, Priority
from bot.domain.rings import Weekly
from bot.jobs.ring_watch import RingWatch
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

#: Duty desks: of Cambodia a group, of China whoever is on duty.
KH, KIM, LI, ZHAO = "telegram:kh-group", "telegram:clerk", "wechat:duty", "wechat:night"
KEO, WANG = "telegram:kh-supervisor", "wecom:supervisor"
VN, VN_CLERK = "telegram:vn-group", "telegram:vn-clerk"
HEAR = "I hear you"
#: The Monday after START, ten o'clock UTC.
MONDAY = datetime(2026, 4, 20, 10, tzinfo=UTC)


async def rung(bridge: PlayedBridge) -> None:
    """A supervisor of Cambodia begins a test ring."""
    await bridge.says(KEO, "/drill ring")


async def until(bridge: PlayedBridge, moment: datetime) -> None:
    await bridge.fast_forward(seconds=(moment - bridge.now).total_seconds())


def weekly(bridge: PlayedBridge) -> None:
    bridge.rules = replace(bridge.rules, test_ring=Weekly(0, time(10)))


async def test_a_supervisor_rings_the_desks_of_both_sides_and_each_answers_by_a_tap(bridge: PlayedBridge) -> None:
    await rung(bridge)
    bridge.expect(KEO, "EXERCISE", "The test ring goes to KH Duty desk, CN Duty desk", "15 minutes")
    for who, desk in ((KH, "KH Duty desk"), (LI, "CN Duty desk")):
        asked = bridge.expect(who, "EXERCISE", "Test ring. Nobody is in danger", desk)
        assert labels(asked) == [HEAR]
    bridge.expect_nothing(VN, VN_CLERK, ZHAO, WANG)
    await bridge.fast_forward(minutes=2)
    await bridge.taps(LI, HEAR)
    bridge.expect(LI, "EXERCISE", "CN Duty desk has answered the test ring after 2 min")
    await bridge.fast_forward(minutes=3)
    await bridge.taps(KIM, HEAR, at=KH)
    bridge.expect(KH, "KH Duty desk has answered the test ring after 5 min")
    (ring,) = await bridge.storage.rings(START)
    took = {desk: ring.took(desk) for desk in ring.desks}
    assert took == {"kh-duty": timedelta(minutes=5), "cn-duty": timedelta(minutes=2)}
    bridge.forget()
    await bridge.fast_forward(minutes=60)
    bridge.expect_nothing(KEO, WANG)


async def test_it_rings_as_an_alert_of_the_first_level_does_and_belongs_to_no_case(bridge: PlayedBridge) -> None:
    await rung(bridge)
    sent = [d.message for d in bridge.storage.kept.outbox if d.message.dedupe_key.startswith("ring:")]
    assert {(m.kind, m.priority, m.case_id) for m in sent} == {(OutgoingKind.ALERT, Priority.U1, None)}
    assert await bridge.cases() == []


async def test_of_a_desk_that_is_silent_the_supervisors_of_both_sides_hear_after_a_quarter_of_an_hour_once(
    bridge: PlayedBridge,
) -> None:
    await rung(bridge)
    await bridge.taps(LI, HEAR)
    bridge.forget()
    await bridge.fast_forward(minutes=14, seconds=59)
    bridge.expect_nothing(KEO, WANG)
    await bridge.fast_forward(seconds=1)
    for who in (KEO, WANG):
        told = bridge.expect(
            who, "No answer within 15 minutes", "Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing: KH Duty desk."
        )
        assert "CN Duty desk" not in told.text
    bridge.forget()
    await bridge.fast_forward(hours=2)
    bridge.expect_nothing(KEO, WANG, KH, LI)


async def test_who_answers_late_is_thanked_all_the_same_and_the_time_is_kept(bridge: PlayedBridge) -> None:
    await rung(bridge)
    await bridge.fast_forward(minutes=22)
    await bridge.taps(LI, HEAR)
    bridge.expect(LI, "CN Duty desk has answered the test ring after 22 min")
    for who in (KEO, WANG):
        told = bridge.expect(who, "CN Duty desk has answered the test ring of Sat 18 Apr 14:05", "now, after 22 min")
        assert "Li Wei" not in told.text
    (ring,) = await bridge.storage.rings(START)
    assert (ring.took("cn-duty"), ring.silent) == (timedelta(minutes=22), ("kh-duty",))


async def test_the_first_tap_of_a_desk_counts_and_who_taps_later_hears_of_it(bridge: PlayedBridge) -> None:
    await bridge.says(ZHAO, "/onduty")
    await rung(bridge)
    await bridge.fast_forward(minutes=1)
    await bridge.taps(LI, HEAR)
    await bridge.fast_forward(minutes=4)
    await bridge.taps(ZHAO, HEAR)
    told = bridge.expect(ZHAO, "answered by CN Duty desk already: Sat 18 Apr 15:06 Beijing, after 1 min")
    assert "Li Wei" not in told.text
    assert (await bridge.storage.rings(START))[0].took("cn-duty") == timedelta(minutes=1)


async def test_both_desks_that_tap_in_the_same_moment_are_counted(bridge: PlayedBridge) -> None:
    await bridge.says(ZHAO, "/onduty")
    await rung(bridge)
    await bridge.say_at_once((LI, "/drill heard"), (KIM, "/drill heard"), (ZHAO, "/drill heard"))
    (ring,) = await bridge.storage.rings(START)
    assert sorted(answer.desk for answer in ring.answers) == ["cn-duty", "kh-duty"]
    bridge.expect(KIM, "KH Duty desk has answered")


async def test_who_has_no_buttons_types_it(bridge: PlayedBridge) -> None:
    await rung(bridge)
    await bridge.says(LI, "/drill heard")
    bridge.expect(LI, "CN Duty desk has answered the test ring after 0 s")
    await bridge.says(KIM, "/drill heard", at=KH)
    bridge.expect(KH, "KH Duty desk has answered the test ring")


@pytest.mark.parametrize("who", [KIM, LI, "telegram:officer", "web:admin", VN_CLERK])
async def test_nobody_but_a_supervisor_begins_one(bridge: PlayedBridge, who: str) -> None:
    await bridge.says(who, "/drill ring")
    bridge.expect(who, "A test ring is begun by a supervisor of one of the two sides. Nobody was rung.")
    assert await bridge.storage.rings(START) == []
    assert await bridge.cases() == [], "and no exercise is opened in its place"
    bridge.expect_nothing(KH, containing="Test ring")


@pytest.mark.parametrize("who", ["telegram:officer", VN_CLERK, "wecom:detective", "web:admin"])
async def test_nobody_of_another_desk_answers_in_its_place(bridge: PlayedBridge, who: str) -> None:
    await rung(bridge)
    data = bridge.phones.newest_with(LI, HEAR).data(HEAR)
    await bridge._phone(who).taps_data(who, data, "m1")
    await bridge._settled()
    bridge.expect(who, "No test ring waits for your answer")
    await bridge.says(who, "/drill heard")
    bridge.expect(who, "No test ring waits for your answer")
    assert (await bridge.storage.rings(START))[0].answers == ()


async def test_nobody_is_rung_twice_at_a_time(bridge: PlayedBridge) -> None:
    await rung(bridge)
    bridge.forget()
    await bridge.fast_forward(minutes=5)
    await rung(bridge)
    bridge.expect(KEO, "The test ring of Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing is not over yet")
    bridge.expect_nothing(KH, LI)
    await bridge.fast_forward(minutes=10)
    await rung(bridge)
    bridge.expect(KH, "Test ring")
    assert len(await bridge.storage.rings(START)) == 2


async def test_a_supervisor_of_two_corridors_rings_both(bridge: PlayedBridge) -> None:
    await bridge.says(WANG, "/drill ring")
    bridge.expect(KH, "Test ring")
    bridge.expect(VN, "Test ring")
    assert {ring.corridor for ring in await bridge.storage.rings(START)} == {"KC", "VC"}


async def test_each_week_it_rings_by_itself_once(bridge: PlayedBridge) -> None:
    weekly(bridge)
    await bridge.restart()
    await until(bridge, MONDAY - timedelta(minutes=1))
    bridge.expect_nothing(KH, LI, containing="Test ring")
    await until(bridge, MONDAY)
    for who in (KH, LI, VN):
        bridge.expect(who, "EXERCISE", "Test ring")
    bridge.forget()
    await bridge.restart()
    await until(bridge, MONDAY + timedelta(days=1))
    bridge.expect_nothing(KH, LI, containing="Nobody is in danger")
    assert [ring.begun_by for ring in await bridge.storage.rings(START)] == [None, None]
    await until(bridge, MONDAY + timedelta(days=7))
    assert len(await bridge.storage.rings(MONDAY + timedelta(days=7))) == 2


async def test_a_weekly_ring_that_was_missed_rings_within_the_hour_or_not_that_week(bridge: PlayedBridge) -> None:
    weekly(bridge)
    await bridge.restart()
    await until(bridge, MONDAY - timedelta(hours=1))
    await bridge.down_for(hours=1, minutes=40)
    assert len(await bridge.storage.rings(START)) == 2
    await until(bridge, MONDAY + timedelta(days=6, hours=23))
    await bridge.down_for(hours=3)
    assert len(await bridge.storage.rings(START)) == 2, "nobody expects it two hours late"


async def test_two_nodes_ring_once_and_tell_of_silence_once(bridge: PlayedBridge) -> None:
    await until(bridge, MONDAY)
    nodes = [
        RingWatch(
            bridge.storage, bridge._bridge.line, bridge.clock, Weekly(0, time(10)), f"node {n}", bridge.rules.agreement
        )
        for n in (1, 2)
    ]
    for node in (*nodes, *nodes):
        await node.tick()
    await bridge._settled()
    assert len(await bridge.storage.rings(MONDAY)) == 2
    bridge.forget()
    bridge.now += timedelta(minutes=15)
    for node in (*nodes, *nodes):
        await node.tick()
    await bridge._settled()
    assert len([text for text in bridge.heard(KEO) if "No answer within" in text]) == 1


async def test_a_restart_forgets_neither_who_answered_nor_who_is_silent(bridge: PlayedBridge) -> None:
    await rung(bridge)
    await bridge.taps(LI, HEAR)
    await bridge.down_for(minutes=40)
    told = bridge.expect(WANG, "No answer within 15 minutes", "KH Duty desk")
    assert "CN Duty desk" not in told.text
    await bridge.taps(KIM, HEAR, at=KH)
    bridge.expect(KH, "KH Duty desk has answered the test ring after 40 min")


async def test_what_was_rung_answered_and_not_answered_is_in_the_record(bridge: PlayedBridge) -> None:
    await rung(bridge)
    await bridge.taps(LI, HEAR)
    await bridge.fast_forward(minutes=15)
    (ring,) = await bridge.storage.rings(START)
    entries = [link.entry for link in bridge.storage.kept.journal if link.entry.act.startswith("ring_")]
    told = [(entry.act, entry.told.get("desks") or entry.told.get("desk")) for entry in entries]
    assert told == [
        ("ring_begun", ["kh-duty", "cn-duty"]),
        ("ring_answered", "cn-duty"),
        ("ring_unanswered", ["kh-duty"]),
    ]
    assert {entry.told["ring"] for entry in entries} == {ring.id}
    assert entries[0].actor == f"person:{(await bridge.person(KEO)).id}"
