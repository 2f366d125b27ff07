"""What a messenger heard in a voice message is offered as words to confirm, and kept by nobody who was not asked."""

from __future__ import annotations

import pytest

from bot.domain.case import Case
from bot.domain.messages import Attachment, Kind
from bot.domain.secure_entry import SecureField
from tests.kit.played import PlayedBridge

TELEGRAM, WECHAT = "telegram:officer", "wechat:officer"
OFFICERS = (TELEGRAM, WECHAT)
HEARD = "她被锁在南昌的一间公寓里。"


@pytest.fixture
def bridge(bridge_on_wechat: PlayedBridge) -> PlayedBridge:
    return bridge_on_wechat


async def speaks(bridge: PlayedBridge, who: str, heard: str = HEARD, file: str = "voice-1") -> None:
    voice = Attachment(file, media_type="audio/amr")
    await bridge.sends(who, Kind.VOICE, attachment=voice, recognised=heard)


async def chooses(bridge: PlayedBridge, who: str, number: int) -> None:
    """Somebody takes a choice of the newest message: by a tap, or on WeChat by its number."""
    if who == WECHAT:
        await bridge.says(who, str(number))
        return
    newest = bridge.phones.at(who)[-1]
    await bridge.taps(who, [button.label for row in newest.buttons for button in row][number - 1], of=newest)


async def kept(bridge: PlayedBridge, case: Case) -> str:
    return "\n".join(text.text for text in await bridge.texts(case))


@pytest.mark.parametrize("who", OFFICERS)
async def test_in_an_intake_the_words_are_asked_about_and_then_taken_as_if_typed(
    bridge: PlayedBridge, who: str
) -> None:
    case = await bridge.report_case("no", from_=who)
    bridge.forget(who)
    await speaks(bridge, who, "locked in")
    (answer,) = bridge.heard(who)
    assert "Stored in the secure case" in answer
    assert "heard: “locked in”. Are these your words?" in answer
    assert (await bridge.case(case)).value("situation") is None
    await chooses(bridge, who, 1)
    assert (await bridge.case(case)).value("situation") == "confined"
    bridge.expect(who, "How old is the youngest")


@pytest.mark.parametrize("who", OFFICERS)
async def test_what_was_heard_wrong_is_kept_nowhere_and_the_question_comes_again(
    bridge: PlayedBridge, who: str
) -> None:
    case = await bridge.report_case("no", from_=who)
    await speaks(bridge, who)
    assert HEARD not in await kept(bridge, case)
    await chooses(bridge, who, 2)
    bridge.expect(who, "They are not used", "What is happening")
    assert HEARD not in await kept(bridge, case)
    await bridge.answers(who, "locked in")
    assert (await bridge.case(case)).value("situation") == "confined"


@pytest.mark.parametrize("who", OFFICERS)
async def test_a_voice_as_the_first_message_opens_a_case_at_once_and_asks_for_its_words(
    bridge: PlayedBridge, who: str
) -> None:
    await speaks(bridge, who)
    case = await bridge.only_case()
    bridge.expect(who, case.reference)
    bridge.expect(who, HEARD, "Are these your words?")
    assert HEARD not in await kept(bridge, case)
    await chooses(bridge, who, 1)
    assert HEARD in await kept(bridge, case)
    bridge.expect(who, "(1 of 14)")


@pytest.mark.parametrize("said", ["yes", "ok"])
async def test_a_typed_yes_is_about_the_words_that_were_asked_about_last(bridge: PlayedBridge, said: str) -> None:
    await speaks(bridge, WECHAT)
    await bridge.says(WECHAT, said)
    case = await bridge.only_case()
    assert HEARD in await kept(bridge, case)
    assert case.value("danger_now") is None


async def test_whoever_types_on_instead_has_their_words_taken_and_the_heard_ones_forgotten(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("no", from_=WECHAT)
    await speaks(bridge, WECHAT)
    shown = bridge.phones.at(WECHAT)[-1]
    await bridge.says(WECHAT, "locked in")
    assert (await bridge.case(case)).value("situation") == "confined"
    await bridge.adapters["wechat"].taps_data(WECHAT, shown.buttons[0][0].data, shown.id) if shown.buttons else None
    assert HEARD not in await kept(bridge, case)


async def test_nothing_heard_is_nothing_asked(bridge: PlayedBridge) -> None:
    await bridge.report_case("no", from_=WECHAT)
    bridge.forget(WECHAT)
    for heard in ("", "  "):
        await speaks(bridge, WECHAT, heard)
        bridge.expect(WECHAT, "Stored in the secure case", "What is happening")
    bridge.expect_nothing(WECHAT, containing="your words")


async def test_what_was_heard_is_read_back_without_what_points_to_a_person(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", from_=WECHAT)
    await speaks(bridge, WECHAT, "call her at +855 12 345 678")
    bridge.expect(WECHAT, "heard: “call her at [phone number]”")
    await chooses(bridge, WECHAT, 1)
    assert (SecureField.MESSAGE, "call her at +855 12 345 678") in await bridge.secure(case)
    assert not any("345" in shown.text for shown in bridge.everything_heard())


@pytest.mark.parametrize("heard", ["send", "/close", "back"])
async def test_a_voice_gives_no_command(bridge: PlayedBridge, heard: str) -> None:
    case = await bridge.report_case("no", from_=WECHAT)
    await speaks(bridge, WECHAT, f"{heard} {case.reference} found_safe she is home")
    await chooses(bridge, WECHAT, 1)
    stands = await bridge.case(case)
    assert (stands.is_open, stands.sent_at) == (True, None)
    bridge.expect(WECHAT, "What is happening")


@pytest.mark.parametrize("who", OFFICERS)
async def test_with_several_cases_the_words_wait_with_the_voice_for_theirs(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send", from_=who)
    await speaks(bridge, who)
    bridge.expect(who, "Are these your words?")
    await chooses(bridge, who, 1)
    await bridge.says(who, case.reference)
    assert HEARD in await kept(bridge, case)
    assert len((await bridge.storage.history(case.id)).files) == 1
