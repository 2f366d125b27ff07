"""Names and street addresses in words stay in the secure case until whoever wrote them says that they are none."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.people import Role
from bot.domain.secure_entry import SecureField
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

OFFICER, DUTY, CLERK = "telegram:officer", "wechat:duty", "telegram:clerk"
ON_WECHAT = "wechat:officer"
MOVE, NONE = "Move to the secure case", "It is none"
REST = ("unknown", "forced marriage", "1", "Cambodia", "interpreter", "no", "yes, yes, no", "edit 14")


def nobody_else_hears(bridge: PlayedBridge, *words: str) -> None:
    told = [shown for shown in bridge.everything_heard() if str(shown.address) not in (OFFICER, ON_WECHAT)]
    assert told
    assert not [shown.text for shown in told for word in words if word in shown.text]


async def filled_in(bridge: PlayedBridge, area: str, summary: str, officer: str = OFFICER) -> Case:
    """An intake up to its review."""
    await bridge.says(officer, "somebody screams for help")
    case = await bridge.only_case()
    await bridge.answers(officer, "no", "locked in", "16", "China", area, *REST, summary)
    return case


async def test_a_name_and_an_address_in_words_do_not_cross_and_are_asked_about_before_send(
    bridge: PlayedBridge,
) -> None:
    case = await filled_in(bridge, "Nanchang, 13 Beijing Road", "name Sokha Chan, calls at night")
    review = bridge.expect(OFFICER, "Area: Nanchang, [possible address]", "Is what is marked", "«13 Beijing Road»")
    assert labels(review)[:2] == [MOVE, NONE]
    await bridge.taps(OFFICER, MOVE)
    bridge.expect(OFFICER, "stays in the secure case", "Is what is marked", "name «Sokha Chan», calls at night")
    await bridge.taps(OFFICER, MOVE)
    assert MOVE not in labels(bridge.expect(OFFICER, "stays in the secure case", "Type 'send'"))
    await bridge.taps(OFFICER, "Send to the desks")
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, "Area: Nanchang, [possible address]", "Summary: name [possible name], calls at night")
    nobody_else_hears(bridge, "Sokha", "Beijing Road")
    kept = [words for _, words in await bridge.secure(case)]
    assert kept == ["Nanchang, 13 Beijing Road", "name Sokha Chan, calls at night"]


async def test_what_is_none_stands_as_it_was_written(bridge: PlayedBridge) -> None:
    case = await filled_in(bridge, "Jiangxi", "a woman called Grand Palace by all")
    bridge.expect(OFFICER, "a woman called «Grand Palace» by all")
    await bridge.taps(OFFICER, NONE)
    assert NONE not in labels(bridge.expect(OFFICER, "as you wrote", "Summary: a woman called Grand Palace by all"))
    await bridge.taps(OFFICER, "Send to the desks")
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, "Summary: a woman called Grand Palace by all")
    (entry,) = await bridge.storage.secure_entries(case.id)
    assert entry.released_at is not None


async def test_the_alert_waits_for_nothing_and_goes_without_the_marked_words(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody named Srey Neang screams at 13 Beijing Road")
    case = await bridge.only_case()
    bridge.expect(OFFICER, case.reference, "may hold a name or an address", "before you send")
    await bridge.answers(OFFICER, "[No]", "[Locked in or held]", "16")
    bridge.expect(DUTY, case.reference)
    (first,) = await bridge.texts(case)
    assert first.text == "somebody named [possible name] screams at [possible address]"
    nobody_else_hears(bridge, "Srey", "Beijing Road")


async def test_send_without_an_answer_leaves_it_in_the_secure_case(bridge: PlayedBridge) -> None:
    case = await filled_in(bridge, "Jiangxi", "her name is Sokha Chan")
    await bridge.taps(OFFICER, "Send to the desks")
    bridge.expect(OFFICER, "is sent", "What was marked stays in the secure case")
    await bridge.taps(OFFICER, NONE)
    bridge.expect(OFFICER, "That is decided already")
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, "Summary: her name is [possible name]")


async def test_who_types_send_before_the_review_is_asked_first_and_the_desks_are_told_at_once(
    bridge: PlayedBridge,
) -> None:
    await bridge.says(OFFICER, "girl named Srey Neang")
    case = await bridge.only_case()
    await bridge.says(OFFICER, "send")
    bridge.expect(OFFICER, "girl named «Srey Neang»")
    bridge.expect(DUTY, case.reference)
    assert (await bridge.case(case)).sent_at is None
    await bridge.answers(OFFICER, "send", "send")
    assert (await bridge.case(case)).sent_at is not None


async def test_a_note_goes_at_once_without_the_marked_words_and_follows_when_they_are_none(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"/note {case.reference} the driver is Mr Golden, blue car")
    bridge.expect(DUTY, case.reference, "the driver is Mr [possible name], blue car")
    asked = bridge.expect(OFFICER, "the driver is Mr «Golden», blue car", "Is what is marked")
    assert labels(asked) == [MOVE, NONE]
    await bridge.taps(OFFICER, NONE)
    bridge.expect(OFFICER, "as you wrote", "Sent to")
    bridge.expect(DUTY, case.reference, "the driver is Mr Golden, blue car")


async def test_a_note_whose_marks_are_moved_is_not_sent_again(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"/note {case.reference} the driver is Mr Golden, blue car")
    bridge.expect(DUTY, "[possible name]")
    await bridge.taps(OFFICER, MOVE)
    bridge.expect(OFFICER, "stays in the secure case", "delete it here")
    bridge.expect_nothing(DUTY)
    nobody_else_hears(bridge, "Golden")


async def test_a_reply_of_the_desk_is_asked_about_too_by_numbers(bridge_on_wechat: PlayedBridge) -> None:
    bridge = bridge_on_wechat
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.fast_forward(minutes=1)
    await bridge.says(DUTY, f"/note {case.reference} ask for Mr Zhang at No. 25, Zhongshan Road")
    bridge.expect(OFFICER, "ask for Mr [possible name] at [possible address]")
    asked = bridge.expect(DUTY, "Mr «Zhang» at «No. 25, Zhongshan Road»")
    assert labels(asked) == [f"1. {MOVE}", f"2. {NONE}"]
    await bridge.says(DUTY, "2")
    bridge.expect(OFFICER, "ask for Mr Zhang at No. 25, Zhongshan Road")
    (entry,) = await bridge.storage.secure_entries(case.id)
    assert (entry.party, entry.released_at is not None) == ("CN", True)


async def test_on_wechat_the_review_is_answered_by_numbers(bridge_on_wechat: PlayedBridge) -> None:
    bridge = bridge_on_wechat
    case = await filled_in(bridge, "Jiangxi", "她叫陈索卡", ON_WECHAT)
    bridge.expect(ON_WECHAT, "Please say it in one English line, or: Later")
    await bridge.says(ON_WECHAT, "later")
    bridge.expect(ON_WECHAT, "她叫«陈索卡»", f"1. {MOVE}", f"2. {NONE}", "3. Send")
    await bridge.says(ON_WECHAT, "1")
    bridge.expect(ON_WECHAT, "stays in the secure case", "1. Send")
    await bridge.says(ON_WECHAT, "1")
    assert (await bridge.case(case)).sent_at is not None
    nobody_else_hears(bridge, "陈索卡")


async def test_the_buttons_own_words_may_be_typed(bridge: PlayedBridge) -> None:
    await filled_in(bridge, "Jiangxi", "her name is Sokha Chan")
    await bridge.says(OFFICER, "It is none.")
    bridge.expect(OFFICER, "Summary: her name is Sokha Chan")


async def test_numbers_in_the_same_words_stay_in_the_secure_case_whatever_is_said_of_the_name(
    bridge: PlayedBridge,
) -> None:
    case = await filled_in(bridge, "Jiangxi", "Mr Golden has +855 10 000 000")
    bridge.expect(OFFICER, "Mr «Golden» has [phone number]")
    await bridge.taps(OFFICER, NONE)
    bridge.expect(OFFICER, "Summary: Mr Golden has [phone number]")
    (entry,) = await bridge.storage.secure_entries(case.id)
    assert entry.released_at is None


async def test_what_stays_on_the_own_side_is_not_marked(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(CLERK, f"/memo {case.reference} her name is Sokha Chan")
    assert (await bridge.texts(case))[-1].text == "her name is Sokha Chan"
    assert await bridge.secure(case) == []


async def test_words_that_waited_for_their_case_are_asked_about_when_they_have_one(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, "her brother is called Vuthy Golden")
    bridge.expect(OFFICER, "Stored. Is this a new alert")
    await bridge.says(OFFICER, "2")
    bridge.expect(OFFICER, "«Vuthy Golden»", "Is what is marked")
    bridge.expect(DUTY, "her brother is called [possible name]")
    assert await bridge.secure(case) == [(SecureField.MESSAGE, "her brother is called Vuthy Golden")]


async def test_two_names_are_told_apart(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"/note {case.reference} Mr Golden sold her to Mr Silver")
    bridge.expect(DUTY, "Mr [possible name] sold her to Mr [possible name 2]")
    await bridge.taps(OFFICER, NONE)
    bridge.expect(DUTY, "Mr Golden sold her to Mr Silver")


async def test_what_somebody_else_wrote_is_not_theirs_to_decide(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"/note {case.reference} the driver is Mr Golden")
    asked = bridge.phones.newest_with(OFFICER, NONE)
    await bridge.taps(CLERK, NONE, of=asked)
    bridge.expect(CLERK, "That is decided already, or it is not yours to decide.")
    bridge.expect(DUTY, "Mr [possible name]")
    bridge.expect_nothing(DUTY)


async def test_an_answer_that_was_changed_meanwhile_stays_changed(bridge: PlayedBridge) -> None:
    await filled_in(bridge, "13 Beijing Road", "nothing more")
    old = bridge.expect(OFFICER, "«13 Beijing Road»")
    await bridge.answers(OFFICER, "edit 5", "Nanchang")
    assert NONE not in labels(bridge.expect(OFFICER, "Area: Nanchang"))
    await bridge.taps(OFFICER, NONE, of=old)
    bridge.expect(OFFICER, "That is decided already")


async def test_on_the_web_a_note_of_the_case_page_is_asked_about_below_it(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Hu Jie", "CN", Role.DUTY, ("web:page",), "cn-duty"))
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says("web:page", f"/note {case.reference} we look for Mr Golden")
    bridge.expect(OFFICER, "we look for Mr [possible name]")
    bridge.expect("web:page", "we look for Mr «Golden»")
    await bridge.taps("web:page", NONE)
    bridge.expect(OFFICER, "we look for Mr Golden")


async def test_in_a_group_the_marked_words_are_not_said_again(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(CLERK, f"/note {case.reference} we look for Mr Golden", at="telegram:kh-group")
    asked = bridge.expect("telegram:kh-group", "Is what is marked", "we look for Mr [possible name]")
    assert labels(asked) == [MOVE, NONE]
    await bridge.taps(CLERK, NONE, at="telegram:kh-group")
    bridge.expect(OFFICER, "we look for Mr Golden")


async def test_an_answer_of_a_block_is_put_back_in_each_of_its_places(bridge: PlayedBridge) -> None:
    case = await filled_in(bridge, "Jiangxi", "nothing yet")
    await bridge.says(OFFICER, "area: 13 Beijing Road\nsummary: called Grand Palace")
    await bridge.says(OFFICER, "summary")
    bridge.expect(OFFICER, "«13 Beijing Road»\ncalled «Grand Palace»")
    await bridge.taps(OFFICER, NONE)
    bridge.expect(OFFICER, "Area: 13 Beijing Road", "Summary: called Grand Palace")
    assert len(await bridge.secure(case)) == 1


async def test_why_a_hand_off_goes_back_is_not_asked_about_but_said_to_be_kept(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "30", "China", "skip", "unknown", "skip")
    await bridge.answers(OFFICER, "edit 10", "Cambodia", "edit 13a", "yes", "edit 13c", "no", "send", "send")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    await bridge.says("wecom:detective", f"/return {case.reference} police ask Mr Golden first")
    bridge.expect("wecom:detective", "possible name", "stored in the secure case")
    nobody_else_hears(bridge, "Golden")


async def test_the_words_for_a_case_in_which_nothing_was_asked_stay_what_they_are(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "It is none")
    bridge.expect(OFFICER, "Is somebody in danger?")


async def test_a_closed_case_takes_no_words_back(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"/note {case.reference} the driver is Mr Golden")
    await bridge.says(CLERK, f"/close {case.reference} found_safe she is home")
    await bridge.taps(OFFICER, NONE)
    bridge.expect(OFFICER, f"{case.reference} is closed.")
    nobody_else_hears(bridge, "Golden")
