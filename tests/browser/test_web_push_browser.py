"""The switch that lets a browser be told when the page is closed, in a real one with a push service made up."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from adapters.push.sealed_push import public_key
from adapters.web.settings import WebSettings
from tests.browser.windows import Window, fits, open_window, small_targets
from tests.fakes.push_service import KEY, PushedBrowser
from tests.kit.site import DUTY_CN, OFFICER

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

ONE = PushedBrowser("one")
SWITCH = "Tell me also when this page is closed"
#: In place of the push service of the browser's maker, which is not to be reached from here. It outlives the page.
SERVICE = (
    f"const form = {json.dumps(ONE.form)};"
    + """
const made = () => ({
  endpoint: form.endpoint,
  toJSON: () => ({ endpoint: form.endpoint, keys: { p256dh: form.public_key, auth: form.secret } }),
  unsubscribe: async () => { localStorage.removeItem("pushed"); return true; },
});
PushManager.prototype.subscribe = async (wanted) => {
  if (!wanted.userVisibleOnly || wanted.applicationServerKey.length !== 65) throw new Error("not as it must be");
  localStorage.setItem("pushed", "yes");
  return made();
};
PushManager.prototype.getSubscription = async () => localStorage.getItem("pushed") ? made() : null;
"""
)


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    def pushing(settings: WebSettings) -> WebSettings:
        return replace(settings, push_key=public_key(KEY))

    async with open_window(browser, tmp_path, pushing) as window:
        yield window


async def at_the_list(window: Window, *, allows: bool = True) -> Page:
    page = await window.open(DUTY_CN)
    if allows:
        await page.context.grant_permissions(["notifications"], origin=window.url)
    await page.add_init_script(SERVICE)
    await page.goto(f"{window.url}/cases")
    return page


async def kept(window: Window) -> list[str]:
    return [one.endpoint for one in await window.bridge.storage.subscriptions([DUTY_CN.id])]


async def test_a_browser_is_entered_by_the_switch_and_taken_out_by_it(window: Window) -> None:
    page = await at_the_list(window)
    switch = page.get_by_role("button", name=SWITCH)
    await switch.click()
    await expect(page.get_by_text("This browser is told when something is due for you")).to_be_visible()
    await expect(switch).to_have_attribute("aria-pressed", "true")
    assert await kept(window) == [ONE.form["endpoint"]]
    assert await fits(page)
    assert await small_targets(page, "#push button") == []
    await switch.click()
    await expect(switch).to_have_attribute("aria-pressed", "false")
    assert await kept(window) == []
    assert window.complaints == [], "the strict policy of what a page may load holds"


async def test_a_browser_where_it_was_switched_on_says_so_and_is_entered_again(window: Window) -> None:
    page = await at_the_list(window)
    await page.get_by_role("button", name=SWITCH).click()
    await expect(page.get_by_text("This browser is told")).to_be_visible()
    await window.bridge.storage.drop_subscription(ONE.of(DUTY_CN.id, window.bridge.clock()).endpoint_hash)
    await page.reload()
    await expect(page.get_by_text("This browser is told")).to_be_visible()
    assert await kept(window) == [ONE.form["endpoint"]]


async def test_where_the_browser_does_not_allow_it_the_page_says_so(window: Window) -> None:
    page = await at_the_list(window, allows=False)
    await page.get_by_role("button", name=SWITCH).click()
    await expect(page.get_by_text("This browser does not allow it.")).to_be_visible()
    assert await kept(window) == []


async def test_the_script_behind_the_closed_page_shows_what_came_and_one_of_it(window: Window) -> None:
    page = await at_the_list(window)
    await page.get_by_role("button", name=SWITCH).click()
    await expect(page.get_by_text("This browser is told")).to_be_visible()
    worker = page.context.service_workers[0]
    assert worker.url == f"{window.url}/push/worker.js"
    for _ in range(2):
        await worker.evaluate(
            """async () => {
                const data = JSON.stringify({ title: "Bridge", body: "Something is due" });
                const event = new PushEvent("push", { data });
                self.dispatchEvent(event);
            }"""
        )
    await page.wait_for_function(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration("/push/worker.js");
            const shown = await registration.getNotifications();
            return shown.length === 1 && shown[0].title === "Bridge" && shown[0].body === "Something is due";
        }"""
    )


async def test_whoever_is_not_rung_for_is_not_offered_it(window: Window) -> None:
    page = await window.open(OFFICER)
    await page.goto(f"{window.url}/cases")
    await expect(page.get_by_role("button", name=SWITCH)).to_have_count(0)


async def test_without_a_script_nothing_is_offered_that_does_not_work(window: Window) -> None:
    page = await window.open(DUTY_CN, script=False)
    await page.goto(f"{window.url}/cases")
    await expect(page.get_by_role("button", name=SWITCH)).not_to_be_visible()
