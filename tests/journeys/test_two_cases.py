"""More than one case at once: words find their case, or open one, and are never lost or told to the wrong desk."""

from __future__ import annotations

from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
COMPLETE = ("[No]", "[Locked in or held]", "16", "send", "send")


async def test_two_cases_are_answered_side_by_side(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("no")
    question_of_one = bridge.phones.newest_with(OFFICER, "Being moved")
    two = await bridge.report_case("[Unknown]", text="/alert somebody screams on a bus")
    assert one.reference != two.reference
    await bridge.taps(OFFICER, "Locked in or held", of=question_of_one)
    bridge.expect(OFFICER, f"{one.reference}: Situation is now Locked in or held", "(3 of 14)")
    await bridge.says(OFFICER, "16")
    await bridge.taps(OFFICER, "Being moved")
    bridge.expect(OFFICER, f"{two.reference}: Situation is now Being moved", "(3 of 14)")
    await bridge.says(OFFICER, "9")
    one, two = await bridge.case(one), await bridge.case(two)
    first_three = ("danger_now", "situation", "age_group")
    assert [one.value(f) for f in first_three] == ["no", "confined", "12_17"]
    assert [two.value(f) for f in first_three] == ["unknown", "being_moved", "under_12"]


async def test_words_while_two_cases_are_open_are_held_until_the_officer_says_where_they_belong(
    bridge: PlayedBridge,
) -> None:
    one = await bridge.report_case(*COMPLETE)
    two = await bridge.report_case(*COMPLETE, text="/alert somebody screams on a bus")
    bridge.forget()
    await bridge.says(OFFICER, "she wrote again, they leave tonight")
    asked = bridge.expect(OFFICER, "Is this a new alert, or about one of your open cases?", "3 minutes")
    assert labels(asked)[0] == "New alert"
    assert [label.split(" ")[0] for label in labels(asked)[1:]] == [two.reference, one.reference]
    bridge.expect_nothing("wechat:duty", "telegram:kh-group")
    assert len(await bridge.texts(one)) == len(await bridge.texts(two)) == 1
    await bridge.taps(OFFICER, labels(asked)[2])
    bridge.expect(OFFICER, one.reference, "Sent to", "CN Duty desk")
    bridge.expect("wechat:duty", f"{one.reference} · KH officer · ", "she wrote again, they leave tonight")
    assert [t.text for t in await bridge.texts(one)][1:] == ["she wrote again, they leave tonight"]
    assert len(await bridge.texts(two)) == 1


async def test_held_words_can_be_placed_by_number_or_reference(bridge: PlayedBridge) -> None:
    one = await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "they leave tonight")
    await bridge.says(OFFICER, "2")
    assert [t.text for t in await bridge.texts(one)][1:] == ["they leave tonight"]
    await bridge.says(OFFICER, "by bus")
    await bridge.says(OFFICER, one.reference.lower().replace("-", ""))
    assert [t.text for t in await bridge.texts(one)][1:] == ["they leave tonight", "by bus"]


async def test_held_words_that_nobody_places_open_a_case_after_three_minutes(bridge: PlayedBridge) -> None:
    await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "another girl, 14, same house")
    await bridge.fast_forward(minutes=2)
    await bridge.says(OFFICER, "she has no phone")
    await bridge.fast_forward(seconds=59)
    assert len(await bridge.cases()) == 1
    await bridge.fast_forward(seconds=1)
    new = (await bridge.cases())[1]
    bridge.expect(OFFICER, "You did not say which case")
    bridge.expect(OFFICER, new.reference, "(1 of 14)")
    assert [t.text for t in await bridge.texts(new)] == ["another girl, 14, same house", "she has no phone"]
    await bridge.fast_forward(minutes=3)
    bridge.expect("wechat:duty", new.reference)


async def test_held_words_survive_a_restart(bridge: PlayedBridge) -> None:
    await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "another girl, 14, same house")
    await bridge.down_for(minutes=10)
    new = (await bridge.cases())[1]
    assert [t.text for t in await bridge.texts(new)] == ["another girl, 14, same house"]
    bridge.expect(OFFICER, new.reference)


async def test_words_changed_while_they_are_held_keep_both_versions(bridge: PlayedBridge) -> None:
    await bridge.report_case(*COMPLETE)
    held = await bridge.says(OFFICER, "another girl, 41")
    await bridge.edits(held, "another girl, 14")
    await bridge.taps(OFFICER, "New alert")
    new = (await bridge.cases())[1]
    assert [t.text for t in await bridge.texts(new)] == ["another girl, 41", "another girl, 14"]


async def test_words_that_are_no_answer_can_be_made_a_new_alert(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "girl locked in a flat")
    await bridge.says(OFFICER, "a second one, a boy, on the road to Poipet")
    await bridge.taps(OFFICER, "No, this is a new alert")
    first, second = await bridge.cases()
    assert first.reference != second.reference
    assert [t.text for t in await bridge.texts(second)] == ["a second one, a boy, on the road to Poipet"]


async def test_urgent_opens_a_case_at_once_even_while_another_is_open(bridge: PlayedBridge) -> None:
    await bridge.report_case(*COMPLETE)
    await bridge.says(OFFICER, "urgent, boy of 9 on a bus")
    _, new = await bridge.cases()
    assert [t.text for t in await bridge.texts(new)] == ["urgent, boy of 9 on a bus"]


async def test_two_officers_do_not_see_each_others_cases(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says("telegram:colleague", f"/case {case.reference}")
    bridge.expect("telegram:colleague", "No such case.")
    await bridge.says("telegram:colleague", "boy of 9 on a bus")
    assert len(await bridge.cases()) == 2, "the words of one officer are not asked about another's case"
