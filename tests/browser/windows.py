"""People at browser windows: a site on this machine and a real Chromium."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from adapters.web.settings import WebSettings
from adapters.web.site.sign_in_pages import new_link
from bot.domain.people import Person
from tests.kit.processes import free_port
from tests.kit.site import Bridge, open_bridge

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


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
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.url + await new_link(self.bridge.storage, who.id, self.bridge.clock()))
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/chat")
        return page


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@asynccontextmanager
async def serving(bridge: Bridge, port: int) -> AsyncIterator[str]:
    config = uvicorn.Config(bridge.app, "127.0.0.1", port, log_config=None, access_log=False, lifespan="off")
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.is_up.wait()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


def chromium() -> str:
    """Where the browser is; the tests do not run without one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))


@asynccontextmanager
async def open_window(exports: Path) -> AsyncIterator[Window]:
    port = free_port()
    settings = WebSettings(f"http://127.0.0.1:{port}", exports)
    async with (
        open_bridge(exports, settings=settings) as bridge,
        serving(bridge, port) as url,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        window = Window(bridge, url, browser)
        yield window
        for context in window.contexts:
            await context.close()
        await browser.close()
