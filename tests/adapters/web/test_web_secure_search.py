"""Searching: references and urgency only, within the reader's scope, journalled without what was looked for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import httpx
import pytest

from bot.domain.case import Answer, Case, Value
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.people import Person, Role
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from tests.adapters.web.test_web_secure import cleared, hidden
from tests.kit.clock import START
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    keep,
    open_bridge,
    person,
    sample_case,
)

PHONE = "+85510000000"
FOUND = f'href="/cases/{REFERENCE}"'


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


async def a_case_with_a_phone(bridge: Bridge, case: Case | None = None) -> Case:
    case = case or sample_case()
    await keep(bridge, case)
    words = Guarded(json.dumps({"phone": PHONE}))
    entry = SecureEntry(case.id * 10 + 8, case.id, SecureField.PHONE, words, START, OFFICER.id, "KH")
    await bridge.storage.apply([Turn(secure=(entry,))])
    return case


async def searches(bridge: Bridge, who: Person, wanted: str, kind: str = "phone") -> httpx.Response:
    client = await bridge.signed_in(who)
    form = hidden((await client.get("/cases")).text, 'id="wanted"')
    return await client.post("/cases", data=form | {"kind": kind, "wanted": wanted})


def found(page: str) -> str:
    """The part of the page that says what was found."""
    start = page.index('<div role="status">')
    return page[start : page.index("</div>", start)]


async def journal(bridge: Bridge) -> list[Entry]:
    links = [link async for chunk in bridge.storage.stream_journal("-") for link in chunk]
    return [link.entry for link in links if link.entry.act == "secure_search"]


async def test_a_case_is_found_by_an_exact_phone_number_however_it_is_spaced(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge)
    answer = await searches(bridge, DUTY_KH, "+855 10 000 000")
    assert FOUND in found(answer.text)
    assert "U1 immediate" in found(answer.text)
    assert "Nanchang" not in found(answer.text)
    assert PHONE not in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert str(answer.url) == "http://bridge.example/cases"
    assert "No such case." in found((await searches(bridge, DUTY_KH, "+855 10 000 001")).text)


async def test_a_search_is_journalled_by_kind_and_number_of_hits_only(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge)
    await searches(bridge, DUTY_KH, PHONE)
    await searches(bridge, DUTY_KH, "N01234567", "document")
    hit, miss = await journal(bridge)
    assert (hit.actor, dict(hit.told)) == ("person:5", {"kind": "phone", "hits": 1})
    assert dict(miss.told) == {"kind": "document", "hits": 0}
    assert "10000000" not in repr(await journal(bridge))
    assert "N01234567" not in repr(await journal(bridge))


async def test_if_a_search_cannot_be_journalled_its_result_is_not_shown(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge)
    client = await bridge.signed_in(DUTY_KH)
    form = hidden((await client.get("/cases")).text, 'id="wanted"')
    bridge.core.is_broken = True
    answer = await client.post("/cases", data=form | {"kind": "phone", "wanted": PHONE})
    assert answer.status_code == 503
    assert '<div role="status">' not in answer.text


async def test_others_find_nothing_in_the_same_words_as_if_nothing_were_there(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge)
    for who in (DUTY_VN, DUTY_CN, SUPERVISOR_CN):
        there, nothing = await searches(bridge, who, PHONE), await searches(bridge, who, "+85510000001")
        assert found(there.text) == found(nothing.text)
        assert "No such case." in found(there.text)
    assert {e.told["hits"] for e in await journal(bridge)} == {0}


async def test_over_an_open_border_the_requested_side_finds_it(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge, replace(cleared(sample_case()), version=1))
    assert FOUND in found((await searches(bridge, DUTY_CN, PHONE)).text)
    assert "No such case." in found((await searches(bridge, DUTY_VN, PHONE)).text)


async def test_an_officer_finds_their_own_entries_in_their_own_cases(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge)
    await a_case_with_a_phone(bridge, sample_case("KC26-7H4QM-4", 800, officer=DUTY_KH.id))
    page = found((await searches(bridge, OFFICER, PHONE)).text)
    assert FOUND in page
    assert "KC26-7H4QM-4" not in page


async def test_who_reads_no_secure_case_searches_by_reference_only(bridge: Bridge) -> None:
    await a_case_with_a_phone(bridge)
    secretary = person(9, "Oeun Rith", "KH", Role.DUTY, "kh-secretariat")
    await bridge.storage.apply([Turn(people=(secretary,))])
    for who in (ADMIN, secretary):
        page = (await (await bridge.signed_in(who)).get("/cases")).text
        assert "Phone number" not in page
        answer = await searches(bridge, who, PHONE)
        assert answer.status_code == 422
        assert "Please choose what to look for." in answer.text
    assert await journal(bridge) == []


async def test_a_reference_is_found_in_any_shape_within_the_scope_only(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    assert FOUND in found((await searches(bridge, DUTY_KH, "kc26m9s344", "reference")).text)
    assert "No such case." in found((await searches(bridge, DUTY_VN, REFERENCE, "reference")).text)
    assert "No such case." in found((await searches(bridge, DUTY_VN, "KC26-7H4QM-4", "reference")).text)


@pytest.mark.parametrize(
    ("kind", "wanted", "sentence"),
    [
        ("phone", "010 000 000", "with + and the country code"),
        ("phone", " ", "Please write what to look for."),
        ("document", "--", "Please write the number of the document."),
        ("name", "Dara", "Please choose what to look for."),
    ],
)
async def test_what_cannot_be_looked_for_stays_in_the_form(
    bridge: Bridge, kind: str, wanted: str, sentence: str
) -> None:
    answer = await searches(bridge, DUTY_KH, wanted, kind)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{wanted}"' in answer.text
    assert await journal(bridge) == []


@pytest.mark.parametrize(("subject", "is_found"), [(47, True), (83, False)])
async def test_of_several_persons_the_other_side_finds_nobody_who_is_held_back_from_it(
    bridge: Bridge, subject: int, is_found: bool
) -> None:
    case, numbers = cleared(sample_case()), count(7100)

    def said(who: int = 0, **known: Value) -> dict[str, Answer]:
        return {f: Answer(next(numbers), case.id, f, v, START, OFFICER.id, subject=who) for f, v in known.items()}

    several = said(persons_count=5, differs="no")
    apart = {
        47: said(47, persons_count=1, citizenship=("KH",), fears_own_authorities="no"),
        83: said(83, persons_count=1, citizenship=("CN",), fears_own_authorities="yes"),
    }
    case = replace(case, answers={**case.answers, **several}, apart=apart, border_is_open=True)
    await keep(bridge, case)
    words = Guarded(json.dumps({"phone": PHONE}))
    entry = SecureEntry(7900, case.id, SecureField.PHONE, words, START, OFFICER.id, "KH", subject=subject)
    await bridge.storage.apply([Turn(secure=(entry,))])
    assert (FOUND in found((await searches(bridge, DUTY_CN, PHONE)).text)) is is_found
    assert FOUND in found((await searches(bridge, DUTY_KH, PHONE)).text)
