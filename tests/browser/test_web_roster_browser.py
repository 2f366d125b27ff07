"""A supervisor at a phone looks at the roster, adds a shift by keyboard and takes one out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.domain.people import Role
from bot.domain.roster import Shift
from bot.domain.turn import Turn
from tests.browser.windows import Window, fits, open_window, small_targets
from tests.kit.clock import START
from tests.kit.site import DUTY_CN, SUPERVISOR_CN, person

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

#: What a thumb taps there.
TARGETS = "button, summary, input:not([type=hidden]), select, nav a"

HOUR = timedelta(hours=1)
NIGHT = person(22, "Zhao Min-Ling of the Night", "CN", Role.DUTY, "cn-duty")


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        shifts = (
            Shift(701, "cn-duty", DUTY_CN.id, START - HOUR, START + 9 * HOUR),
            Shift(702, "cn-duty", NIGHT.id, START + 9 * HOUR, START + 17 * HOUR),
        )
        await window.bridge.storage.apply([Turn(people=(NIGHT,), shifts=shifts)])
        yield window
        assert window.complaints == []


async def test_a_supervisor_adds_a_shift_by_keyboard_at_a_phone(window: Window, tmp_path: Path) -> None:
    page = await window.open(SUPERVISOR_CN)
    await page.get_by_role("link", name="Roster").click()
    await expect(page.get_by_text("On duty now: Li Wei")).to_be_visible()
    await expect(page.get_by_text("Nobody in the next 14 days:")).to_be_visible()
    assert await fits(page)
    await page.locator("summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Zhao")
    await page.get_by_label("Begins").fill("2026-04-19T20:00")
    await page.get_by_label("Ends").fill("2026-04-20T08:00")
    assert await fits(page)
    assert await small_targets(page, TARGETS) == []
    await page.screenshot(path=str(tmp_path / "roster.png"), full_page=True)
    await page.get_by_role("button", name="Add the shift").press("Enter")
    await expect(page.get_by_text("Sun 19 Apr 20:00 Beijing - Mon 20 Apr 08:00 Beijing", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Take out Li Wei").click()
    await expect(page.get_by_text("Nobody is on duty now")).to_be_visible()
    assert await fits(page)


async def test_without_a_script_a_mistake_is_said_and_nothing_is_lost(window: Window) -> None:
    page = await window.open(SUPERVISOR_CN, script=False)
    await page.goto(f"{window.url}/roster")
    await page.locator("summary").click()
    await page.get_by_label("Who").select_option(label="Li Wei (cn-duty)")
    await page.get_by_label("Begins").fill("2026-04-18T16:00")
    await page.get_by_label("Ends").fill("2026-04-18T18:00")
    await page.get_by_role("button", name="Add the shift").click()
    await expect(page.get_by_role("alert")).to_have_text("Li Wei has another shift at that time.")
    await expect(page.get_by_label("Begins")).to_have_value("2026-04-18T16:00")
    assert [complaint for complaint in window.complaints if "422" not in complaint] == []
    window.complaints.clear()  # Chromium notes that the form was refused
