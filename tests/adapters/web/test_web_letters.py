"""The letter of an acceptance on the page of its case: its reference, and its scan with it or later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import Case, Channel, Deadline, DeadlineKind, Handoff, HandoffState, Status
from bot.domain.messages import Kind
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.site import DUTY_KH, OFFICER, REFERENCE, Bridge, hidden, keep, open_bridge, sample_case

PAGE = f"/cases/{REFERENCE}"
SCAN = b"%PDF-1.7 the letter, with a stamp"
SHA256 = hashlib.sha256(SCAN).hexdigest()


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


def accepted(**changes: object) -> Case:
    handoff = Handoff(
        7001, 700, Channel.POLICE, HandoffState.ACCEPTED, "cn-police", DUTY_KH.id, START, sent_at=START,
        accepted_at=START, formal_reference="MPS-77/26",
    )  # fmt: skip
    due = Deadline(7099, 700, DeadlineKind.WRITTEN, START, START, channel=Channel.POLICE)
    handoff = replace(handoff, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself
    return sample_case(status=Status.HANDED_OFF, handoffs=(handoff,), deadlines=(due,))


def form_of(page: str) -> str:
    """The form of the page that takes a letter."""
    return page[page.index(f'action="{PAGE}/letter"') :]


async def sends(client: httpx.AsyncClient, *, scan: bytes | None = SCAN, **changes: str) -> httpx.Response:
    form = form_of((await client.get(PAGE)).text)
    known = {name: hidden(form, name) for name in ("csrf", "once", "after")}
    files = {"file": ("letter.pdf", scan or b"", "application/pdf")}
    return await client.post(f"{PAGE}/letter", data=known | changes, files=files)


async def test_the_letter_is_recorded_with_its_scan_in_one_form(bridge: Bridge) -> None:
    await keep(bridge, accepted())
    answer = await sends(await bridge.signed_in(DUTY_KH), letter="L-77")
    assert answer.status_code == 303
    (message,) = bridge.core.received
    assert (message.kind, message.text) == (Kind.FILE, f"/written {REFERENCE} L-77")
    assert message.attachment is not None
    assert (message.attachment.file_id, bridge.files.contents) == (SHA256, {SHA256: SCAN})


async def test_without_a_scan_the_reference_is_recorded_all_the_same(bridge: Bridge) -> None:
    await keep(bridge, accepted())
    assert (await sends(await bridge.signed_in(DUTY_KH), scan=None, letter="L-77")).status_code == 303
    (message,) = bridge.core.received
    assert (message.kind, message.text, message.attachment) == (Kind.TEXT, f"/written {REFERENCE} L-77", None)


async def test_without_a_reference_nothing_is_sent_or_kept(bridge: Bridge) -> None:
    await keep(bridge, accepted())
    answer = await sends(await bridge.signed_in(DUTY_KH), letter=" ")
    assert answer.status_code == 422
    assert "Please write the reference of the letter" in answer.text
    assert (bridge.core.received, bridge.files.contents) == ([], {})


async def test_the_scan_of_a_letter_that_is_recorded_is_added_later(bridge: Bridge) -> None:
    await keep(bridge, accepted(letter_reference="L-77", letter_at=START))
    client = await bridge.signed_in(DUTY_KH)
    page = (await client.get(PAGE)).text
    assert "Add the scan of letter L-77" in page
    assert (await sends(client, letter=hidden(form_of(page), "letter"))).status_code == 303
    assert bridge.core.received[0].text == f"/written {REFERENCE} police L-77"


async def test_once_the_scan_is_kept_the_page_names_it_among_the_files_and_asks_no_more(bridge: Bridge) -> None:
    await keep(bridge, accepted(letter_reference="L-77", letter_at=START, letter_file=4711))
    file = StoredFile(
        4711, 700, "web", SHA256, "letter.pdf", START, DUTY_KH.id, "KH", len(SCAN), SHA256, "application/pdf",
        FileState.STORED,
    )  # fmt: skip
    await bridge.storage.apply([Turn(files=(file,))])
    page = (await (await bridge.signed_in(DUTY_KH)).get(PAGE)).text
    assert "Scan of letter L-77: letter.pdf" in page
    assert "Add the scan" not in page


async def test_the_officer_is_offered_no_form_for_it_and_refused(bridge: Bridge) -> None:
    await keep(bridge, accepted(letter_reference="L-77", letter_at=START))
    client = await bridge.signed_in(OFFICER)
    page = (await client.get(PAGE)).text
    assert "/letter" not in page
    form = {name: hidden(page, name) for name in ("csrf", "once")} | {"letter": "L-78"}
    answer = await client.post(f"{PAGE}/letter", data=form, files={"file": ("a.pdf", SCAN, "application/pdf")})
    assert answer.status_code == 422
    assert not bridge.core.received
    assert not re.search("L-78", (await client.get(PAGE)).text)
