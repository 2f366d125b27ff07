"""The whole bridge under attack: the played core with its real pages in front, on a storage that counts its calls."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from adapters.web.adapter import WebAdapter
from adapters.web.routes import build_site
from adapters.web.server.health import Vitals
from adapters.web.settings import WebSettings
from adapters.web.site.sign_in_pages import new_link
from adapters.web.site.site import Site
from bot.domain import reference
from bot.domain.agreement import Agreement
from bot.people import guess_limits
from bot.ports.messengers import Wakes, WebhookAdapter
from tests.kit.played import PlayedBridge
from tests.kit.site import hidden
from tests.security.counting import Counting

PUBLIC_URL = "https://bridge.example"
OFFICER, CLERK, KH_SUPERVISOR, ADMIN = "telegram:officer", "telegram:clerk", "telegram:kh-supervisor", "web:admin"
DUTY, SUPERVISOR, DETECTIVE = "wechat:duty", "wecom:supervisor", "wecom:detective"
#: People for whom a case between KH and CN that they did not report does not exist.
OUTSIDERS = ("telegram:vn-clerk", "telegram:vn-officer", "wecom:inspector", "telegram:colleague")
STRANGER = "telegram:stranger"


class Stronghold(PlayedBridge):
    """A bridge that is attacked."""

    def __init__(
        self,
        folder: Path,
        *,
        storage: Any = None,
        agreed: Agreement | None = None,
        public_url: str = PUBLIC_URL,
        webhooks: dict[str, WebhookAdapter] | None = None,
        trusted_proxies: tuple[str, ...] = (),
        waker: Wakes | None = None,
        push_key: str = "",
    ) -> None:
        super().__init__(folder, agreed=agreed, waker=waker)
        self.counting = Counting(storage or self.storage)
        self.storage = self.counting  # type: ignore[assignment]  # it passes everything on
        self._chance = random.Random(11)  # noqa: S311, RUF100 - references are drawn here, nothing is kept secret by it
        self.rules = replace(self.rules, public_url=public_url)
        self._bridge = self._made()
        self._web = WebAdapter()
        self._clients: list[httpx.AsyncClient] = []
        site = Site(
            storage=self.storage,
            agreement=self.rules.agreement,
            clock=self.clock,
            settings=WebSettings(public_url, folder, trusted_proxies, push_key=push_key),
            web=self._web,
            order=self._bridge.order,
            submit=self._bridge.line.submit,
            files=self.files,
        )
        vitals = Vitals(lambda: self.now, lambda: "ok", CollectorRegistry())
        self.app: ASGIApp = build_site(site, webhooks=webhooks or {}, vitals=vitals)

    async def start(self) -> None:
        await super().start()
        await self._web.start(self._bridge.line.receive)

    async def stop(self) -> None:
        for client in self._clients:
            await client.aclose()
        await super().stop()

    def browser(self, peer: str = "203.0.113.9") -> httpx.AsyncClient:
        """Somebody at a browser, not signed in."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=(peer, 40000))
        client = httpx.AsyncClient(transport=transport, base_url=self.rules.public_url)
        self._clients.append(client)
        return client

    async def signed_in(self, address: str) -> httpx.AsyncClient:
        """An enrolled person at a browser."""
        client = self.browser()
        link = await new_link(self.storage, (await self.person(address)).id, self.now)
        assert (await client.post(link)).status_code == 303
        await self._settled()  # whoever signs in for the first time hears of it elsewhere
        return client

    async def opens_case(self, who: str = OFFICER, text: str = "somebody screams for help") -> str:
        """An officer reports; the reference. Unlike `report_case` it asks nothing of the storage."""
        await self.says(who, text)
        if any(button.label == "Yes, alert" for row in self.phones.at(who)[-1].buttons for button in row):
            await self.taps(who, "Yes, alert")
        return self.reference_at(who)

    async def waits(self, hours: int) -> None:
        """Let time pass; the clock looks every half hour. Unlike `fast_forward` it works on any storage."""
        for _ in range(2 * hours):
            self.now += timedelta(minutes=30)
            await self.tick()

    def lets_guesses_lapse(self) -> None:
        """Let so much time pass that earlier guesses at references do not make the next one wait."""
        self.now += guess_limits.MISSES_WITHIN + timedelta(seconds=1)

    def reference_at(self, who: str) -> str:
        """The newest reference that somebody was told."""
        found = [named[0] for shown in self.phones.at(who) if (named := reference.find_in(shown.text))]
        assert found, f"{who} was told no reference"
        return found[-1]

    async def posts(self, client: httpx.AsyncClient, path: str, page: str = "", **form: str) -> httpx.Response:
        """Send a form as the page at `page` would."""
        answer = await client.post(path, data=await self._filled(client, page or path) | form)
        await self._settled()
        return answer

    async def uploads(self, client: httpx.AsyncClient, path: str, page: str, content: bytes) -> httpx.Response:
        """Send a form that carries a file, as the page at `page` would."""
        form = await self._filled(client, page) | {"text": "a file"}
        answer = await client.post(path, data=form, files={"file": ("x.jpg", content)})
        await self._settled()
        return answer

    async def _filled(self, client: httpx.AsyncClient, page: str) -> dict[str, str]:
        shown = (await client.get(page)).text
        return {name: hidden(shown, name) for name in ("csrf", "once")}


@asynccontextmanager
async def besieged(folder: Path, **chosen: Any) -> AsyncIterator[Stronghold]:
    """Run one."""
    bridge = Stronghold(folder, **chosen)
    await bridge.start()
    try:
        yield bridge
    finally:
        await bridge.stop()


def words_of(page: str) -> str:
    """What a page shows, without its tags."""
    return re.sub(r"<[^>]*>", " ", page)
