"""People at browser windows: a site on this machine and a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page

from adapters.web.settings import WebSettings
from adapters.web.site.sign_in_pages import new_link
from bot.domain.people import Person
from tests.kit.chromium import PATIENCE
from tests.kit.processes import free_port
from tests.kit.serving import served
from tests.kit.site import Bridge, open_bridge

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Window:
    """One person at a browser window."""

    bridge: Bridge
    url: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(self, who: Person, viewport: dict[str, int] | None = None, *, script: bool = True) -> Page:
        context = await self.browser.new_context(viewport=viewport or PHONE, java_script_enabled=script)  # type: ignore[arg-type]  # a TypedDict
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if script:
            await context.clock.install()  # it goes on by itself, and can be put forward
        page = await context.new_page()
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.url + await new_link(self.bridge.storage, who.id, self.bridge.clock()))
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/chat")
        return page


async def reaches(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError("the keyboard does not get there")


async def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def small_targets(page: Page, selector: str) -> list[str]:
    """What of these is to be tapped and too small for a thumb."""
    found: list[str] = await page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
             .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)""",
        selector,
    )
    return found


@asynccontextmanager
async def open_window(
    browser: Browser, exports: Path, as_set: Callable[[WebSettings], WebSettings] = lambda settings: settings
) -> AsyncIterator[Window]:
    port = free_port()
    settings = as_set(WebSettings(f"http://127.0.0.1:{port}", exports))
    async with open_bridge(exports, settings=settings) as bridge, served(bridge.app, port) as line:
        window = Window(bridge, line.url, browser)
        yield window
        for context in window.contexts:
            await context.close()
