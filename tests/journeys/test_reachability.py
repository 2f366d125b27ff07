"""Who blocks or leaves us, and comes back: the next messenger is used, and whoever has to know is told."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

from bot.domain.errors import Unreachable
from bot.domain.messages import Address, Contact, Inbound, Kind
from tests.kit.played import PlayedBridge
from tests.kit.world import ADMIN, DUTY, SUPERVISOR, Somebody, agreement

OFFICER, DESK = "telegram:officer", "telegram:kh-group"
_NUMBERS = itertools.count(1)


async def happens(bridge: PlayedBridge, kind: Kind, who: str, *, at: str = "", contact: Contact = Contact.NONE) -> None:
    """A messenger says that somebody left or came, by themselves or in a group."""
    sender, place = Address.parse(who), Address.parse(at or who)
    name = f"{kind}-{next(_NUMBERS)}"
    await bridge.redelivers(Inbound(sender.messenger, "1", name, kind, bridge.now, sender, place, contact=contact))


async def leaves(bridge: PlayedBridge, who: str) -> None:
    await happens(bridge, Kind.LEFT, who)


async def with_phones(bridge: PlayedBridge, who: str, *more: str) -> None:
    """Bind further messengers to somebody, behind them in order."""
    person = await bridge.person(who)
    await bridge.change(who, addresses=(*person.addresses, *map(Address.parse, more)))


async def acts(bridge: PlayedBridge) -> list[str]:
    return [link.entry.act for link in bridge.storage.kept.journal]


async def test_the_desk_hears_that_the_officer_of_an_open_case_blocked_us(bridge: PlayedBridge) -> None:
    await with_phones(bridge, OFFICER, "wechat:officer")
    case = await bridge.report_case()
    bridge.forget()
    await leaves(bridge, OFFICER)
    told = bridge.expect(DESK, "Sok Dara (officer, KH) blocked or left the bridge on Telegram.", case.reference)
    assert "Still reachable on: WeChat." in told.text
    bridge.expect_nothing("wechat:duty", "wecom:supervisor", "telegram:kh-supervisor")
    assert "left" in await acts(bridge)


async def test_when_nothing_reaches_them_any_more_the_desk_is_asked_to_call(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await leaves(bridge, OFFICER)
    bridge.expect(DESK, "Nothing reaches them now: call them.")


async def test_it_is_told_once_however_often_the_messenger_says_it(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await leaves(bridge, OFFICER)
    bridge.expect(DESK, "blocked or left")
    bridge.forget()
    await leaves(bridge, OFFICER)
    bridge.expect_nothing(DESK)


async def test_without_an_open_case_nobody_is_bothered_but_it_is_known(bridge: PlayedBridge) -> None:
    await leaves(bridge, OFFICER)
    assert (await bridge.person(OFFICER)).unreachable == {Address.parse(OFFICER)}
    assert not bridge.everything_heard()


async def test_what_is_told_goes_to_the_messenger_that_still_works(bridge: PlayedBridge) -> None:
    await with_phones(bridge, OFFICER, "wechat:officer")
    case = await bridge.report_case()
    await leaves(bridge, OFFICER)
    bridge.forget()
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    bridge.expect("wechat:officer", case.reference, "Acknowledged by CN Duty desk")
    bridge.expect_nothing(OFFICER)


async def test_whoever_writes_again_is_reached_there_again_and_the_desk_hears_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await leaves(bridge, OFFICER)
    bridge.forget()
    await bridge.says(OFFICER, "/cases")
    assert not (await bridge.person(OFFICER)).unreachable
    bridge.expect(DESK, "Sok Dara (officer, KH) can be reached on Telegram again.", case.reference)
    assert "reachable" in await acts(bridge)
    bridge.forget()
    await bridge.says(OFFICER, "/cases")
    bridge.expect_nothing(DESK)


async def test_unblocking_is_enough(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await leaves(bridge, OFFICER)
    await happens(bridge, Kind.REACHED, OFFICER)
    assert not (await bridge.person(OFFICER)).unreachable
    bridge.expect(DESK, "can be reached on Telegram again")


async def test_a_word_in_a_group_does_not_prove_that_private_messages_arrive(bridge: PlayedBridge) -> None:
    await leaves(bridge, "telegram:clerk")
    await bridge.says("telegram:clerk", "/cases", at=DESK)
    assert (await bridge.person("telegram:clerk")).unreachable


async def test_a_change_in_the_same_message_does_not_forget_that_they_are_back(bridge: PlayedBridge) -> None:
    await leaves(bridge, "wecom:supervisor")
    await bridge.says("wecom:supervisor", "/offduty")
    person = await bridge.person("wecom:supervisor")
    assert (person.unreachable, person.on_duty) == (frozenset(), False)


async def test_whoever_is_assigned_counts_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    await bridge.says("wecom:detective", f"/case {case.reference}")
    await bridge.says("wechat:duty", f"/assign {case.reference} me")
    await bridge.enrol(Somebody("Chen Bo", "CN", DUTY, ("wecom:day",), "cn-duty"))
    bridge.forget()
    await leaves(bridge, "wechat:duty")
    bridge.expect("wecom:day", "Li Wei (duty, CN) blocked or left the bridge on WeChat", case.reference)
    bridge.expect_nothing("wecom:supervisor", DESK)


async def test_the_last_one_on_duty_who_leaves_is_a_matter_for_the_supervisor(bridge: PlayedBridge) -> None:
    await leaves(bridge, "wechat:duty")
    bridge.expect("wecom:supervisor", "Li Wei (duty, CN)", "Nobody on duty at Duty desk can be reached now.")
    bridge.expect("wechat:night", "Nobody on duty at Duty desk can be reached now.")
    bridge.expect_nothing("wechat:duty")


async def test_an_alert_finds_those_off_duty_when_nobody_on_duty_can_be_reached(bridge: PlayedBridge) -> None:
    await leaves(bridge, "wechat:duty")
    bridge.forget()
    case = await bridge.report_case()
    bridge.expect("wechat:night", case.reference)
    bridge.expect("wechat:duty", case.reference)


async def test_when_a_desks_group_puts_the_bridge_out_its_people_hear_it_one_by_one(bridge: PlayedBridge) -> None:
    await happens(bridge, Kind.LEFT, "telegram:somebody", at=DESK)
    for who in ("telegram:clerk", "telegram:kh-supervisor"):
        bridge.expect(who, "taken out of the Telegram group of Duty desk")
    bridge.expect_nothing(DESK, "wechat:duty", OFFICER)
    await happens(bridge, Kind.REACHED, "telegram:somebody", at=DESK)
    bridge.expect("telegram:clerk", "is in the Telegram group of Duty desk")


async def test_a_desk_in_a_topic_of_a_group_is_out_with_the_group(tmp_path: Path) -> None:
    agreed = agreement()
    topic = (Address.parse("telegram:kh-group/56"),)
    desks = {**agreed.desks, "kh-duty": replace(agreed.desks["kh-duty"], addresses=topic)}
    bridge = PlayedBridge(tmp_path, agreed=replace(agreed, desks=desks))
    await bridge.start()
    await happens(bridge, Kind.LEFT, "telegram:somebody", at=DESK)
    bridge.expect("telegram:clerk", "taken out of the Telegram group of Duty desk")
    await bridge.stop()


async def test_a_group_that_is_no_desks_concerns_nobody(bridge: PlayedBridge) -> None:
    await happens(bridge, Kind.LEFT, OFFICER, at="telegram:-football")
    assert not bridge.everything_heard()
    assert not (await bridge.person(OFFICER)).unreachable


async def test_whoever_follows_is_greeted_where_the_messenger_lets_us_answer(bridge: PlayedBridge) -> None:
    await happens(bridge, Kind.REACHED, "wechat:newcomer", contact=Contact.TAP)
    bridge.expect("wechat:newcomer", "This line is for enrolled officers")
    await happens(bridge, Kind.REACHED, "wechat:duty", contact=Contact.TAP)
    bridge.expect("wechat:duty", "You are enrolled: Li Wei")
    await happens(bridge, Kind.REACHED, "telegram:newcomer")
    bridge.expect_nothing("telegram:newcomer")


async def test_a_stranger_who_leaves_leaves_nothing(bridge: PlayedBridge) -> None:
    await leaves(bridge, "wechat:stranger")
    assert not bridge.everything_heard()
    assert "left" not in await acts(bridge)


async def test_a_message_that_the_messenger_refuses_for_good_shows_that_they_left(bridge: PlayedBridge) -> None:
    await with_phones(bridge, OFFICER, "wechat:officer")
    case = await bridge.report_case()
    bridge.adapters["telegram"].fail(Unreachable("The bot was blocked."), times=None, address="officer")
    bridge.forget()
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    bridge.expect("wechat:officer", case.reference, "Acknowledged by CN Duty desk")
    bridge.expect(DESK, "Sok Dara (officer, KH) blocked or left the bridge on Telegram.", case.reference)
    assert (await bridge.person(OFFICER)).unreachable == {Address.parse(OFFICER)}


async def test_a_group_that_nothing_can_be_written_to_is_made_known_once_a_day(bridge: PlayedBridge) -> None:
    bridge.adapters["telegram"].fail(Unreachable("The bot was removed."), times=None, address="kh-group")
    await bridge.report_case()
    bridge.expect("telegram:clerk", "Nothing can be written to Duty desk on Telegram")
    bridge.expect("telegram:kh-supervisor", "Nothing can be written to Duty desk on Telegram")
    bridge.forget()
    await bridge.fast_forward(hours=2)
    bridge.expect("telegram:clerk", "ping")
    bridge.expect_nothing("telegram:clerk", containing="Nothing can be written to Duty desk")


async def test_when_all_of_a_side_leave_at_once_the_bridge_does_not_chase_its_tail(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    for name in ("telegram", "wechat", "wecom", "web"):
        bridge.adapters[name].fail(Unreachable("Nobody there."), times=None)
    await bridge.fast_forward(hours=1)
    people = (await bridge.storage.directory()).people.values()
    assert not [p.name for p in people if p.desk in ("kh-duty", "cn-duty") and p.is_reachable]
    assert (await bridge.case(case)).is_open


async def test_when_no_supervisor_can_be_reached_either_the_admins_hear_that_a_desk_is_silent(
    bridge: PlayedBridge,
) -> None:
    await bridge.enrol(Somebody("Sun Li", "CN", ADMIN, ("wecom:cn-admin",)))
    for who in ("wecom:supervisor", "wechat:night"):
        await leaves(bridge, who)
    bridge.expect_nothing("wecom:cn-admin")
    await leaves(bridge, "wechat:duty")
    bridge.expect("wecom:cn-admin", "Li Wei (duty, CN)", "Nobody on duty at Duty desk can be reached now.")


async def test_whoever_is_left_with_the_web_chat_alone_counts_as_gone(bridge: PlayedBridge) -> None:
    await with_phones(bridge, "wechat:duty", f"web:{(await bridge.person('wechat:duty')).id}")
    await leaves(bridge, "wechat:duty")
    told = bridge.expect("wecom:supervisor", "Li Wei (duty, CN)", "Nobody on duty at Duty desk can be reached now.")
    assert "Only the web chat is left, and nothing rings there: call them." in told.text
    case = await bridge.report_case()
    bridge.expect("wechat:night", case.reference, "Acknowledge by")


async def test_whoever_has_nothing_but_the_web_chat_counts_as_there(bridge: PlayedBridge) -> None:
    await bridge.change("wechat:duty", addresses=(Address("web", "li"),))
    case = await bridge.report_case()
    bridge.expect("web:li", case.reference)
    bridge.expect_nothing("wechat:night")


async def test_when_the_last_supervisor_leaves_their_desk_hears_it_and_when_they_come_back(
    bridge: PlayedBridge,
) -> None:
    await leaves(bridge, "wecom:supervisor")
    bridge.expect("wechat:duty", "Wang Fang (supervisor, CN)", "No supervisor of CN can be reached now.")
    bridge.expect_nothing("telegram:kh-group", "telegram:kh-supervisor")
    await happens(bridge, Kind.REACHED, "wecom:supervisor")
    assert "No supervisor" not in bridge.expect("wechat:duty", "can be reached on WeCom again").text


async def test_while_another_supervisor_can_be_reached_nobody_is_bothered(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Gao Lin", "CN", SUPERVISOR, ("wecom:second",), "cn-duty"))
    await leaves(bridge, "wecom:supervisor")
    bridge.expect_nothing("wechat:duty", "wecom:second")
