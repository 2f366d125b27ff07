"""Members of the company at the fake WeCom, and its server that calls our webhook: encrypted, up to three times."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.ports.messengers import Request, Response
from tests.fakes.wecom_api import AGENT, CORP, Post, WecomApi

#: One call of the webhook: method, address and body in, status and body out.
Send = Callable[[str, dict[str, str], bytes], Awaitable[tuple[int, str]]]

_message_ids = itertools.count(7_100_000_000_000_000)
_nonces = itertools.count(200_000_000)


def over_http(url: str) -> Send:
    """Call a webhook over the network."""

    async def send(method: str, query: dict[str, str], body: bytes) -> tuple[int, str]:
        headers = {"content-type": "text/xml"}
        async with (
            aiohttp.ClientSession() as client,
            client.request(method, f"{url}?{urlencode(query)}", data=body, headers=headers) as got,
        ):
            return got.status, await got.text()

    return send


def directly(handle: Callable[[Request], Awaitable[Response]]) -> Send:
    """Call an adapter as the web server does."""

    async def send(method: str, query: dict[str, str], body: bytes) -> tuple[int, str]:
        answer = await handle(Request(method, query, {"content-type": "text/xml"}, body))
        return answer.status, answer.body

    return send


@dataclass
class Line:
    """The way from WeCom to our webhook."""

    api: WecomApi
    send: Send
    tries: int = 3
    loses: int = 0  #: so many answers get lost on the way back
    calls: list[tuple[int, str]] = field(default_factory=list)  #: every answer that came or would have come

    async def proves(self) -> bool:
        """Save the webhook's address, as the administration does: whether WeCom is content."""
        secret = f"{next(_nonces)}{next(_nonces)}"
        sealed = self.api.vendor.encrypt(secret)
        query = self.api.vendor.query(sealed, int(self.api.clock().timestamp())) | {"echostr": sealed}
        status, answer = await self.send("GET", query, b"")
        return (status, answer) == (200, secret)

    async def push(self, fields: dict[str, Any]) -> None:
        """Hand something on until it is taken, at most three times."""
        everything = {"ToUserName": CORP, "CreateTime": int(self.api.clock().timestamp()), "AgentID": AGENT, **fields}
        query, body = self.api.vendor.call(as_xml(everything), int(self.api.clock().timestamp()), str(next(_nonces)))
        for _ in range(self.tries):
            self.calls.append(await self.send("POST", query, body))
            if self.loses:
                self.loses -= 1
            elif self.calls[-1][0] == 200:
                return


def as_xml(fields: dict[str, Any]) -> str:
    """Write fields as WeCom does."""
    said = "".join(
        f"<{k}>{v}</{k}>" if isinstance(v, int) else f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items()
    )
    return f"<xml>{said}</xml>"


@dataclass
class Member:
    """Somebody with WeCom; every act waits until it was taken or given up."""

    line: Line
    id: str

    def __post_init__(self) -> None:
        self.api = self.line.api
        self.api.members.add(self.id.lower())

    @property
    def shown(self) -> list[Post]:
        """What stands on the phone, oldest first."""
        return self.api.shown(self.id)

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.shown]

    async def says(self, text: str) -> None:
        await self._writes("text", Content=text)

    async def sends_photo(self, content: bytes = b"\xff\xd8\xff a photo") -> None:
        await self._writes("image", MediaId=self.api.keep(content), PicUrl="http://p.qpic.cn/x")

    async def sends_voice(self, content: bytes = b"#!AMR a voice") -> None:
        await self._writes("voice", MediaId=self.api.keep(content, "audio/amr"), Format="amr")

    async def sends_video(self, content: bytes = b"\0\0\0\x18ftypmp42 a video") -> None:
        await self._writes("video", MediaId=self.api.keep(content, "video/mp4"), ThumbMediaId="t")

    async def sends(self, kind: str, **fields: Any) -> None:
        """Send whatever WeCom knows."""
        await self._writes(kind, **fields)

    async def shares_location(self, latitude: float, longitude: float, label: str = "") -> None:
        where = {"Location_X": f"{latitude:.6f}", "Location_Y": f"{longitude:.6f}", "Scale": 15, "Label": label}
        await self._writes("location", AppType="wxwork", **where)

    async def shares_link(self, title: str, url: str) -> None:
        await self._writes("link", Title=title, Description="", Url=url, PicUrl="http://p.qpic.cn/x")

    async def taps(self, label: str) -> None:
        """Tap a button of the newest card that has it and can still be tapped."""
        for post in reversed(self.shown):
            if label in post.labels and not post.used:
                key = post.keys[post.labels.index(label)]
                code = self.api.response_code(post, self.id)
                more = {"CardType": "button_interaction", "ResponseCode": code}
                return await self._does("template_card_event", EventKey=key, TaskId=post.id, **more)
        raise LookupError(f"no card has a button {label!r}")

    async def taps_menu(self, label: str) -> None:
        key = next(button["key"] for button in self.api.menu["button"] if button["name"] == label)
        await self._does("click", EventKey=key)

    async def opens_app(self) -> None:
        await self._does("enter_agent", EventKey="")

    async def is_let_in(self) -> None:
        self.api.members.add(self.id.lower())
        await self._does("subscribe")

    async def is_shut_out(self) -> None:
        self.api.members.discard(self.id.lower())
        await self._does("unsubscribe")

    async def is_somewhere(self, latitude: float, longitude: float) -> None:
        """What a phone reports by itself."""
        where = {"Latitude": f"{latitude:.6f}", "Longitude": f"{longitude:.6f}", "Precision": "65.0"}
        await self._does("LOCATION", AppType="wxwork", **where)

    async def _writes(self, kind: str, **fields: Any) -> None:
        await self.line.push({"FromUserName": self.id, "MsgType": kind, "MsgId": next(_message_ids), **fields})

    async def _does(self, event: str, **fields: Any) -> None:
        await self.line.push({"FromUserName": self.id, "MsgType": "event", "Event": event, **fields})
