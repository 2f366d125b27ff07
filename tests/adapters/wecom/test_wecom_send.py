"""What is promised of sending at WeCom: real buttons, honest failures, nothing lost silently, no secret shown."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Uncertain, Unreachable
from bot.domain.messages import Button
from tests.fakes.wecom_api import ROBOT_KEY, SECRET
from tests.kit.telegram import ROWS
from tests.kit.wecom import Company, company

ALERT = (
    "U1 immediate danger · KC26-M9S34-4\nFrom: Kingdom of Cambodia\nReceived: 18 April, 14:05 Phnom Penh, 15:05 Beijing"
    "\nWhy: in danger now, being moved\nAcknowledge by 14:20 Phnom Penh, 15:20 Beijing"
    "\nTexts and the rest: https://bridge.example/cases/KC26-M9S34-4"
)
ACTS = (
    (Button("Acknowledge", "a.1.0.ack"), Button("Assign to me", "a.1.0.assign.me")),
    (Button("Show", "a.1.0.case"),),
)


@pytest.fixture
async def wecom() -> AsyncIterator[Company]:
    async with company() as found:
        yield found


async def test_a_question_comes_as_a_card_whose_buttons_carry_our_answers(wecom: Company) -> None:
    zhang = wecom.member()
    sent = await wecom.send("ZhangSan", "Is the person in danger at this moment?", buttons=ROWS)
    (card,) = zhang.shown
    assert (card.id, card.labels) == (sent, ["Yes", "No"])
    assert card.text.replace("\n", " ") == "Is the person in danger at this moment?"
    await zhang.taps("Yes")
    (tap,) = wecom.inbox.taken
    assert (tap.button, tap.message_id, str(tap.sender)) == ("f.1.danger.yes", sent, "wecom:ZhangSan")


async def test_a_long_alert_comes_whole_as_a_text_and_its_end_as_a_card(wecom: Company) -> None:
    zhang = wecom.member()
    await wecom.send("ZhangSan", ALERT, buttons=ACTS)
    text, card = zhang.shown
    assert (text.is_card, card.is_card) == (False, True)
    said = "\n".join([text.text, card.text])
    assert "".join(said.split()) == "".join(ALERT.split())
    assert "KC26-M9S34-4" in card.text, "whoever taps sees which case it is"
    assert card.labels == ["Acknowledge", "Assign to me", "Show"]


async def test_a_tapped_card_shows_what_was_chosen_and_cannot_be_tapped_again(wecom: Company) -> None:
    zhang = wecom.member()
    await wecom.send("ZhangSan", "In danger?", buttons=ROWS)
    await zhang.taps("Yes")
    tap = wecom.inbox.taken[0]
    await wecom.send("ZhangSan", "Noted: in danger.", number=2, tap_id=tap.tap_id)
    await wecom.api.until(lambda: zhang.shown[0].used)
    assert zhang.shown[0].used == "\u2713 Yes"
    assert zhang.texts[1] == "Noted: in danger."
    with pytest.raises(LookupError):
        await zhang.taps("No")


async def test_a_tap_with_nothing_to_say_changes_the_card_and_sends_nothing(wecom: Company) -> None:
    zhang = wecom.member()
    await wecom.send("ZhangSan", "In danger?", buttons=ROWS)
    await zhang.taps("No")
    assert await wecom.send("ZhangSan", tap_id=wecom.inbox.taken[0].tap_id, number=2) == ""
    await wecom.api.until(lambda: zhang.shown[0].used)
    assert len(zhang.shown) == 1


async def test_a_card_that_can_be_changed_no_more_does_not_hold_up_the_answer(wecom: Company) -> None:
    zhang = wecom.member()
    await wecom.send("ZhangSan", "In danger?", buttons=ROWS)
    await zhang.taps("Yes")
    tap_id = wecom.inbox.taken[0].tap_id
    wecom.clock.forward(hours=73)
    for number in (2, 3):
        await wecom.send("ZhangSan", f"Noted {number}.", number=number, tap_id=tap_id)
    await wecom.api.until(lambda: wecom.api.count("update_template_card") == 2)
    assert zhang.texts[1:] == ["Noted 2.", "Noted 3."]


async def test_a_card_whose_answer_was_lost_is_not_sent_a_second_time(wecom: Company) -> None:
    zhang = wecom.member()
    wecom.api.fail("hold", happens_after=True)
    with pytest.raises(Uncertain):
        await wecom.send("ZhangSan", "In danger?", buttons=ROWS)
    sent = await wecom.send("ZhangSan", "In danger?", buttons=ROWS, attempts=1)
    assert [card.id for card in zhang.shown] == [sent]


async def test_two_messages_with_buttons_are_two_cards(wecom: Company) -> None:
    zhang = wecom.member()
    await wecom.send("ZhangSan", "In danger?", buttons=ROWS, number=1)
    await wecom.send("ZhangSan", "In danger?", buttons=ROWS, number=2)
    assert len({card.id for card in zhang.shown}) == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, Unavailable),
        (40056, Unavailable),
        (45009, Throttled),
        (45033, Throttled),
        (48002, Unavailable),
        (60011, Unreachable),
        (60020, Unavailable),
        (60111, Unreachable),
        (81013, Unreachable),
        (301002, Unavailable),
        (45002, Refused),
        (99999, Unavailable),
    ],
)
async def test_each_error_code_has_its_meaning(wecom: Company, code: int, kind: type[SendError]) -> None:
    wecom.member()
    wecom.api.fail(code)
    with pytest.raises(SendError) as caught:
        await wecom.send("ZhangSan", "Noted")
    assert type(caught.value) is kind
    assert "203.0.113.7" not in str(caught.value)
    if kind is Throttled:
        assert caught.value.retry_after is not None


async def test_who_may_not_see_the_app_is_not_told_and_we_know_it(wecom: Company) -> None:
    wecom.member("LiSi")
    with pytest.raises(Unreachable):
        await wecom.send("WangWu", "Noted")
    wecom.api.unlicensed.add("lisi")
    with pytest.raises(Unreachable, match="licence"):
        await wecom.send("LiSi", "Noted")


@pytest.mark.parametrize("peer", ["@all", "ZhangSan|LiSi", "", "robot:other", "张三", "a" * 65, "robot:"])
async def test_no_address_reaches_everybody_or_somebody_else(wecom: Company, peer: str) -> None:
    for name in ("ZhangSan", "LiSi"):
        wecom.member(name)
    with pytest.raises(SendError):
        await wecom.send(peer, "Noted")
    assert wecom.api.phones == {}
    assert wecom.api.groups == {}


async def test_nothing_in_a_text_is_markup(wecom: Company) -> None:
    zhang = wecom.member()
    lure = 'x < y, <a href="http://evil.example">the bridge</a>, < A href=x>, <@all> and <b>bold</b>'
    await wecom.send("ZhangSan", lure)
    assert zhang.texts == ['x < y, [a href="http://evil.example">the bridge[/a>, [ A href=x>, [@all> and <b>bold</b>']
    await wecom.send("robot:duty", lure)
    assert "<@all>" not in wecom.api.groups["duty"][0].text


async def test_a_long_chinese_text_arrives_whole(wecom: Company) -> None:
    zhang = wecom.member()
    story = "她说她被关在海边的一栋楼里。" * 120
    await wecom.send("ZhangSan", story)
    assert len(zhang.shown) > 2
    assert "".join(zhang.texts) == story


async def test_a_group_hears_its_robot_and_the_words_alone(wecom: Company) -> None:
    await wecom.send("robot:duty", ALERT, buttons=ACTS)
    (post,) = wecom.api.groups["duty"]
    assert post.text == ALERT
    assert not any("gettoken" in call.path for call in wecom.api.calls), "a robot needs no app"


async def test_a_robot_that_was_taken_out_or_is_too_quick_is_told_apart(wecom: Company) -> None:
    for number in range(20):
        await wecom.send("robot:duty", f"ping {number}")
    with pytest.raises(Throttled) as caught:
        await wecom.send("robot:duty", "ping 21")
    assert caught.value.retry_after == timedelta(minutes=1)
    wecom.api.robots.clear()
    with pytest.raises(Unreachable):
        await wecom.send("robot:duty", "ping")


async def test_robots_alone_are_a_set_up_too() -> None:
    async with company(corp_id="", agent_id=0, secret="", token="", aes_key="") as wecom:
        await wecom.send("robot:duty", "ping")
        with pytest.raises(Unavailable):
            await wecom.send("ZhangSan", "ping")
        await wecom.member().says("let me in")
        assert {status for status, _ in wecom.line.calls} == {401}
    assert wecom.inbox.tries == 0


async def test_the_remedy_is_told_once_until_it_was_mended(wecom: Company) -> None:
    wecom.member()
    with capture_logs() as logs:
        wecom.api.trusts_us = False
        for _ in range(3):
            with pytest.raises(Unavailable, match="trusted"):
                await wecom.send("ZhangSan", "Noted")
            wecom.clock.forward(seconds=20)
        wecom.api.trusts_us = True
        await wecom.send("ZhangSan", "Noted")
        wecom.api.fail(60020)
        with pytest.raises(Unavailable):
            await wecom.send("ZhangSan", "Noted")
    assert [(line["errcode"], line["our_ip"]) for line in logs] == [(60020, "203.0.113.7")] * 2
    assert "trusted addresses" in logs[0]["remedy"]


async def test_a_spoiled_token_is_no_failure(wecom: Company) -> None:
    zhang = wecom.member()
    await wecom.send("ZhangSan", "one")
    wecom.api.spoil_token()
    wecom.clock.forward(seconds=60)
    await wecom.send("ZhangSan", "two")
    assert zhang.texts == ["one", "two"]
    assert wecom.api.tokens_given == 2


async def test_what_was_sent_can_be_fetched_and_what_is_gone_cannot(wecom: Company) -> None:
    await wecom.member().sends_photo(b"\xff\xd8 a photo")
    attachment = wecom.inbox.taken[0].attachment
    assert attachment is not None
    assert await wecom.wecom.fetch(attachment.file_id, 1000) == b"\xff\xd8 a photo"
    with pytest.raises(Refused):
        await wecom.wecom.fetch(attachment.file_id, 5)
    with pytest.raises(Refused):
        await wecom.wecom.fetch("gone", 1000)


async def test_the_menu_is_set_and_its_taps_are_commands(wecom: Company) -> None:
    done = await wecom.wecom.set_up()
    assert done == ["The app's menu at WeCom now has: New alert, My cases, Help."]
    zhang = wecom.member()
    for label in ("New alert", "My cases", "Help"):
        await zhang.taps_menu(label)
        wecom.clock.forward(seconds=1)
    assert wecom.inbox.texts == ["/alert", "/cases", "/help"]


async def test_no_secret_no_name_and_no_text_is_in_any_log_or_error(
    wecom: Company, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wecom.member()
    shown: list[str] = []
    with capture_logs() as logs:
        for kind in ("hold", "reset", "down", "garbage", "list", -1, 60020, 40056, 12345):
            wecom.api.fail(kind)
            wecom.api.fail(kind, path="/cgi-bin/webhook/send")
            for peer in ("ZhangSan", "robot:duty"):
                with pytest.raises(SendError) as caught:
                    await wecom.send(peer, "her secret name")
                shown += [str(caught.value), repr(caught.value), *traceback.format_exception_only(caught.value)]
                assert caught.value.__cause__ is None
        await wecom.member().line.send("POST", {"msg_signature": "x"}, b"<xml>her secret name</xml>")
    shown += [caplog.text, str(logs), repr(wecom.wecom), repr(wecom.wecom._settings), repr(wecom.wecom._http)]
    for secret in (SECRET, ROBOT_KEY, "never-logged", "her secret name", "ZhangSan", wecom.api.vendor.token):
        assert not [line for line in shown if secret in line], secret


async def test_asked_whether_it_knows_us_it_gives_a_token_or_says_why_not(wecom: Company) -> None:
    assert await wecom.wecom.probe() == "WeCom answers and gave an access token."
    async with company(secret="another") as stranger:
        with pytest.raises(SendError):
            await stranger.wecom.probe()
