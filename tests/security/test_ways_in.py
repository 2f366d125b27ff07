"""No way in is forgotten: the tables of the attacks hold every command and route, and every webhook is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain import typed_commands
from tests.kit.messengers import callers, every_adapter
from tests.kit.site import routes_of
from tests.security.stronghold import Stronghold, besieged
from tests.security.ways_in import COMMANDS, ROUTES


def test_every_command_is_attacked() -> None:
    assert set(COMMANDS) == set(typed_commands._NAMES)


def test_every_route_is_attacked(bridge: Stronghold) -> None:
    assert set(ROUTES) == routes_of(bridge.app)


@pytest.mark.parametrize("messenger", callers())
async def test_every_webhook_refuses_whoever_proves_nothing(messenger: str, tmp_path: Path) -> None:
    async with besieged(tmp_path, webhooks=every_adapter().webhooks) as bridge:
        stranger, at = bridge.browser(), f"/hooks/{messenger}"
        for body in (b"", b"{}", b"<xml></xml>", b"\xff\x00", b"somebody screams for help"):
            assert (await stranger.post(at, content=body)).status_code in (401, 403)
        assert (await stranger.get(at)).status_code in (401, 403, 405)
        assert (await stranger.post(at, content=b"x" * (2 << 20))).status_code in (401, 413)
        assert bridge.inbox() == []
