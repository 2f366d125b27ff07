"""A fake WeCom over real HTTP: tokens, members, cards, robots, media, menu, errcodes, and what it drops silently.

It refuses what WeCom refuses, with status 200 and an errcode. Members are played by `wecom_member`.
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
from tests.fakes.tencent import Vendor
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server

CORP = "ww8d7f5a2c1e9b4f60"
AGENT = 1000002
SECRET = "an-app-secret-that-must-never-be-logged"
ROBOT_KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"

_SEND, _UPDATE, _ROBOT = "/cgi-bin/message/send", "/cgi-bin/message/update_template_card", "/cgi-bin/webhook/send"
_TEXT_LIMIT = 2048
_TRANSPORT = {
    "reset": RESET,
    "hold": HOLD,
    "down": Reply(500, b"<html>Internal Server Error</html>", "text/html"),
    "garbage": Reply(200, b"\xff<html>not what you asked for", "text/html"),
    "list": Reply(200, b"[1]"),
}


class Refusal(Exception):
    """An error as WeCom words it: it says more than anybody should repeat."""

    def __init__(self, code: int, said: str = "refused") -> None:
        super().__init__(said)
        hint = (
            f"{said}, hint: [1668482410123456789], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com"
        )
        self.answer = {"errcode": code, "errmsg": hint}


@dataclass(slots=True)
class Fault:
    """Trouble for the next ``times`` calls of a path."""

    kind: str | int  #: a key of `_TRANSPORT`, or an errcode
    path: str = _SEND
    times: int = 1
    happens_after: bool = False  #: the call is carried out and only its answer is lost


@dataclass(slots=True)
class Call:
    path: str
    query: dict[str, str] = field(repr=False)
    body: Any = field(repr=False)


@dataclass(slots=True)
class Post:
    """A message as it stands on a phone or in a group."""

    id: str
    text: str
    labels: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    used: str = ""  #: what a card says since its button cannot be tapped any more

    @property
    def is_card(self) -> bool:
        return bool(self.keys)


@dataclass(slots=True)
class Code:
    """What lets a card be changed once."""

    post: Post
    member: str
    until: datetime
    is_used: bool = False


class WecomApi:
    """The whole fake, of one company with one app."""

    def __init__(self, *, clock: Callable[[], datetime] | None = None, port: int = 0) -> None:
        self.clock = clock or wall_clock
        self.vendor = Vendor(receiver_id=CORP)
        self.members: set[str] = set()  #: who may see the app; ids in small letters
        self.unlicensed: set[str] = set()
        self.robots = {ROBOT_KEY: "duty"}
        self.phones: dict[str, list[Post]] = {}  #: by member in small letters
        self.groups: dict[str, list[Post]] = {}  #: by robot
        self.dropped: list[str] = []  #: texts that went over a member's limit: nobody hears of it
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.codes: dict[str, Code] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.menu: dict[str, Any] = {}
        self.trusts_us = True
        self.tokens_given = 0
        self._token: tuple[str, datetime] | None = None
        self._numbers = itertools.count(7_000_001)
        self._sent: dict[str, list[datetime]] = {}
        self._task_ids: set[str] = set()
        self._server = Server(self._answer, port)
        self._changed = asyncio.Event()
        self._paths: dict[str, Callable[[dict[str, str], Any], Any]] = {
            _SEND: self._send,
            _UPDATE: self._update,
            "/cgi-bin/menu/create": self._create_menu,
            "/cgi-bin/media/get": self._media,
        }

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> WecomApi:
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

    def shown(self, member: str) -> list[Post]:
        """What stands on a member's phone, oldest first."""
        return self.phones.get(member.lower(), [])

    def keep(self, content: bytes, media_type: str = "image/jpeg") -> str:
        """Keep a file that somebody sent; its media id."""
        media_id = f"media-{next(self._numbers)}"
        self.files[media_id] = (content, media_type)
        return media_id

    def response_code(self, post: Post, member: str) -> str:
        """Make what lets a card be changed once, within 72 hours."""
        code = f"code_{next(self._numbers)}_JtYdGNSb"
        self.codes[code] = Code(post, member.lower(), self.clock() + timedelta(hours=72))
        return code

    async def until(self, condition: Callable[[], Any], timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until something is so; looked at after every call."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def _answer(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.target)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        body = json.loads(asked.body) if asked.body else None
        self.calls.append(Call(parts.path, query, body))
        fault = self._fault(parts.path)
        if fault is not None and not fault.happens_after:
            reply = _failed(fault.kind)
        else:
            reply = self._carry_out(parts.path, query, body)
            reply = _failed(fault.kind) if fault is not None else reply
        self._changed.set()
        return reply

    def _carry_out(self, path: str, query: dict[str, str], body: Any) -> Reply:
        try:
            answer = self._answer_to(path, query, body)
        except Refusal as refusal:
            return Reply(200, json.dumps(refusal.answer).encode())
        return answer if isinstance(answer, Reply) else _ok(answer)

    def _answer_to(self, path: str, query: dict[str, str], body: Any) -> Any:
        if path == _ROBOT:  # the key in the address is all that it wants
            return self._send_by_robot(query, body)
        if not self.trusts_us:
            raise Refusal(60020, "not allow to access from your ip")
        if path == "/cgi-bin/gettoken":
            return self._give_token(query)
        self._check_token(query)
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

    def _give_token(self, asked: dict[str, str]) -> dict[str, Any]:
        if asked.get("corpid") != CORP:
            raise Refusal(40013, "invalid corpid")
        if asked.get("corpsecret") != SECRET:
            raise Refusal(40001, "invalid credential")
        if self._token is None or self._token[1] <= self.clock() + timedelta(minutes=5):
            self.tokens_given += 1
            self._token = (f"access-{self.tokens_given}-that-is-never-logged", self.clock() + timedelta(hours=2))
        value, until = self._token
        return {"access_token": value, "expires_in": int((until - self.clock()).total_seconds())}

    def _check_token(self, query: dict[str, str]) -> None:
        given = query.get("access_token", "")
        if not given:
            raise Refusal(41001, "access_token missing")
        if self._token is None or given != self._token[0]:
            raise Refusal(40014, f"invalid access_token {given}")
        if self._token[1] <= self.clock():
            raise Refusal(42001, "access_token expired")

    def _send(self, _: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if body["agentid"] != AGENT:
            raise Refusal(301002, "no privilege to access or agentid mismatched")
        named = sorted(self.members) if body["touser"] == "@all" else str(body["touser"]).lower().split("|")
        found = [member for member in named if member in self.members]
        if not found:
            raise Refusal(81013, "user & party & tag all invalid")
        for member in found[1:]:
            self.phones.setdefault(member, []).append(Post("", "to several"))
        member = found[0]
        if member in self.unlicensed:
            return {"invaliduser": "", "unlicenseduser": member, "msgid": f"m{next(self._numbers)}"}
        post = self._card(body["template_card"]) if body["msgtype"] == "template_card" else self._text(body)
        if self._is_too_much(member):
            self.dropped.append(post.text)  # and all looks well
        else:
            self.phones.setdefault(member, []).append(post)
        code = {"response_code": self.response_code(post, member)} if post.is_card else {}
        return {"invaliduser": "", "invalidparty": "", "invalidtag": "", "msgid": post.id, **code}

    def _text(self, body: dict[str, Any]) -> Post:
        content = str(body["text"]["content"])
        if not content:
            raise Refusal(44004, "empty content")
        # What is longer is cut off without a word.
        return Post(f"m{next(self._numbers)}", content.encode()[:_TEXT_LIMIT].decode(errors="ignore"))

    def _card(self, card: dict[str, Any]) -> Post:
        buttons, task_id = card["button_list"], str(card["task_id"])
        keys = [button["key"] for button in buttons]
        is_whole = card["card_type"] == "button_interaction" and card["main_title"]["title"]
        if not is_whole or not 1 <= len(buttons) <= 6 or len(set(keys)) != len(keys):
            raise Refusal(40058, "invalid template_card")
        if any(not button["text"] or len(button["key"].encode()) > 1024 for button in buttons):
            raise Refusal(40058, "invalid button")
        if not re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", task_id) or task_id in self._task_ids:
            raise Refusal(42014, "taskid has existed or empty or exceed max len")
        self._task_ids.add(task_id)
        text = "\n".join(part for part in (card["main_title"]["title"], card.get("sub_title_text", "")) if part)
        return Post(task_id, text, [button["text"] for button in buttons], keys)

    def _is_too_much(self, member: str) -> bool:
        now = self.clock()
        sent = [at for at in self._sent.get(member, []) if now - at < timedelta(hours=1)]
        is_too_much = len(sent) >= 1000 or sum(now - at < timedelta(minutes=1) for at in sent) >= 30
        self._sent[member] = sent if is_too_much else [*sent, now]
        return is_too_much

    def _update(self, _: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        code = self.codes.get(body["response_code"])
        if code is None or code.is_used or code.until <= self.clock() or body["agentid"] != AGENT:
            raise Refusal(42016, "response_code invalid or expired")
        code.is_used = True
        if [member.lower() for member in body["userids"]] == [code.member]:
            code.post.used = body["button"]["replace_name"]
        return {}

    def _send_by_robot(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        robot = self.robots.get(query.get("key", ""))
        if robot is None:
            raise Refusal(93000, "invalid webhook url")
        now = self.clock()
        sent = [at for at in self._sent.get(f"robot:{robot}", []) if now - at < timedelta(minutes=1)]
        if len(sent) >= 20:
            raise Refusal(45009, "api freq out of limit")
        self._sent[f"robot:{robot}"] = [*sent, now]
        self.groups.setdefault(robot, []).append(self._text(body))
        return {}

    def _create_menu(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if query.get("agentid") != str(AGENT):
            raise Refusal(40056, "invalid agentid")
        if len(body["button"]) > 3 or any(len(button["name"].encode()) > 16 for button in body["button"]):
            raise Refusal(40054, "invalid button")
        self.menu = body
        return {}

    def _media(self, query: dict[str, str], _: Any) -> Reply:
        if query["media_id"] not in self.files:
            raise Refusal(40007, "invalid media_id")
        content, media_type = self.files[query["media_id"]]
        return Reply(200, content, media_type, headers=(("Content-disposition", 'attachment; filename="a"'),))


def _ok(answer: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps({"errcode": 0, "errmsg": "ok", **answer}, ensure_ascii=False).encode())


def _failed(kind: str | int) -> Reply:
    if isinstance(kind, int):
        return Reply(200, json.dumps(Refusal(kind).answer).encode())
    return _TRANSPORT[kind]
