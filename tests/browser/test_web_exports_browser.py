"""An admin counts cases and has a file made, at a phone and without a script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.record.export.progress import ProgressFile
from tests.browser.windows import Window, fits, open_window, small_targets
from tests.kit.clock import START
from tests.kit.site import ADMIN, keep, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

#: What a thumb taps there.
TARGETS = "button, input:not([type=hidden]), select, nav a, a.button"


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        await keep(window.bridge, sample_case())
        yield window
        assert window.complaints == []


def put_file(folder: Path) -> None:
    (folder / "log.xlsx").write_text("x")
    said = {"exporter": f"person:{ADMIN.id}", "made_at": f"{START:%Y-%m-%dT%H:%M:%SZ}", "count": 1, "sha256": "ab" * 32}
    (folder / "log.xlsx.manifest.json").write_text(json.dumps(said))


@pytest.mark.parametrize("script", [True, False])
async def test_an_admin_sees_the_count_gives_a_reason_and_waits_until_the_file_is_there(
    window: Window, tmp_path: Path, script: bool
) -> None:
    page = await window.open(ADMIN, script=script)
    await page.goto(f"{window.url}/exports")
    await page.get_by_label("Period").select_option("this month")
    await page.get_by_label("Status").select_option("open")
    await page.get_by_role("button", name="Count the cases").click()
    await expect(page.get_by_text("Cases: 1, opened 2026-04-01 to 2026-04-30")).to_be_visible()
    await expect(page.get_by_label("Status")).to_have_value("open")
    for width in (360, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await fits(page)
        await page.screenshot(path=str(tmp_path / f"exports-{width}.png"), full_page=True)
    await page.set_viewport_size({"width": 360, "height": 800})
    assert await small_targets(page, TARGETS) == []
    await page.get_by_label("Why it is needed").fill("the annual meeting")
    file = ProgressFile(window.bridge.exports, 7, ADMIN.id, START)
    file.told(500, 2000, START)
    await page.get_by_role("button", name="Make the file").press("Enter")
    await expect(page.get_by_text("500 of 2000 cases read")).to_be_visible()
    assert await fits(page)
    file.told(1500, 2000, START)
    await expect(page.get_by_text("1500 of 2000 cases read")).to_be_visible()
    file.finished()
    put_file(window.bridge.exports)
    await expect(page.get_by_role("link", name="log.xlsx")).to_be_visible()
    await expect(page.get_by_role("button", name="Count the cases")).to_be_visible()
    assert await fits(page)
    assert [m.text for m in window.bridge.core.received] == [
        "/export xlsx open from 2026-04-01 to 2026-04-30 the annual meeting"
    ]


async def test_days_that_are_wrong_are_said_and_what_was_chosen_is_still_there(window: Window) -> None:
    page = await window.open(ADMIN)
    await page.goto(f"{window.url}/exports")
    await page.get_by_label("Period").select_option("days")
    await page.get_by_label("First day").fill("2026-04-18")
    await page.get_by_label("Last day").fill("2026-04-17")
    await page.get_by_role("button", name="Count the cases").click()
    await expect(page.get_by_text("the first may not come after the last")).to_be_visible()
    await expect(page.get_by_label("First day")).to_have_value("2026-04-18")
    assert await fits(page)
