"""Checks of what stands in [messengers.wechat]: the account is whole, and WeChat can call the bridge. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.config.draft import Draft
from bot.domain.errors import Mistake

_KEY = "messengers.wechat"
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")


def _account(draft: Draft) -> Iterator[Mistake]:
    wechat = draft.settings.messengers.wechat
    keys = {
        "app_id": wechat.app_id,
        "app_secret": wechat.app_secret.get_secret_value(),
        "token": wechat.token.get_secret_value(),
        "aes_key": wechat.aes_key.get_secret_value(),
    }
    remedy = "Copy it from the account's page at mp.weixin.qq.com."
    if any(keys.values()):
        yield from (Mistake(f"{_KEY}.{name}", "is missing.", remedy) for name, value in keys.items() if not value)
    if keys["aes_key"] and not _AES_KEY.fullmatch(keys["aes_key"]):
        yield Mistake(f"{_KEY}.aes_key", "is not an EncodingAESKey: it has 43 letters and digits.", remedy)


def _webhook(draft: Draft) -> Iterator[Mistake]:
    if draft.settings.messengers.wechat.app_id and not draft.settings.server.public_url.startswith("https://"):
        remedy = "Write the https address under which WeChat reaches /hooks/wechat."
        yield Mistake("server.public_url", "WeChat calls the bridge, and must do so over https.", remedy)


#: Each check with the sections that it needs whole.
WECHAT_CHECKS: tuple[tuple[frozenset[str], Callable[[Draft], Iterator[Mistake]]], ...] = (
    (frozenset({"messengers"}), _account),
    (frozenset({"messengers", "server"}), _webhook),
)
