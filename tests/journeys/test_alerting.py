"""Who is told of a case, when, and how much of it."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.agreement import Urgency
from bot.domain.case import DeadlineKind
from bot.domain.messages import DeliveryState
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
REST = ("China", "Jiangxi, Nanchang", "unknown", "forced marriage", "1")


async def test_the_third_answer_tells_both_duty_desks_each_in_its_messenger(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]")
    bridge.expect_nothing("wechat:duty", "telegram:kh-group")
    await bridge.says(OFFICER, "16")
    alert = bridge.expect("wechat:duty", "U1 immediate", case.reference, "Acknowledge by Sat 18 Apr 14:20 Phnom Penh")
    assert labels(alert) == ["Acknowledge", "Assign to me", "Show case"]
    own = bridge.expect("telegram:kh-group", "U1 immediate", case.reference)
    assert "Acknowledge" not in labels(own)
    bridge.expect_nothing("wechat:night", "wecom:supervisor", "telegram:vn-group", "wecom:police-group")


async def test_danger_or_being_moved_tells_the_desks_at_once(bridge: PlayedBridge) -> None:
    in_danger = await bridge.report_case("yes")
    bridge.expect("wechat:duty", in_danger.reference, "U1 immediate")
    on_the_road = await bridge.report_case("no", "being moved", text="/alert boy on a bus")
    bridge.expect("wechat:duty", on_the_road.reference, "U1 immediate")
    bridge.expect("telegram:kh-group", on_the_road.reference)


async def test_until_citizenship_and_fear_are_answered_only_the_minimum_crosses_the_border(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case()
    alert = bridge.expect("wechat:duty", case.reference)
    lines = [line.split(":")[0] for line in alert.text.split("\n")]
    assert lines == [
        f"U1 immediate · {case.reference}",
        "From",
        "Received",
        "Situation",
        "Youngest person",
        "Acknowledge by Sat 18 Apr 14",
        "Texts and the rest",
    ]
    await bridge.answers(OFFICER, *REST, "Cambodia", "interpreter", "no")
    await bridge.says("wechat:duty", f"/case {case.reference}")
    shown = bridge.expect("wechat:duty", case.reference, "Country now: China", "Assistance asked: Interpreter").text
    for hidden in ("Danger", "Last contact", "Suspected exploitation", "People affected", "Citizenship", "Why"):
        assert hidden not in shown
    await bridge.says("telegram:clerk", f"/case {case.reference}")
    own = bridge.expect("telegram:clerk", "Why:")
    assert "Suspected exploitation: Forced marriage" in own.text


async def test_what_may_be_told_is_told_once_citizenship_and_fear_are_known(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.answers(OFFICER, *REST, "Cambodia", "interpreter", "no", "yes", "not asked", "no")
    await bridge.says("wechat:duty", f"/case {case.reference}")
    shown = bridge.expect("wechat:duty", "Suspected exploitation: Forced marriage", "Citizenship: Cambodia").text
    assert "Area: Jiangxi, Nanchang" in shown, "nothing is feared: the place may cross"
    assert "Fears" not in shown, "fear of an authority is never told to the other side"


async def test_who_fears_the_requested_state_stays_hidden_from_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.answers(OFFICER, *REST, "China", "interpreter", "no", "yes", "not asked", "yes")
    await bridge.says("wechat:duty", f"/case {case.reference}")
    shown = bridge.expect("wechat:duty", "Situation: Locked in or held").text
    assert "Citizenship" not in shown
    assert "Fears" not in shown


async def test_later_answers_change_the_alert_where_the_messenger_can(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    bridge.forget()
    await bridge.says(OFFICER, "China")
    await bridge.says(OFFICER, "Nanchang")
    await bridge.fast_forward(seconds=10)
    own = bridge.expect("telegram:kh-group", case.reference, "Country now: China")
    assert own.edits == 1, "the same message was changed, once for both answers"
    bridge.expect_nothing("wechat:duty")
    dropped = [d for d in await bridge.deliveries(case) if d.state is DeliveryState.DROPPED]
    assert {d.reason for d in dropped} == {"this messenger cannot change a sent message"}


async def test_a_rise_in_urgency_after_the_alert_is_a_new_message(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25")
    bridge.expect("wechat:duty", "U2 urgent", case.reference)
    await bridge.fast_forward(minutes=5)
    bridge.forget()
    await bridge.answers(OFFICER, "edit 3", "15")
    bridge.expect("wechat:duty", "U1 immediate", case.reference)
    assert bridge.expect("telegram:kh-group", "U1 immediate", case.reference).edits == 0


async def test_a_drop_during_the_intake_moves_deadlines_and_never_unrings_what_was_sent(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15")
    await bridge.fast_forward(minutes=16)
    bridge.expect("wechat:duty", "ping 1")
    bridge.forget()
    await bridge.answers(OFFICER, "edit 3", "25")
    case = await bridge.case(case)
    assert case.urgency is Urgency.U2
    due = await bridge.due(case, DeadlineKind.ACKNOWLEDGE)
    assert (due.due_at, due.pings) == (START + timedelta(minutes=60), 1)
    await bridge.fast_forward(minutes=43)
    bridge.expect_nothing("wechat:duty", "wecom:supervisor", containing="ping")
    await bridge.fast_forward(minutes=1)
    bridge.expect("wechat:duty", "U2 urgent", "ping 2")


async def test_a_rise_during_the_intake_pings_at_once_and_blames_no_downtime(bridge: PlayedBridge) -> None:
    await bridge.report_case("no", "locked in", "25")
    await bridge.fast_forward(minutes=40)
    await bridge.answers(OFFICER, "edit 3", "15")
    await bridge.fast_forward(seconds=1)
    ping = bridge.expect("wechat:duty", "ping 1", "14:20 Phnom Penh / 15:20 Beijing (25 min late)")
    assert "not running" not in ping.text


async def test_after_send_urgency_only_rises_and_deadlines_only_move_earlier(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25", "send", "send")
    await bridge.fast_forward(minutes=40)
    await bridge.answers(OFFICER, "edit 3", "15")
    case = await bridge.case(case)
    assert case.urgency is Urgency.U1
    acknowledge = await bridge.due(case, DeadlineKind.ACKNOWLEDGE)
    assert acknowledge.due_at == START + timedelta(minutes=55), "no sooner than 15 minutes from now"
    assert (await bridge.due(case, DeadlineKind.POLICE)).due_at == START + timedelta(minutes=60)
    await bridge.answers(OFFICER, "edit 3", "25")
    case = await bridge.case(case)
    assert (case.urgency, case.value("age_group")) == (Urgency.U1, "18_or_over")
    assert (await bridge.due(case, DeadlineKind.POLICE)).due_at == START + timedelta(minutes=60)


async def test_only_a_supervisor_lowers_the_urgency_and_says_why(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    await bridge.says("wechat:duty", f"/urgency {case.reference} U2 she is safe")
    bridge.expect("wechat:duty", "Only a supervisor can lower the urgency")
    await bridge.says("telegram:kh-supervisor", f"/urgency {case.reference} U3")
    bridge.expect("telegram:kh-supervisor", "Which level, and why?")
    await bridge.says("telegram:kh-supervisor", "she is with the embassy")
    bridge.expect("telegram:kh-supervisor", f"{case.reference}: now U3 priority")
    told = bridge.expect("wechat:duty", "Urgency changed from U1 to U3", "KH Duty desk")
    assert "embassy" not in told.text
    case = await bridge.case(case)
    assert case.urgency is Urgency.U3
    assert (await bridge.due(case, DeadlineKind.POLICE)).due_at == START + timedelta(minutes=60), "only ever earlier"


async def test_a_rise_after_a_supervisor_lowered_it_rings_again(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    await bridge.says("telegram:kh-supervisor", f"/urgency {case.reference} U3 she is with the embassy")
    await bridge.fast_forward(minutes=1)
    bridge.forget()
    await bridge.answers(OFFICER, "edit 1", "yes")
    bridge.expect("wechat:duty", "U1 immediate", case.reference, "Acknowledge")
    assert (await bridge.case(case)).urgency is Urgency.U1


async def test_a_desk_raises_the_urgency_and_everybody_hears(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "safe place", "25", "send", "send")
    assert case.urgency is Urgency.U3
    await bridge.says("telegram:clerk", f"/urgency {case.reference} U1 broker is on his way")
    bridge.expect("wechat:duty", "U1 immediate", case.reference, "Acknowledge by")
    bridge.expect(OFFICER, "Urgency changed from U3 to U1")
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at == START + timedelta(minutes=15)


async def test_an_officer_of_two_corridors_is_asked_which_side_and_until_then_only_their_own_desk_is_told(
    bridge: PlayedBridge,
) -> None:
    inspector = "wecom:inspector"
    await bridge.says(inspector, "somebody screams in a truck")
    case = await bridge.only_case()
    asked = bridge.expect(inspector, case.reference, "Which side is asked to help?")
    assert labels(asked) == ["Kingdom of Cambodia", "Socialist Republic of Viet Nam"]
    assert case.reference.startswith("VC26-")
    await bridge.fast_forward(minutes=3)
    bridge.expect("wechat:duty", case.reference)
    bridge.expect_nothing("telegram:vn-group", "telegram:kh-group")
    await bridge.taps(inspector, "Kingdom of Cambodia")
    bridge.expect(inspector, "(1 of 14)")
    bridge.expect("telegram:kh-group", case.reference, "From: People's Republic of China")
    bridge.expect_nothing("telegram:vn-group")
    bridge.expect_nothing("wechat:duty")
    after = await bridge.case(case)
    assert (after.reference, after.corridor, after.requested) == (case.reference, "VC", "KH")


async def test_the_question_which_side_stays_until_it_is_answered(bridge: PlayedBridge) -> None:
    inspector = "wecom:inspector"
    await bridge.says(inspector, "woman held in Kunming")
    for step in ("send", "skip", "summary", "she is from the north"):
        bridge.forget()
        await bridge.says(inspector, step)
        bridge.expect(inspector, "Which side is asked to help?")
    await bridge.says(inspector, "VN")
    assert (await bridge.only_case()).requested == "VN"
    bridge.expect(inspector, "(1 of 14)")


async def test_a_side_is_chosen_for_the_case_it_was_asked_about(bridge: PlayedBridge) -> None:
    inspector = "wecom:inspector"
    await bridge.says(inspector, "woman held in Kunming")
    asked = bridge.phones.newest_with(inspector, "Kingdom of Cambodia")
    await bridge.says(inspector, "/alert boy at the border")
    await bridge.taps(inspector, "Kingdom of Cambodia", of=asked)
    one, two = await bridge.cases()
    assert (one.requested, two.requested) == ("KH", "")


async def test_a_person_in_a_third_country_is_flagged_to_both_desks_and_supervisors(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    bridge.forget()
    await bridge.says(OFFICER, "Myanmar")
    for address in ("wechat:duty", "telegram:kh-group", "wecom:supervisor", "telegram:kh-supervisor"):
        bridge.expect(address, case.reference, "Myanmar", "outside this corridor")
    assert (await bridge.case(case)).requested == "CN", "the requested side stays the corridor's"
    await bridge.answers(OFFICER, "edit 4", "China")
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    bridge.expect_nothing("wecom:supervisor")


async def test_a_country_of_the_side_not_chosen_yet_is_no_third_country(bridge: PlayedBridge) -> None:
    inspector = "wecom:inspector"
    await bridge.says(inspector, "woman held\ncountry: Viet Nam\nage: 20\ndanger: no")
    bridge.expect_nothing("wecom:supervisor", containing="outside this corridor")
    await bridge.taps(inspector, "Socialist Republic of Viet Nam")
    bridge.expect_nothing("wecom:supervisor", containing="outside this corridor")
