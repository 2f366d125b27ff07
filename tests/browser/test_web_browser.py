"""The pages in a real browser: a phone, a keyboard, no script, and never a word of complaint in the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.domain.case import Answer, TextKind, Value
from bot.domain.messages import Address, Button, Outgoing, OutgoingKind
from bot.domain.subjects import COUNT
from bot.domain.turn import Turn
from tests.browser.windows import DESKTOP, PHONE, Window, fits, open_window
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    DUTY_KH,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    keep,
    sample_case,
    text_of,
)

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        yield window
        assert window.complaints == []


def said(page: Page, text: str) -> Locator:
    return page.locator("#lines").get_by_text(text)


async def test_a_message_is_sent_and_answered_without_loading_the_page_again(window: Window) -> None:
    page = await window.open(OFFICER)
    await page.evaluate("window.stillTheSamePage = true")
    await page.get_by_label("Your message").fill("urgent, girl 16 locked in a flat in Nanchang")
    await page.get_by_role("button", name="Send").click()
    await expect(said(page, "Noted: urgent, girl 16")).to_be_visible()
    await expect(said(page, "Stored")).to_be_visible()
    await expect(page.get_by_label("Your message")).to_have_value("")
    assert await page.evaluate("window.stillTheSamePage")


async def test_a_tapped_button_reaches_the_bridge_and_the_next_question_comes(window: Window) -> None:
    page = await window.open(OFFICER)
    await page.get_by_label("Your message").fill("hello")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("button", name="Yes").click()
    await expect(said(page, "Noted: Yes")).to_be_visible()
    assert [m.button for m in window.bridge.core.received] == ["", "f.1.danger_now.yes"]


async def test_a_tap_that_only_changes_its_message_leaves_the_buttons_under_the_thumb(window: Window) -> None:
    page = await window.open(OFFICER)
    core = window.bridge.core
    core.buttons = tuple((Button(f"Choice {i}", f"f.1.x.{i}"),) for i in range(20))
    await page.get_by_label("Your message").fill("hello")
    await page.get_by_role("button", name="Send").click()
    core.toggles = True
    button = page.get_by_role("button", name="Choice 9")
    await button.scroll_into_view_if_needed()
    before = await button.bounding_box()
    await button.click()
    await expect(said(page, "Chosen: Choice 9")).to_have_count(1)
    after = await button.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 4
    await expect(said(page, "Noted: hello")).to_have_count(0)


async def test_what_the_bridge_says_by_itself_appears_within_seconds(window: Window) -> None:
    page = await window.open(DUTY_CN)
    alert = Outgoing(
        window.bridge.core.new_id(),
        "alert:1",
        OutgoingKind.ALERT,
        "person:2",
        Address("web", "2"),
        text=f"U1 immediate · {REFERENCE}",
        created_at=window.bridge.clock(),
    )
    await window.bridge.storage.apply([Turn(outgoing=(alert,))])
    await page.clock.fast_forward("00:02")
    await expect(said(page, REFERENCE)).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text(REFERENCE)


async def test_without_script_everything_works_by_forms(window: Window) -> None:
    page = await window.open(OFFICER, script=False)
    await page.get_by_label("Your message").fill("hello")
    await page.get_by_role("button", name="Send").click()
    await expect(said(page, "Noted: hello")).to_be_visible()
    await page.get_by_role("button", name="No", exact=True).click()
    await expect(said(page, "Noted: No")).to_be_in_viewport()
    await expect(page.get_by_role("link", name="Show new messages")).to_be_visible()


async def test_a_text_typed_while_the_bridge_cannot_store_stays_in_the_box(window: Window) -> None:
    page = await window.open(OFFICER)
    window.bridge.core.is_broken = True
    await page.get_by_label("Your message").fill("girl 16")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("not stored")
    await expect(page.get_by_label("Your message")).to_have_value("girl 16")
    window.bridge.core.is_broken = False
    await page.get_by_role("button", name="Send").click()
    await expect(said(page, "Noted: girl 16")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    window.complaints.clear()  # the refused request itself is a line in the console


async def test_without_a_connection_the_text_stays_and_the_page_says_so(window: Window) -> None:
    page = await window.open(OFFICER)
    await page.context.set_offline(True)
    await page.get_by_label("Your message").fill("girl 16")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("No connection")
    await expect(page.get_by_label("Your message")).to_have_value("girl 16")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Send").click()
    await expect(said(page, "Noted: girl 16")).to_be_visible()
    window.complaints.clear()  # likewise


async def test_the_keyboard_alone_is_enough(window: Window) -> None:
    page = await window.open(OFFICER, DESKTOP)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.get_by_label("Your message").evaluate("e => e === document.activeElement"):
            break
    await page.keyboard.type("hello")
    await page.keyboard.press("Enter")
    await expect(said(page, "Noted: hello")).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="No", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(said(page, "Noted: No")).to_be_visible()


async def test_the_focus_stays_on_a_button_while_news_come_in(window: Window) -> None:
    page = await window.open(OFFICER)
    await page.get_by_label("Your message").fill("hello")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("button", name="Yes").focus()
    news = Outgoing(
        window.bridge.core.new_id(),
        "n:1",
        OutgoingKind.TOLD,
        "person:1",
        Address("web", "1"),
        text="News",
        created_at=window.bridge.clock(),
    )
    await window.bridge.storage.apply([Turn(outgoing=(news,))])
    await page.clock.fast_forward("00:02")
    await expect(said(page, "News")).to_be_visible()
    await expect(page.get_by_role("button", name="Yes")).to_be_focused()


async def test_a_desk_acknowledges_with_one_tap_on_the_case_page(window: Window) -> None:
    case = sample_case()
    await keep(window.bridge, case, text_of(case, 1, "girl 16 locked in a flat", TextKind.FIRST))
    page = await window.open(DUTY_CN)
    await page.get_by_role("link", name="Cases").click()
    await page.get_by_role("link", name=REFERENCE).click()
    acknowledge = page.get_by_role("button", name="Acknowledge")
    await expect(acknowledge).to_be_in_viewport()
    await acknowledge.click()
    await expect(page.get_by_role("status")).to_contain_text("Noted: Acknowledge")


async def test_a_case_is_closed_by_its_form(window: Window) -> None:
    await keep(window.bridge, sample_case())
    page = await window.open(SUPERVISOR_CN)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    await page.locator("summary", has_text="Close").click()
    await page.get_by_label("Why is it closed?").select_option("found_safe")
    await page.get_by_label("Outcome in one line").fill("At home.")
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("status")).to_contain_text("found_safe At home.")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 600}, DESKTOP])
async def test_no_page_scrolls_sideways_and_every_button_is_large_enough(
    window: Window, viewport: dict[str, int]
) -> None:
    case = sample_case()
    await keep(window.bridge, case, text_of(case, 1, "x" * 400, TextKind.FIRST))
    page = await window.open(ADMIN, viewport)
    await page.get_by_label("Your message").fill("y" * 300)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("button", name="Yes")).to_be_visible()
    for path in ("/chat", "/cases", f"/cases/{REFERENCE}", "/exports", "/signin/none", "/nowhere"):
        await page.goto(window.url + path)
        assert await fits(page), path
        small = await page.evaluate(
            """() => [...document.querySelectorAll('button, summary, select, textarea, nav a')]
                 .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)"""
        )
        assert small == [], path
    window.complaints.clear()  # pages that are not there are lines in the console


async def test_the_session_cookie_is_out_of_reach_of_the_page(window: Window) -> None:
    page = await window.open(OFFICER)
    assert await page.evaluate("document.cookie") == ""
    (cookie,) = await page.context.cookies()
    assert cookie.get("httpOnly")
    assert cookie.get("sameSite") == "Lax"


async def test_the_persons_of_a_case_are_read_and_changed_on_a_phone(window: Window) -> None:
    case = sample_case()
    own: dict[int, dict[str, Value]] = {
        47: {COUNT: 2, "age_group": "12_17", "citizenship": ("KH",)},
        83: {COUNT: 1, "citizenship": ("CN",), "fears_own_authorities": "yes"},
    }  # fmt: skip
    numbers = count(9000)

    def answer(name: str, value: Value, who: int = 0) -> Answer:
        return Answer(next(numbers), case.id, name, value, case.opened_at, 1, subject=who)

    apart = {who: {name: answer(name, value, who) for name, value in known.items()} for who, known in own.items()}
    answers = {**case.answers, COUNT: answer(COUNT, 17)}
    await keep(window.bridge, replace(case, answers=answers, apart=apart))
    page = await window.open(DUTY_KH)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    await expect(page.get_by_role("heading", name="Persons")).to_be_visible()
    await expect(page.get_by_text(f"{REFERENCE}/47", exact=True)).to_be_visible()
    assert await fits(page)
    await page.locator("summary", has_text="Persons").click()
    await page.locator("#person-who").select_option("47")
    await page.locator("#person-said").fill("located")
    await page.get_by_role("button", name="Persons").click()
    await expect(page.get_by_role("heading", name=REFERENCE)).to_be_visible()
    assert window.bridge.core.received[-1].text == f"/person {REFERENCE} 47 located"

    theirs = await window.open(DUTY_CN)
    await theirs.goto(f"{window.url}/cases/{REFERENCE}")
    await expect(theirs.get_by_text(f"{REFERENCE}/47", exact=True)).to_be_visible()
    assert f"{REFERENCE}/83" not in await theirs.content()
