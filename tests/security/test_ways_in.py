"""No way in is forgotten: the tables that the attacks go through hold every command, route and webhook there is."""

from __future__ import annotations

from bot.app.messengers import Adapters
from bot.domain import typed_commands
from tests.fakes.bot_api import BotApi
from tests.fakes.memory_state import MemoryState
from tests.fakes.wechat_api import WechatApi
from tests.fakes.wecom_api import WecomApi
from tests.kit.site import routes_of
from tests.kit.telegram import make_telegram
from tests.kit.wechat import make_wechat
from tests.kit.wecom import make_wecom
from tests.security.stronghold import Stronghold
from tests.security.ways_in import COMMANDS, HOOKS, ROUTES


def test_every_command_is_attacked() -> None:
    assert set(COMMANDS) == set(typed_commands._NAMES)


def test_every_route_is_attacked(bridge: Stronghold) -> None:
    assert set(ROUTES) == routes_of(bridge.app)


def test_every_webhook_is_attacked() -> None:
    all_of_them = (make_telegram(BotApi()), make_wechat(WechatApi()), make_wecom(WecomApi(), MemoryState()))
    taken = Adapters(all_of_them).webhooks
    assert set(taken) == set(HOOKS)
