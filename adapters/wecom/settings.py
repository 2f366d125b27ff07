"""How the WeCom adapter is set, and what it declares that WeCom can do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from adapters.calls.http_client import Way
from adapters.tencent.callback import BODY_LIMIT
from bot.domain.messages import Capabilities, Grant

MESSENGER = "wecom"
NAME = "WeCom"
#: The id of a member.
MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
#: How the peer of a group's robot begins: ``wecom:robot:duty``.
ROBOT = "robot:"

#: Pages of https://developer.work.weixin.qq.com/document that give the numbers:
#: path/90236 sending, cards and their limits; path/91770 robots; path/90312 calls altogether.
CAPABILITIES = Capabilities(
    text_limit=2048,
    call_limit=BODY_LIMIT,
    text_unit="bytes",  # what is longer is cut off without a word
    buttons=True,
    button_bytes=64,  # a key may have 1024; it carries the label too
    most_buttons=6,
    button_columns=20,  # ten Chinese letters; what is longer is shown in part
    text_over_buttons=112,
    groups=True,
    attachments_in=True,
    # 30 a minute and 1000 an hour to one member, and what is more is lost without a word: 15 + 15, and 15 + 900.
    per_chat_second=0.25,
    chat_burst=15,
    is_strict=True,
    # A robot may write 20 a minute: a burst of 3, and 17.
    per_group_minute=17,
    group_prefix=ROBOT,
    send_only=ROBOT,
    total_second=40,  # 150,000 an hour
)


#: The same where the emergency notice is switched on. A call over these limits has the state 13 (path/91628).
CALLING = replace(
    CAPABILITIES, phones=True, phone_limits=(Grant(3, timedelta(minutes=8)), Grant(8, timedelta(hours=24)))
)


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of a group: who has its key writes there, and nobody can answer it."""

    name: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WecomSettings:
    """One app of one company."""

    corp_id: str = ""  #: empty: there are only robots
    agent_id: int = 0
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    api_base_url: str = "https://qyapi.weixin.qq.com"
    #: ``http://user:password@host:port``, for this messenger only.
    proxy: str = field(default="", repr=False)
    robots: tuple[Robot, ...] = ()
    emergency_calls: bool = False  #: the company has WeCom's emergency notice, and the app may use it
    menu: tuple[tuple[str, str], ...] = ()  #: (label of at most 16 bytes, what a tap says) at the foot of the app

    @property
    def account(self) -> str:
        """The app's name among all; no secret."""
        return f"{self.corp_id}:{self.agent_id}"

    @property
    def way(self) -> Way:
        """How its API is reached."""
        return Way(NAME, self.api_base_url.rstrip("/"), self.proxy)
