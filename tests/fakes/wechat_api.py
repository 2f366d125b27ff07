"""A fake WeChat for an Official Account, over real HTTP: tokens, windows, quotas, templates, media, menu, errcodes.

It refuses what WeChat refuses, with status 200 and an errcode. People are played by `wechat_person`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.tencent import APP_ID, Vendor
from tests.fakes.tencent_api import TencentApi
from tests.fakes.wechat_chats import Chats, Post, WechatRefusal
from tests.fakes.wire import Reply

SECRET = "d3b07384d113edec49eaa6238ad5ff00"
ACCOUNT = "gh_7f083739789a"
TEMPLATE = "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY"
FIELDS = "Case: {{character_string1.DATA}}\nWhat: {{thing2.DATA}}\nWhen: {{time3.DATA}}"

_TOKEN_PATHS = ("/cgi-bin/stable_token", "/cgi-bin/token")
_TEXT_LIMIT = 2048
_VALUES = {
    "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "time": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"),
}


class WechatApi(TencentApi):
    """The whole fake."""

    sends_at = "/cgi-bin/message/custom/send"
    token_is_spoilt = 40001
    token_shape = "74_{}_token-that-is-never-logged"
    refusal = WechatRefusal
    media_type = "application/json; encoding=utf-8"

    def __init__(self, *, secret: str = SECRET, **how: Any) -> None:
        super().__init__(**how)
        self.vendor = Vendor()
        self.secret = secret
        self.chats = Chats(self.clock)
        self.templates = {TEMPLATE: FIELDS}
        self.knows_us = True  #: our address is on the whitelist
        self.is_verified = True  #: else there are no choices as links
        self.files: dict[str, tuple[bytes, str, datetime]] = {}
        self.videos: dict[str, bytes] = {}
        self.forced = 0
        self.sent_templates: dict[str, tuple[str, str]] = {}  #: msgid to openid and client_msg_id
        self._numbers = itertools.count(3_487_542_469_355_618_313)
        self._paths: dict[str, Callable[[dict[str, str], Any], Any]] = {
            "/cgi-bin/message/custom/send": self._custom,
            "/cgi-bin/message/template/send": self._template,
            "/cgi-bin/template/get_all_private_template": self._all_templates,
            "/cgi-bin/menu/create": self._create_menu,
            "/cgi-bin/menu/get": lambda _query, _body: {"menu": self.menu},
            "/cgi-bin/qrcode/create": self._create_code,
            "/cgi-bin/media/get": self._media,
        }

    def sent(self, openid: str) -> list[Post]:
        """What the account wrote to somebody, oldest first."""
        return [post for post in self.chats.of(openid).posts if post.by_account]

    def keep(self, content: bytes, media_type: str = "image/jpeg") -> str:
        """Keep a file that somebody sent, for three days; its media id."""
        media_id = f"media-{next(self._numbers)}"
        self.files[media_id] = (content, media_type, self.clock() + timedelta(days=3))
        return media_id

    def answer_to(self, path: str, query: dict[str, str], body: Any, raw: bytes) -> Any:
        if path.startswith("/videos/"):
            return Reply(200, self.videos[path.removeprefix("/videos/")], "video/mp4")
        if path == "/fake/spoil-token":
            self.spoil_token()
            return {}
        if not self.knows_us:
            raise WechatRefusal(40164, "invalid ip 203.0.113.7, not in whitelist")
        if path in _TOKEN_PATHS:
            return self._give_token(body if body is not None else query)
        self.check_token(query)
        if b"\\u" in raw:
            raise WechatRefusal(40033, "invalid charset. please check your request, if include \\uxxxx")
        if path not in self._paths:
            raise WechatRefusal(40066, "invalid url")
        return self._paths[path](query, body)

    def _give_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("grant_type") != "client_credential" or asked.get("appid") != APP_ID:
            raise WechatRefusal(40013, "invalid appid")
        if asked.get("secret") != self.secret:
            raise WechatRefusal(40125, "invalid appsecret")
        is_forced = asked.get("force_refresh") is True
        self.forced += is_forced
        return self.give_token(anew=is_forced)

    def _custom(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        openid, kind = str(body.get("touser", "")), body.get("msgtype")
        if kind not in ("text", "msgmenu"):
            raise WechatRefusal(40008, "invalid message type")
        text, choices = self._menu_of(body["msgmenu"]) if kind == "msgmenu" else (body["text"]["content"], [])
        if not text:
            raise WechatRefusal(44004, "empty content")
        if len("\n".join([text, *(content for _, content in choices)]).encode()) > _TEXT_LIMIT:
            raise WechatRefusal(45002, "content size out of limit")
        self.chats.take(openid)
        self.chats.add(openid, text, kind=kind, choices=choices)
        return {"errcode": 0, "errmsg": "ok"}

    def _menu_of(self, menu: Any) -> tuple[str, list[tuple[str, str]]]:
        if not self.is_verified:
            raise WechatRefusal(40200, "invalid account type")
        choices = [(str(each["id"]), str(each["content"])) for each in menu["list"]]
        if not 1 <= len(choices) <= 10 or not all(id_ and content for id_, content in choices):
            raise WechatRefusal(45098, "msgmenu list size is out of limit")
        return "\n".join(filter(None, (menu["head_content"], menu["tail_content"]))), choices

    def _template(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        openid, template = str(body.get("touser", "")), self.templates.get(body.get("template_id"))
        if template is None:
            raise WechatRefusal(40037, "invalid template_id")
        if openid not in self.chats.all:
            raise WechatRefusal(40003, "invalid openid")
        if not self.chats.of(openid).follows:
            raise WechatRefusal(43004, "require subscribe")
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
            raise WechatRefusal(40016, "invalid button size")
        for button in buttons:
            if not 1 <= len(button["name"].encode()) <= 16 or len(button["key"].encode()) > 128:
                raise WechatRefusal(40018, "invalid button name size")
        self.menu = body
        return {"errcode": 0, "errmsg": "ok"}

    def _create_code(self, _query: dict[str, str], body: Any) -> dict[str, Any]:
        scene = body["action_info"]["scene"]
        return {"ticket": f"ticket-{scene.get('scene_str', scene.get('scene_id'))}", "url": "http://weixin.qq.com/q/x"}

    def _media(self, query: dict[str, str], _body: Any) -> Reply | dict[str, Any]:
        found = self.files.get(query.get("media_id", ""))
        if found is None or found[2] <= self.clock():
            raise WechatRefusal(40007, "invalid media_id")
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
            raise WechatRefusal(47003, f"argument invalid! data.{kind}{number}.value invalid")
        text = text.replace(f"{{{{{kind}{number}.DATA}}}}", value)
    return text
