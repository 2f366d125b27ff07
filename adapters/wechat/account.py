"""The account's own business with WeChat: its access token, its QR codes, the fields of its template."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from adapters.calls.http_client import HttpClient
from adapters.tencent.account import token_in
from adapters.tencent.client import Client, code_of
from adapters.tencent.tokens import Ask
from adapters.wechat.errors import meaning, wrong_account
from adapters.wechat.settings import NAME, WechatSettings
from bot.domain import reference
from bot.domain.errors import Refused, Unavailable, Uncertain

_FIELD = re.compile(r"\{\{\s*([A-Za-z_]+?)([0-9]*)\.DATA\s*\}\}")
_BEIJING = timezone(timedelta(hours=8))  #: WeChat's own clock
_LONGEST_CODE = 30 * 86_400  #: seconds that a QR code may be good for
_CODE_PICTURE = "https://mp.weixin.qq.com/cgi-bin/showqrcode"
_THING_LIMIT = 20  #: characters
_SECRET_REFUSED = frozenset({40001, 40125})


def asks_token(http: HttpClient, settings: WechatSettings) -> Ask:
    """Make the question for a token. The stable one is shared: asking again spoils it for nobody."""

    async def ask(refused: str) -> tuple[str, float]:
        found = await _ask_once(http, settings, anew=False)
        # It is the refused one still: only by force is there another, twenty times a day.
        return await _ask_once(http, settings, anew=True) if refused and found[0] == refused else found

    return ask


async def _ask_once(http: HttpClient, settings: WechatSettings, *, anew: bool) -> tuple[str, float]:
    body = {
        "grant_type": "client_credential",
        "appid": settings.app_id,
        "secret": settings.app_secret,
        "force_refresh": anew,
    }
    try:
        answer = (await http.call("POST", "/cgi-bin/stable_token", body=body)).as_json()
    except Uncertain:
        raise Unavailable("WeChat gave no access token in time.") from None
    if code := code_of(answer):
        raise wrong_account() if code in _SECRET_REFUSED else meaning(code, "")
    return token_in(answer, NAME)


async def code_link(client: Client, scene: str, valid: timedelta) -> str:
    """Make a QR code that says `scene` to us once scanned; the address of its picture."""
    seconds = min(int(valid.total_seconds()), _LONGEST_CODE)
    action = {"scene": {"scene_str": scene}}
    body = {"expire_seconds": seconds, "action_name": "QR_STR_SCENE", "action_info": action}
    answer = await client.call("POST", "/cgi-bin/qrcode/create", json=body)
    return f"{_CODE_PICTURE}?ticket={quote(str(answer.get('ticket', '')), safe='')}"


class Template:
    """The template for messages outside the window; which fields it has, WeChat knows."""

    def __init__(self, client: Client, template_id: str) -> None:
        self.id = template_id
        self._client = client
        self._fields: tuple[tuple[str, str], ...] = ()  #: (kind, name)

    async def fields(self) -> tuple[tuple[str, str], ...]:
        """Ask for its fields, once; raises only `SendError`."""
        if not self._fields:
            found = await self._client.call("GET", "/cgi-bin/template/get_all_private_template")
            self._fields = _fields(found.get("template_list"), self.id)
        return self._fields

    async def filled(self, headline: str, now: datetime) -> dict[str, dict[str, str]]:
        """Fill its fields in with a headline: the reference, the other words, the time."""
        return {name: {"value": _FILLED[kind](headline, now)} for kind, name in await self.fields()}


def _fields(templates: object, template_id: str) -> tuple[tuple[str, str], ...]:
    for each in templates if isinstance(templates, list) else ():
        if isinstance(each, dict) and each.get("template_id") == template_id:
            found = tuple((kind, kind + number) for kind, number in _FIELD.findall(str(each.get("content", ""))))
            if found and all(kind in _FILLED for kind, _ in found):
                return found
            raise Refused("The template has a field that the bridge cannot fill: see template_id in the example.")
    raise Refused("The account has no such template, check template_id.")


def _reference(headline: str, _now: datetime) -> str:
    found = reference.find_in(headline)
    return found[0] if found else "-"


def _words(headline: str, _now: datetime) -> str:
    """Say how urgent and which act is wanted in 20 characters: WeChat takes no more in such a field."""
    found = reference.find_in(headline)
    words = found[1] if found else headline
    if len(words) > _THING_LIMIT:
        words = words.replace("please ", "")
    if len(words) > _THING_LIMIT:
        words = words[: _THING_LIMIT + 1].rpartition(" ")[0] or words[:_THING_LIMIT]
    return words.strip(" ·:,.-") or "-"


def _headline(headline: str, _now: datetime) -> str:
    return headline


def _moment(_headline: str, now: datetime) -> str:
    return now.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")


#: By kind of field, https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
#: The last three are those of templates from before 2023.
_FILLED: dict[str, Callable[[str, datetime], str]] = {
    "character_string": _reference,
    "thing": _words,
    "time": _moment,
    "first": _headline,
    "keyword": _headline,
    "remark": _headline,
}
