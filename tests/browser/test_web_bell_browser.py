"""A list of cases that stands open rings, once somebody has switched that on; and it says when it cannot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.windows import Window, open_window
from tests.kit.clock import START
from tests.kit.site import DUTY_CN, keep, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

#: Counts the tones that are made, in place of ears.
EARS = """
window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
"""


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        yield window


async def at_the_list(window: Window) -> Page:
    page = await window.open(DUTY_CN)
    await page.add_init_script(EARS)
    async with page.expect_response("**/bells"):
        await page.goto(f"{window.url}/cases")
    return page


async def looks_again(page: Page) -> None:
    async with page.expect_response("**/bells*"):
        await page.clock.run_for(10_000)


async def test_a_new_case_rings_on_a_page_where_that_was_switched_on(window: Window) -> None:
    page = await at_the_list(window)
    await page.get_by_role("button", name="Ring").click()
    await expect(page.get_by_text("This page rings when something new waits")).to_be_visible()
    proof = await page.evaluate("window.tones")
    assert proof > 0, "they hear what they will hear"
    await looks_again(page)
    assert await page.evaluate("window.tones") == proof, "nothing new, no sound"
    await keep(window.bridge, sample_case(alerted_at=START))
    await looks_again(page)
    await expect(page.get_by_text("Something new waits for your side. Load")).to_be_visible()
    assert await page.evaluate("window.tones") > proof
    assert (await page.title()).startswith("(!)")
    assert window.complaints == [], "the strict policy of what a page may load holds"


async def test_a_most_urgent_case_rings_until_somebody_touches_the_page(window: Window) -> None:
    page = await at_the_list(window)
    await page.get_by_role("button", name="Ring").click()
    await looks_again(page)
    await keep(window.bridge, sample_case(alerted_at=START))
    heard = [await page.evaluate("window.tones")]
    for _ in range(3):
        await looks_again(page)
        await page.wait_for_function("before => window.tones > before", arg=heard[-1])
        heard.append(await page.evaluate("window.tones"))
    await page.keyboard.press("Shift")
    await looks_again(page)
    await looks_again(page)
    assert await page.evaluate("window.tones") == heard[-1]


async def test_a_page_where_nobody_switched_it_on_makes_no_sound_but_says_that_something_waits(window: Window) -> None:
    page = await at_the_list(window)
    await keep(window.bridge, sample_case(alerted_at=START))
    await looks_again(page)
    await expect(page.get_by_text("Something new waits for your side. Load")).to_be_visible()
    assert await page.evaluate("window.tones") == 0
    assert window.complaints == []


@pytest.mark.parametrize("line", ["refuses", "swallows"])
async def test_a_page_that_has_lost_the_bridge_says_that_it_cannot_ring(window: Window, line: str) -> None:
    page = await at_the_list(window)

    async def lost(route: Route) -> None:
        if line == "refuses":
            await route.abort()

    await page.route("**/bells*", lost)
    await page.goto(f"{window.url}/cases")
    await page.clock.run_for(80_000)
    await expect(page.get_by_text("cannot ring")).to_be_visible()
    await page.unroute("**/bells*", lost)
    await looks_again(page)
    await expect(page.get_by_text("cannot ring")).not_to_be_visible()


async def test_without_a_script_nothing_is_offered_that_does_not_work(window: Window) -> None:
    page = await window.open(DUTY_CN, script=False)
    await page.goto(f"{window.url}/cases")
    await expect(page.get_by_role("button", name="Ring")).not_to_be_visible()
