"""No way in is forgotten: the tables that the attacks go through hold every command, route and webhook there is."""

from __future__ import annotations

from bot.app.messengers import Adapters
from bot.domain import typed_commands
from tests.adapters.telegram.telegram_kit import make_telegram
from tests.adapters.tencent.tencent_kit import Shelf
from tests.adapters.wechat.wechat_kit import make_wechat
from tests.adapters.wecom.wecom_kit import make_wecom
from tests.fakes.bot_api import BotApi
from tests.fakes.wechat_api import WechatApi
from tests.fakes.wecom_api import WecomApi
from tests.security.stronghold import Stronghold, routes_of
from tests.security.ways_in import COMMANDS, HOOKS, ROUTES


def test_every_command_is_attacked() -> None:
    assert set(COMMANDS) == set(typed_commands._NAMES)


def test_every_route_is_attacked(bridge: Stronghold) -> None:
    assert set(ROUTES) == routes_of(bridge.app)


def test_every_webhook_is_attacked() -> None:
    all_of_them = (make_telegram(BotApi()), make_wechat(WechatApi()), make_wecom(WecomApi(), Shelf()))
    taken = Adapters(all_of_them).webhooks
    assert set(taken) == set(HOOKS)
