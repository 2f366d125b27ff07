"""What stands in people's chats at the fake WeChat, and what it still lets the account write there."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.tencent_api import Refusal

MESSAGE, TAP = (5, timedelta(hours=48)), (3, timedelta(minutes=1))


class WechatRefusal(Refusal):
    """An error as WeChat words it."""

    more = " rid: 6385c6c1-0fcadca1-22c1fc91"


@dataclass(slots=True)
class Post:
    """One message in somebody's chat."""

    id: int
    text: str
    by_account: bool = True
    in_call: bool = False  #: it came back in the call
    kind: str = "text"  #: text, msgmenu, template
    choices: list[tuple[str, str]] = field(default_factory=list)  #: (id, content) of links
    url: str = ""  #: where a template message leads

    @property
    def labels(self) -> list[str]:
        return [content for _, content in self.choices]


@dataclass(slots=True)
class _Grant:
    left: int
    until: datetime


@dataclass(slots=True)
class Chat:
    """One follower."""

    openid: str
    follows: bool = True
    posts: list[Post] = field(default_factory=list)
    long: _Grant | None = None
    short: _Grant | None = None


class Chats:
    """All followers of the account."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.all: dict[str, Chat] = {}
        self._ids = itertools.count(1)

    def of(self, openid: str) -> Chat:
        return self.all.setdefault(openid, Chat(openid))

    def add(self, openid: str, text: str, **more: Any) -> Post:
        post = Post(next(self._ids), text, **more)
        self.of(openid).posts.append(post)
        return post

    def wrote(self, openid: str) -> None:
        """The person wrote: a new long window in place of the one before."""
        count, span = MESSAGE
        self.of(openid).long = _Grant(count, self.clock() + span)

    def tapped(self, openid: str) -> None:
        """The person tapped a menu, followed or scanned: a short window besides."""
        count, span = TAP
        self.of(openid).short = _Grant(count, self.clock() + span)

    def left(self, openid: str) -> int:
        """How many messages may still be written now."""
        return sum(grant.left for grant in self._open(openid))

    def take(self, openid: str) -> None:
        """Let the account write one message, or refuse it as WeChat does."""
        if openid not in self.all:
            raise WechatRefusal(40003, "invalid openid")
        grants = self._open(openid)
        if not grants or not self.of(openid).follows:
            raise WechatRefusal(45015, "response out of time limit or subscription is canceled")
        grant = next((g for g in grants if g.left), None)
        if grant is None:
            raise WechatRefusal(45047, "out of response count limit")
        grant.left -= 1

    def _open(self, openid: str) -> list[_Grant]:
        chat = self.of(openid)
        return [g for g in (chat.short, chat.long) if g is not None and g.until > self.clock()]
