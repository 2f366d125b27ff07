"""Papers on the pages: for whoever may hand off, drawn up anew each time, with their hash in the journal first."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pypdf import PdfReader

from bot.acts.paper_taking import PaperTaking
from bot.channels.papers.files import Form
from bot.channels.papers.kinds import PaperKind
from bot.domain.case import TextKind
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from bot.line.message_work import PageAct
from bot.protection.secure_access import Purpose
from tests.kit.papers import IDENTITY, in_word, kept_ready, printed
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    open_bridge,
    person,
    sample_case,
    text_of,
)

PAGE = f"/cases/{REFERENCE}"
REQUEST, ANNEX = f"{PAGE}/papers/police-request", f"{PAGE}/papers/annex"
SUPERVISOR_KH = person(21, "Meas Supervisor", "KH", Role.SUPERVISOR)
SECRETARY_KH = person(22, "Oeun Rith", "KH", Role.DUTY, "kh-secretariat")
OFFICER_KH = person(23, "Chan Vanna", "KH", Role.OFFICER)
DETECTIVE_CN = person(24, "Zhou Jun", "CN", Role.DUTY, "cn-police")
EVERYBODY_ELSE = (DUTY_CN, SUPERVISOR_CN, ADMIN, DETECTIVE_CN, SECRETARY_KH, OFFICER, OFFICER_KH, DUTY_VN)


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        await bridge.storage.apply([Turn(people=(SUPERVISOR_KH, SECRETARY_KH, OFFICER_KH, DETECTIVE_CN))])
        yield bridge


async def journalled(bridge: Bridge) -> list[Entry]:
    return [link.entry for link in (await bridge.storage.history(700)).journal if link.entry.act == "paper_taken"]


async def page_of(bridge: Bridge, who: Person) -> str:
    return (await (await bridge.signed_in(who)).get(PAGE)).text


async def test_the_duty_desk_takes_a_request_and_its_hash_is_in_the_journal(bridge: Bridge) -> None:
    await kept_ready(bridge)
    answer = await (await bridge.signed_in(DUTY_KH)).get(f"{REQUEST}.pdf")
    assert answer.status_code == 200
    assert "Request for police assistance" in printed(answer.content)
    assert answer.headers["content-disposition"] == f'attachment; filename="{REFERENCE}-police-request.pdf"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    (entry,) = await journalled(bridge)
    assert (entry.actor, entry.address, entry.chain) == ("person:5", "web:5", "KC")
    sha256 = hashlib.sha256(answer.content).hexdigest()
    assert dict(entry.told) == {"paper": "police-request", "form": "pdf", "sha256": sha256}


async def test_the_same_case_is_the_same_file_however_often_and_whenever_it_is_taken(bridge: Bridge) -> None:
    await kept_ready(bridge)
    client = await bridge.signed_in(DUTY_KH)
    first = await client.get(f"{REQUEST}.pdf")
    bridge.clock.now = bridge.clock.now.replace(minute=59)
    assert (await client.get(f"{REQUEST}.pdf")).content == first.content
    one, other = await journalled(bridge)
    assert one.told["sha256"] == other.told["sha256"]


@pytest.mark.parametrize("kind", [kind for kind in PaperKind if kind is not PaperKind.ANNEX])
async def test_every_paper_is_there_as_a_document_of_word_too_and_none_says_who_she_is(
    bridge: Bridge, kind: PaperKind
) -> None:
    await kept_ready(bridge)
    client = await bridge.signed_in(DUTY_KH)
    pdf, docx = (
        await client.get(f"{PAGE}/papers/{kind.value}.pdf"),
        await client.get(f"{PAGE}/papers/{kind.value}.docx"),
    )
    words = printed(pdf.content) + in_word(docx.content)
    assert REFERENCE in words
    assert [known for known in IDENTITY if known in words] == []
    assert len(await journalled(bridge)) == 2


async def test_the_annex_is_handed_out_for_a_purpose_only_which_is_in_the_journal(bridge: Bridge) -> None:
    await kept_ready(bridge)
    client = await bridge.signed_in(DUTY_KH)
    for query in ("", "?purpose=", "?purpose=other", "?purpose=curious"):
        answer = await client.get(f"{ANNEX}.pdf{query}")
        assert answer.status_code == 422
        assert "what you need the annex for" in answer.text
    assert await journalled(bridge) == []
    answer = await client.get(f"{ANNEX}.pdf?purpose=paper")
    assert [known for known in IDENTITY if known not in printed(answer.content)] == []
    (entry,) = await journalled(bridge)
    assert entry.told["purpose"] == "paper"
    assert "Kolab" not in str(entry)


@pytest.mark.parametrize("who", EVERYBODY_ELSE, ids=lambda who: who.name)
async def test_nobody_else_takes_a_paper_or_sees_that_there_are_any(bridge: Bridge, who: Person) -> None:
    await kept_ready(bridge)
    await (await bridge.signed_in(DUTY_KH)).get(f"{REQUEST}.pdf")
    client = await bridge.signed_in(who)
    for kind in PaperKind:
        answer = await client.get(f"{PAGE}/papers/{kind.value}.pdf?purpose=paper")
        assert answer.status_code == 404
        assert not answer.content.startswith(b"%PDF")
    assert len(await journalled(bridge)) == 1
    page = (await client.get(PAGE)).text
    assert "/papers/" not in page
    if who.party == "CN":
        assert "paper taken" not in page


async def test_a_supervisor_outside_the_duty_desk_takes_the_papers_without_the_annex(bridge: Bridge) -> None:
    await kept_ready(bridge)
    client = await bridge.signed_in(SUPERVISOR_KH)
    assert (await client.get(f"{REQUEST}.pdf")).status_code == 200
    assert (await client.get(f"{ANNEX}.pdf?purpose=paper")).status_code == 404
    page = (await client.get(PAGE)).text
    assert f"{REQUEST}.pdf" in page
    assert ANNEX not in page


async def test_the_page_lists_the_papers_with_links_and_asks_for_the_purpose_of_the_annex(bridge: Bridge) -> None:
    await kept_ready(bridge)
    page = await page_of(bridge, DUTY_KH)
    for kind in PaperKind:
        assert f"{PAGE}/papers/{kind.value}.pdf" in page
        assert f"{PAGE}/papers/{kind.value}.docx" in page
    assert 'name="purpose" required' in page
    assert "Something else, in a line" not in page, "codes only"


async def test_a_closed_gate_is_said_in_place_of_the_link_and_to_whoever_types_the_address(bridge: Bridge) -> None:
    await kept_ready(bridge, consent_diplomatic="no")
    client = await bridge.signed_in(DUTY_KH)
    page = (await client.get(PAGE)).text
    assert f"{PAGE}/papers/note-verbale.pdf" not in page
    assert f"{REQUEST}.pdf" in page
    assert "Its gate is not open for anybody in this case" in page
    for kind in ("note-verbale", "annex", "diplomatic-reply"):
        answer = await client.get(f"{PAGE}/papers/{kind}.pdf?purpose=paper")
        assert answer.status_code == 422
        assert "Its gate is not open" in answer.text
    assert await journalled(bridge) == []


async def test_a_text_that_is_not_english_is_named_in_place_of_the_link(bridge: Bridge) -> None:
    await kept_ready(bridge, summary=Guarded("她被锁在房间里"), area=Guarded("南昌"))
    client = await bridge.signed_in(DUTY_KH)
    assert "First an English version is needed of: Area, Summary." in (await client.get(PAGE)).text
    answer = await client.get(f"{REQUEST}.pdf")
    assert answer.status_code == 422
    assert "First an English version is needed of: Area, Summary." in answer.text
    assert await journalled(bridge) == []


async def test_a_first_message_that_its_writer_deleted_is_on_no_paper(bridge: Bridge) -> None:
    said = replace(text_of(sample_case(), 71, "zebra screams for help"), kind=TextKind.FIRST)
    case = await kept_ready(bridge, said, summary=None)
    client = await bridge.signed_in(DUTY_KH)
    assert "zebra screams" in printed((await client.get(f"{REQUEST}.pdf")).content)
    gone = Entry(9_999, "KC", bridge.clock(), "person:1", "deleted_by_writer", case.id, details={"text": 71}, salt="00")
    await bridge.storage.apply([Turn(journal=(gone,))])
    assert "zebra screams" not in printed((await client.get(f"{REQUEST}.pdf")).content)


async def submitted(bridge: Bridge, taking: PaperTaking, who: Person = DUTY_KH) -> bool:
    await bridge.core.submit(PageAct(taking.act, who.id, who.addresses[0], (taking.case_id,)))
    return taking.is_recorded


async def test_a_paper_of_a_case_that_moved_on_meanwhile_is_not_handed_out(bridge: Bridge) -> None:
    case = await kept_ready(bridge)
    made = PaperTaking(case.id, case.version - 1, (80, 81, 82), PaperKind.POLICE_REQUEST, Form.PDF, "00" * 32)
    assert not await submitted(bridge, made)
    assert await journalled(bridge) == []
    assert await submitted(bridge, replace(made, version=case.version))


async def test_an_annex_without_the_newest_entry_is_not_handed_out(bridge: Bridge) -> None:
    case = await kept_ready(bridge)
    made = PaperTaking(case.id, case.version, (80, 81), PaperKind.ANNEX, Form.PDF, "00" * 32, Purpose.PAPER)
    assert not await submitted(bridge, made)
    assert await submitted(bridge, replace(made, entries=(80, 81, 82)))


async def test_the_right_is_asked_again_in_the_turn_that_journals_it(bridge: Bridge) -> None:
    case = await kept_ready(bridge)
    made = PaperTaking(case.id, case.version, (80, 81, 82), PaperKind.ANNEX, Form.PDF, "00" * 32, Purpose.PAPER)
    for who in (DUTY_CN, SUPERVISOR_KH, OFFICER, DUTY_VN, ADMIN):
        assert not await submitted(bridge, made, who)
    assert await journalled(bridge) == []


async def test_what_cannot_be_journalled_is_not_handed_out(bridge: Bridge) -> None:
    await kept_ready(bridge)
    client = await bridge.signed_in(DUTY_KH)
    bridge.core.is_broken = True
    answer = await client.get(f"{REQUEST}.pdf")
    assert answer.status_code == 503
    assert b"%PDF" not in answer.content


@pytest.mark.parametrize(
    "name", ["annex", "annex.exe", "note.pdf", "ANNEX.pdf", "annex.pdf.docx", "..%2fannex.pdf", "annex.pdf%00", ".pdf"]
)
async def test_a_name_of_no_paper_is_none(bridge: Bridge, name: str) -> None:
    await kept_ready(bridge)
    answer = await (await bridge.signed_in(DUTY_KH)).get(f"{PAGE}/papers/{name}?purpose=paper")
    assert answer.status_code == 404
    assert await journalled(bridge) == []


async def test_a_case_that_is_not_there_has_no_papers_in_the_same_words(bridge: Bridge) -> None:
    await kept_ready(bridge)
    client: httpx.AsyncClient = await bridge.signed_in(DUTY_VN)
    there, nowhere = (
        await client.get(f"{REQUEST}.pdf"),
        await client.get("/cases/KC26-7H4QM-4/papers/police-request.pdf"),
    )
    assert there.status_code == nowhere.status_code == 404
    assert there.text.replace(REFERENCE, "") == nowhere.text.replace("KC26-7H4QM-4", "")


async def test_a_pdf_that_is_taken_carries_its_data(bridge: Bridge) -> None:
    await kept_ready(bridge)
    answer = await (await bridge.signed_in(DUTY_KH)).get(f"{REQUEST}.pdf")
    ((name, (content,)),) = PdfReader(io.BytesIO(answer.content)).attachments.items()
    assert name == f"{REFERENCE}-police-request.json"
    assert json.loads(content)["reference"] == REFERENCE
