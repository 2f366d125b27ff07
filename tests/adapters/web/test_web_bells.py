"""What an open list of cases is told about ringing: whoever must act hears it, and nobody learns anything by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.clock import START
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    keep,
    open_bridge,
    sample_case,
)


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        await keep(bridge, sample_case(alerted_at=START))
        yield bridge


async def test_the_side_that_must_act_hears_of_it_and_others_do_not(bridge: Bridge) -> None:
    heard = {}
    for who in (DUTY_CN, SUPERVISOR_CN, DUTY_KH, DUTY_VN, OFFICER, ADMIN):
        answer = await (await bridge.signed_in(who)).get("/bells")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert REFERENCE not in answer.text
        heard[who.name] = len(answer.json()["bells"])
    assert heard == {p.name: 1 if p in (DUTY_CN, SUPERVISOR_CN) else 0 for p in (
        DUTY_CN, SUPERVISOR_CN, DUTY_KH, DUTY_VN, OFFICER, ADMIN)}  # fmt: skip


async def test_whoever_is_not_signed_in_hears_nothing(bridge: Bridge) -> None:
    answer = await bridge.browser().get("/bells")
    assert "bells" not in answer.text


async def test_only_whom_it_can_ring_for_is_offered_it(bridge: Bridge) -> None:
    for who, is_offered in ((DUTY_CN, True), (SUPERVISOR_CN, True), (OFFICER, False)):
        page = (await (await bridge.signed_in(who)).get("/cases")).text
        assert ('id="bell"' in page) is is_offered
        assert ("bell.js" in page) is is_offered
