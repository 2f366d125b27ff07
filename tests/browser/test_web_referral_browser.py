"""A support desk at a phone reads what it needs, nothing of suspects, and answers; duty desks fill their forms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.domain.case import Answer, Case
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.domain.referral import Ground, Referral, ReferralState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from tests.browser.windows import PHONE, Window, fits, open_window, reaches, small_targets
from tests.kit.clock import START
from tests.kit.site import DUTY_CN, DUTY_KH, OFFICER, REFERENCE, keep, person, sample_case

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.asyncio(loop_scope="module")]

#: What a thumb taps there.
TARGETS = "article button, summary, textarea, select"

SHELTER = person(22, "Chen Hua", "CN", Role.DUTY, "cn-support")


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Browser, tmp_path: Path) -> AsyncIterator[Window]:
    async with open_window(browser, tmp_path) as window:
        await window.bridge.storage.apply([Turn(people=(SHELTER,))])
        yield window
        assert window.complaints == []


def referred() -> Case:
    """A case whose answers name suspects and a joint operation, referred to the shelter."""
    more = {
        "citizenship": ("KH",), "fears_own_authorities": "no", "exploitation": ("ForcedMarriage",),
        "assistance": ("safe_shelter", "joint_operation"), "summary": Guarded("a broker with a white van"),
    }  # fmt: skip
    case = sample_case()
    answers = {
        name: Answer(70_100 + number, case.id, name, value, START, OFFICER.id)  # type: ignore[arg-type]
        for number, (name, value) in enumerate(more.items())
    }
    area = Answer(70_200, case.id, "area", Guarded("Nanchang, Jiangxi"), START, OFFICER.id)
    asked = Referral(
        7001, case.id, "cn-support", "CN", ReferralState.SENT, DUTY_CN.id, START, Ground.BEST_INTERESTS, (1,),
        next_at=START,
    )  # fmt: skip
    return replace(case, answers={**case.answers, **answers, "area": area}, referrals=(asked,))


async def keeps(window: Window) -> None:
    await keep(window.bridge, referred())
    kept = (
        (SecureField.HEALTH, '{"text": "insulin"}'),
        (SecureField.SUSPECTS, '{"text": "a man with a scar"}'),
        (SecureField.NAMES, '{"family": "Zebrasok"}'),
    )
    entries = tuple(
        SecureEntry(7100 + number, 700, asked, Guarded(said), START, DUTY_KH.id, "KH")
        for number, (asked, said) in enumerate(kept)
    )
    await window.bridge.storage.apply([Turn(secure=entries)])


async def test_a_shelter_reads_what_it_needs_and_answers_by_keyboard_alone(window: Window) -> None:
    await keeps(window)
    page = await window.open(SHELTER, PHONE, script=False)
    await page.goto(f"{window.url}/cases")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Referred to you 1")
    await page.get_by_role("link", name=REFERENCE).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(REFERENCE)
    for words in ("Referred to you by CN Duty desk", "12 to 17", "Safe shelter", "Nanchang, Jiangxi", "insulin"):
        await expect(page.locator("article")).to_contain_text(words)
    text = await page.locator("body").inner_text()
    for word in (
        "broker",
        "van",
        "Forced",
        "Locked",
        "Joint",
        "scar",
        "ebrasok",
        "Phnom Penh",
        "KH",
        "Li Wei",
        "Danger",
    ):
        assert word not in text, word
    assert await fits(page)
    assert await small_targets(page, TARGETS) == []
    await reaches(page, page.get_by_label("Who takes them in, and when?"))
    await page.keyboard.type("night team")
    await reaches(page, page.get_by_role("button", name="We take them"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text(f"Noted: /accept {REFERENCE} night team")
    acts = [link.entry.act for link in (await window.bridge.storage.history(700)).journal]
    assert "referral_read" in acts, "that it was read is in the record"


async def test_the_case_of_the_referral_is_not_there_for_a_shelter(window: Window) -> None:
    await keeps(window)
    page = await window.open(SHELTER)
    for path in (f"/cases/{REFERENCE}/secure", "/cases/KC26-7H4QM-4", f"/cases/{REFERENCE}/files/1"):
        answer = await page.goto(window.url + path)
        assert answer is not None
        assert answer.status == 404
    window.complaints.clear()  # the pages that are not there


async def test_a_duty_desk_names_a_liaison_plans_and_refers_by_the_forms_of_the_case_page(window: Window) -> None:
    await keeps(window)
    page = await window.open(DUTY_CN, PHONE)
    await page.goto(f"{window.url}/cases/{REFERENCE}")
    await expect(page.locator("section", has=page.get_by_role("heading", name="Joint operation"))).to_contain_text(
        "not said yet"
    )
    await expect(page.locator("section", has=page.get_by_role("heading", name="Support desks"))).to_contain_text(
        "CN Support desk: not answered yet"
    )
    for title, fields, typed in (
        ("Liaison officer", {"Person of your side": "Wang Fang", "What becomes of them": "is liaison officer"},
         f"/liaison {REFERENCE} 3 on"),
        ("Refer to a support desk", {"Support desk": "Support desk", "Does the person agree?": "Yes: refer"},
         f"/refer {REFERENCE} cn-support yes"),
    ):  # fmt: skip
        form = page.locator("details.act", has=page.locator("summary", has_text=title))
        await form.locator("summary").click()
        for label, value in fields.items():
            await form.get_by_label(label, exact=True).select_option(label=value)
        assert await fits(page)
        await form.get_by_role("button", name=title).click()
        await expect(page.get_by_role("status").first).to_contain_text(f"Noted: {typed}")
    plan = page.locator("details.act", has=page.locator("summary", has_text="Plan the joint operation"))
    await plan.locator("summary").click()
    await plan.get_by_label("What is planned").select_option(label="When")
    await plan.locator("textarea").fill("20 Apr 05:00")
    await plan.get_by_role("button", name="Plan the joint operation").click()
    await expect(page.get_by_role("status").first).to_contain_text(f"Noted: /operation {REFERENCE} when 20 Apr 05:00")
