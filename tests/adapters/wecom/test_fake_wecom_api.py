"""The fake WeCom speaks the real protocol: somebody else's client, made for the real one, works with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
from wechatpy.enterprise import WeChatClient
from wechatpy.enterprise.exceptions import InvalidCorpIdException
from wechatpy.exceptions import WeChatClientException

from tests.fakes.wecom_api import AGENT, CORP, SECRET, WecomApi
from tests.fakes.wecom_member import Line, Member, as_xml

T = TypeVar("T")


class Independent(WeChatClient):  # type: ignore[misc]
    """wechatpy's client, pointed at the fake."""

    def __init__(self, url: str, secret: str = SECRET) -> None:
        self.API_BASE_URL = f"{url}/cgi-bin/"
        super().__init__(CORP, secret)

    def fetch_access_token(self) -> Any:
        given = {"corpid": self.corp_id, "corpsecret": self.secret}
        return self._fetch_access_token(url=f"{self.API_BASE_URL}gettoken", params=given)


@pytest.fixture
async def api() -> AsyncIterator[WecomApi]:
    async with WecomApi() as api:
        yield api


async def member(api: WecomApi) -> Member:
    async def nowhere(*_: object) -> tuple[int, str]:
        return 200, ""

    return Member(Line(api, nowhere), "ZhangSan")


async def ask(call: Callable[..., T], *given: Any, **named: Any) -> T:
    return await asyncio.to_thread(call, *given, **named)


async def test_a_text_arrives(api: WecomApi) -> None:
    zhang = await member(api)
    answer = await ask(Independent(api.url).message.send_text, AGENT, "ZhangSan", "你好 KC26-M9S34-4")
    assert answer["errcode"] == 0
    assert zhang.texts == ["你好 KC26-M9S34-4"]


async def test_a_spoiled_token_is_fetched_again_by_it(api: WecomApi) -> None:
    zhang, client = await member(api), Independent(api.url)
    await ask(client.message.send_text, AGENT, "ZhangSan", "one")
    api.spoil_token()
    await ask(client.message.send_text, AGENT, "ZhangSan", "two")
    assert zhang.texts == ["one", "two"]
    assert api.tokens_given == 2


async def test_it_understands_what_is_refused(api: WecomApi) -> None:
    await member(api)
    for call, code in (
        ((Independent(api.url).message.send_text, AGENT, "WangWu", "x"), 81013),
        ((Independent(api.url).message.send_text, 7, "ZhangSan", "x"), 301002),
        ((Independent(api.url, "wrong").message.send_text, AGENT, "ZhangSan", "x"), 40001),
    ):
        with pytest.raises(WeChatClientException) as caught:
            await ask(*call)
        assert caught.value.errcode == code


async def test_it_sets_the_menu(api: WecomApi) -> None:
    client = Independent(api.url)
    await ask(client.menu.create, AGENT, {"button": [{"type": "click", "name": "Help", "key": "/help"}]})
    assert api.menu["button"][0]["key"] == "/help"


async def test_its_own_callback_reads_what_the_fake_company_sends(api: WecomApi) -> None:
    from wechatpy.enterprise import parse_message
    from wechatpy.enterprise.crypto import WeChatCrypto

    crypto = WeChatCrypto(api.vendor.token, api.vendor.aes_key, CORP)
    fields = {"ToUserName": CORP, "FromUserName": "ZhangSan", "CreateTime": 1, "MsgType": "text", "MsgId": 7}
    query, body = api.vendor.call(as_xml(fields | {"Content": "救命 😀 ]] >"}), 1_790_000_000)
    text = crypto.decrypt_message(body.decode(), query["msg_signature"], query["timestamp"], query["nonce"])
    message = parse_message(text)
    assert (message.id, message.source, message.content) == (7, "ZhangSan", "救命 😀 ]] >")
    other = WeChatCrypto(api.vendor.token, api.vendor.aes_key, "another-company")
    with pytest.raises(InvalidCorpIdException):
        other.decrypt_message(body.decode(), query["msg_signature"], query["timestamp"], query["nonce"])
