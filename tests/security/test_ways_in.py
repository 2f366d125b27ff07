"""No way in is forgotten: the tables that the attacks go through hold every command, route and webhook there is."""

from __future__ import annotations

from adapters.telegram import TelegramAdapter
from bot import app, commands
from tests.security.stronghold import Stronghold, routes_of
from tests.security.ways_in import COMMANDS, HOOKS, ROUTES


def test_every_command_is_attacked() -> None:
    assert set(COMMANDS) == set(commands._NAMES)


def test_every_route_is_attacked(bridge: Stronghold) -> None:
    assert set(ROUTES) == routes_of(bridge.app)


def test_every_webhook_is_attacked() -> None:
    taken = app.Adapters(telegram=object.__new__(TelegramAdapter), web=None).webhooks
    assert set(taken) == set(HOOKS)
