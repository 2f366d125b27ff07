"""A real Chromium for tests of pages, with a patience that no machine uses up."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright, expect

_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
PATIENCE = 60_000  #: milliseconds, for whatever a page shall show or do


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run it until the block ends; the tests do not run without one."""
    expect.set_options(timeout=PATIENCE)
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        await browser.close()
