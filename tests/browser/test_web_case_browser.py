"""The page of one case: what is due stays in sight on a wide screen and on a phone, and counts down by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.windows import Window, fits, open_window, small_targets
from tests.kit.clock import START
from tests.kit.site import DUTY_CN, REFERENCE, keep, sample_case, text_of

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

WIDE = {"width": 1440, "height": 900}
TARGETS = "button, summary, select, nav a"


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        case = sample_case(alerted_at=START)
        notes = (text_of(case, 9000 + n, f"Note {n}: two men sit outside the door.") for n in range(12))
        await keep(window.bridge, case, *notes)
        yield window
        assert window.complaints == []


async def at_the_case(window: Window, viewport: dict[str, int] | None = None) -> Page:
    page = await window.open(DUTY_CN, viewport)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    return page


async def left_of(target: Locator) -> float:
    box = await target.bounding_box()
    assert box is not None
    return box["x"]


async def test_a_wide_screen_shows_what_is_due_the_messages_and_the_facts_side_by_side(window: Window) -> None:
    page = await at_the_case(window, WIDE)
    due, said, known = (page.get_by_role("heading", name=name) for name in ("What is due next", "Messages", "Facts"))
    assert await left_of(due) < await left_of(said) < await left_of(known)
    await page.get_by_text("Show what was done").scroll_into_view_if_needed()
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_in_viewport()
    await expect(page.get_by_role("textbox", name="Text")).to_be_visible()
    assert await fits(page)


async def test_on_a_phone_the_act_that_is_due_stays_under_the_thumb(window: Window) -> None:
    page = await at_the_case(window)
    acknowledge = page.get_by_role("button", name="Acknowledge")
    await expect(acknowledge).to_be_in_viewport()
    await page.get_by_role("link", name="Journal").click()
    await expect(page.get_by_role("heading", name="Journal")).to_be_in_viewport()
    await expect(acknowledge).to_be_in_viewport()
    assert await fits(page)
    assert await small_targets(page, TARGETS) == []
    await acknowledge.click()
    await expect(page.get_by_text("Noted: Acknowledge")).to_be_visible()


async def test_the_page_of_a_case_counts_down_by_itself(window: Window) -> None:
    case = sample_case("KC26-P6GHP-Q", 701, alerted_at=START)
    later = tuple(replace(d, due_at=d.due_at + timedelta(minutes=10.5)) for d in case.deadlines)
    await keep(window.bridge, replace(case, deadlines=later))
    page = await window.open(DUTY_CN)
    await page.goto(f"{window.url}/cases/{case.reference}")
    away = page.locator(".next [data-due]")
    await expect(away).to_have_text("in 5 min")
    await page.clock.run_for(8 * 60_000)
    await expect(away).to_have_text("2 min late")
    await expect(page.locator(".next .due.late")).to_be_visible()
