"""A duty desk lives with the board: it counts down, tells what is new, and is worked by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from bot.domain.agreement import Urgency
from bot.domain.case import Case, Status
from bot.domain.frozen import replace
from tests.browser.windows import DESKTOP, Window, fits, open_window, small_targets
from tests.kit.clock import START
from tests.kit.site import ADMIN, DUTY_CN, DUTY_KH, REFERENCE, keep, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

TARGETS = "button, summary, input:not([type=hidden], [type=checkbox]), select, nav a, .board a"
SECOND = "KC26-P6GHP-Q"


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        yield window


def later(minutes: float, **changes: object) -> Case:
    """A second case, whose deadlines are so many minutes behind those of the first."""
    case = sample_case(SECOND, 701, urgency=Urgency.U2, alerted_at=START, **changes)
    moved = timedelta(minutes=minutes)
    return replace(case, deadlines=tuple(replace(d, due_at=d.due_at + moved) for d in case.deadlines))


async def at_the_board(window: Window, *cases: Case, path: str = "/board") -> Page:
    for case in cases:
        await keep(window.bridge, case)
    page = await window.open(DUTY_CN, DESKTOP)
    await page.goto(f"{window.url}{path}")
    return page


async def looks_again(page: Page) -> None:
    async with page.expect_response("**/board/rows*"):
        await page.clock.run_for(10_000)


async def test_the_board_says_what_each_case_is_who_has_it_and_what_is_late(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START), later(60))
    rows = page.locator("ol.board > li")
    await expect(rows).to_have_count(2)
    first = rows.first
    for words in (REFERENCE, "KH → CN", "Nanchang, Jiangxi", "5 min late", "nobody has acknowledged"):
        await expect(first).to_contain_text(words)
    await expect(page.get_by_role("link", name="2 open")).to_be_visible()
    await expect(page.get_by_role("link", name="1 late")).to_be_visible()
    assert await fits(page)
    assert window.complaints == []


async def test_countdowns_go_on_in_the_browser_from_the_time_of_the_bridge(window: Window) -> None:
    page = await at_the_board(window, later(10.5))
    away = page.locator("[data-due]").first
    await expect(away).to_have_text("in 5 min")
    await page.route("**/board/rows*", _swallow)
    await page.clock.run_for(3 * 60_000)
    await expect(away).to_have_text("in 2 min")
    await page.clock.run_for(5 * 60_000)
    await expect(away).to_have_text("2 min late")


async def _swallow(_route: Route) -> None:
    return None


async def test_a_new_case_comes_up_by_itself_and_what_is_being_typed_stays(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START))
    await page.keyboard.press("/")
    await page.keyboard.type("KC26-M9")
    await keep(window.bridge, later(60))
    await looks_again(page)
    await expect(page.locator("#news")).to_have_text(f"New on the board: {SECOND}")
    await expect(page.get_by_role("link", name=SECOND)).to_be_visible()
    await page.keyboard.type("S34-4")
    await expect(page.locator("#wanted")).to_have_value("KC26-M9S34-4")


async def test_nothing_is_sent_again_while_nothing_changed(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START))
    async with page.expect_response("**/board/rows*") as answered:
        await page.clock.run_for(10_000)
    assert (await answered.value).status == 304
    await expect(page.get_by_role("link", name=REFERENCE)).to_be_visible()


async def test_a_board_that_has_lost_the_bridge_says_that_it_may_be_old(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START))
    await page.route("**/board/rows*", _swallow)
    await page.clock.run_for(80_000)
    await expect(page.get_by_text("This board does not reach the bridge")).to_be_visible()
    assert (await page.title()).startswith("(!)")
    await page.unroute("**/board/rows*", _swallow)


async def test_a_board_whose_session_is_over_says_so_at_once(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START))
    await page.context.clear_cookies()
    await looks_again(page)
    await expect(page.get_by_text("you may have to sign in")).to_be_visible()


async def test_by_keyboard_alone_a_case_is_chosen_acknowledged_and_opened(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START), later(60))
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(page.locator("li.chosen")).to_have_attribute("data-case", SECOND)
    await page.keyboard.press("k")
    await page.keyboard.press("a")
    await expect(page.get_by_text("Noted: Acknowledge")).to_be_visible()
    (tapped,) = window.bridge.core.received
    assert tapped.button, "the same button as in every messenger"
    await page.keyboard.press("?")
    await expect(page.get_by_text("next case, case before")).to_be_visible()
    await page.locator("body").click(position={"x": 2, "y": 2})
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/cases/{REFERENCE}")


async def test_a_filter_stays_in_the_address(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START), later(60))
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_label("Urgency").select_option("U2")
    await page.wait_for_url("**urgency=U2*")
    await expect(page.locator("ol.board > li")).to_have_count(1)
    await looks_again(page)
    await expect(page.locator("ol.board > li")).to_have_count(1)
    await page.get_by_role("link", name="Show all").click()
    await expect(page.locator("ol.board > li")).to_have_count(2)


async def test_what_a_channel_accepted_is_on_the_quiet_list(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START), later(60, status=Status.HANDED_OFF))
    await expect(page.locator("ol.board > li")).to_have_count(1)
    await page.get_by_role("link", name="1 handed off, only watched").click()
    await expect(page.get_by_role("link", name=SECOND)).to_be_visible()


async def test_on_a_phone_and_without_a_script_the_board_works(window: Window, tmp_path: Path) -> None:
    await keep(window.bridge, sample_case(alerted_at=START))
    page = await window.open(DUTY_CN, script=False)
    await page.goto(f"{window.url}/board")
    assert await fits(page)
    assert await small_targets(page, TARGETS) == []
    await page.screenshot(path=str(tmp_path / "board.png"), full_page=True)
    await page.get_by_role("link", name="every 30 seconds").click()
    assert 'http-equiv="refresh" content="30"' in await page.content()
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page.get_by_text("Noted: Acknowledge")).to_be_visible()


async def test_a_screen_on_a_wall_shows_the_cases_large_and_nothing_to_tap_by_accident(window: Window) -> None:
    page = await at_the_board(window, sample_case(alerted_at=START), path="/board?wall=1")
    await expect(page.get_by_role("link", name=REFERENCE)).to_be_visible()
    await expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    await expect(page.locator("header")).not_to_be_visible()
    await page.get_by_text("Keys and screens").click()
    await page.get_by_role("link", name="Back from the wall screen").click()
    await expect(page.locator("header")).to_be_visible()


async def test_an_admin_reads_whose_view_is_empty(window: Window) -> None:
    await keep(window.bridge, sample_case(alerted_at=START))
    page = await window.open(ADMIN)
    await page.goto(f"{window.url}/board")
    await expect(page.get_by_text("This is the view of CN admin")).to_be_visible()


async def test_the_reporting_desk_is_offered_no_acknowledgment(window: Window) -> None:
    await keep(window.bridge, sample_case(alerted_at=START))
    page = await window.open(DUTY_KH)
    await page.goto(f"{window.url}/board")
    await expect(page.get_by_role("link", name=REFERENCE)).to_be_visible()
    await expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
