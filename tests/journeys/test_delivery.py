"""A messenger is broken: whoever must be told is told elsewhere, and nothing is lost meanwhile."""

from __future__ import annotations

from bot.domain.agreement import Urgency
from bot.domain.errors import Unavailable, Unreachable
from bot.domain.messages import DeliveryState, OutgoingKind, Priority
from bot.domain.people import Role
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

OFFICER = "telegram:officer"
SENT = ("no", "locked in", "15", "send", "send")


async def test_a_desk_whose_group_is_gone_is_told_through_its_people(bridge: PlayedBridge) -> None:
    bridge.adapters["telegram"].fail(Unreachable("the bot was removed"), times=None, address="kh-group")
    case = await bridge.report_case(*SENT)
    bridge.expect("telegram:clerk", "U1 immediate", case.reference)
    parked = [d for d in await bridge.deliveries(case) if d.state is DeliveryState.PARKED]
    assert {d.message.recipient for d in parked} == {"desk:kh-duty"}


async def test_a_messenger_that_is_down_lets_the_next_address_join_in_and_catches_up_later(
    bridge: PlayedBridge,
) -> None:
    await bridge.enrol(Somebody("Xu Hong", "CN", Role.DUTY, ("wechat:xu", "telegram:xu"), "cn-duty"))
    bridge.adapters["wechat"].fail(Unavailable("no route"), times=None)
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(seconds=29)
    bridge.expect_nothing("telegram:xu")
    await bridge.fast_forward(seconds=2)
    bridge.expect("telegram:xu", "U1 immediate", case.reference)
    bridge.adapters["wechat"].recover()
    await bridge.fast_forward(minutes=6)
    bridge.expect("wechat:xu", case.reference)
    bridge.expect("wechat:duty", case.reference)


async def test_one_messengers_outage_delays_nobody_elsewhere(bridge: PlayedBridge) -> None:
    bridge.adapters["wechat"].fail(Unavailable("no route"), times=None)
    case = await bridge.report_case(*SENT)
    bridge.expect("telegram:kh-group", case.reference)
    bridge.expect(OFFICER, f"{case.reference} is sent")
    await bridge.fast_forward(minutes=25)
    bridge.expect("wecom:supervisor", "ping 2")


async def test_a_ping_about_a_deadline_met_meanwhile_is_not_sent_late(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.adapters["wechat"].fail(Unavailable("no route"), times=None)
    await bridge.fast_forward(minutes=16)
    await bridge.says("wecom:supervisor", f"/ack {case.reference}")
    bridge.adapters["wechat"].recover()
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect_nothing("wechat:duty", containing="Acknowledge: due")
    dropped = [d for d in await bridge.deliveries(case) if d.state is DeliveryState.DROPPED and d.message.deadline_id]
    assert {d.reason for d in dropped} == {"deadline met"}


async def test_an_answer_stored_before_a_crash_is_sent_after_it(bridge: PlayedBridge) -> None:
    bridge.adapters["telegram"].fail(Unavailable("no route"), times=None)
    await bridge.says(OFFICER, "girl locked in a flat")
    case = await bridge.only_case()
    bridge.expect_nothing(OFFICER)
    bridge.adapters["telegram"].recover()
    await bridge.down_for(minutes=1)
    bridge.expect(OFFICER, case.reference, "(1 of 14)")


async def test_answers_about_a_case_are_as_urgent_as_the_case_and_others_come_after_them(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    await bridge.says(OFFICER, "yes")  # she is in danger now
    await bridge.says("telegram:colleague", "/help")
    case = await bridge.only_case()
    assert case.urgency is Urgency.U1
    answers = [d.message for d in await bridge.deliveries(case) if d.message.kind is OutgoingKind.REPLY]
    assert answers[-1].priority is Priority.U1
    sent = [d.message for d in await bridge.storage.outbox([DeliveryState.SENT], 10)]
    (routine,) = [m.priority for m in sent if m.address.peer == "colleague"]
    assert Priority.U2 < routine < Priority.U3
