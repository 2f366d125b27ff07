"""The page of a secure case: asked what for first, journalled before anything is shown, nothing overwritten."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from markupsafe import escape

from bot.domain.case import Case, CaseText, Status, TextKind, Value
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.people import Person
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.site import ADMIN, DUTY_CN, DUTY_KH, OFFICER, REFERENCE, Bridge, keep, open_bridge, sample_case, text_of

PAGE = f"/cases/{REFERENCE}/secure"
PHONE = "+85510000777"
NAMED = {"field": "names", "subject": "1", "family": "Zebrasok", "given": "Dara", "order": "family_first"}


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


def hidden(page: str, marker: str) -> dict[str, str]:
    """The hidden fields of the first form that holds this text."""
    forms = re.findall(r"<form .*?</form>", page, re.DOTALL)
    form = next(f for f in forms if marker in f)
    return {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="([\w.]+)" value="([^"]*)"', form)}


async def opens(client: httpx.AsyncClient, purpose: str = "locate", **more: str) -> httpx.Response:
    form = hidden((await client.get(PAGE)).text, ">Open</button>")
    return await client.post(PAGE, data=form | {"purpose": purpose} | more)


async def adds(client: httpx.AsyncClient, page: str, **typed: str) -> httpx.Response:
    form = hidden(page, f'name="field" value="{typed["field"]}"')
    return await client.post(PAGE, data=form | typed)


async def acts(bridge: Bridge, case_id: int = 700) -> list[Entry]:
    return [link.entry for link in (await bridge.storage.history(case_id)).journal]


async def entries(bridge: Bridge) -> list[SecureEntry]:
    return await bridge.storage.secure_entries(700)


def entry(number: int, field: SecureField, words: str, **changes: object) -> SecureEntry:
    made = SecureEntry(number, 700, field, Guarded(words), START, OFFICER.id, "KH")
    return replace(made, **changes)  # type: ignore[arg-type]


async def a_held_text(bridge: Bridge, case: Case, **changes: object) -> CaseText:
    """A note with a number in it, as it stands after it was moved into the secure case."""
    masked = replace(text_of(case, 71, "call [phone number]"), **changes)  # type: ignore[arg-type]
    held = entry(81, SecureField.MESSAGE, f"call {PHONE}", text_id=71)
    await keep(bridge, case, masked)
    await bridge.storage.apply([Turn(secure=(held,))])
    return masked


async def a_case_with_a_name(bridge: Bridge) -> Case:
    case = sample_case()
    await keep(bridge, case)
    await bridge.storage.apply([Turn(secure=(entry(80, SecureField.NAMES, json.dumps({"family": "Zebrasok"})),))])
    return case


async def test_before_a_purpose_is_given_nothing_of_the_secure_case_is_on_any_page(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_KH)
    for path in (PAGE, f"/cases/{REFERENCE}", "/cases", "/chat"):
        answer = await client.get(path)
        assert "Zebrasok" not in answer.text
        assert "ZEBRASOK" not in answer.text
    assert [e.act for e in await acts(bridge)] == ["opened"]


async def test_with_a_purpose_the_entries_are_shown_in_that_one_answer_and_kept_in_no_cache(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    answer = await opens(await bridge.signed_in(DUTY_KH), "verify")
    assert answer.status_code == 200
    assert "ZEBRASOK" in answer.text
    assert "Opened for: Verify an identity" in answer.text
    assert "Sokha Chan (KH officer)" in answer.text
    assert "no-store" in answer.headers["cache-control"]
    title = answer.text[answer.text.index("<title>") : answer.text.index("</title>")]
    assert "ZEBRASOK" not in title.upper()
    assert str(answer.url).endswith(PAGE)


async def test_the_read_is_journalled_with_purpose_and_number_and_never_with_content(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    await opens(await bridge.signed_in(DUTY_KH), "verify")
    read = (await acts(bridge))[-1]
    assert (read.act, read.actor, read.chain, read.address) == ("secure_read", "person:5", "KC", "web:5")
    assert dict(read.told) == {"purpose": "verify", "entries": 1}


async def test_if_the_read_cannot_be_journalled_nothing_is_shown(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_KH)
    bridge.core.is_broken = True
    answer = await opens(client)
    assert answer.status_code == 503
    assert "could not be recorded, so nothing is shown" in answer.text
    assert "ZEBRASOK" not in answer.text


@pytest.mark.parametrize(
    ("purpose", "why", "sentence"),
    [("", "", "Please choose what you open it for."), ("curious", "", "Please choose what you open it for."),
     ("other", "  ", "Please say in a line what for.")],
)  # fmt: skip
async def test_without_a_purpose_it_stays_closed(bridge: Bridge, purpose: str, why: str, sentence: str) -> None:
    await a_case_with_a_name(bridge)
    answer = await opens(await bridge.signed_in(DUTY_KH), purpose, why=why)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "ZEBRASOK" not in answer.text
    assert "secure_read" not in [e.act for e in await acts(bridge)]


async def test_another_purpose_is_journalled_in_the_readers_words(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_KH)
    page = await opens(client, "other", why="court asked  for the list")
    assert (await acts(bridge))[-1].told["reason"] == "court asked for the list"
    await adds(client, page.text, field="gender", subject="1", code="Feminine")
    assert (await acts(bridge))[-1].told["reason"] == "court asked for the list"


async def test_a_purpose_of_a_code_takes_no_words_along(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    await opens(await bridge.signed_in(DUTY_KH), "locate", why="Zebra is her name")
    assert "reason" not in (await acts(bridge))[-1].told


async def test_an_entry_is_added_journalled_by_its_field_and_shown(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    page = await opens(client, "correct")
    assert "There is no entry yet." in page.text
    answer = await adds(client, page.text, **NAMED)
    assert answer.status_code == 200
    assert "The entry is kept." in answer.text
    assert "ZEBRASOK" in answer.text
    (kept,) = await entries(bridge)
    assert (kept.field, kept.by, kept.party, kept.subject) == (SecureField.NAMES, OFFICER.id, "KH", 1)
    assert json.loads(kept.value.reveal())["family"] == "Zebrasok"
    *_, secured, read = await acts(bridge)
    assert dict(secured.told) == {"field": "names", "entry": kept.id}
    assert dict(read.told) == {"purpose": "correct", "entries": 1}
    assert "Zebra" not in repr(await acts(bridge))


async def test_nothing_of_an_entry_goes_through_inbox_or_outbox(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    await adds(client, (await opens(client)).text, **NAMED)
    assert bridge.core.received == []
    assert "Zebrasok" not in (await client.get("/chat")).text
    assert "Zebrasok" not in str(bridge.storage.kept.outbox)


async def test_a_form_sent_twice_is_kept_once(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    page = (await opens(client)).text
    await adds(client, page, **NAMED)
    await adds(client, page, **NAMED)
    assert len(await entries(bridge)) == 1


async def test_a_correction_stands_beside_the_entry_newest_first(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_KH)
    page = (await opens(client, "correct")).text
    form = hidden(page[page.index(">Correct<") :], 'name="field" value="names"')
    answer = await client.post(PAGE, data=form | {"subject": "1", "family": "Yaksok"})
    assert len(await entries(bridge)) == 2
    assert answer.text.index("YAKSOK") < answer.text.index("Earlier entries (1)") < answer.text.index("ZEBRASOK")


async def test_people_are_told_apart(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_KH)
    page = (await opens(client)).text
    answer = await adds(client, page, **(NAMED | {"subject": "2", "family": "Second"}))
    assert "Earlier entries" not in answer.text
    assert "person 2" in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"field": "victim_phone", "subject": "1", "phone": "010 000 001"}, "with + and the country code"),
        ({"field": "birth_date", "subject": "1", "date": "17.5.09 <b>"}, "2009, 2009-05 or 2009-05-17"),
        ({"field": "names", "subject": "x", "family": "Wasp"}, "Which person?"),
        ({"field": "travel_document", "subject": "1", "issuer": "Wasp", "number": "1"}, "three letters"),
    ],
)
async def test_what_cannot_be_read_stays_in_its_form_with_one_sentence(
    bridge: Bridge, typed: dict[str, str], sentence: str
) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    answer = await adds(client, (await opens(client)).text, **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    for name, value in typed.items():
        assert f'name="{name}"' in answer.text
        assert f'value="{html.escape(value)}"' in answer.text
    assert await entries(bridge) == []


@pytest.mark.parametrize("field", ["message", "nonsense", ""])
async def test_a_form_of_no_field_is_refused(bridge: Bridge, field: str) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    form = hidden((await opens(client)).text, 'value="names"')
    answer = await client.post(PAGE, data=form | {"field": field, "subject": "1", "text": "x"})
    assert answer.status_code == 422
    assert await entries(bridge) == []


async def test_after_15_minutes_the_purpose_is_asked_again_and_what_was_typed_comes_back(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    page = (await opens(client)).text
    bridge.clock.forward(minutes=15)
    assert (await adds(client, page, field="gender", subject="1", code="Feminine")).status_code == 200
    bridge.clock.forward(minutes=1)
    asked = await adds(client, page, **NAMED)
    assert asked.status_code == 422
    assert "The 15 minutes are over" in asked.text
    assert len(await entries(bridge)) == 1
    again = await client.post(PAGE, data=hidden(asked.text, ">Open</button>") | {"purpose": "locate"})
    assert 'value="Zebrasok"' in again.text
    await adds(client, again.text, **NAMED)
    assert len(await entries(bridge)) == 2


async def test_a_purpose_holds_for_its_session_case_person_and_words_only(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    await keep(bridge, sample_case("KC26-7H4QM-4", 800))
    client, other = await bridge.signed_in(DUTY_KH), await bridge.signed_in(OFFICER)
    form = hidden((await opens(client)).text, 'value="names"') | NAMED
    theirs = hidden((await opens(other)).text, 'value="names"')
    again = await bridge.signed_in(DUTY_KH)
    csrf = hidden((await again.get(PAGE)).text, ">Open</button>")["csrf"]
    for changed, who, path in (
        ({"csrf": theirs["csrf"]}, other, PAGE),
        ({"csrf": csrf}, again, PAGE),
        ({}, client, "/cases/KC26-7H4QM-4/secure"),
        ({"purpose": "support"}, client, PAGE),
        ({"why": "more"}, client, PAGE),
        ({"until": str(int(form["until"]) + 60)}, client, PAGE),
        ({"until": "x"}, client, PAGE),
        ({"until": "9" * 12}, client, PAGE),
        ({"grant": ""}, client, PAGE),
    ):
        answer = await who.post(path, data=form | changed)
        assert answer.status_code == 422, changed
    assert await entries(bridge) == []
    assert (await client.post(PAGE, data=form)).status_code == 200


async def test_a_form_of_another_site_opens_nothing(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_KH)
    answer = await client.post(PAGE, data={"do": "open", "purpose": "locate", "csrf": "x"})
    assert answer.status_code == 403
    assert "ZEBRASOK" not in answer.text


async def test_the_officer_reads_only_what_they_wrote(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    desks = entry(90, SecureField.DESCRIPTION, json.dumps({"text": "scar on the hand"}), by=DUTY_KH.id)
    await bridge.storage.apply([Turn(secure=(desks,))])
    own = await opens(await bridge.signed_in(OFFICER))
    assert "ZEBRASOK" in own.text
    assert "scar" not in own.text
    assert (await acts(bridge))[-1].told["entries"] == 1
    assert "scar" in (await opens(await bridge.signed_in(DUTY_KH))).text
    assert "Entries: 1." in (await (await bridge.signed_in(OFFICER)).get(f"/cases/{REFERENCE}")).text
    assert "Entries: 2." in (await (await bridge.signed_in(DUTY_KH)).get(f"/cases/{REFERENCE}")).text


async def test_the_requested_side_reads_it_once_the_border_is_open_and_knows_people_by_their_role(
    bridge: Bridge,
) -> None:
    case = await a_case_with_a_name(bridge)
    client = await bridge.signed_in(DUTY_CN)
    closed = await client.get(PAGE)
    assert (closed.status_code, "No such case." in closed.text) == (404, True)
    assert "Open the secure case" not in (await client.get(f"/cases/{REFERENCE}")).text
    case = cleared(case)
    await bridge.storage.apply([Turn(cases=(case,), answers=tuple(case.answers.values())[-2:])])
    page = await opens(client)
    assert "ZEBRASOK" in page.text
    assert "KH officer" in page.text
    assert "Sokha" not in page.text


def cleared(case: Case) -> Case:
    """The case when citizenship and fear are known, so that the border is open."""
    answer = next(iter(case.answers.values()))
    known: dict[str, Value] = {"citizenship": ("KH",), "fears_own_authorities": "no"}
    more = {f: replace(answer, id=99_000 + i, field=f, value=v) for i, (f, v) in enumerate(known.items())}
    return replace(case, version=case.version + 1, answers={**case.answers, **more}, border_is_open=True)


async def test_a_border_that_closes_between_page_and_act_shows_nothing(bridge: Bridge) -> None:
    case = cleared(await a_case_with_a_name(bridge))
    await bridge.storage.apply([Turn(cases=(case,), answers=tuple(case.answers.values())[-2:])])
    client = await bridge.signed_in(DUTY_CN)
    page = (await opens(client)).text
    fear = replace(case.answers["fears_own_authorities"], id=99_100, value="yes")
    unknown = replace(case.answers["citizenship"], id=99_101, value="unknown")
    answers = {**case.answers, fear.field: fear, unknown.field: unknown}
    shut = replace(case, version=case.version + 1, answers=answers, border_is_open=False)
    await bridge.storage.apply([Turn(cases=(shut,), answers=(fear, unknown))])
    answer = await adds(client, page, **NAMED)
    assert answer.status_code == 404
    assert len(await entries(bridge)) == 1


async def test_a_false_alarm_is_released_by_the_desk_and_then_stands_on_the_page(bridge: Bridge) -> None:
    masked = await a_held_text(bridge, sample_case())
    client = await bridge.signed_in(DUTY_KH)
    before = (await client.get(f"/cases/{REFERENCE}")).text
    assert "moved to the secure case" in before
    assert PHONE not in before
    page = (await opens(client)).text
    answer = await client.post(PAGE, data=hidden(page, "Release: this is no identifier"))
    assert "entry 1 is released" in answer.text
    assert "released by Dara Kim" in answer.text
    assert "Release: this is no identifier" not in answer.text
    (held,) = await entries(bridge)
    assert (held.released_at, held.released_by) == (START, DUTY_KH.id)
    first, amended = (await bridge.storage.history(700)).texts
    assert first == masked
    assert (amended.text.reveal(), amended.kind, amended.amends) == (f"call {PHONE}", TextKind.NOTE, masked.id)
    after = (await client.get(f"/cases/{REFERENCE}")).text
    assert f"call {PHONE}" in after
    assert "moved to the secure case" not in after
    released = next(e for e in await acts(bridge) if e.act == "released")
    assert dict(released.told) == {"entry": 81}


async def test_the_author_is_not_offered_to_release_their_own_text(bridge: Bridge) -> None:
    await a_held_text(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    page = (await opens(client)).text
    assert PHONE in page
    assert "Release: this is no identifier" not in page
    form = hidden(page, 'value="names"') | {"do": "release", "entry": "1"}
    assert "Only the duty desk of KH" in (await client.post(PAGE, data=form)).text
    assert (await entries(bridge))[0].released_at is None


@pytest.mark.parametrize("number", ["0", "2", "x", "9" * 30, ""])
async def test_an_entry_that_is_not_there_is_not_released(bridge: Bridge, number: str) -> None:
    await a_held_text(bridge, sample_case())
    client = await bridge.signed_in(DUTY_KH)
    form = hidden((await opens(client)).text, "Release: this is no identifier")
    await client.post(PAGE, data=form | {"entry": number})
    assert (await entries(bridge))[0].released_at is None


async def test_what_was_a_memo_is_kept_from_the_other_side_there_too(bridge: Bridge) -> None:
    case = cleared(sample_case())
    await a_held_text(bridge, replace(case, version=1), own_side_only=True, kind=TextKind.MEMO)
    assert PHONE in (await opens(await bridge.signed_in(DUTY_KH))).text
    assert PHONE not in (await opens(await bridge.signed_in(DUTY_CN))).text


async def test_a_closed_case_is_read_but_offers_no_forms(bridge: Bridge) -> None:
    await keep(bridge, sample_case(status=Status.CLOSED))
    page = (await opens(await bridge.signed_in(DUTY_KH))).text
    assert "To open it again: /reopen" in page
    assert 'value="add"' not in page


async def test_only_who_reads_the_secure_case_sees_in_the_journal_that_it_was_read(bridge: Bridge) -> None:
    await a_case_with_a_name(bridge)
    await opens(await bridge.signed_in(DUTY_KH), "verify")
    page = f"/cases/{REFERENCE}"
    assert "purpose verify, entries 1" in (await (await bridge.signed_in(OFFICER)).get(page)).text
    assert "secure read" not in (await (await bridge.signed_in(DUTY_CN)).get(page)).text


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x>', "{{ 'yak' * 3 }}"])
async def test_what_is_entered_is_shown_as_text_and_never_as_markup(bridge: Bridge, words: str) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(OFFICER)
    page = (await opens(client)).text
    for typed in ({"field": "suspects", "subject": "1", "text": words}, NAMED | {"given": words}):
        answer = await adds(client, page, **typed)
        assert answer.status_code == 200
        assert answer.text.count(str(escape(words))) >= 2, "once as an entry, once to be corrected"
        page_without = answer.text.replace(str(escape(words)), "")
        assert "<script>alert" not in page_without
        assert "<img" not in page_without
        assert "yakyakyak" not in page_without


@pytest.mark.parametrize("who", [ADMIN])
async def test_for_admins_there_is_no_secure_case(bridge: Bridge, who: Person) -> None:
    await a_case_with_a_name(bridge)
    answer = await (await bridge.signed_in(who)).get(PAGE)
    assert answer.status_code == 404
