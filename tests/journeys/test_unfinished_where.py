"""Where and how an unfinished intake is asked for: without buttons, beside another one, while other words wait."""

from __future__ import annotations

from tests.journeys.test_reachability import leaves, with_phones
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, ON_WECHAT = "telegram:officer", "wechat:officer"
UNFINISHED = "your alert is not finished"


async def test_without_buttons_a_typed_number_answers_what_was_just_asked(bridge_on_wechat: PlayedBridge) -> None:
    bridge = bridge_on_wechat
    case = await bridge.report_case("2", "edit 5", from_=ON_WECHAT)
    bridge.expect(ON_WECHAT, "(5 of 14)")
    await bridge.fast_forward(minutes=10)
    asked = bridge.expect(ON_WECHAT, f"{case.reference}: {UNFINISHED}.", "(2 of 14)")
    assert labels(asked)[1] == "2. Locked in or held", "as a link, and by its number"
    await bridge.says(ON_WECHAT, "2")
    bridge.expect(ON_WECHAT, "(3 of 14)")
    case = await bridge.case(case)
    assert case.value("situation") == "confined"
    assert "area" not in case.answers


async def test_without_buttons_words_answer_what_was_just_asked_even_after_the_hour(
    bridge_on_wechat: PlayedBridge,
) -> None:
    bridge = bridge_on_wechat
    case = await bridge.report_case("2", "locked in", "16", "2", from_=ON_WECHAT)
    await bridge.fast_forward(minutes=65)
    await bridge.says(ON_WECHAT, "Jiangxi, Nanchang")
    bridge.expect(ON_WECHAT, "(6 of 14)")
    assert "area" in (await bridge.case(case)).answers


async def test_without_buttons_the_send_is_a_number_too(bridge_on_wechat: PlayedBridge) -> None:
    bridge = bridge_on_wechat
    await bridge.says(ON_WECHAT, "somebody screams for help")
    case = await bridge.only_case()
    for answer in ("no", "locked in", "16", "CN", "Jiangxi", "unknown", "4", "skip", "Cambodia", "1", "done"):
        await bridge.says(ON_WECHAT, answer)
    await bridge.says(ON_WECHAT, "only through the reporter")
    await bridge.fast_forward(minutes=10)
    asked = bridge.expect(ON_WECHAT, UNFINISHED, "All that is needed is answered")
    assert labels(asked)[0] == "1. Send to the desks"
    await bridge.says(ON_WECHAT, "1")
    assert (await bridge.case(case)).sent_at is not None


async def test_of_two_open_intakes_one_asks_at_a_time_and_what_is_typed_answers_the_one_that_asked(
    bridge: PlayedBridge,
) -> None:
    one = await bridge.report_case("no")
    await bridge.fast_forward(minutes=5)
    two = await bridge.report_case("no", text="/alert somebody screams on a bus")
    bridge.forget()
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)
    await bridge.fast_forward(seconds=1)
    first = bridge.expect(OFFICER, UNFINISHED, "(2 of 14)").text.partition(":")[0]
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)
    await bridge.says(OFFICER, "being moved")
    asked, other = (one, two) if first == one.reference else (two, one)
    assert (await bridge.case(asked)).value("situation") == "being_moved"
    assert (await bridge.case(other)).value("situation") is None
    await bridge.fast_forward(minutes=10)
    bridge.expect(OFFICER, f"{other.reference}: {UNFINISHED}.", "(2 of 14)")
    await bridge.says(OFFICER, "locked in")
    assert (await bridge.case(other)).value("situation") == "confined"


async def test_without_buttons_a_typed_number_answers_the_one_that_asked(bridge_on_wechat: PlayedBridge) -> None:
    bridge = bridge_on_wechat
    one = await bridge.report_case("2", from_=ON_WECHAT)
    await bridge.fast_forward(minutes=5)
    two = await bridge.report_case("2", from_=ON_WECHAT, text="/alert somebody screams on a bus")
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    first = bridge.expect(ON_WECHAT, UNFINISHED).text.partition(":")[0]
    await bridge.says(ON_WECHAT, "2")
    asked, other = (one, two) if first == one.reference else (two, one)
    assert (await bridge.case(asked)).value("situation") == "confined"
    assert "situation" not in (await bridge.case(other)).answers


async def test_a_send_typed_after_it_sends_the_one_that_asked(bridge: PlayedBridge) -> None:
    rest = ("unknown", "4", "1", "Cambodia", "rescue", "no", "yes, yes, no")
    one = await bridge.report_case("no", "locked in", "16", "China", "Nanchang", *rest)
    two = await bridge.report_case("no", "locked in", "16", "China", "Nanchang", *rest, text="/alert somebody cries")
    await bridge.fast_forward(minutes=10)
    first = bridge.expect(OFFICER, UNFINISHED, "All that is needed is answered").text.partition(":")[0]
    await bridge.says(OFFICER, "send")
    bridge.expect(OFFICER, f"{first} is sent")
    asked, other = (one, two) if first == one.reference else (two, one)
    assert (await bridge.case(asked)).sent_at is not None
    assert (await bridge.case(other)).sent_at is None


async def test_who_left_the_messenger_they_wrote_on_is_asked_on_their_other_one_and_answers_there(
    bridge_on_wechat: PlayedBridge,
) -> None:
    bridge, phone = bridge_on_wechat, "wechat:phone"
    await with_phones(bridge, OFFICER, phone)
    case = await bridge.report_case("[No]")
    await leaves(bridge, OFFICER)
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect(phone, UNFINISHED, "(2 of 14)")
    await bridge.says(phone, "2")
    bridge.expect(phone, "(3 of 14)")
    assert (await bridge.case(case)).value("situation") is not None


async def test_while_words_wait_for_their_case_nobody_is_asked_anything_else(bridge: PlayedBridge) -> None:
    one = await bridge.report_case("[No]", "[Locked in or held]", "16")
    two = await bridge.report_case(
        "[No]", "[Locked in or held]", "16", "send", "send", text="/alert somebody cries on a bus"
    )
    await bridge.fast_forward(minutes=9, seconds=30)
    await bridge.says(OFFICER, "she wrote again, they leave tonight")
    asked = bridge.expect(OFFICER, "Is this a new alert, or about one of your open cases?")
    await bridge.fast_forward(minutes=2)
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)
    await bridge.taps(OFFICER, next(label for label in labels(asked) if label.startswith(two.reference)))
    await bridge.fast_forward(minutes=12)
    bridge.expect(OFFICER, f"{one.reference}: {UNFINISHED}.")


async def test_while_an_act_waits_for_its_words_they_are_not_taken_for_an_answer(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16", "[China]")
    await bridge.says(OFFICER, f"/memo {case.reference}")
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect_nothing(OFFICER)
    await bridge.says(OFFICER, "I call her sister at noon")
    assert "area" not in (await bridge.case(case)).answers
    assert "I call her sister at noon" in [text.text for text in await bridge.texts(case)]


async def test_what_was_shown_back_and_not_confirmed_is_shown_back_once_more(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16", "[China]", "Jiangxi", "yesterday 21:00")
    before = bridge.expect(OFFICER, "Last contact: you mean")
    await bridge.fast_forward(minutes=10)
    bridge.expect(OFFICER, UNFINISHED, "Last contact: you mean", "21:00")
    await bridge.taps(OFFICER, "Yes, that is right", of=before)
    bridge.expect(OFFICER, "(8 of 14)")
    assert (await bridge.case(case)).value("last_contact_at") == "2026-04-17T14:00:00Z"
