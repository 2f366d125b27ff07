"""A fake WeCom over real HTTP: tokens, members, cards, robots, media, menu, errcodes, and what it drops silently.

It refuses what WeCom refuses, with status 200 and an errcode. Members are played by `wecom_member`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.tencent import Vendor
from tests.fakes.tencent_api import Refusal, TencentApi
from tests.fakes.wecom_emergency import EmergencyNotice
from tests.fakes.wire import Reply

CORP = "ww8d7f5a2c1e9b4f60"
AGENT = 1000002
SECRET = "an-app-secret-that-must-never-be-logged"
ROBOT_KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"

_SEND, _UPDATE, _ROBOT = "/cgi-bin/message/send", "/cgi-bin/message/update_template_card", "/cgi-bin/webhook/send"
_TEXT_LIMIT = 2048


class WecomRefusal(Refusal):
    """An error as WeCom words it: it says more than anybody should repeat."""

    more = ", hint: [1668482410123456789], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com"


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


class WecomApi(TencentApi):
    """The whole fake, of one company with one app."""

    sends_at = _SEND
    token_is_spoilt = 40014
    token_shape = "access-{}-that-is-never-logged"
    refusal = WecomRefusal
    media_type = "application/json"

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.vendor = Vendor(receiver_id=CORP)
        self.members: set[str] = set()  #: who may see the app; ids in small letters
        self.unlicensed: set[str] = set()
        self.robots = {ROBOT_KEY: "duty"}
        self.phones: dict[str, list[Post]] = {}  #: by member in small letters
        self.groups: dict[str, list[Post]] = {}  #: by robot
        self.dropped: list[str] = []  #: texts that went over a member's limit: nobody hears of it
        self.codes: dict[str, Code] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.trusts_us = True
        self.emergency = EmergencyNotice(self.clock)
        self._numbers = itertools.count(7_000_001)
        self._sent: dict[str, list[datetime]] = {}
        self._task_ids: set[str] = set()
        self._paths: dict[str, Callable[[dict[str, str], Any], Any]] = {
            _SEND: self._send,
            _UPDATE: self._update,
            "/cgi-bin/menu/create": self._create_menu,
            "/cgi-bin/media/get": self._media,
            "/cgi-bin/pstncc/call": lambda _, body: self._emergency(self.emergency.call(self.members, body)),
            "/cgi-bin/pstncc/getstates": lambda _, body: self._emergency(self.emergency.state(body)),
        }

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

    def answer_to(self, path: str, query: dict[str, str], body: Any, raw: bytes) -> Any:
        answer = self._done(path, query, body)
        return answer if isinstance(answer, Reply) else {"errcode": 0, "errmsg": "ok", **answer}

    def _done(self, path: str, query: dict[str, str], body: Any) -> Any:
        if path == _ROBOT:  # the key in the address is all that it wants
            return self._send_by_robot(query, body)
        if not self.trusts_us:
            raise WecomRefusal(60020, "not allow to access from your ip")
        if path == "/cgi-bin/gettoken":
            return self._give_token(query)
        self.check_token(query)
        if path not in self._paths:
            raise WecomRefusal(40066, "invalid url")
        return self._paths[path](query, body)

    def _give_token(self, asked: dict[str, str]) -> dict[str, Any]:
        if asked.get("corpid") != CORP:
            raise WecomRefusal(40013, "invalid corpid")
        if asked.get("corpsecret") != SECRET:
            raise WecomRefusal(40001, "invalid credential")
        return self.give_token()

    def _send(self, _: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if body["agentid"] != AGENT:
            raise WecomRefusal(301002, "no privilege to access or agentid mismatched")
        named = sorted(self.members) if body["touser"] == "@all" else str(body["touser"]).lower().split("|")
        found = [member for member in named if member in self.members]
        if not found:
            raise WecomRefusal(81013, "user & party & tag all invalid")
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
            raise WecomRefusal(44004, "empty content")
        # What is longer is cut off without a word.
        return Post(f"m{next(self._numbers)}", content.encode()[:_TEXT_LIMIT].decode(errors="ignore"))

    def _card(self, card: dict[str, Any]) -> Post:
        buttons, task_id = card["button_list"], str(card["task_id"])
        keys = [button["key"] for button in buttons]
        is_whole = card["card_type"] == "button_interaction" and card["main_title"]["title"]
        if not is_whole or not 1 <= len(buttons) <= 6 or len(set(keys)) != len(keys):
            raise WecomRefusal(40058, "invalid template_card")
        if any(not button["text"] or len(button["key"].encode()) > 1024 for button in buttons):
            raise WecomRefusal(40058, "invalid button")
        if not re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", task_id) or task_id in self._task_ids:
            raise WecomRefusal(42014, "taskid has existed or empty or exceed max len")
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
            raise WecomRefusal(42016, "response_code invalid or expired")
        code.is_used = True
        if [member.lower() for member in body["userids"]] == [code.member]:
            code.post.used = body["button"]["replace_name"]
        return {}

    def _send_by_robot(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        robot = self.robots.get(query.get("key", ""))
        if robot is None:
            raise WecomRefusal(93000, "invalid webhook url")
        now = self.clock()
        sent = [at for at in self._sent.get(f"robot:{robot}", []) if now - at < timedelta(minutes=1)]
        if len(sent) >= 20:
            raise WecomRefusal(45009, "api freq out of limit")
        self._sent[f"robot:{robot}"] = [*sent, now]
        self.groups.setdefault(robot, []).append(self._text(body))
        return {}

    def _emergency(self, answer: dict[str, Any] | int) -> dict[str, Any]:
        if isinstance(answer, int):
            raise WecomRefusal(answer)
        return answer

    def _create_menu(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if query.get("agentid") != str(AGENT):
            raise WecomRefusal(40056, "invalid agentid")
        if len(body["button"]) > 3 or any(len(button["name"].encode()) > 16 for button in body["button"]):
            raise WecomRefusal(40054, "invalid button")
        self.menu = body
        return {}

    def _media(self, query: dict[str, str], _: Any) -> Reply:
        if query["media_id"] not in self.files:
            raise WecomRefusal(40007, "invalid media_id")
        content, media_type = self.files[query["media_id"]]
        return Reply(200, content, media_type, headers=(("Content-disposition", 'attachment; filename="a"'),))
