"""Calm: one ping a case and person, warned before, changed in place, silent for whoever is on it; never silent else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.case import Case
from bot.domain.errors import Unavailable
from bot.domain.messages import OutgoingKind
from tests.journeys.month import asks, busiest_hour, told
from tests.journeys.test_clock import OFFICER, U1, U2
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OWN_DESK = "telegram:kh-group"


async def rung(bridge: PlayedBridge, case: Case, kinds: Iterable[OutgoingKind] = ()) -> dict[str, list[datetime]]:
    """When each address was told something about a case that rings, of these kinds or of any."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for delivery in told(await bridge.deliveries(case)):
        if not kinds or delivery.message.kind in kinds:
            found[str(delivery.message.address)].append(delivery.sent_at or bridge.now)
    return found


async def test_a_case_that_everybody_ignores_sends_nobody_more_than_seven_messages_an_hour(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(hours=9)
    moments = await rung(bridge, case)
    assert {busiest_hour(at) for at in moments.values()} <= set(range(8))
    assert busiest_hour(moments["wechat:duty"]) == 7


async def test_of_a_case_that_everybody_ignores_nobody_hears_less_than_once_in_each_repeat(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(hours=9)
    pings = await rung(bridge, case, {OutgoingKind.PING})
    for address in ("wechat:duty", "wecom:supervisor", "wecom:secretariat", "telegram:kh-secretariat"):
        gaps = [after - before for before, after in zip(pings[address], [*pings[address][1:], bridge.now], strict=True)]
        assert max(gaps) <= timedelta(minutes=10), address
    from_police_on = [at for at in pings[OWN_DESK] if at >= START + timedelta(hours=1)]
    assert max(b - a for a, b in pairwise(from_police_on)) <= timedelta(minutes=10)


async def test_one_ping_says_all_that_is_late_and_what_comes_soon(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(hours=2, minutes=56)
    ping = bridge.phones.newest_saying("wechat:duty", "Acknowledge: due")
    lines = ping.text.split("\n")
    assert lines[0] == f"U1 immediate · {case.reference}"
    assert lines[1].startswith("Acknowledge: due Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing (2 h 35 min late), ping")
    assert "Police channel: due Sat 18 Apr 15:05 Phnom Penh / 16:05 Beijing (1 h 50 min late)" in ping.text
    assert "Diplomatic channel: due Sat 18 Apr 17:05 Phnom Penh / 18:05 Beijing (in 10 min)." in ping.text
    assert labels(ping)[0] == "Acknowledge"


async def test_its_owner_alone_is_warned_a_quarter_of_its_time_before_a_deadline_passes(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:clerk", f"/assign {(await bridge.only_case()).reference} me")
    bridge.forget()
    await bridge.fast_forward(minutes=44, seconds=59)
    bridge.expect_nothing("telegram:clerk", "wechat:duty", OWN_DESK)
    await bridge.fast_forward(seconds=1)
    bridge.expect("telegram:clerk", "Police channel: due Sat 18 Apr 15:05", "(in 15 min)", "Missing: ")
    bridge.expect_nothing("wechat:duty", OWN_DESK, "wecom:supervisor", "telegram:kh-supervisor")


async def test_whoever_acts_after_the_warning_is_not_pinged(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U2)
    await bridge.fast_forward(minutes=45)
    warning = bridge.expect("wechat:duty", "Acknowledge: due", "(in 15 min)")
    await bridge.taps("wechat:duty", "Acknowledge", of=warning)
    bridge.forget()
    await bridge.fast_forward(minutes=30)
    bridge.expect_nothing("wechat:duty", "wecom:supervisor", OWN_DESK)
    assert (await bridge.case(case)).acknowledged_at is not None


async def test_nobody_is_warned_of_what_an_alert_has_just_asked_for(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    bridge.forget()
    await bridge.fast_forward(minutes=14, seconds=59)
    bridge.expect_nothing("wechat:duty")


async def test_a_ping_is_changed_in_place_until_something_new_falls_due(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=60)
    ping = bridge.phones.newest_saying(OWN_DESK, "Police channel: due")
    assert "CN has not acknowledged yet" in ping.text
    await bridge.taps("wechat:duty", "Acknowledge")
    now = next(m for m in bridge.adapters["telegram"].shown("kh-group") if m.id == ping.id)
    assert "CN has not acknowledged yet" not in now.text
    assert "Police channel: due" in now.text
    assert len([m for m in bridge.adapters["telegram"].shown("kh-group") if "Police channel: due" in m.text]) == 2
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe she is home and safe")
    closed = next(m for m in bridge.adapters["telegram"].shown("kh-group") if m.id == ping.id)
    assert "Nothing is late here any more" in closed.text
    assert closed.buttons == ()


async def test_whoever_is_on_it_hears_no_repeats_for_a_while_and_both_sides_see_it(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=15)
    bridge.forget()
    await bridge.taps("wechat:duty", "I am on it")
    bridge.expect("wechat:duty", "you are on it", "14:35 Phnom Penh")
    bridge.expect(OWN_DESK, "CN Duty desk is on it until Sat 18 Apr 14:35")
    bridge.forget()
    await bridge.fast_forward(minutes=14, seconds=59)
    bridge.expect_nothing("wechat:duty")
    supervisor = bridge.expect("wecom:supervisor", "Nobody has acknowledged", "CN Duty desk is on it until")
    assert "Acknowledge" in labels(supervisor)
    await bridge.fast_forward(minutes=6)
    bridge.expect("wechat:duty", "Acknowledge: due")


async def test_being_on_it_silences_no_first_ping_and_nobody_else(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=46)
    await bridge.says("wechat:duty", f"/onit {case.reference}")
    await bridge.says("wechat:night", "/onduty")
    bridge.forget()
    await bridge.fast_forward(minutes=9)
    bridge.expect_nothing("wechat:duty")
    bridge.expect("wechat:night", "Acknowledge: due")
    await bridge.fast_forward(minutes=5)
    bridge.expect("wechat:duty", "Police channel: due", "ping 1")


async def test_being_on_it_shows_on_the_case_of_both_sides(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=15)
    await bridge.says("wechat:duty", f"/onit {case.reference}")
    for who in (OFFICER, "telegram:clerk", "wechat:duty"):
        await bridge.says(who, f"/case {case.reference}")
        bridge.expect(who, "CN Duty desk is on it until Sat 18 Apr 14:35")


async def test_an_officer_who_is_not_pinged_is_told_so_and_nothing_changes(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.says(OFFICER, f"/onit {case.reference}")
    bridge.expect(OFFICER, "No pings come to you")
    assert (await bridge.case(case)).pinged == {}


async def test_a_ping_that_could_not_be_sent_says_what_is_so_when_it_is(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=55)
    bridge.adapters["telegram"].fail(Unavailable("no answer"), times=None)
    await bridge.fast_forward(minutes=5, seconds=10)
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.adapters["telegram"].recover()
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    said = [text for text in bridge.heard(OWN_DESK) if "Police channel: due" in text]
    assert said
    assert not any("not acknowledged" in text for text in said)


@pytest.mark.parametrize("story", [U1, U2])
async def test_every_ping_offers_an_act_or_says_who_must_act(bridge: PlayedBridge, story: tuple[str, ...]) -> None:
    case = await bridge.report_case(*story)
    await bridge.fast_forward(hours=12)
    pings = [d for d in await bridge.deliveries(case) if d.message.kind is OutgoingKind.PING]
    assert all(asks(d) for d in pings)


async def cases_at_once(bridge: PlayedBridge, *, at_most: int, count: int = 8) -> list[Case]:
    """Cases that fall due in the same minute, at a desk where one person is on duty."""
    bridge.rules = replace(bridge.rules, pings_per_hour=at_most)
    await bridge.restart()
    cases = [await bridge.report_case(*U2, text=f"/alert somebody screams in flat {n}") for n in range(count)]
    bridge.forget()
    return cases


async def test_a_flood_of_eight_cases_reaches_one_person_as_a_few_pings_and_one_message_with_the_rest(
    bridge: PlayedBridge,
) -> None:
    cases = await cases_at_once(bridge, at_most=3)
    await bridge.fast_forward(minutes=45)
    assert len(bridge.heard("wechat:duty")) == 3, "warnings, one by one"
    await bridge.fast_forward(minutes=1)
    (gathered,) = bridge.phones.take("wechat:duty")
    assert gathered.text.startswith("More than 3 pings in an hour, so the rest is in one message. These are late too:")
    assert sum(case.reference in gathered.text for case in cases) == 5
    assert gathered.text.endswith("All that is late: /overdue")
    assert len(labels(gathered)) == 5
    await bridge.fast_forward(minutes=16)
    said = bridge.heard("wechat:duty")
    assert len(said) == 1, "all first pings in one message"
    assert all(case.reference in said[0] for case in cases)


async def test_a_flood_sends_nobody_more_than_the_limit_and_a_message_each_quarter_of_an_hour(
    bridge: PlayedBridge,
) -> None:
    cases = await cases_at_once(bridge, at_most=6)
    await bridge.fast_forward(hours=5)
    moments: dict[str, list[datetime]] = defaultdict(list)
    for case in cases:
        for address, found in (await rung(bridge, case, {OutgoingKind.PING})).items():
            moments[address] += found
    assert max(busiest_hour(found) for found in moments.values()) <= 6 + 4


async def test_what_gathers_more_than_anybody_reads_at_night_says_where_the_rest_is(bridge: PlayedBridge) -> None:
    cases = await cases_at_once(bridge, at_most=1, count=23)
    await bridge.fast_forward(minutes=46)
    gathered = bridge.heard("wechat:duty")[-1]
    assert sum(case.reference in gathered for case in cases) == 20
    assert gathered.endswith("More is late than fits here: /overdue")


async def test_u1_is_never_gathered(bridge: PlayedBridge) -> None:
    bridge.rules = replace(bridge.rules, pings_per_hour=1)
    await bridge.restart()
    for n in range(3):
        await bridge.report_case(*U1, text=f"/alert somebody screams in flat {n}")
    bridge.forget()
    await bridge.fast_forward(minutes=15)
    assert len(bridge.heard("wechat:duty")) == 3
