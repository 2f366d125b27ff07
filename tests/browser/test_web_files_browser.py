"""A file from a page is downloaded by a real browser and never run or shown, whatever it is."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from anyio import to_thread
from playwright.async_api import Browser, Download, Error, Page, expect

from bot.domain.attachments import FileState, StoredFile
from bot.domain.file_types import sniff
from bot.domain.turn import Turn
from tests.browser.windows import PHONE, Window, open_window
from tests.kit.clock import START
from tests.kit.site import OFFICER, REFERENCE, keep, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

PAGE = f"/cases/{REFERENCE}"
_SCRIPT = "document.title = 'it ran'; fetch('/it-ran')"
NASTY = {
    "html": f'<!doctype html><script>{_SCRIPT}</script><body onload="{_SCRIPT}">'.encode(),
    "svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{_SCRIPT}"><script>{_SCRIPT}</script></svg>'.encode(),
    "js": _SCRIPT.encode(),
    "gif": f"GIF89a=1;{_SCRIPT}//<script>{_SCRIPT}</script>".encode(),
    "pdf": f"%PDF-1.7\n<html><script>{_SCRIPT}</script>".encode(),
}


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        yield window


async def leave(window: Window) -> dict[str, str]:
    """Keep all of them with the case; returns the addresses of their downloads by kind."""
    await keep(window.bridge, sample_case())
    addresses = {}
    for number, (kind, content) in enumerate(NASTY.items(), start=4711):
        sha256 = await window.bridge.files.put(content)
        file = StoredFile(
            number, 700, "web", sha256, f"plan.{kind}", START, OFFICER.id, "KH", len(content), sha256, sniff(content),
            FileState.STORED,
        )  # fmt: skip
        await window.bridge.storage.apply([Turn(files=(file,))])
        addresses[kind] = f"{window.url}{PAGE}/files/{number}?purpose=safety"
    return addresses


def watched(page: Page) -> list[str]:
    """The addresses that a page asks for from now on."""
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    return asked


async def downloaded(coming: Download) -> bytes:
    return await to_thread.run_sync(Path(await coming.path()).read_bytes)


async def test_an_uploaded_file_does_not_run_when_it_is_opened(window: Window) -> None:
    addresses = await leave(window)
    page = await window.open(OFFICER)
    asked = watched(page)
    for number, (kind, address) in enumerate(addresses.items()):
        await page.goto(window.url + PAGE)
        row = page.locator(".files > li").nth(number)
        await row.get_by_label("What do you need it for?").select_option("safety")
        async with page.expect_download() as coming:
            await row.get_by_role("button", name="Download").click()
        download = await coming.value
        assert await downloaded(download) == NASTY[kind]
        assert download.suggested_filename.startswith(f"{REFERENCE}-")
        assert not download.suggested_filename.endswith((".html", ".svg", ".js"))
        with pytest.raises(Error, match="Download is starting"):
            await page.goto(address)
        assert "it ran" not in await page.title()
    assert not [url for url in asked if "it-ran" in url]


_PUT_IN = """([element, address]) => new Promise(done => {
    const node = document.createElement(element);
    node[element === "object" ? "data" : element === "link" ? "href" : "src"] = address;
    if (element === "link") node.rel = "stylesheet";
    node.onload = node.onerror = done;
    document.body.append(node);
    setTimeout(done, 200);
})"""


async def test_an_uploaded_file_does_not_run_inside_another_page(window: Window) -> None:
    addresses = await leave(window)
    page = await window.open(OFFICER)
    asked = watched(page)
    # A page without our policy, as if somebody had found a way round it: the file must be harmless by itself.
    bare = "<!doctype html><title>bare</title><body>"
    await page.context.route("**/bare", lambda route: route.fulfill(body=bare, content_type="text/html"))
    await page.goto(f"{window.url}/bare")
    for element in ("iframe", "img", "script", "object", "embed", "link"):
        for address in addresses.values():
            await page.evaluate(_PUT_IN, [element, address])
    assert await page.title() == "bare"
    assert not [url for url in asked if "it-ran" in url]


async def test_a_file_is_sent_from_the_chat_by_hand(window: Window, tmp_path: Path) -> None:
    plan = tmp_path / "plan.html"
    plan.write_bytes(NASTY["html"])
    page = await window.open(OFFICER)
    await page.get_by_text("Send a file").click()
    await page.get_by_label("File, at most 20 MB").set_input_files(plan)
    await page.get_by_label("Words under it").fill("a plan of the house")
    await page.get_by_role("button", name="Send the file").click()
    await expect(page.locator("#lines").get_by_text("Noted: a plan of the house")).to_be_visible()
    assert list(window.bridge.files.contents) == [hashlib.sha256(NASTY["html"]).hexdigest()]
    assert window.complaints == []


@pytest.mark.parametrize(("label", "act"), [("Own side only", "memo"), ("Both sides", "note")])
async def test_a_file_is_added_on_a_case_page_by_hand(window: Window, tmp_path: Path, label: str, act: str) -> None:
    plan = tmp_path / "plan.svg"
    plan.write_bytes(NASTY["svg"])
    await keep(window.bridge, sample_case())
    page = await window.open(OFFICER)
    await page.goto(window.url + PAGE)
    await page.get_by_text("Add a file").first.click()
    await page.get_by_label("File, at most 20 MB").set_input_files(plan)
    await page.get_by_label("What it is, in a few words").fill("a plan")
    await page.get_by_role("button", name="Add a file").click()
    assert window.bridge.files.contents == {}, "the browser waits for the choice"
    await page.get_by_label(label, exact=True).check()
    await page.get_by_role("button", name="Add a file").click()
    await expect(page.get_by_role("status")).to_contain_text(f"Noted: /{act} {REFERENCE} a plan")
    assert list(window.bridge.files.contents) == [hashlib.sha256(NASTY["svg"]).hexdigest()]
    assert window.complaints == []


async def test_own_side_only_is_one_tap_on_the_page_also_on_a_small_phone(window: Window) -> None:
    await leave(window)
    page = await window.open(OFFICER, PHONE)
    await page.goto(window.url + PAGE)
    row = page.locator(".files > li").first
    await expect(row).to_contain_text("Only your own side can open it. CN cannot yet")
    await row.get_by_role("button", name="Own side only").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Noted: Own side only")
    await window.bridge.storage.apply([Turn(kept_back=(4711,))])
    await page.goto(window.url + PAGE)
    await expect(row).to_contain_text("It is for your own side only")
    await expect(row.get_by_role("button", name="Own side only")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert window.complaints == []
