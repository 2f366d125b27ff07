"""Whatever a phone can send is kept, kept in the secure case, or answered; nothing empty opens a case."""

from __future__ import annotations

import pytest

from bot.domain.attachments import FileState
from bot.domain.messages import Attachment, Kind
from bot.domain.people import Role
from bot.domain.secure_entry import SecureField
from bot.domain.unreceived import Unreceived
from bot.people.guess_limits import WRONG_CODES
from tests.kit.played import CODE, PlayedBridge, invited
from tests.kit.world import Somebody

TELEGRAM, WECHAT = "telegram:officer", "wechat:officer"
OFFICERS = (TELEGRAM, WECHAT)
CARD = "Sokha Chan\n+855 12 345 678"


@pytest.fixture(autouse=True)
async def on_wechat(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Meas Rith", "KH", Role.OFFICER, (WECHAT,)))


@pytest.mark.parametrize("who", OFFICERS)
@pytest.mark.parametrize("kind", Unreceived)
async def test_what_we_cannot_take_is_answered_and_opens_nothing(
    bridge: PlayedBridge, who: str, kind: Unreceived
) -> None:
    await bridge.sends(who, Kind.UNRECEIVED, unreceived=kind)
    (answer,) = bridge.heard(who)
    assert "lease" in answer or "Leave" in answer, "it says what to do instead"
    assert await bridge.cases() == []


@pytest.mark.parametrize("who", OFFICERS)
async def test_in_an_intake_the_question_is_asked_again_and_nothing_is_kept(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case("[No]", from_=who)
    before = await bridge.texts(case)
    bridge.forget()
    await bridge.sends(who, Kind.UNRECEIVED, unreceived=Unreceived.STICKER)
    bridge.expect(who, "I cannot receive stickers", "What is happening")
    assert (await bridge.texts(case), len(await bridge.cases())) == (before, 1)
    await bridge.answers(who, "[Locked in or held]")
    bridge.expect(who, "How old is the youngest")


async def test_what_was_tapped_so_far_stays_when_a_sticker_comes(bridge: PlayedBridge) -> None:
    await bridge.report_case("[No]", "[Locked in or held]", "16", "edit 11", "[Urgent rescue]", from_=TELEGRAM)
    await bridge.sends(TELEGRAM, Kind.UNRECEIVED, unreceived=Unreceived.STICKER)
    await bridge.answers(TELEGRAM, "[Medical care]", "[Done]")
    assert (await bridge.only_case()).value("assistance") == ("urgent_rescue", "medical_care")


@pytest.mark.parametrize("who", OFFICERS)
@pytest.mark.parametrize("nothing", ["", " \n", "\u200b", "\u2060\ufeff", "\u3164"])
async def test_a_text_without_words_opens_no_case_and_is_no_file(bridge: PlayedBridge, who: str, nothing: str) -> None:
    await bridge.says(who, nothing)
    bridge.expect(who, "without words")
    assert await bridge.cases() == []
    case = await bridge.report_case("[No]", from_=who)
    bridge.forget()
    await bridge.says(who, nothing)
    assert "secure case" not in bridge.expect(who, "without words", "What is happening").text
    assert await bridge.secure(case) == []


@pytest.mark.parametrize("who", OFFICERS)
async def test_a_contact_goes_to_the_secure_case_and_nowhere_else(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case(from_=who)
    bridge.forget(who)
    await bridge.sends(who, Kind.CONTACT, text=CARD)
    bridge.expect(who, "The contact is stored in the secure case", case.reference, "delete it here")
    assert await bridge.secure(case) == [(SecureField.MESSAGE, CARD)]
    bridge.expect("telegram:kh-group", "A contact was added to the secure case")
    told = " ".join(shown.text for shown in bridge.everything_heard())
    assert "Sokha" not in told
    assert "345" not in told
    assert not any("Sokha" in text.text for text in await bridge.texts(case))


async def test_a_contact_as_the_first_message_opens_a_case(bridge: PlayedBridge) -> None:
    await bridge.sends(TELEGRAM, Kind.CONTACT, text=CARD)
    assert await bridge.secure(await bridge.only_case()) == [(SecureField.MESSAGE, CARD)]


async def test_a_contact_that_waits_for_its_case_is_kept_with_the_case_it_is_given_to(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16", "send", "send")
    await bridge.sends(TELEGRAM, Kind.CONTACT, text="/close " + case.reference)
    await bridge.restart()
    await bridge.says(TELEGRAM, "2")
    assert (SecureField.MESSAGE, "/close " + case.reference) in await bridge.secure(case)
    assert (await bridge.case(case)).is_open


async def test_a_sticker_among_people_of_a_group_is_no_matter_of_ours(bridge: PlayedBridge) -> None:
    await bridge.sends("telegram:clerk", Kind.UNRECEIVED, at="telegram:kh-group", unreceived=Unreceived.STICKER)
    bridge.expect_nothing("telegram:kh-group")
    case = await bridge.report_case()
    shown = bridge.phones.newest_saying("telegram:kh-group", case.reference)
    await bridge.sends(
        "telegram:clerk", Kind.UNRECEIVED, at="telegram:kh-group", unreceived=Unreceived.STICKER, reply_to=shown.id
    )
    bridge.expect("telegram:kh-group", "I cannot receive stickers")


# What is forwarded.


@pytest.mark.parametrize("at", ["", "telegram:kh-group"])
async def test_a_forwarded_command_is_not_carried_out(bridge: PlayedBridge, at: str) -> None:
    case = await bridge.report_case()
    for act in ("close", "ack", "standdown"):
        text = f"/{act} {case.reference} found_safe she is home"
        await bridge.sends("telegram:clerk", Kind.TEXT, text=text, origin="Sokha Chan", at=at)
    stands = await bridge.case(case)
    assert (stands.is_open, stands.status) == (True, case.status)


@pytest.mark.parametrize("who", OFFICERS)
async def test_in_an_intake_a_forwarded_text_answers_nothing_and_is_kept_as_what_it_is(
    bridge: PlayedBridge, who: str
) -> None:
    case = await bridge.report_case("[No]", from_=who)
    bridge.forget()
    for words in ("1", "send", "yes", "new", "/alert she is at the border"):
        await bridge.sends(who, Kind.TEXT, text=words, origin="Sokha Chan")
        bridge.expect(who, "The forwarded words are kept with", case.reference, "What is happening")
    kept = [text.text for text in await bridge.texts(case)]
    assert kept[1:3] == ["Forwarded: 1", "Forwarded: send"]
    assert (await bridge.case(case)).value("situation") is None
    assert (SecureField.MESSAGE, "Forwarded, first said by Sokha Chan: send") in await bridge.secure(case)
    assert len(await bridge.cases()) == 1


async def test_forwarded_words_open_a_case_and_who_said_them_crosses_nowhere(bridge: PlayedBridge) -> None:
    await bridge.sends(TELEGRAM, Kind.TEXT, text="/close help us, my number is +855 12 345 678", origin="Sokha Chan")
    await bridge.taps(TELEGRAM, "Yes, alert")
    case = await bridge.only_case()
    (first,) = await bridge.texts(case)
    assert first.text == "Forwarded: /close help us, my number is [phone number]"
    ((_, secured),) = await bridge.secure(case)
    assert secured == "Forwarded, first said by Sokha Chan: /close help us, my number is +855 12 345 678"
    assert not any("Sokha" in shown.text for shown in bridge.everything_heard())


async def test_forwarded_small_talk_is_asked_about_and_a_forwarded_plea_opens_a_case(bridge: PlayedBridge) -> None:
    await bridge.sends(TELEGRAM, Kind.TEXT, text="good morning", origin="somebody")
    await bridge.taps(TELEGRAM, "No")
    assert await bridge.cases() == []
    await bridge.sends(TELEGRAM, Kind.TEXT, text="two girls are locked in a flat in Nanchang", origin="somebody")
    assert "two girls are locked" in (await bridge.texts(await bridge.only_case()))[0].text


async def test_a_forwarded_stop_takes_nothing_back(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    bridge.forget()
    await bridge.sends(TELEGRAM, Kind.TEXT, text="stop", origin="somebody")
    bridge.expect_nothing(TELEGRAM, containing="ithdraw")
    assert (await bridge.case(case)).is_open


async def test_forwarded_words_say_nothing_about_which_case_they_are_for(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16", "send", "send")
    before = await bridge.texts(case)
    await bridge.says(TELEGRAM, "two more are there")
    for words in ("2", "new", case.reference):
        await bridge.sends(TELEGRAM, Kind.TEXT, text=words, origin="somebody")
    assert (await bridge.texts(case), len(await bridge.cases())) == (before, 1)
    await bridge.says(TELEGRAM, "2")
    kept = "\n".join(text.text for text in await bridge.texts(case))
    assert "two more are there" in kept
    assert "Forwarded: new" in kept


async def test_forwarded_words_are_no_reason_that_an_act_waits_for(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    await bridge.says("telegram:kh-supervisor", f"/standdown {case.reference}")
    await bridge.sends("telegram:kh-supervisor", Kind.TEXT, text="she is safe", origin="somebody")
    assert (await bridge.case(case)).stood_down_at is None


async def test_a_stranger_who_forwards_a_code_is_not_enrolled(bridge: PlayedBridge) -> None:
    await invited(bridge)
    await bridge.sends("telegram:stranger", Kind.TEXT, text=f"/start {CODE}", origin="Pov Chenda")
    bridge.expect("telegram:stranger", "for enrolled officers")
    await bridge.says("telegram:stranger", f"/start {CODE}")
    bridge.expect("telegram:stranger", "You are enrolled")


async def test_a_forwarded_photo_keeps_its_caption_as_forwarded_words(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    photo = Attachment("photo-1", media_type="image/jpeg")
    caption = f"/close {case.reference} found_safe"
    await bridge.sends(TELEGRAM, Kind.PHOTO, text=caption, attachment=photo, origin="News")
    assert (await bridge.case(case)).is_open
    assert f"Forwarded: {caption}" in [text.text for text in await bridge.texts(case)]
    assert [f.state for f in (await bridge.storage.history(case.id)).files] == [FileState.WAITING]


# What stands beside the words.


@pytest.mark.parametrize("who", OFFICERS)
async def test_a_map_link_under_words_is_a_place_and_a_person_who_is_meant_is_nobodys_number(
    bridge: PlayedBridge, who: str
) -> None:
    said = "she is here (https://maps.app.goo.gl/x1Y2), ask Sokha (tg://user?id=987654), see (https://x.org/door)"
    await bridge.says(who, said)
    await bridge.answers(who, "[Yes, alert]")
    case = await bridge.only_case()
    (first,) = await bridge.texts(case)
    assert first.text == "she is here ([coordinates]), ask Sokha ([long number]), see (https://x.org/door)"
    assert [words for _, words in await bridge.secure(case)] == [said]


# For somebody else, by nobody.


async def test_a_caption_that_commands_another_bot_closes_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.sends_photo("telegram:clerk", f"/close@other_bot {case.reference} found_safe she is home")
    assert (await bridge.case(case)).is_open


async def test_whoever_writes_as_the_group_is_told_how_to_act(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    bridge.forget()
    await bridge.sends("telegram:nobody", Kind.TEXT, text=f"/ack {case.reference}", at="telegram:kh-group", sender=None)
    bridge.expect("telegram:kh-group", "Nothing was done", "Remain anonymous")
    assert (await bridge.case(case)).acknowledged_at is None
    await bridge.sends("telegram:nobody", Kind.TEXT, text="good morning", at="telegram:kh-group", sender=None)
    await bridge.sends("telegram:nobody", Kind.TEXT, text="/ack KC26", at="telegram:elsewhere", sender=None)
    bridge.expect_nothing("telegram:kh-group", "telegram:elsewhere")


@pytest.mark.parametrize("scene", ["poster", "exhibition-hall-2", "1024", "https://example.org/a"])
async def test_a_posters_qr_code_is_no_guess(bridge: PlayedBridge, scene: str) -> None:
    await invited(bridge)
    for _ in range(WRONG_CODES + 1):
        await bridge.says("wechat:stranger", f"/start {scene}")
    await bridge.says("wechat:stranger", f"/start {CODE}")
    bridge.expect("wechat:stranger", "You are enrolled")
