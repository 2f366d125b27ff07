"""Papers taken from the page of a case by a real browser: by keyboard, on a phone, the annex after its purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from anyio import to_thread
from playwright.async_api import Browser, Download, Page, expect

from tests.browser.windows import DESKTOP, PHONE, Window, open_window
from tests.kit.papers import IDENTITY, in_word, kept_ready, printed
from tests.kit.site import DUTY_KH, REFERENCE

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        yield window
        assert window.complaints == []


async def content_of(download: Download) -> bytes:
    return await to_thread.run_sync(Path(await download.path()).read_bytes)


async def case_page(window: Window, viewport: dict[str, int], *, script: bool = True) -> Page:
    await kept_ready(window.bridge)
    page = await window.open(DUTY_KH, viewport, script=script)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    return page


async def test_a_request_is_downloaded_by_its_link_from_the_keyboard(window: Window) -> None:
    page = await case_page(window, DESKTOP)
    link = page.get_by_role("link", name="PDF Request for police assistance")
    await link.focus()
    async with page.expect_download() as waiting:
        await page.keyboard.press("Enter")
    download = await waiting.value
    assert download.suggested_filename == f"{REFERENCE}-police-request.pdf"
    assert "Request for police assistance" in printed(await content_of(download))


@pytest.mark.parametrize("script", [True, False])
async def test_the_annex_is_downloaded_once_a_purpose_is_chosen_with_or_without_a_script(
    window: Window, script: bool
) -> None:
    page = await case_page(window, PHONE, script=script)
    papers = page.get_by_role("region", name="Papers")
    word = papers.get_by_role("button", name="Word Sealed annex to a note verbale")
    await word.click()
    await expect(papers.get_by_label("What do you need it for?")).to_be_visible()  # the browser asks for a choice
    await papers.get_by_label("What do you need it for?").select_option(label="Write the paper of a hand-off")
    async with page.expect_download() as waiting:
        await word.click()
    content = in_word(await content_of(await waiting.value))
    assert [known for known in IDENTITY if known not in content] == []


async def test_the_papers_fit_a_phone(window: Window) -> None:
    page = await case_page(window, PHONE)
    await expect(page.get_by_role("region", name="Papers")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
