"""Who is let in and who is not: strangers, invites, lost phones, and people in groups."""

from __future__ import annotations

from bot.domain.messages import Address
from bot.domain.people import Role
from tests.kit.phones import labels
from tests.kit.played import CODE, PlayedBridge, invited

OFFICER = "telegram:officer"
STRANGER = "telegram:stranger"


async def test_a_stranger_gets_one_fixed_sentence_at_most_five_times_a_day_and_leaves_nothing(
    bridge: PlayedBridge,
) -> None:
    for number in range(7):
        await bridge.says(STRANGER, f"urgent, somebody screams, call 0{number}12345")
    answers = bridge.heard(STRANGER)
    assert len(answers) == 5
    assert len(set(answers)) == 1
    assert "call the police hotline" in answers[0]
    assert not await bridge.cases()
    rows = [row for row in bridge.inbox() if row.message.sender == Address.parse(STRANGER)]
    assert len(rows) == 7
    assert not any(row.message.text or row.message.raw or row.message.sender_name for row in rows)
    await bridge.fast_forward(days=1)
    await bridge.says(STRANGER, "hello?")
    assert len(bridge.heard(STRANGER)) == 1


async def test_a_stranger_who_names_a_case_learns_nothing_of_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(STRANGER, f"/case {case.reference}")
    (answer,) = bridge.heard(STRANGER)
    assert case.reference not in answer
    assert "case" not in answer


async def test_an_invite_enrols_once(bridge: PlayedBridge) -> None:
    await invited(bridge)
    await bridge.says(STRANGER, f"/start {CODE.lower()}")
    bridge.expect(STRANGER, "You are enrolled: Pov Chenda, officer, KH.", "just write what happened")
    await bridge.says(STRANGER, "boy of 9 on a bus")
    assert len(await bridge.cases()) == 1
    await bridge.says("telegram:thief", f"/start {CODE}")
    bridge.expect("telegram:thief", "This code is not valid: it is wrong, used or expired.")


async def test_an_invite_gives_side_role_desk_and_the_prefix_of_references(bridge: PlayedBridge) -> None:
    await invited(bridge, party="CN", name="He Ping", corridor="VC")
    await bridge.says(STRANGER, f"/start {CODE}")
    await bridge.says(STRANGER, "boy of 9 on a bus")
    assert (await bridge.only_case()).reference.startswith("VC26-")
    await invited(bridge, "1111-2222-3333", role=Role.DUTY, desk="vn-duty", party="VN", name="Le Thi Hoa")
    await bridge.says("telegram:hoa", "/start 1111-2222-3333")
    hoa = await bridge.person("telegram:hoa")
    assert (hoa.party, hoa.role, hoa.desk) == ("VN", Role.DUTY, "vn-duty")


async def test_an_expired_invite_enrols_nobody(bridge: PlayedBridge) -> None:
    await invited(bridge)
    await bridge.fast_forward(hours=24)
    await bridge.says(STRANGER, f"/start {CODE}")
    bridge.expect(STRANGER, "not valid")


async def test_five_wrong_codes_slow_a_sender_down_even_for_the_right_one(bridge: PlayedBridge) -> None:
    await invited(bridge)
    for number in range(5):
        await bridge.says(STRANGER, f"/start 0000-0000-000{number}")
    await bridge.says(STRANGER, f"/start {CODE}")
    assert all("not valid" in text for text in bridge.heard(STRANGER))
    await bridge.fast_forward(minutes=14)
    await bridge.says(STRANGER, f"/start {CODE}")
    assert Address.parse(STRANGER) not in (await bridge.storage.directory()).by_address
    await bridge.fast_forward(minutes=2)
    await bridge.says(STRANGER, f"/start {CODE}")
    bridge.expect(STRANGER, "You are enrolled")


async def test_somebody_enrolled_keeps_their_place_and_does_not_use_up_a_code(bridge: PlayedBridge) -> None:
    await invited(bridge)
    await bridge.says(OFFICER, f"/start {CODE}")
    bridge.expect(OFFICER, "You are enrolled: Sok Dara")
    await bridge.says(STRANGER, f"/start {CODE}")
    bridge.expect(STRANGER, "You are enrolled: Pov Chenda")


async def test_a_lost_phone_is_cut_off_at_once_and_the_desk_is_told(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(OFFICER, "/lost")
    assert labels(bridge.expect(OFFICER, "Sure?", "/lost yes")) == ["Yes, cut it off"]
    await bridge.taps(OFFICER, "Yes, cut it off")
    bridge.expect(OFFICER, "Everything of yours is cut off")
    bridge.expect("telegram:kh-group", "was cut off: phone lost")
    bridge.forget()
    await bridge.says(OFFICER, f"/case {case.reference}")
    assert case.reference not in bridge.expect(OFFICER, "enrolled officers").text
    await bridge.fast_forward(hours=1)
    bridge.expect("wechat:duty", "ping")


async def test_a_desk_cuts_off_a_colleague_of_its_own_side_only(bridge: PlayedBridge) -> None:
    officer, duty = await bridge.person(OFFICER), await bridge.person("wechat:duty")
    await bridge.says("telegram:clerk", f"/lost {duty.id}")
    bridge.expect("telegram:clerk", "There is nobody of your side with that number.")
    await bridge.says("telegram:clerk", f"/lost {officer.id}")
    bridge.expect("telegram:clerk", "Sok Dara is cut off")
    assert not (await bridge.storage.directory()).people[officer.id].is_active
    assert (await bridge.person("wechat:duty")).is_active


async def test_the_roster_is_not_for_officers(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/offduty")
    bridge.expect(OFFICER, "The roster is for duty officers and supervisors.")


async def test_help_lists_only_what_works_for_the_person(bridge: PlayedBridge) -> None:
    for who, theirs, not_theirs in (
        (OFFICER, "/alert", "/standdown"),
        ("wechat:duty", "/ack", "/standdown"),
        ("wecom:supervisor", "/standdown", "/export"),
        ("web:admin", "/export", "/ack"),
    ):
        await bridge.says(who, "help")
        assert not_theirs not in bridge.heard(who)[-1]
        await bridge.says(who, "help more")
        assert not_theirs not in bridge.expect(who, theirs).text


async def test_in_a_group_the_person_who_taps_counts(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(from_="telegram:vn-officer")
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("wechat:duty", f"/handoff {case.reference} diplomatic send")
    bridge.forget()
    await bridge.taps("telegram:vn-clerk", "Show case", at="telegram:vn-group")
    bridge.expect("telegram:vn-group", case.reference, "Status: acknowledged")
    for outsider in ("telegram:clerk", OFFICER, STRANGER):
        await bridge.taps(outsider, "Show case", at="telegram:vn-group")
        (answer,) = bridge.heard("telegram:vn-group")
        assert case.reference not in answer


async def test_a_tap_by_somebody_of_another_desk_does_nothing_to_the_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15", from_="wecom:inspector", text="woman from Phnom Penh")
    await bridge.taps("wecom:inspector", "Kingdom of Cambodia")
    await bridge.answers("wecom:inspector", "no", "locked in", "15")
    before = await bridge.case(case)
    for outsider in (OFFICER, "telegram:vn-clerk", STRANGER, "wechat:duty"):
        alert = bridge.phones.newest_with("telegram:kh-group", "Acknowledge")
        message = await bridge.adapters["telegram"].taps_data(
            outsider.partition(":")[2], alert.data("Acknowledge"), alert.id, at="kh-group"
        )
        assert message.button
        assert (await bridge.case(case)).acknowledged_at is before.acknowledged_at is None
    await bridge.taps("telegram:clerk", "Acknowledge", at="telegram:kh-group")
    assert (await bridge.case(case)).acknowledged_by == (await bridge.person("telegram:clerk")).id


async def test_a_group_is_no_place_to_report_and_its_talk_is_not_kept(bridge: PlayedBridge) -> None:
    await bridge.says("telegram:clerk", "who had lunch?", at="telegram:kh-group")
    bridge.expect_nothing("telegram:kh-group")
    assert bridge.inbox()[-1].message.text == ""
    await bridge.says("telegram:clerk", "/alert girl 16", at="telegram:kh-group")
    bridge.expect("telegram:kh-group", "Please write to me in a private chat")
    assert not await bridge.cases()


async def test_somebody_elses_words_do_not_complete_an_act_in_a_group(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says("telegram:clerk", f"/close {case.reference} found_safe", at="telegram:kh-group")
    bridge.expect("telegram:kh-group", "one line in English", "(Reply to this message.)")
    await bridge.replies("telegram:kh-supervisor", "who took my pen", at="telegram:kh-group")
    await bridge.says("telegram:clerk", "not me", at="telegram:kh-group")
    assert (await bridge.case(case)).is_open
    question = bridge.phones.newest_saying("telegram:kh-group", "one line in English")
    await bridge.says("telegram:clerk", "she is home", at="telegram:kh-group", reply_to=question.id)
    assert not (await bridge.case(case)).is_open


async def test_people_are_named_by_a_few_signs_wherever_a_number_was_asked_for(bridge: PlayedBridge) -> None:
    directory = await bridge.storage.directory()
    clerk, officer = await bridge.person("telegram:clerk"), await bridge.person("telegram:officer")
    case = await bridge.report_case()
    await bridge.says("telegram:clerk", f"/assign {case.reference} nobody")
    bridge.expect("telegram:clerk", f"Kim Ly ({directory.short(clerk)})")
    await bridge.says("telegram:clerk", directory.short(clerk).lower())
    assert (await bridge.case(case)).assignees == (clerk.id,)
    await bridge.says("web:admin", f"confirm {directory.short(officer)}")
    bridge.expect("web:admin", "Sok Dara is confirmed until")
    await bridge.says("telegram:clerk", f"/lost {directory.short(officer)}")
    bridge.expect("telegram:clerk", "Sok Dara is cut off")
    assert not [shown.text for shown in bridge.everything_heard() if str(officer.id) in shown.text]
