"""How WeChat's calls are taken: verified, stored, answered in the same call, and never lost without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.tencent.callback import BODY_LIMIT
from adapters.wechat import WechatAdapter
from bot.domain.errors import StorageError
from bot.domain.messages import Inbound, Kind
from bot.ports.messengers import Receipt, Request, Response
from tests.fakes.tencent import APP_ID, OTHER_KEY, Vendor
from tests.fakes.wechat_api import ACCOUNT, SECRET, WechatApi
from tests.fakes.wechat_person import as_xml
from tests.kit.time_outs import pass_time
from tests.kit.waiting import until
from tests.kit.wechat import OPENID, Scene, make_wechat

TEXT = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "MsgType": "text", "Content": "girl 16", "MsgId": 77}


class Core:
    """Stands in for the core: answers each message once, and the same again when it comes again."""

    def __init__(self, answer: str = "Your reference is KC26-M9S34-4") -> None:
        self.answer = answer
        self.taken: list[Inbound] = []
        self.went = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.refuses = False
        self.is_asked = asyncio.Event()

    async def __call__(self, message: Inbound) -> Receipt:
        self.is_asked.set()
        await self.goes_on.wait()
        if self.refuses:
            raise StorageError("the disk is full")
        is_new = message.key not in {known.key for known in self.taken}
        if is_new:
            self.taken.append(message)
        return Receipt(is_new, self.answer, self._went)

    def _went(self) -> None:
        self.went += 1


def at(scene: Scene) -> int:
    return int(scene.clock.now.timestamp())


async def long_after(act: Coroutine[Any, Any, str]) -> str:
    """Let somebody act while second after second passes."""
    acting = asyncio.create_task(act)
    while not acting.done():
        await passes(1)
    return acting.result()


async def passes(seconds: float) -> None:
    """Let time pass, and everything happen that happens then."""
    pass_time(seconds)
    for _ in range(10):
        await asyncio.sleep(0)


async def post(wechat: WechatAdapter, query: dict[str, str], body: bytes) -> Response:
    return await wechat.handle(Request("POST", query, {}, body))


async def test_a_message_is_answered_in_the_call_that_brought_it() -> None:
    core = Core()
    async with Scene.open(core) as scene:
        assert await scene.officer.says("girl 16") == core.answer
        assert [message.text for message in core.taken] == ["girl 16"]
        assert core.went == 1
        assert scene.api.calls == [], "an answer in the call uses nothing up"


@pytest.mark.parametrize("text", ["女孩 👧🏽", "a]]>b", "</Content><x>", "x" * 2048, "ខ្មែរ\n2"])
async def test_any_answer_comes_through_encrypted(text: str) -> None:
    async with Scene.open(Core(text)) as scene:
        assert await scene.officer.says("girl 16") == text


async def test_when_our_answer_is_lost_on_the_way_wechat_asks_again_and_gets_the_same() -> None:
    core = Core()
    async with Scene.open(core) as scene:
        scene.line.loses = 2
        assert await scene.officer.says("girl 16") == core.answer
        assert len(core.taken) == 1
        bodies = [scene.api.vendor.open_answer(answer)["Content"] for _, answer in scene.line.calls]
        assert bodies == [core.answer] * 3


async def test_when_nothing_is_to_be_said_wechat_is_told_so_and_shows_nothing() -> None:
    async with Scene.open(Core("")) as scene:
        assert await scene.officer.says("girl 16") == ""
        assert scene.line.calls == [(200, "success")]


async def test_what_is_not_stored_in_time_is_not_acknowledged_and_is_answered_when_it_comes_again() -> None:
    core = Core()
    core.goes_on.clear()
    async with Scene.open(core) as scene:
        saying = asyncio.create_task(scene.officer.says("girl 16"))
        while not scene.line.calls:
            await passes(1)
        core.goes_on.set()
        assert await saying == core.answer
        assert [status for status, _ in scene.line.calls] == [503, 200]
        assert [message.text for message in core.taken] == ["girl 16"]
        assert core.went == 1


async def test_what_is_stored_too_late_for_its_answer_is_acknowledged_and_answered_another_way() -> None:
    core = Core()
    core.goes_on.clear()
    async with Scene.open(core) as scene:
        saying = asyncio.create_task(scene.officer.says("girl 16"))
        await core.is_asked.wait()
        await passes(scene.wechat._settings.answer_within)
        core.goes_on.set()
        assert await saying == ""
        assert scene.line.calls == [(200, "success")]
        assert [message.text for message in core.taken] == ["girl 16"]
        assert core.went == 0, "the core sends it by itself"


async def test_a_process_that_stood_still_until_wechat_hung_up_counts_nothing_as_said() -> None:
    core = Core()
    core.goes_on.clear()
    async with Scene.open(core) as scene:
        saying = asyncio.create_task(scene.officer.says("girl 16"))
        await core.is_asked.wait()
        pass_time(scene.wechat._settings.hangs_up_after)
        core.goes_on.set()
        assert await saying == ""
        assert scene.line.calls == [(200, "success")]
        assert core.went == 0, "the core sends it by itself"


async def test_at_the_last_try_whoever_wrote_is_told_that_nothing_is_stored_yet() -> None:
    core = Core()
    core.goes_on.clear()
    async with Scene.open(core) as scene:
        assert "NOT stored yet" in await long_after(scene.officer.says("girl 16"))
        assert [status for status, _ in scene.line.calls] == [503, 503, 200]
        core.goes_on.set()
        await until(lambda: core.taken)
        assert [message.text for message in core.taken] == ["girl 16"]
        assert core.went == 0, "the core sends it by itself"


async def test_nothing_is_remembered_of_messages_that_were_stored() -> None:
    core = Core()
    async with Scene.open(core) as scene:
        await scene.officer.says("girl 16")
        assert not scene.wechat._door._tries._known
        core.goes_on.clear()
        await long_after(scene.officer.says("boy 9"))
        core.goes_on.set()
        await until(lambda: len(core.taken) == 2)
        scene.clock.forward(minutes=1)
        await scene.officer.says("third")
        assert not scene.wechat._door._tries._known


async def test_whoever_is_told_that_nothing_was_stored_is_told_so_in_the_call() -> None:
    core = Core()
    core.refuses = True
    async with Scene.open(core) as scene:
        assert await scene.officer.says("girl 16") == "Your message was NOT stored. Please send it again."
        assert scene.line.calls[0][0] == 200


async def test_a_message_that_is_not_stored_after_all_is_never_lost_without_a_word() -> None:
    core = Core()
    core.goes_on.clear()
    core.refuses = True
    async with Scene.open(core) as scene:
        await long_after(scene.officer.says("girl 16"))
        core.goes_on.set()
        told = await scene.officer.hears("was NOT stored")
        assert told.text == "Your message was NOT stored. Please send it again."
        assert core.taken == []


async def test_an_event_that_could_not_be_stored_comes_again() -> None:
    core = Core("")
    core.refuses = True
    async with Scene.open(core) as scene:
        await scene.officer.unfollows()
        await scene.officer.follows()
        assert [status for status, _ in scene.line.calls] == [503] * 6


async def test_a_bug_behind_the_door_is_no_exception_and_shows_nothing() -> None:
    async def broken(_: Inbound) -> Receipt:
        raise RuntimeError("girl 16 in Nanchang")

    with capture_logs() as logs:
        async with Scene.open(broken) as scene:
            assert "NOT stored" in await scene.officer.says("girl 16")
    assert "Nanchang" not in str(logs)
    assert "RuntimeError" in str(logs)


async def test_before_the_start_and_after_the_stop_nothing_is_taken() -> None:
    async with Scene.open() as scene:
        await scene.wechat.stop()
        assert "NOT stored" in await scene.officer.says("girl 16")
        assert scene.inbox.taken == []


async def test_the_address_is_shown_to_be_ours() -> None:
    async with Scene.open() as scene:
        moment = str(at(scene))
        good = {"signature": Vendor().sign(moment, "77"), "timestamp": moment, "nonce": "77", "echostr": "5837397"}
        assert await scene.wechat.handle(Request("GET", good, {}, b"")) == Response(200, "5837397")
        for broken in ({"signature": "0" * 40}, {"timestamp": "1"}, {"nonce": "78"}, {"echostr": ""}):
            assert (await scene.wechat.handle(Request("GET", good | broken, {}, b""))).status == 401
        assert (await scene.wechat.handle(Request("GET", {}, {}, b""))).status == 401
        assert (await scene.wechat.handle(Request("PUT", good, {}, b""))).status == 405


async def test_a_message_in_the_clear_is_refused_and_the_log_says_what_to_do() -> None:
    async with Scene.open() as scene:
        moment = str(at(scene))
        query = {"signature": Vendor().sign(moment, "77"), "timestamp": moment, "nonce": "77", "openid": OPENID}
        with capture_logs() as logs:
            assert (await post(scene.wechat, query, as_xml(TEXT | {"CreateTime": at(scene)}).encode())).status == 403
        assert scene.inbox.taken == []
        assert "set the account to safe mode" in str(logs)
        forged = query | {"signature": "0" * 40}
        with capture_logs() as logs:
            assert (await post(scene.wechat, forged, as_xml(TEXT).encode())).status == 401
        assert "safe mode" not in str(logs), "a stranger cannot write this into the log"


async def test_space_around_the_quoted_parts_of_a_call_is_no_part_of_them() -> None:
    async with Scene.open() as scene:
        text = as_xml(TEXT | {"CreateTime": at(scene)}).replace("<![CDATA[", " <![CDATA[").replace("]]>", "]]>\n")
        query, body = Vendor().call(text, at(scene))
        spaced = body.replace(b"<Encrypt>", b"<Encrypt> ").replace(b"</Encrypt>", b" </Encrypt>")
        assert (await post(scene.wechat, query, spaced)).status == 200
        assert [message.text for message in scene.inbox.taken] == [TEXT["Content"]]


async def test_a_message_that_is_also_in_the_clear_is_refused() -> None:
    async with Scene.open() as scene:
        query, body = Vendor().call(as_xml(TEXT | {"CreateTime": at(scene)}), at(scene))
        mixed = body.replace(b"<Encrypt>", b"<MsgType>text</MsgType><Content>another</Content><Encrypt>")
        with capture_logs() as logs:
            assert (await post(scene.wechat, query, mixed)).status == 403
        assert "set the account to safe mode" in str(logs)
        assert scene.inbox.taken == []


@pytest.mark.parametrize("around", [b" ", b"\n", b"\r\n\t"])
async def test_blanks_around_what_is_encrypted_are_none_of_it(around: bytes) -> None:
    async with Scene.open(Core("Noted")) as scene:
        query, body = Vendor().call(as_xml(TEXT | {"CreateTime": at(scene)}), at(scene))
        spaced = body.replace(b"<Encrypt>", b"<Encrypt>" + around).replace(b"</Encrypt>", around + b"</Encrypt>")
        assert (await post(scene.wechat, query, spaced)).status == 200


async def test_only_tests_may_take_messages_in_the_clear() -> None:
    async with Scene.open(Core("Noted"), requires_encryption=False) as scene:
        moment = str(at(scene))
        query = {"signature": Vendor().sign(moment, "77"), "timestamp": moment, "nonce": "77"}
        response = await post(scene.wechat, query, as_xml(TEXT | {"CreateTime": at(scene)}).encode())
        assert response.status == 200
        assert "<Content><![CDATA[Noted]]></Content>" in response.body


async def test_what_is_verified_but_makes_no_sense_is_stored_raw_and_taken() -> None:
    async with Scene.open() as scene:
        for text in ("not even XML", "<xml><a>1</a></xml>", '<!DOCTYPE x [<!ENTITY a "b">]><xml><a>&a;</a></xml>'):
            query, body = Vendor().call(text, at(scene))
            assert await post(scene.wechat, query, body) == Response(200, "success")
            assert scene.inbox.taken[-1].kind is Kind.UNREADABLE
            assert scene.inbox.taken[-1].raw.decode() == text


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda query, body: ({**query, "msg_signature": query["msg_signature"][:-1] + "0"}, body), 401),
        (lambda query, body: ({**query, "msg_signature": ""}, body), 401),
        (lambda query, body: (query, body[:-40]), 401),
        (lambda query, body: (query, body.replace(b"A", b"B")), 401),
        (lambda query, body: (query, b'<!DOCTYPE l [<!ENTITY a "aaaa">]>' + body), 401),
        (lambda query, body: (query, body.ljust(BODY_LIMIT + 1)), 413),
        (lambda query, body: (query, b""), 401),
        (lambda query, body: ({}, body), 401),
    ],
)
async def test_what_is_forged_cut_off_a_bomb_or_too_long_is_refused_and_leaves_no_row(
    spoil: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]], status: int
) -> None:
    async with Scene.open() as scene:
        query, body = spoil(*Vendor().call(as_xml(TEXT | {"CreateTime": at(scene)}), at(scene)))
        assert (await post(scene.wechat, query, body)).status == status
        assert scene.inbox.tries == 0


async def test_what_is_stale_or_for_another_account_is_refused_and_leaves_no_row() -> None:
    async with Scene.open() as scene:
        text = as_xml(TEXT | {"CreateTime": at(scene)})
        for vendor in (Vendor(receiver_id="wx0"), Vendor(aes_key=OTHER_KEY)):
            assert (await post(scene.wechat, *vendor.call(text, at(scene)))).status == 403
        call = Vendor().call(text, at(scene))
        scene.clock.forward(minutes=11)
        assert (await post(scene.wechat, *call)).status == 401
        assert scene.inbox.tries == 0


async def test_whoever_calls_again_and_again_does_not_fill_the_log() -> None:
    async with Scene.open() as scene:
        with capture_logs() as logs:
            for _ in range(50):
                await post(scene.wechat, {}, b"<xml/>")
            scene.clock.forward(minutes=1)
            await post(scene.wechat, {}, b"<xml/>")
        assert [line["reason"] for line in logs] == ["It is not signed."] * 2


async def test_nothing_secret_and_nothing_that_somebody_wrote_is_ever_logged() -> None:
    core = Core()
    core.refuses = True
    with capture_logs() as logs:
        async with Scene.open(core) as scene:
            await scene.officer.says("girl 16 in Nanchang")
            await post(scene.wechat, *Vendor(token="x").call("girl in Nanchang", at(scene)))
    for secret in (SECRET, OPENID, "Nanchang", APP_ID, "token-that"):
        assert secret not in str(logs)


async def test_a_setting_shows_no_secret() -> None:
    async with WechatApi() as api:
        shown = repr(make_wechat(api)._settings)
    for secret in (SECRET, "abcdefghijk", "only-Tencent"):
        assert secret not in shown
