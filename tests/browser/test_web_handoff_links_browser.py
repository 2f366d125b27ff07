"""The pages behind one-time links about a hand-off, on a phone in a real browser, with and without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from anyio import to_thread
from playwright.async_api import Browser, Page, expect

from bot.domain.case import Case
from bot.domain.handoff_links import LinkUse
from bot.domain.turn import Turn
from tests.adapters.web.test_web_handoff_links import DETECTIVE, handed, link, stands
from tests.browser.windows import PHONE, Window, fits, open_window
from tests.kit.chromium import PATIENCE
from tests.kit.papers import printed
from tests.kit.site import REFERENCE

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        await window.bridge.storage.apply([Turn(people=(DETECTIVE,))])
        yield window
        assert window.complaints == []


async def opened(window: Window, use: LinkUse, case: Case, *, script: bool = True) -> Page:
    """A phone that nobody has signed in on, at the page of a link."""
    context = await window.browser.new_context(viewport=PHONE, java_script_enabled=script)  # type: ignore[arg-type]  # a TypedDict
    context.set_default_timeout(PATIENCE)
    window.contexts.append(context)
    page = await context.new_page()
    page.on("console", lambda m: window.complaints.append(m.text) if m.type in ("error", "warning") else None)
    who = DETECTIVE if use is LinkUse.PAPER else None
    await page.goto(window.url + await link(window.bridge, use, case, who))
    return page


@pytest.mark.parametrize("script", [True, False])
async def test_a_receipt_is_told_from_the_keyboard_of_a_phone(window: Window, script: bool) -> None:
    page = await opened(window, LinkUse.RECEIPT, await handed(window.bridge), script=script)
    await expect(page.get_by_role("heading", name=REFERENCE)).to_be_visible()
    await page.get_by_label("Officer who received them").fill("Col. Chen Example")
    await page.get_by_label("Formal number").fill("no number")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("at least one figure")
    window.complaints.clear()  # the browser notes the status 422
    await expect(page.get_by_label("Officer who received them")).to_have_value("Col. Chen Example")
    await page.get_by_label("Formal number").fill("MPS-77/26")
    assert await fits(page)
    await page.get_by_role("button", name="Say that it arrived").click()
    await expect(page.get_by_text("It is not accepted yet")).to_be_visible()
    assert await fits(page)
    assert (await stands(window.bridge)).claimed_reference.reveal() == "MPS-77/26"


async def test_the_papers_are_opened_by_one_tap_and_taken(window: Window) -> None:
    page = await opened(window, LinkUse.PAPER, await handed(window.bridge))
    assert await fits(page)
    await page.get_by_role("button", name="Open the papers").click()
    await page.wait_for_url("**/papers")
    await expect(page.get_by_role("heading", name=REFERENCE)).to_be_visible()
    assert await fits(page)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="PDF Request for police assistance").click()
    content = await to_thread.run_sync(Path(await (await waiting.value).path()).read_bytes)
    assert "Request for police assistance" in printed(content)
