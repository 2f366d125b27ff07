"""What lacks an English version is said in English on the page of its case, by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.domain.button_data import to_base36
from bot.domain.case import Answer
from bot.domain.english import English
from bot.domain.guarded import Guarded
from bot.domain.turn import Turn
from tests.browser.windows import Window, open_window
from tests.kit.clock import START
from tests.kit.site import DUTY_CN, DUTY_KH, OFFICER, REFERENCE, keep, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

PAGE = f"/cases/{REFERENCE}"
KHMER, DRAFT, LINE = "ទ្វារត្រូវបានចាក់សោ", "door is lock", "The door is locked & barred"


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    """A case with a summary in Khmer that a machine drafted."""
    async with open_window(browser, tmp_path) as window:
        summary = Answer(70_099, 700, "summary", Guarded(KHMER), START, OFFICER.id)
        draft = English(70_100, 700, summary.id, Guarded(DRAFT), START, 0, "KH", None, is_machine=True)
        plain = sample_case()
        case = replace(plain, answers={**plain.answers, "summary": summary})
        await keep(window.bridge, case)
        drafted = replace(case, version=case.version + 1, english={summary.id: draft})
        await window.bridge.storage.apply([Turn(cases=(drafted,), english=(draft,))])
        yield window


async def test_the_own_desk_reads_the_original_and_the_draft_and_writes_a_better_line(window: Window) -> None:
    page = await window.open(DUTY_KH)
    await page.goto(window.url + PAGE)
    section = page.get_by_role("region", name="English versions")
    await expect(section.get_by_text(KHMER)).to_be_visible()
    await expect(section.get_by_text(f"A machine's draft, not confirmed: {DRAFT}")).to_be_visible()
    line = section.get_by_label("One English line: 14 Summary")
    await expect(line).to_have_value(DRAFT)
    await line.fill(LINE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status", name="Answer of the bridge")).to_be_visible()
    assert window.bridge.core.received[-1].text == f"/english {REFERENCE} summary: {LINE}"
    sideways = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not sideways
    assert window.complaints == []


async def test_a_draft_is_confirmed_by_one_tap(window: Window) -> None:
    page = await window.open(DUTY_KH, script=False)
    await page.goto(window.url + PAGE)
    await page.get_by_role("button", name="Confirm: 14 Summary").click()
    await expect(page.get_by_role("status", name="Answer of the bridge")).to_be_visible()
    assert window.bridge.core.received[-1].button.endswith(f".english.confirm {to_base36(70_100)}")


async def test_the_other_side_is_offered_nothing_and_reads_no_draft(window: Window) -> None:
    page = await window.open(DUTY_CN)
    await page.goto(window.url + PAGE)
    await expect(page.get_by_role("heading", name=REFERENCE)).to_be_visible()
    await expect(page.get_by_role("region", name="English versions")).to_have_count(0)
    await expect(page.get_by_text(DRAFT)).to_have_count(0)
