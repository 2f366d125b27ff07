"""People on the fake WeChat, and its server that calls the account's webhook: encrypted, three times, five seconds."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fakes.wechat_api import ACCOUNT, WechatApi
from tests.fakes.wechat_chats import Post
from tests.kit.waiting import Stuck

_message_ids = itertools.count(24_000_000_000_000_000)
_nonces = itertools.count(100_000_000)
OUT_OF_ORDER = "The service of this account is out of order. Please try again later."

#: One call of the webhook: address and body in, status and body out.
Send = Callable[[dict[str, str], bytes], Awaitable[tuple[int, str]]]


def over_http(url: str) -> Send:
    """Call a webhook over the network."""

    async def send(query: dict[str, str], body: bytes) -> tuple[int, str]:
        headers = {"content-type": "text/xml"}
        async with aiohttp.ClientSession() as client, client.post(url, params=query, data=body, headers=headers) as got:
            return got.status, await got.text()

    return send


@dataclass
class Line:
    """The way from WeChat to the account."""

    api: WechatApi
    send: Send
    patience: float = 3600.0  #: seconds; WeChat's own are 5, which is more than a busy machine may have
    tries: int = 3
    apart: float = 0.0  #: seconds from a try that failed to the next
    loses: int = 0  #: so many answers get lost on the way back
    calls: list[tuple[int, str]] = field(default_factory=list)  #: every answer that came or would have come

    async def push(self, fields: dict[str, Any]) -> str:
        """Hand something on, and put what is answered into the person's chat; what it was, opened."""
        openid = str(fields["FromUserName"])
        at = int(fields["CreateTime"])
        query, body = self.api.vendor.call(as_xml({"ToUserName": ACCOUNT, **fields}), at, str(next(_nonces)))
        for number in range(self.tries):
            if number:
                await asyncio.sleep(self.apart)
            answer = await self._try(query, body)
            if answer is not None:
                return self._show(openid, answer)
        self.api.chats.add(openid, OUT_OF_ORDER, in_call=True, kind="system")
        self.api.changed()
        return ""

    async def _try(self, query: dict[str, str], body: bytes) -> str | None:
        try:
            async with asyncio.timeout(self.patience):
                status, answer = await self.send(query, body)
        except (TimeoutError, aiohttp.ClientError):
            return None
        self.calls.append((status, answer))
        if self.loses:
            self.loses -= 1
            return None
        return answer if status == 200 else None

    def _show(self, openid: str, answer: str) -> str:
        if answer in ("", "success"):
            return ""
        said = self.api.vendor.open_answer(answer)
        assert (said["ToUserName"], said["FromUserName"], said["MsgType"]) == (openid, ACCOUNT, "text")
        assert len(said["Content"].encode()) <= 2048
        self.api.chats.add(openid, said["Content"], in_call=True)
        self.api.changed()
        return said["Content"]


@dataclass
class Follower:
    """Somebody with WeChat; every act waits until the account answered."""

    line: Line
    openid: str

    def __post_init__(self) -> None:
        self.api = self.line.api
        self.api.chats.of(self.openid)

    async def says(self, text: str, *, message_id: int = 0) -> str:
        return await self._writes("text", text, message_id=message_id, Content=text)

    async def sends_photo(self, content: bytes = b"\xff\xd8\xff a photo") -> str:
        return await self._writes("image", "(photo)", MediaId=self.api.keep(content), PicUrl="http://mmbiz.qpic.cn/x")

    async def sends_voice(self, content: bytes = b"#!AMR a voice") -> str:
        return await self._writes("voice", "(voice)", MediaId=self.api.keep(content, "audio/amr"), Format="amr")

    async def sends_video(self, content: bytes = b"\0\0\0\x18ftypmp42 a video", kind: str = "video") -> str:
        return await self._writes(kind, "(video)", MediaId=self.api.keep(content, "video/mp4"), ThumbMediaId="t")

    async def sends_file(self, name: str, size: int = 1234) -> str:
        more: dict[str, Any] = {
            "Title": name,
            "Description": "",
            "FileKey": "key-1",
            "FileMd5": "0" * 32,
            "FileTotalLen": size,
        }
        return await self._writes("file", f"({name})", **more)

    async def sends(self, kind: str, **fields: Any) -> str:
        """Send whatever WeChat knows."""
        return await self._writes(kind, f"({kind})", **fields)

    async def shares_location(self, latitude: float, longitude: float, label: str = "") -> str:
        where: dict[str, Any] = {
            "Location_X": f"{latitude:.6f}",
            "Location_Y": f"{longitude:.6f}",
            "Scale": 20,
            "Label": label,
        }
        return await self._writes("location", "(location)", **where)

    async def shares_link(self, title: str, url: str) -> str:
        return await self._writes("link", "(link)", Title=title, Description="", Url=url)

    async def taps(self, label: str) -> str:
        """Tap a choice that was sent as a link, the newest with this label."""
        for post in reversed(self.api.sent(self.openid)):
            for choice, content in post.choices:
                if label in content:
                    return await self._tapped(choice, content)
        raise LookupError(f"no link says {label!r}")

    async def chooses(self, label: str) -> str:
        """Type the number of a choice in the newest message that lists it."""
        for post in reversed(self.api.sent(self.openid)):
            listed = "\n".join([post.text, *post.labels])
            if found := re.search(rf"^(\d+)\. .*{re.escape(label)}", listed, re.MULTILINE):
                return await self.says(found[1])
        raise LookupError(f"no number stands for {label!r}")

    async def clicks(self, key: str) -> str:
        """Tap the menu at the foot of the chat."""
        return await self._event("CLICK", key, grants=True)

    async def follows(self, scene: str = "") -> str:
        self.api.chats.of(self.openid).follows = True
        return await self._event("subscribe", f"qrscene_{scene}" if scene else "", grants=True)

    async def scans(self, scene: str) -> str:
        return await self._event("SCAN", scene, grants=True, Ticket="ticket")

    async def unfollows(self) -> str:
        self.api.chats.of(self.openid).follows = False
        return await self._event("unsubscribe", "")

    async def template_comes_to(self, msgid: str, status: str = "success") -> str:
        """WeChat says what became of a template message."""
        fields = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": msgid, "Status": status}
        return await self.line.push(self._dated(fields))

    @property
    def heard(self) -> list[Post]:
        return self.api.sent(self.openid)

    @property
    def last(self) -> Post:
        return self.heard[-1]

    async def hears(self, *words: str, after: Post | None = None) -> Post:
        """Wait for a message that contains all this."""

        def found() -> Post | None:
            return next((p for p in self.heard if p.id > since and all(w in _all_of(p) for w in words)), None)

        since = after.id if after else 0
        try:
            await self.api.until(found)
        except Stuck:
            told = "\n".join(f"{p.id} {p.kind}{' in call' if p.in_call else ''}: {_all_of(p)!r}" for p in self.heard)
            raise AssertionError(f"{self.openid} did not hear {words}\n{told}") from None
        post = found()
        assert post
        return post

    async def _tapped(self, choice: str, content: str) -> str:
        self.api.chats.add(self.openid, content, by_account=False)
        self.api.chats.tapped(self.openid)  # it counts as a tap of the menu, not as a message
        fields = {"MsgType": "text", "Content": content, "MsgId": next(_message_ids), "bizmsgmenuid": choice}
        return await self.line.push(self._dated(fields))

    async def _writes(self, kind: str, shown: str, *, message_id: int = 0, **fields: Any) -> str:
        self.api.chats.add(self.openid, shown, by_account=False)
        self.api.chats.wrote(self.openid)
        message = {"MsgType": kind, **fields, "MsgId": message_id or next(_message_ids)}
        return await self.line.push(self._dated(message))

    async def _event(self, event: str, key: str, *, grants: bool = False, **fields: Any) -> str:
        if grants:
            self.api.chats.tapped(self.openid)
        return await self.line.push(self._dated({"MsgType": "event", "Event": event, "EventKey": key, **fields}))

    def _dated(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {"FromUserName": self.openid, "CreateTime": int(self.api.clock().timestamp()), **fields}


def _all_of(post: Post) -> str:
    return "\n".join([post.text, *post.labels])


def as_xml(fields: dict[str, Any]) -> str:
    """Write a message as WeChat does: texts as CDATA, numbers as they are."""
    lines = (f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())
    return "<xml>" + "\n".join(lines) + "</xml>"


def _value(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"
