"""A secure case on a phone, with the keyboard alone and without script: opened, added to, corrected, searched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Locator, Page, expect

from tests.browser.windows import PHONE, Window, fits, open_window, reaches, small_targets
from tests.kit.site import DUTY_KH, OFFICER, REFERENCE, keep, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

#: What a thumb taps there.
TARGETS = "button, summary, select, textarea, label.check, a.button, a.back"


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        yield window
        assert window.complaints == []


async def presses(page: Page, target: Locator, key: str = "Enter") -> None:
    await reaches(page, target)
    await page.keyboard.press(key)


def form(page: Page, title: str) -> Locator:
    return page.locator("details.act", has=page.locator("summary", has_text=title))


async def opens(page: Page) -> None:
    await presses(page, page.get_by_role("link", name="Open the secure case"))
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"Secure case {REFERENCE}")
    assert await fits(page)
    assert await small_targets(page, TARGETS) == []
    await reaches(page, page.get_by_label("What do you open it for?"))
    await page.keyboard.type("Locate")
    await presses(page, page.get_by_role("button", name="Open"))
    await expect(page.get_by_text("There is no entry yet.")).to_be_visible()


async def types(page: Page, where: Locator, label: str, text: str) -> None:
    """Unfold a form, type into one of its inputs and send it."""
    if not await where.get_by_role("button", name="Keep this entry").is_visible():
        await presses(page, where.locator("summary").first)
    await reaches(page, where.get_by_label(label, exact=False).first)
    await page.keyboard.type(text)
    await presses(page, where.get_by_role("button", name="Keep this entry"))


async def test_with_the_keyboard_alone_a_name_is_entered_and_corrected(window: Window) -> None:
    await keep(window.bridge, sample_case())
    page = await window.open(DUTY_KH, script=False)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    await opens(page)
    await types(page, form(page, "Names"), "Family name", "Zebrasok")
    await expect(page.get_by_role("status")).to_contain_text("The entry is kept.")
    await expect(page.locator(".entries")).to_contain_text("ZEBRASOK")
    assert "Zebrasok" not in await page.title()
    await types(page, page.locator(".entries details", has_text="Correct"), "Family name", "Yaksok")
    await expect(page.locator(".entries")).to_contain_text("YAKSOK")
    await expect(page.get_by_text("ZEBRASOK")).to_be_hidden()
    await presses(page, page.locator("summary", has_text="Earlier entries (1)"))
    await expect(page.get_by_text("ZEBRASOK")).to_be_visible()


async def test_with_the_keyboard_alone_a_phone_number_is_mended_and_then_found(window: Window) -> None:
    await keep(window.bridge, sample_case())
    page = await window.open(DUTY_KH, script=False)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    await opens(page)
    phone, label = form(page, "Phone of the person"), "Number with + and the country code"
    await types(page, phone, label, "010 000 777")
    await expect(page.get_by_role("alert")).to_contain_text("with + and the country code")
    await expect(phone.get_by_label(label)).to_have_value("010 000 777")
    await types(page, phone, label, "+85510000777")
    await expect(page.locator(".entries")).to_contain_text("+85510000777")
    await page.goto(f"{window.url}/cases")
    await presses(page, page.locator("summary", has_text="Search"))
    await reaches(page, page.get_by_label("What do you look for?"))
    await page.keyboard.type("Phone")
    await reaches(page, page.get_by_label("Exactly, a phone number"))
    await page.keyboard.type("+855 10 000 777")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text(REFERENCE)
    assert page.url == f"{window.url}/cases"
    window.complaints.clear()  # the refused number is a line in the console


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 600}])
async def test_every_form_fits_a_phone_and_is_large_enough_to_tap(window: Window, viewport: dict[str, int]) -> None:
    await keep(window.bridge, sample_case())
    page = await window.open(OFFICER, viewport)
    await page.goto(f"{window.url}/cases/{REFERENCE}/secure")
    await page.get_by_label("What do you open it for?").select_option("correct")
    await page.get_by_role("button", name="Open").click()
    await form(page, "Description of the person").locator("summary").click()
    await form(page, "Description of the person").locator("textarea").fill("x" * 300)
    await form(page, "Description of the person").get_by_role("button").click()
    for summary in await page.locator("summary:visible").all():
        if await summary.evaluate("e => !e.parentElement.open"):
            await summary.click()
    assert await fits(page)
    assert await small_targets(page, TARGETS) == []
    unnamed = await page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
             .filter(e => e.labels.length === 0).map(e => e.outerHTML)"""
    )
    assert unnamed == []
    doubled = await page.evaluate(
        """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                   return ids.filter((id, i) => ids.indexOf(id) !== i); }"""
    )
    assert doubled == []


async def test_going_back_shows_nothing_of_a_secure_case_after_signing_out(window: Window) -> None:
    await keep(window.bridge, sample_case())
    page = await window.open(OFFICER)
    await page.goto(f"{window.url}/cases/{REFERENCE}/secure")
    await page.get_by_label("What do you open it for?").select_option("correct")
    await page.get_by_role("button", name="Open").click()
    names = form(page, "Names")
    await names.locator("summary").click()
    await names.get_by_label("Given names", exact=False).first.fill("Zebradara")
    await names.get_by_role("button", name="Keep this entry").click()
    await expect(page.locator(".entries")).to_contain_text("Zebradara")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{window.url}/")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser has kept nothing to show
        await page.go_back()
    await expect(page.locator("body")).not_to_contain_text("Zebradara")
