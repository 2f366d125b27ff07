"""Whoever cannot see well or uses no mouse is not shut out: axe-core finds nothing serious on any page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser

from tests.browser.windows import DESKTOP, PHONE, Window, open_window
from tests.kit.clock import START
from tests.kit.site import ADMIN, DUTY_CN, OFFICER, REFERENCE, SUPERVISOR_CN, keep, sample_case, text_of

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

#: What is looked at: every page that people have, by whoever sees most of it.
PAGES = [
    (DUTY_CN, "/board"),
    (DUTY_CN, "/board?urgency=U3"),
    (DUTY_CN, "/board?wall=1"),
    (DUTY_CN, "/cases"),
    (DUTY_CN, f"/cases/{REFERENCE}"),
    (OFFICER, f"/cases/{REFERENCE}/secure"),
    (OFFICER, "/chat"),
    (OFFICER, "/sessions"),
    (SUPERVISOR_CN, "/roster"),
    (SUPERVISOR_CN, "/exports"),
    (ADMIN, "/exports"),
    (ADMIN, "/exports?period=this+month"),
    (ADMIN, "/board"),
    (DUTY_CN, "/cases/KC26-00000-0"),
]
_ASK = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(each => ["serious", "critical"].includes(each.impact))
    .map(each => ({rule: each.id, where: each.nodes.map(node => `${node.html} ${node.failureSummary}`)}))
"""


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        case = sample_case(alerted_at=START)
        await keep(window.bridge, case, text_of(case, 9001, "Two men sit outside the door."))
        await keep(window.bridge, replace(sample_case("KC26-P6GHP-Q", 701), exercise=True))
        yield window


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "wide"])
async def test_no_page_shuts_anybody_out(window: Window, scheme: str, viewport: dict[str, int]) -> None:
    found: dict[str, object] = {}
    for who in dict.fromkeys(who for who, _ in PAGES):
        page = await window.open(who, viewport)
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in (path for reader, path in PAGES if reader is who):
            await page.goto(window.url + path)
            await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            await page.evaluate(AXE_SCRIPT)
            if violations := await page.evaluate(_ASK):
                found[f"{who.role.value} {path}"] = violations
    assert found == {}, json.dumps(found, indent=1)


async def test_a_page_without_words_for_ears_is_found(window: Window) -> None:
    page = await window.open(OFFICER)
    await page.evaluate("document.querySelector('main').innerHTML = '<input type=text><img src=/static/icon.svg>'")
    await page.evaluate(AXE_SCRIPT)
    assert {each["rule"] for each in await page.evaluate(_ASK)} >= {"label", "image-alt"}
