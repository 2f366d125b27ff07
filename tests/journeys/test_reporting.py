"""An officer reports: what they are asked, what they hear, and what they can take back."""

from __future__ import annotations

from bot.domain.agreement import Urgency
from bot.domain.case import DeadlineKind, TextKind
from bot.domain.secure_entry import SecureField
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"


async def test_the_first_message_gives_a_reference_a_clock_and_the_first_question(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "urgent, somebody screams for help in a flat")
    case = await bridge.only_case()
    answer = bridge.expect(OFFICER, case.reference, "Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing", "(1 of 14)")
    assert labels(answer) == ["Yes", "No", "Unknown"]
    assert case.urgency is Urgency.U2
    assert {d.kind for d in case.deadlines} >= {DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC}
    (text,) = await bridge.texts(case)
    assert (text.kind, text.text) == (TextKind.FIRST, "urgent, somebody screams for help in a flat")


async def test_a_first_message_that_nobody_follows_up_is_told_after_three_minutes_and_climbs_the_ladder(
    bridge: PlayedBridge,
) -> None:
    await bridge.says(OFFICER, "help")
    assert not await bridge.cases(), "help is a command"
    await bridge.says(OFFICER, "girl crying on the phone")
    case = await bridge.only_case()
    await bridge.fast_forward(minutes=2, seconds=59)
    bridge.expect_nothing("wechat:duty", "telegram:kh-group")
    await bridge.fast_forward(seconds=1)
    bridge.expect("wechat:duty", case.reference, "U2 urgent")
    bridge.expect("telegram:kh-group", case.reference)
    await bridge.fast_forward(minutes=57)
    bridge.expect("wechat:duty", case.reference, "ping 1", "Acknowledge")


async def test_a_whole_intake_takes_taps_words_numbers_and_shows_dates_back(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.answers(OFFICER, "[China]", "Jiangxi, Nanchang", "yesterday 21:00")
    bridge.expect(OFFICER, "Last contact: you mean", "Fri 17 Apr 2026 21:00 Phnom Penh")
    assert "last_contact_at" not in (await bridge.case(case)).answers, "not stored before it is confirmed"
    await bridge.answers(OFFICER, "[Yes, that is right]", "4", "2", "Cambodia")
    await bridge.answers(OFFICER, "[Urgent rescue]", "[Interpreter]", "[Done]", "only through the reporter")
    await bridge.answers(
        OFFICER, "yes", "not asked", "no", "[No]", "[Answer what is open]", "[Skip]", "door locked from outside"
    )
    bridge.expect(OFFICER, "1. Danger now: No", "9. People affected: 2", "14. Summary: door locked from outside")
    await bridge.says(OFFICER, "send")
    bridge.expect(OFFICER, f"{case.reference} is sent")
    case = await bridge.case(case)
    assert case.value("last_contact_at") == "2026-04-17T14:00:00Z"
    assert case.value("exploitation") == ("ForcedMarriage",)
    assert case.value("assistance") == ("urgent_rescue", "interpreter")
    assert case.value("citizenship") == ("KH",)
    assert case.sent_at == bridge.now


async def test_an_officer_goes_back_and_edits_and_every_answer_is_kept(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[Yes]", "[Locked in or held]", "back")
    bridge.expect(OFFICER, "(2 of 14)", "Now: Locked in or held")
    await bridge.answers(OFFICER, "[Being moved]", "16", "edit 1")
    bridge.expect(OFFICER, "(1 of 14)", "Now: Yes")
    await bridge.says(OFFICER, "no")
    bridge.expect(OFFICER, "1. Danger now: No", "2. Situation: Being moved", "4. Country now: not answered")
    await bridge.taps(OFFICER, "Answer what is open")
    bridge.expect(OFFICER, "(4 of 14)")
    situations = [a.value for a in (await bridge.storage.history(case.id)).answers if a.field == "situation"]
    assert situations == ["confined", "being_moved"]


async def test_a_question_that_is_needed_is_not_skipped_and_says_what_may_be_said_instead(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    await bridge.says(OFFICER, "skip")
    bridge.expect(OFFICER, "This one is needed. 'unknown' is an answer too.", "(1 of 14)")


async def test_words_that_are_no_answer_are_kept_and_asked_again_with_an_example(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    bridge.forget()
    await bridge.says(OFFICER, "her cousin called at noon")
    case = await bridge.only_case()
    answer = bridge.expect(OFFICER, "Your words are kept", case.reference, "for example", "(1 of 14)")
    assert "No, this is a new alert" in labels(answer)
    assert [t.text for t in await bridge.texts(case)] == ["somebody screams for help", "her cousin called at noon"]
    assert not case.answers


async def test_a_pasted_block_answers_several_questions_and_names_back_what_it_did_not_understand(
    bridge: PlayedBridge,
) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    block = "Danger now: no\nSituation: locked in\nAge: about sixteen maybe\nCountry: China\nHotel: Golden Star\nbye"
    bridge.forget()
    await bridge.says(OFFICER, block)
    answer = bridge.expect(OFFICER, "Stored: Danger now, Situation, Country now.", "Not known as a label: Hotel")
    assert "Youngest person:" in answer.text, "an unclear value is named"
    assert "(3 of 14)" in answer.text
    case = await bridge.only_case()
    assert {f: a.value for f, a in case.answers.items()} == {
        "danger_now": "no",
        "situation": "confined",
        "country": "CN",
    }
    assert "Golden Star" in "\n".join(t.text for t in await bridge.texts(case)), "nothing of the block is lost"


async def test_a_pasted_block_as_first_message_opens_the_case_with_its_answers(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "danger: yes\nage: 15\ncountry: CN\nlast contact: yesterday 21:00")
    case = await bridge.only_case()
    bridge.expect(OFFICER, case.reference)
    bridge.expect(OFFICER, "Stored: Danger now, Youngest person, Country now.", "Last contact: you mean")
    bridge.expect("wechat:duty", case.reference, "U1 immediate")
    await bridge.says(OFFICER, "yes")
    assert (await bridge.only_case()).value("last_contact_at") == "2026-04-17T14:00:00Z"


async def test_an_old_yes_confirms_only_what_it_was_shown_for(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.answers(OFFICER, "China", "Nanchang", "yesterday 21:00")
    older = bridge.phones.newest_with(OFFICER, "Yes, that is right")
    await bridge.says(OFFICER, "yesterday 23:00")
    await bridge.taps(OFFICER, "Yes, that is right", of=older)
    assert "last_contact_at" not in (await bridge.case(case)).answers
    await bridge.taps(OFFICER, "Yes, that is right")
    assert (await bridge.case(case)).value("last_contact_at") == "2026-04-17T16:00:00Z"


async def test_sending_with_open_questions_names_them_once_and_then_sends(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(OFFICER, "send")
    bridge.expect(OFFICER, "Still open:", "4 Country now", "10 Citizenship")
    assert (await bridge.case(case)).sent_at is None
    await bridge.taps(OFFICER, "Send to the desks")
    bridge.expect(OFFICER, f"{case.reference} is sent")
    await bridge.says(OFFICER, "send")
    bridge.expect(OFFICER, "was sent already")


async def test_a_shared_place_is_kept_and_no_question_is_passed_over(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    bridge.forget()
    await bridge.shares_location(OFFICER, 28.68, 115.86)
    answer = bridge.expect(OFFICER, "The place is stored in the secure case", "please delete it here", "(1 of 14)")
    assert "28.68" not in answer.text
    case = await bridge.only_case()
    assert await bridge.secure(case) == [(SecureField.EXACT_LOCATION, "28.680000, 115.860000")]
    await bridge.answers(OFFICER, "no", "locked in", "16", "China")
    bridge.forget()
    await bridge.shares_location(OFFICER, 28.68, 115.86)
    bridge.expect(OFFICER, "Which province and city", "(5 of 14)")


async def test_a_place_as_first_message_opens_a_case(bridge: PlayedBridge) -> None:
    await bridge.shares_location(OFFICER, 28.68, 115.86)
    case = await bridge.only_case()
    bridge.expect(OFFICER, case.reference, "(1 of 14)")
    assert [field for field, _ in await bridge.secure(case)] == [SecureField.EXACT_LOCATION]


async def test_a_photo_is_kept_with_its_caption_and_the_officer_is_asked_to_send_no_more(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    await bridge.sends_photo(OFFICER, "this is the door")
    case = await bridge.only_case()
    bridge.expect(OFFICER, f"secure case of {case.reference}; please delete it here", "no photos of people or")
    kept = {t.kind: t.text for t in await bridge.texts(case)}
    assert kept[TextKind.TEXT] == "this is the door"
    assert "id file-1" in kept[TextKind.FILE]


async def test_an_intake_survives_a_restart_and_weeks_of_silence(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.restart()
    await bridge.says(OFFICER, "China")
    assert (await bridge.case(case)).value("country") == "CN"
    await bridge.down_for(hours=20 * 24)
    await bridge.says(OFFICER, "back")
    bridge.forget(OFFICER)
    await bridge.says(OFFICER, "Viet Nam")
    case = await bridge.case(case)
    assert case.value("country") == "VN"
    assert len(await bridge.cases()) == 1


async def test_an_edited_message_is_kept_beside_the_first_version(bridge: PlayedBridge) -> None:
    first = await bridge.says(OFFICER, "girl 61 locked in a flat")
    await bridge.edits(first, "somebody screams for help")
    case = await bridge.only_case()
    bridge.expect(OFFICER, f"{case.reference}: your change is kept beside the first version")
    original, amended = await bridge.texts(case)
    assert (original.text, amended.text, amended.amends) == (
        "girl 61 locked in a flat",
        "somebody screams for help",
        original.id,
    )


async def test_an_edited_answer_changes_the_answer_and_the_urgency_and_the_first_one_stays(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("no", "locked in")
    age = await bridge.says(OFFICER, "25")
    assert (await bridge.case(case)).urgency is Urgency.U2
    await bridge.edits(age, "15")
    bridge.expect(OFFICER, "Youngest person is changed")
    case = await bridge.case(case)
    assert (case.value("age_group"), case.urgency) == ("12_17", Urgency.U1)
    ages = [a.value for a in (await bridge.storage.history(case.id)).answers if a.field == "age_group"]
    assert ages == ["18_or_over", "12_17"]


async def test_an_edit_that_cannot_be_read_changes_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in")
    age = await bridge.says(OFFICER, "25")
    await bridge.edits(age, "a bit older")
    bridge.expect(OFFICER, "the first answer stays")
    assert (await bridge.case(case)).value("age_group") == "18_or_over"


async def test_words_under_a_photo_go_where_they_say_and_the_photo_goes_with_them(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.sends_photo(OFFICER, f"/note {case.reference} the door")
    bridge.expect(OFFICER, "Sent to")
    assert {t.kind for t in await bridge.texts(case)} == {TextKind.FIRST, TextKind.NOTE, TextKind.FILE}
    await bridge.sends_photo(OFFICER, "/alert boy on a bus")
    _, new = await bridge.cases()
    assert {t.kind for t in await bridge.texts(new)} == {TextKind.FIRST, TextKind.FILE}
    await bridge.sends_photo(OFFICER, "back")
    assert [t.text for t in await bridge.texts(new)][-2:][0] == "back", "a caption moves nobody about"
