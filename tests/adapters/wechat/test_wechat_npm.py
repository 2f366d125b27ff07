"""WeChat as others wrote it: their encryption opens here and ours there, and their client works at our fake."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bot.domain.messages import Inbound, Kind
from bot.ports.messengers import Receipt, Request
from tests.adapters.npm import CRYPTO, SEAL, WORDS, Npm
from tests.fakes.tencent import AES_KEY, APP_ID, TOKEN
from tests.fakes.wechat_api import ACCOUNT, SECRET, TEMPLATE, WechatApi
from tests.fakes.wechat_person import as_xml
from tests.kit.wechat import OPENID, Scene

pytestmark = pytest.mark.needs("npm")

OPEN = """
  return given.answers.map((body) => {
    const [sealed, signature, at, nonce] = ['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce'].map(
      (name) => body.match(new RegExp(`<${name}>(?:<!\\\\[CDATA\\\\[)?(.*?)(?:\\\\]\\\\]>)?</${name}>`))[1]
    );
    const {message, id} = tool.open(sealed);
    return {message, id, signed: signature === tool.sign(at, nonce, sealed)};
  });
"""
KINDS: tuple[tuple[Kind, dict[str, Any]], ...] = (
    (Kind.PHOTO, {"MsgType": "image", "MediaId": "m1", "PicUrl": "http://mmbiz.qpic.cn/x"}),
    (Kind.VOICE, {"MsgType": "voice", "MediaId": "m2", "Format": "amr"}),
    (Kind.FILE, {"MsgType": "video", "MediaId": "m3", "ThumbMediaId": "t"}),
    (Kind.FILE, {"MsgType": "shortvideo", "MediaId": "m4", "ThumbMediaId": "t"}),
    (Kind.FILE, {"MsgType": "file", "Title": "列表.pdf", "FileKey": "k", "FileTotalLen": 12}),
    (Kind.LOCATION, {"MsgType": "location", "Location_X": "28.68", "Location_Y": "115.85", "Label": "南昌市"}),
    (Kind.TEXT, {"MsgType": "link", "Title": "工作", "Description": "", "Url": "https://jobs.example"}),
    (Kind.BUTTON, {"MsgType": "text", "Content": "1. Yes", "bizmsgmenuid": "f.1.danger.yes"}),
    (Kind.REACHED, {"MsgType": "event", "Event": "subscribe", "EventKey": ""}),
    (Kind.TEXT, {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_8K3F"}),
    (Kind.TEXT, {"MsgType": "event", "Event": "SCAN", "EventKey": "8K3F"}),
    (Kind.TEXT, {"MsgType": "event", "Event": "CLICK", "EventKey": "/alert"}),
    (Kind.OTHER, {"MsgType": "event", "Event": "VIEW", "EventKey": "https://bridge.example"}),
    (Kind.OTHER, {"MsgType": "event", "Event": "LOCATION", "Latitude": "23.1", "Longitude": "113.3"}),
    (Kind.LEFT, {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}),
    (Kind.OUTCOME, {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": 7, "Status": "success"}),
)


async def says_it_back(message: Inbound) -> Receipt:
    return Receipt(reply=message.text or message.kind.value)


@pytest.mark.parametrize("package", CRYPTO)
async def test_what_others_encrypt_is_taken_and_what_we_answer_opens_there(npm: Npm, package: str) -> None:
    taken: list[Inbound] = []

    async def receive(message: Inbound) -> Receipt:
        taken.append(message)
        return await says_it_back(message)

    async with Scene.open(receive) as scene:
        at = int(scene.clock.now.timestamp())
        contents = [{"MsgType": "text", "Content": words} for words in WORDS] + [fields for _, fields in KINDS]
        base = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": at}
        texts = [as_xml({**base, **fields, "MsgId": number}) for number, fields in enumerate(contents)]
        keys = {"token": TOKEN, "key": AES_KEY, "id": APP_ID}
        sealed = await npm.run(CRYPTO[package] + SEAL, {**keys, "texts": texts, "at": str(at)})
        answers = [await answered(scene, at, each["sealed"], each["signature"]) for each in sealed]
        opened = await npm.run(CRYPTO[package] + OPEN, {**keys, "answers": answers})
    assert [message.text for message in taken[: len(WORDS)]] == list(WORDS)
    assert [message.kind for message in taken[len(WORDS) :]] == [kind for kind, _ in KINDS]
    assert all(each["signed"] and each["id"] == APP_ID for each in opened)
    for message, each in zip(taken, opened, strict=True):
        words = (message.text or message.kind.value).replace("]]>", "]]]]><![CDATA[>")
        assert f"<Content><![CDATA[{words}]]></Content>" in each["message"]


async def answered(scene: Scene, at: int, sealed: str, signature: str) -> str:
    query = {"timestamp": str(at), "nonce": "77", "encrypt_type": "aes", "msg_signature": signature}
    body = f"<xml><ToUserName>{ACCOUNT}</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    response = await scene.wechat.handle(Request("POST", query, {}, body.encode()))
    assert response.status == 200
    return response.body


CLIENT = """
  const API = require('co-wechat-api');
  const api = new API(given.id, given.secret);
  api.prefix = given.url + '/cgi-bin/';
  const outcome = async (call) => { try { return await call(); } catch (error) { return {code: error.code}; } };
  const data = {character_string1: {value: 'KC26-M9S34-4'}, thing2: {value: 'U1'}, time3: {value: '2026-11-22 16:00'}};
  const button = [{type: 'click', name: 'Help', key: '/help'}];
  const found = {};
  found.text = await outcome(() => api.sendText(given.openid, '你好 👧'));
  found.stranger = await outcome(() => api.sendText('nobody', 'hello'));
  found.template = await outcome(() => api.sendTemplate(given.openid, given.template, 'https://x.example', '', data));
  found.badTemplate = await outcome(() => api.sendTemplate(given.openid, given.template, '', '', {}));
  found.noTemplate = await outcome(() => api.sendTemplate(given.openid, 'none', '', '', data));
  found.templates = await outcome(() => api.getAllPrivateTemplate());
  found.photo = (await api.getMedia(given.photo)).toString('base64');
  found.gone = await outcome(() => api.getMedia('gone'));
  found.menu = await outcome(() => api.createMenu({button}));
  found.shown = await outcome(() => api.getMenu());
  found.badMenu = await outcome(() => api.createMenu({button: []}));
  found.code = await outcome(() => api.createTmpQRCode('8K3F', 1800));
  await require('httpx').request(given.url + '/fake/spoil-token');
  for (let left = 4; left; left--) found.last = await outcome(() => api.sendText(given.openid, 'again'));
  found.tooMany = await outcome(() => api.sendText(given.openid, 'one more'));
  found.wrongSecret = await outcome(() => { const other = new API(given.id, 'x'); other.prefix = api.prefix;
    return other.sendText(given.openid, 'hello'); });
  return JSON.parse(JSON.stringify(found));
"""


async def test_a_client_of_others_works_at_the_fake_and_is_refused_as_by_wechat(npm: Npm) -> None:
    async with WechatApi() as api:
        api.chats.wrote(OPENID)
        photo = api.keep(b"\xff\xd8\xff a photo")
        given = {"id": APP_ID, "secret": SECRET, "url": api.url, "openid": OPENID, "template": TEMPLATE, "photo": photo}
        found = await npm.run(CLIENT, given)
        texts = [post.text for post in api.sent(OPENID)]
    assert found["text"] == {"errcode": 0, "errmsg": "ok"}
    assert found["template"]["msgid"]
    assert found["templates"]["template_list"][0]["template_id"] == TEMPLATE
    assert base64.b64decode(found["photo"]) == b"\xff\xd8\xff a photo"
    assert found["shown"]["menu"]["button"][0]["key"] == "/help"
    assert found["code"]["ticket"] == "ticket-8K3F"
    refused = ("stranger", "badTemplate", "noTemplate", "gone", "badMenu", "tooMany", "wrongSecret")
    assert [found[each]["code"] for each in refused] == [40003, 47003, 40037, 40007, 40016, 45047, 40125]
    assert found["last"] == {"errcode": 0, "errmsg": "ok"}, "a spoilt token is fetched anew"
    assert texts == ["你好 👧", "Case: KC26-M9S34-4\nWhat: U1\nWhen: 2026-11-22 16:00", *["again"] * 4]
