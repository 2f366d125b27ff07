"""What the bridge writes on WeChat: texts, choices as links, template messages, files, the menu; and every refusal."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.delivery.split import split
from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Uncertain, Unreachable, WindowClosed
from bot.domain.messages import Button, Grant, Keyboard
from tests.fakes.memory_state import MemoryState
from tests.fakes.wechat_api import SECRET, TEMPLATE
from tests.kit.wechat import OPENID, PUBLIC, Scene, delivery, make_wechat

CUSTOM = "/cgi-bin/message/custom/send"
ROWS: Keyboard = ((Button("1. Yes", "f.1.danger.yes"), Button("2. No", "f.1.danger.no")),)
HEADLINE = "KC26-M9S34-4 U1: please acknowledge"


async def test_a_text_goes_as_it_is_in_any_letters() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send('女孩 16 👧🏽 ខ្មែរ "quoted" \\ done')
        assert scene.officer.last.text == '女孩 16 👧🏽 ខ្មែរ "quoted" \\ done'


async def test_choices_are_links_whose_tap_comes_back_as_the_choice() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send("Is she in danger?\n\nOr type: skip", ROWS)
        assert scene.officer.last.labels == ["1. Yes", "2. No"]
        await scene.officer.taps("No")
        assert scene.inbox.taken[-1].button == "f.1.danger.no"


async def test_a_text_of_any_length_is_cut_at_bytes_between_letters_and_comes_whole() -> None:
    text = "她被锁在南昌的一个公寓里。👧🏽 ខ្មែរ " * 120
    async with Scene.open() as scene:
        can = scene.wechat.capabilities
        parts = split(text, can.text_limit, can.text_unit)
        await scene.officer.says("hello")
        for number, part in enumerate(parts):
            scene.api.chats.wrote(OPENID)
            await scene.wechat.send(delivery(text), part, is_last=number == len(parts) - 1)
        heard = [post.text for post in scene.officer.heard]
    assert all(len(part.encode()) <= 2048 for part in heard)
    assert "".join("".join(heard).split()) == "".join(text.split())


async def test_a_text_with_choices_that_is_too_long_for_one_message_becomes_two() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send("x" * 2040, ROWS)
        assert [(post.text, post.labels) for post in scene.officer.heard] == [
            ("x" * 2040, []),
            ("Choices:", ["1. Yes", "2. No"]),
        ]


async def test_when_only_the_choices_did_not_arrive_only_they_are_sent_again() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        scene.api.fail(-1, times=2)
        with pytest.raises(Unavailable):
            await scene.send("x" * 2040, ROWS)
        assert scene.officer.heard == []
        scene.api.faults.clear()
        await scene.send("x" * 2040, ROWS)
        half = delivery("y" * 2040, ROWS, id=2)
        scene.api.chats.take(OPENID)
        scene.api.chats.take(OPENID)
        with pytest.raises(WindowClosed):
            await scene.wechat.send(half, "y" * 2040, is_last=True)
        scene.api.chats.wrote(OPENID)
        await scene.wechat.send(half, "y" * 2040, is_last=True)
        assert [post.text[:1] for post in scene.officer.heard] == ["x", "C", "y", "C"]


async def test_an_account_that_may_have_no_links_shows_the_choices_as_text() -> None:
    many: Keyboard = tuple((Button(f"{n}. Number {n}", f"w.{n}"),) for n in range(1, 13))
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send("Which?", many)
        assert scene.officer.last.text.splitlines()[-1] == "12. Number 12", "more than ten are refused as links"
        scene.api.is_verified = False
        with capture_logs() as logs:
            await scene.send("Is she in danger?", ROWS)
        assert scene.officer.last.text == "Is she in danger?\n1. Yes\n2. No"
        assert "sent as text" in str(logs)


@pytest.mark.parametrize(
    "tag", ['<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=y">', "<A HREF='x'>", "< a\n", "</a>"]
)
async def test_no_text_of_anybody_becomes_a_link_that_speaks_for_whoever_taps_it(tag: str) -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send(f"note: {tag}OK", ((Button(f"1. {tag}", "w.x"),),))
        sent = scene.officer.last
        assert "<" not in sent.text + sent.labels[0]
        assert len(sent.text) == len(f"note: {tag}OK"), "nothing is added: it must still fit"
        await scene.send("3 < 4, <abbr> and a<b stay")
        assert scene.officer.last.text == "3 < 4, <abbr> and a<b stay"


async def test_what_wechat_cannot_do_is_refused_and_never_left_out_silently() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        for refused in (
            delivery("Alert, now U1", edits="7"),
            delivery("the log", file="log.csv"),
            delivery("hello", to="not an openid"),
        ):
            with pytest.raises(Refused):
                await scene.wechat.send(refused, refused.message.text, is_last=True)
        assert scene.officer.heard == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (45015, WindowClosed),
        (45047, WindowClosed),
        (43004, Unreachable),
        (43019, Unreachable),
        (46004, Unreachable),
        (40003, Unreachable),
        (45009, Throttled),
        (45011, Throttled),
        (-1, Unavailable),
        (40164, Unavailable),
        (45002, Refused),
        (44004, Refused),
        (48001, Refused),
        (48004, Unavailable),
        (99999, Unavailable),
        ("down", Unavailable),
        ("garbage", Unavailable),
        ("list", Unavailable),
        ("reset", Uncertain),
        ("hold", Uncertain),
    ],
)
async def test_every_refusal_has_the_kind_that_says_what_to_do_next(code: int | str, kind: type[SendError]) -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        scene.api.fail(code, path=CUSTOM)
        with pytest.raises(SendError) as caught:
            await scene.send("girl 16 in Nanchang")
        assert type(caught.value) is kind
        assert scene.officer.heard == []
        for secret in ("Nanchang", "token-that", OPENID, "rid:"):
            assert secret not in str(caught.value)
        assert caught.value.__cause__ is None


async def test_windows_and_their_counts_are_wechats() -> None:
    async with Scene.open() as scene:
        assert scene.wechat.capabilities.windows is not None
        assert scene.wechat.capabilities.windows.message == Grant(5, timedelta(hours=48))
        assert scene.wechat.capabilities.windows.tap == Grant(3, timedelta(minutes=1))
        await scene.officer.clicks("/help")
        for _ in range(3):
            await scene.send("hello")
        with pytest.raises(WindowClosed):
            await scene.send("hello")
        await scene.officer.says("hello")
        for _ in range(5):
            await scene.send("hello")
        with pytest.raises(WindowClosed):
            await scene.send("hello")
        await scene.officer.says("hello")
        scene.clock.forward(hours=48)
        with pytest.raises(WindowClosed):
            await scene.send("hello")


async def test_when_our_address_is_not_on_the_whitelist_the_log_says_what_to_do() -> None:
    async with Scene.open() as scene:
        scene.api.knows_us = False
        with capture_logs() as logs, pytest.raises(Unavailable, match="whitelist"):
            await scene.send("hello")
        assert "IP whitelist" in str(logs)
        assert "203.0.113.7" not in str(logs)


async def test_a_token_that_is_refused_is_fetched_anew_once_and_the_message_goes() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send("one")
        scene.clock.forward(minutes=1)
        scene.api.spoil_token()
        await scene.send("two")
        assert [post.text for post in scene.officer.heard] == ["one", "two"]
        assert scene.api.count("/stable_token") == 2


async def test_a_token_that_is_refused_though_it_is_the_newest_is_replaced_by_force() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        await scene.send("one")
        scene.clock.forward(minutes=1)
        scene.api.fail(42001, path=CUSTOM)
        await scene.send("two")
        assert scene.api.forced == 1
        assert scene.officer.last.text == "two"


async def test_a_token_is_asked_for_early_and_never_for_every_message() -> None:
    async with Scene.open() as scene:
        await scene.officer.says("hello")
        for _ in range(3):
            await scene.send("hello")
        assert scene.api.count("/stable_token") == 1
        scene.clock.forward(hours=1, minutes=56)
        await scene.send("hello")
        assert scene.api.tokens_given == 2


async def test_nodes_share_one_token() -> None:
    async with Scene.open() as scene:
        state = MemoryState(scene.clock)
        nodes = [make_wechat(scene.api, state=state, owner=f"node-{n}", clock=scene.clock) for n in (1, 2)]
        await scene.officer.says("hello")
        for node in nodes:
            await node.start(scene.inbox)
            await node.send(delivery("hello"), "hello", is_last=True)
            await node.stop()
        assert scene.api.count("/stable_token") == 1
        assert len(scene.officer.heard) == 2


@pytest.mark.parametrize("fault", ["down", "garbage", "hold", "reset", "list", 40125, 40013, 45009, -1])
async def test_without_a_token_a_message_waits_and_nothing_secret_is_told(fault: Any) -> None:
    async with Scene.open() as scene:
        scene.api.fail(fault, path="/cgi-bin/stable_token", times=9)
        with capture_logs() as logs, pytest.raises(SendError) as caught:
            await scene.send("hello")
        assert caught.value.retryable
        assert not isinstance(caught.value, Uncertain), "it was certainly not sent"
        assert SECRET not in f"{caught.value} {logs}"


async def test_a_wrong_secret_is_told_as_that() -> None:
    async with Scene.open(app_secret="x" * 32) as scene:
        with pytest.raises(Unavailable, match="check app_id and app_secret"):
            await scene.send("hello")


async def test_a_knock_says_reference_urgency_and_act_and_leads_to_the_case() -> None:
    async with Scene.open() as scene:
        msgid = await scene.wechat.knock(delivery("somebody screams for help"), HEADLINE)
        knock = scene.officer.last
        assert knock.text == "Case: KC26-M9S34-4\nWhat: U1: acknowledge\nWhen: 2026-04-18 15:05"
        assert knock.url == f"{PUBLIC}/cases/KC26-M9S34-4"
        await scene.officer.template_comes_to(msgid, "failed:user block")
        assert scene.inbox.taken[-1].message_id == msgid
        assert "refuses" in scene.inbox.taken[-1].text


async def test_a_knock_that_is_asked_for_twice_is_sent_once() -> None:
    async with Scene.open() as scene:
        first = await scene.wechat.knock(delivery("x"), HEADLINE)
        assert await scene.wechat.knock(delivery("x"), HEADLINE) == first
        assert len(scene.officer.heard) == 1
        named = scene.api.calls[-1].body["client_msg_id"]
        assert named == hashlib.sha256(b"case:7:told").hexdigest()[:32]
        await scene.wechat.knock(delivery("x", dedupe_key="case:7:other"), HEADLINE)
        assert len(scene.officer.heard) == 2
        assert scene.api.count("/get_all_private_template") == 1


@pytest.mark.parametrize(
    "headline",
    [
        "KC26-M9S34-4 U1: please acknowledge",
        "KC26-M9S34-4 U2: diplomatic channel, please look",
        "KC26-M9S34-4 U1: are you still on it?",
        "Test message: please tap",
        "A message waits for you",
        "x" * 90,
    ],
)
async def test_any_headline_fits_into_the_template(headline: str) -> None:
    async with Scene.open() as scene:
        await scene.wechat.knock(delivery("x"), headline)
        assert scene.officer.last.kind == "template"


@pytest.mark.parametrize("content", ["{{first.DATA}}\n{{keyword1.DATA}}\n{{remark.DATA}}", "{{ thing7.DATA }}"])
async def test_other_templates_are_filled_in_by_the_fields_that_they_have(content: str) -> None:
    async with Scene.open() as scene:
        scene.api.templates[TEMPLATE] = content.replace(" ", "")
        await scene.wechat.knock(delivery("x"), HEADLINE)
        assert "acknowledge" in scene.officer.last.text


@pytest.mark.parametrize("content", ["{{amount1.DATA}}", "no field at all", None])
async def test_a_template_that_cannot_be_filled_is_told_as_that(content: str | None) -> None:
    async with Scene.open() as scene:
        scene.api.templates = {TEMPLATE: content} if content else {}
        with pytest.raises(Refused, match="template"):
            await scene.wechat.knock(delivery("x"), HEADLINE)


async def test_whoever_left_cannot_be_knocked_at_and_without_a_template_nobody_can() -> None:
    async with Scene.open() as scene:
        await scene.officer.unfollows()
        with pytest.raises(Unreachable):
            await scene.wechat.knock(delivery("x"), HEADLINE)
    async with Scene.open(template_id="") as scene:
        assert not scene.wechat.capabilities.knocks
        with pytest.raises(Refused):
            await scene.wechat.knock(delivery("x"), HEADLINE)


async def test_the_menu_is_set_and_its_taps_are_commands() -> None:
    async with Scene.open() as scene:
        done = await scene.wechat.set_up()
        assert [button["name"] for button in scene.api.menu["button"]] == ["New alert", "My cases", "Help"]
        assert done[0] == "The menu at the foot of the chat: New alert, My cases, Help."
        assert "character_string1, thing2, time3" in done[1]
        await scene.officer.clicks(scene.api.menu["button"][0]["key"])
        assert scene.inbox.taken[-1].text == "/alert"


async def test_a_qr_code_says_the_invites_code_and_when_there_is_none_nothing_breaks() -> None:
    async with Scene.open() as scene:
        link = await scene.wechat.invite_link("8K3F22ZWQ7RM", timedelta(days=90))
        assert link == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=ticket-8K3F22ZWQ7RM"
        assert scene.api.calls[-1].body["expire_seconds"] == 30 * 86_400
        scene.api.fail(48001, path="/cgi-bin/qrcode/create")
        assert await scene.wechat.invite_link("8K3F22ZWQ7RM", timedelta(days=1)) == ""


async def test_photos_voices_and_videos_are_fetched_as_they_are() -> None:
    async with Scene.open() as scene:
        await scene.officer.sends_photo(b"\xff\xd8\xff photo")
        await scene.officer.sends_voice(b"#!AMR voice")
        await scene.officer.sends_video(b"a video")
        await scene.officer.sends_video(b"a short one", "shortvideo")
        files = [message.attachment for message in scene.inbox.taken]
        fetched = [await scene.wechat.fetch(file.file_id, 1000) for file in files if file]
        assert fetched == [b"\xff\xd8\xff photo", b"#!AMR voice", b"a video", b"a short one"]


async def test_a_file_that_is_too_large_gone_or_never_to_be_had_is_refused_for_good() -> None:
    async with Scene.open() as scene:
        await scene.officer.sends_photo(b"x" * 1001)
        await scene.officer.sends_file("list.pdf")
        photo, paper = (message.attachment.file_id for message in scene.inbox.taken if message.attachment)
        with pytest.raises(Refused, match="too large"):
            await scene.wechat.fetch(photo, 1000)
        with pytest.raises(Refused, match="no documents"):
            await scene.wechat.fetch(paper, 1000)
        scene.clock.forward(days=3)
        for gone in (photo, "video:never"):
            with pytest.raises(Refused, match="no such file"):
                await scene.wechat.fetch(gone, 5000)


@pytest.mark.parametrize("fault", [-1, "down", "hold", "reset", 45009])
async def test_a_file_that_cannot_be_fetched_now_is_tried_again(fault: Any) -> None:
    async with Scene.open() as scene:
        await scene.officer.sends_photo()
        file = scene.inbox.taken[0].attachment
        assert file
        scene.api.fail(fault, path="/cgi-bin/media/get", times=9)
        with pytest.raises(SendError) as caught:
            await scene.wechat.fetch(file.file_id, 1000)
        assert caught.value.retryable


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/videos/x",
        "https://evil.example/x",
        "https://evil.example/qq.com",
        "https://evilqq.com/x",
        "https://user@mp.weixin.qq.com/x",
        "https://mp.weixin.qq.com:8443/x",
        "file:///etc/passwd",
        "",
        None,
        7,
    ],
)
async def test_a_video_is_fetched_from_wechat_and_from_nowhere_else(url: object) -> None:
    async with Scene.open() as scene:
        await scene.officer.sends_video()
        file = scene.inbox.taken[0].attachment
        assert file
        scene.api._paths["/cgi-bin/media/get"] = lambda _query, _body: {"video_url": url}
        with pytest.raises(Refused, match="not followed"):
            await scene.wechat.fetch(file.file_id, 1000)


async def test_stopped_it_sends_and_fetches_nothing() -> None:
    async with Scene.open() as scene:
        await scene.wechat.stop()
        await scene.wechat.stop()
        with pytest.raises(Unavailable):
            await scene.send("hello")
        with pytest.raises(Unavailable):
            await scene.wechat.fetch("m", 1000)


async def test_asked_whether_it_knows_us_it_gives_a_token_or_says_why_not() -> None:
    async with Scene.open() as scene:
        assert await scene.wechat.probe() == "WeChat answers and gave an access token."
    async with Scene.open(app_secret="another") as scene:
        with pytest.raises(SendError):
            await scene.wechat.probe()
