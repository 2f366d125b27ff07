"""A fake WeChat for an Official Account, over real HTTP: tokens, windows, quotas, templates, media, menu, errcodes.

It refuses what WeChat refuses, with status 200 and an errcode. People are played by `wechat_person`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.app import clock as wall_clock
from tests.fakes.tencent import APP_ID, Vendor
from tests.fakes.wechat_chats import Chats, Post, Refusal
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server

SECRET = "d3b07384d113edec49eaa6238ad5ff00"
ACCOUNT = "gh_7f083739789a"
TEMPLATE = "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY"
FIELDS = "Case: {{character_string1.DATA}}\nWhat: {{thing2.DATA}}\nWhen: {{time3.DATA}}"

_TRANSPORT = {
    "reset": RESET,
    "hold": HOLD,
    "down": Reply(500, b"<html>Internal Server Error</html>", "text/html"),
    "garbage": Reply(200, b"\xff<html>not what you asked for", "text/html"),
    "list": Reply(200, b"[1]"),
}
_TOKEN_PATHS = ("/cgi-bin/stable_token", "/cgi-bin/token")
_TEXT_LIMIT = 2048
_VALUES = {
    "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "time": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"),
}


@dataclass(slots=True)
class Fault:
    """Trouble for the next ``times`` calls of a path."""

    kind: str | int  #: a key of `_TRANSPORT`, or an errcode
    path: str = "/cgi-bin/message/custom/send"
    times: int = 1
    happens_after: bool = False  #: the call is carried out and only its answer is lost


@dataclass(slots=True)
class Call:
    path: str
    query: dict[str, str]
    body: Any = field(repr=False)


class WechatApi:
    """The whole fake."""

    def __init__(self, *, clock: Callable[[], datetime] | None = None, secret: str = SECRET, port: int = 0) -> None:
        self.clock = clock or wall_clock
        self.vendor = Vendor()
        self.secret = secret
        self.chats = Chats(self.clock)
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.menu: dict[str, Any] = {}
        self.templates = {TEMPLATE: FIELDS}
        self.knows_us = True  #: our address is on the whitelist
        self.is_verified = True  #: else there are no choices as links
        self.files: dict[str, tuple[bytes, str, datetime]] = {}
        self.videos: dict[str, bytes] = {}
        self.tokens_given = 0
        self.forced = 0
        self.sent_templates: dict[str, tuple[str, str]] = {}  #: msgid to openid and client_msg_id
        self._token: tuple[str, datetime] | None = None
        self._numbers = itertools.count(3_487_542_469_355_618_313)
        self._server = Server(self._answer, port)
        self._changed = asyncio.Event()
        self._paths: dict[str, Callable[[dict[str, str], Any], Any]] = {
            "/cgi-bin/message/custom/send": self._custom,
            "/cgi-bin/message/template/send": self._template,
            "/cgi-bin/template/get_all_private_template": self._all_templates,
            "/cgi-bin/menu/create": self._create_menu,
            "/cgi-bin/menu/get": lambda _query, _body: {"menu": self.menu},
            "/cgi-bin/qrcode/create": self._create_code,
            "/cgi-bin/media/get": self._media,
        }

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> WechatApi:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.__aexit__()

    def fail(self, kind: str | int, **how: Any) -> None:
        """Let the next calls go wrong; see `Fault`."""
        self.faults.append(Fault(kind, **how))

    def spoil_token(self) -> None:
        """Let the token that is out there be good no more, though it is not over."""
        self._token = None

    def count(self, path: str) -> int:
        """How often a path was called; its end is enough."""
        return sum(call.path.endswith(path) for call in self.calls)

    def sent(self, openid: str) -> list[Post]:
        """What the account wrote to somebody, oldest first."""
        return [post for post in self.chats.of(openid).posts if post.by_account]

    def changed(self) -> None:
        """Something happened; whoever waits looks again."""
        self._changed.set()

    async def until(self, condition: Callable[[], Any], timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until something is so; looked at after everything that happens here."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def keep(self, content: bytes, media_type: str = "image/jpeg") -> str:
        """Keep a file that somebody sent, for three days; its media id."""
        media_id = f"media-{next(self._numbers)}"
        self.files[media_id] = (content, media_type, self.clock() + timedelta(days=3))
        return media_id

    def _answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.target)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if parts.path.startswith("/videos/"):
            return Reply(200, self.videos[parts.path.removeprefix("/videos/")], "video/mp4")
        if parts.path == "/fake/spoil-token":
            self.spoil_token()
            return _ok({})
        body = json.loads(asked.body) if asked.body else None
        self.calls.append(Call(parts.path, query, body))
        fault = self._fault(parts.path)
        if fault is not None and not fault.happens_after:
            reply = _failed(fault.kind)
        else:
            reply = self._carry_out(parts.path, query, body, asked.body)
            reply = _failed(fault.kind) if fault is not None else reply
        self._changed.set()
        return reply

    def _carry_out(self, path: str, query: dict[str, str], body: Any, raw: bytes) -> Reply:
        try:
            answer = self._answer_to(path, query, body, raw)
        except Refusal as refusal:
            return _ok(refusal.answer)
        return answer if isinstance(answer, Reply) else _ok(answer)

    def _answer_to(self, path: str, query: dict[str, str], body: Any, raw: bytes) -> Any:
        if not self.knows_us:
            raise Refusal(40164, "invalid ip 203.0.113.7, not in whitelist")
        if path in _TOKEN_PATHS:
            return self._give_token(body if body is not None else query)
        self._check_token(query)
        if b"\\u" in raw:
            raise Refusal(40033, "invalid charset. please check your request, if include \\uxxxx")
        if path not in self._paths:
            raise Refusal(40066, "invalid url")
        return self._paths[path](query, body)

    def _fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.path == path:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _give_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("grant_type") != "client_credential" or asked.get("appid") != APP_ID:
            raise Refusal(40013, "invalid appid")
        if asked.get("secret") != self.secret:
            raise Refusal(40125, "invalid appsecret")
        is_forced = asked.get("force_refresh") is True
        self.forced += is_forced
        if self._token is None or is_forced or self._token[1] - self.clock() < timedelta(minutes=5):
            self.tokens_given += 1
            self._token = (f"74_{self.tokens_given}_token-that-is-never-logged", self.clock() + timedelta(hours=2))
        value, until = self._token
        return {"access_token": value, "expires_in": int((until - self.clock()).total_seconds())}

    def _check_token(self, query: dict[str, str]) -> None:
        given = query.get("access_token", "")
        if not given:
            raise Refusal(41001, "access_token missing")
        if self._token is None or given != self._token[0]:
            raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
        if self._token[1] <= self.clock():
            raise Refusal(42001, "access_token expired")

    def _custom(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        openid, kind = str(body.get("touser", "")), body.get("msgtype")
        if kind not in ("text", "msgmenu"):
            raise Refusal(40008, "invalid message type")
        text, choices = self._menu_of(body["msgmenu"]) if kind == "msgmenu" else (body["text"]["content"], [])
        if not text:
            raise Refusal(44004, "empty content")
        if len("\n".join([text, *(content for _, content in choices)]).encode()) > _TEXT_LIMIT:
            raise Refusal(45002, "content size out of limit")
        self.chats.take(openid)
        self.chats.add(openid, text, kind=kind, choices=choices)
        return {"errcode": 0, "errmsg": "ok"}

    def _menu_of(self, menu: Any) -> tuple[str, list[tuple[str, str]]]:
        if not self.is_verified:
            raise Refusal(40200, "invalid account type")
        choices = [(str(each["id"]), str(each["content"])) for each in menu["list"]]
        if not 1 <= len(choices) <= 10 or not all(id_ and content for id_, content in choices):
            raise Refusal(45098, "msgmenu list size is out of limit")
        return "\n".join(filter(None, (menu["head_content"], menu["tail_content"]))), choices

    def _template(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        openid, template = str(body.get("touser", "")), self.templates.get(body.get("template_id"))
        if template is None:
            raise Refusal(40037, "invalid template_id")
        if openid not in self.chats.all:
            raise Refusal(40003, "invalid openid")
        if not self.chats.of(openid).follows:
            raise Refusal(43004, "require subscribe")
        text = _filled(template, body.get("data", {}))
        once = str(body.get("client_msg_id", ""))
        for msgid, known in self.sent_templates.items():
            if once and known == (openid, once):
                return {"errcode": 0, "errmsg": "ok", "msgid": int(msgid)}
        number = next(self._numbers)
        self.sent_templates[str(number)] = (openid, once)
        self.chats.add(openid, text, kind="template", url=body.get("url", ""))
        return {"errcode": 0, "errmsg": "ok", "msgid": number}

    def _all_templates(self, _query: dict[str, str], _body: Any) -> dict[str, Any]:
        listed = [{"template_id": id_, "title": "Case", "content": text} for id_, text in self.templates.items()]
        return {"template_list": listed}

    def _create_menu(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        buttons = body.get("button", [])
        if not 1 <= len(buttons) <= 3:
            raise Refusal(40016, "invalid button size")
        for button in buttons:
            if not 1 <= len(button["name"].encode()) <= 16 or len(button["key"].encode()) > 128:
                raise Refusal(40018, "invalid button name size")
        self.menu = body
        return {"errcode": 0, "errmsg": "ok"}

    def _create_code(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        scene = body["action_info"]["scene"]
        return {"ticket": f"ticket-{scene.get('scene_str', scene.get('scene_id'))}", "url": "http://weixin.qq.com/q/x"}

    def _media(self, query: dict[str, str], _body: Any) -> Reply | dict[str, Any]:
        found = self.files.get(query.get("media_id", ""))
        if found is None or found[2] <= self.clock():
            raise Refusal(40007, "invalid media_id")
        content, media_type, _ = found
        if media_type == "video/mp4":
            name = query["media_id"]
            self.videos[name] = content
            return {"video_url": f"{self.url}/videos/{name}?vkey=1"}
        return Reply(200, content, media_type, headers=(("Content-disposition", 'attachment; filename="m.jpg"'),))


def _filled(template: str, given: Any) -> str:
    text = template
    for kind, number in re.findall(r"\{\{([a-z_]+?)(\d*)\.DATA\}\}", template):
        value = str(given.get(kind + number, {}).get("value", ""))
        if kind in _VALUES and not _VALUES[kind].fullmatch(value):
            raise Refusal(47003, f"argument invalid! data.{kind}{number}.value invalid")
        text = text.replace(f"{{{{{kind}{number}.DATA}}}}", value)
    return text


def _failed(kind: str | int) -> Reply:
    return _ok(Refusal(kind, "as was wished").answer) if isinstance(kind, int) else _TRANSPORT[kind]


def _ok(answer: Any) -> Reply:
    return Reply(200, json.dumps(answer, ensure_ascii=False).encode(), "application/json; encoding=utf-8")
