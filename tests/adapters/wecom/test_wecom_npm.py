"""WeCom as others wrote it: what their programs encrypt opens here, whatever kind of message it is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.messages import Kind
from bot.ports.messengers import Request
from tests.adapters.npm import CRYPTO, SEAL, WORDS, Npm
from tests.fakes.tencent import AES_KEY, TOKEN
from tests.fakes.wecom_api import AGENT, CORP
from tests.fakes.wecom_member import as_xml
from tests.kit.wecom import company

pytestmark = pytest.mark.needs("npm")

TAP = {"MsgType": "event", "Event": "template_card_event", "EventKey": "f.1.danger.yes Yes", "TaskId": "casebridge-1"}
KINDS: tuple[tuple[Kind, dict[str, Any]], ...] = (
    (Kind.PHOTO, {"MsgType": "image", "MediaId": "m1", "PicUrl": "http://p.qpic.cn/x", "MsgId": 1001}),
    (Kind.VOICE, {"MsgType": "voice", "MediaId": "m2", "Format": "amr", "MsgId": 1002}),
    (Kind.FILE, {"MsgType": "video", "MediaId": "m3", "ThumbMediaId": "t", "MsgId": 1003}),
    (
        Kind.LOCATION,
        {"MsgType": "location", "Location_X": "28.68", "Location_Y": "115.85", "Label": "南昌市", "MsgId": 1004},
    ),
    (Kind.TEXT, {"MsgType": "link", "Title": "工作", "Description": "", "Url": "https://jobs.example", "MsgId": 1005}),
    (Kind.BUTTON, {**TAP, "CardType": "button_interaction", "ResponseCode": "c0de"}),
    (Kind.TEXT, {"MsgType": "event", "Event": "click", "EventKey": "/alert"}),
    (Kind.REACHED, {"MsgType": "event", "Event": "subscribe"}),
    (Kind.LEFT, {"MsgType": "event", "Event": "unsubscribe"}),
    (Kind.OTHER, {"MsgType": "event", "Event": "enter_agent", "EventKey": ""}),
    (Kind.OTHER, {"MsgType": "event", "Event": "LOCATION", "Latitude": "23.1", "Longitude": "113.3"}),
)


@pytest.mark.parametrize("package", CRYPTO)
async def test_what_others_encrypt_is_taken_whatever_it_is(npm: Npm, package: str) -> None:
    words: list[dict[str, Any]] = [
        {"MsgType": "text", "Content": text.replace("]]>", "]]]]><![CDATA[>"), "MsgId": number}
        for number, text in enumerate(WORDS, start=1)
    ]
    async with company() as wecom:
        at = int(wecom.clock.now.timestamp())
        base = {"ToUserName": CORP, "FromUserName": "ZhangSan", "CreateTime": at, "AgentID": AGENT}
        texts = [as_xml({**base, **fields}) for fields in (*words, *(fields for _, fields in KINDS))]
        given = {"token": TOKEN, "key": AES_KEY, "id": CORP, "at": str(at)}
        for each in await npm.run(CRYPTO[package] + SEAL, {**given, "texts": texts}):
            query = {"timestamp": str(at), "nonce": "77", "msg_signature": each["signature"]}
            body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{each['sealed']}]]></Encrypt></xml>"
            assert (await wecom.wecom.handle(Request("POST", query, {}, body.encode()))).status == 200
        (proof,) = await npm.run(CRYPTO[package] + SEAL, {**given, "texts": ["1616140317555161061"]})
        query = {"timestamp": str(at), "nonce": "77", "msg_signature": proof["signature"], "echostr": proof["sealed"]}
        answer = await wecom.wecom.handle(Request("GET", query, {}, b""))
    taken = wecom.inbox.taken
    assert [message.text for message in taken[: len(WORDS)]] == list(WORDS)
    assert [message.kind for message in taken[len(WORDS) :]] == [kind for kind, _ in KINDS]
    assert (answer.status, answer.body) == (200, "1616140317555161061")
