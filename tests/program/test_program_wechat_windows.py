"""The running program where WeChat allows no message: a knock, then the text when the person taps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.kit.town import KH_DUTY, KH_GROUP
from tests.program.wechat_program import CN_DUTY, OFFICERS, Border, reports

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def border(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Border]:
    async with Border.open(tmp_path_factory.mktemp("windows")) as border:
        yield border


async def test_outside_the_window_a_template_message_asks_for_a_tap_and_the_tap_brings_the_text(border: Border) -> None:
    officer, duty = border.officer(OFFICERS[6]), border.officer(CN_DUTY)
    reference = await reports(officer)
    knock = await duty.hears(reference, "U1")
    assert knock.kind == "template"
    assert knock.url == f"https://bridge.example/cases/{reference}"
    assert "Nanchang" not in knock.text
    await duty.template_comes_to(next(reversed(border.api.sent_templates)))
    await duty.says("cases")
    alert = await duty.hears(reference, "U1 immediate", "Acknowledge by", after=knock)
    assert not alert.in_call


async def test_when_wechat_says_the_window_is_closed_though_we_counted_on_it_the_text_waits_for_the_tap(
    border: Border,
) -> None:
    officer = border.officer(OFFICERS[7])
    reference = await reports(officer)
    border.api.chats.of(officer.openid).long = None
    alert = await border.town.hears(KH_GROUP, reference, "U1 immediate")
    border.town.user(KH_DUTY).taps("Acknowledge", on=alert)
    knock = await officer.hears(reference, "U1")
    assert knock.kind == "template"
    await officer.says("hello?")
    assert not (await officer.hears(reference, "Acknowledged by", after=knock)).in_call
