"""Acts on a case page: offered to those who may, done the one way in, and never losing what was typed."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.domain import button_data
from bot.domain.case import Channel, ClosureCode, DeadlineKind, Handoff, HandoffState, Status
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    DUTY_KH,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    keep,
    open_bridge,
    sample_case,
)

PAGE = f"/cases/{REFERENCE}"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


async def see(bridge: Bridge, who: Person, path: str = PAGE) -> httpx.Response:
    return await (await bridge.signed_in(who)).get(path)


def form_of(page: str, marker: str) -> dict[str, str]:
    """The hidden fields of the form that holds this text."""
    forms = re.findall(r'<form method="post" action="/cases/.*?</form>', page, re.DOTALL)
    (form,) = [f for f in forms if marker in f]
    return {k: html.unescape(v) for k, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


async def test_a_tap_on_the_page_goes_the_one_way_in_and_the_answer_is_shown(bridge: Bridge) -> None:
    case = sample_case()
    await keep(bridge, case)
    client = await bridge.signed_in(DUTY_CN)
    form = form_of((await client.get(PAGE)).text, ">Acknowledge</button>")
    answer = await client.post(PAGE, data=form)
    await client.post(PAGE, data=form)
    (message,) = bridge.core.received
    assert message.kind is Kind.BUTTON
    assert button_data.parse(message.button) == button_data.ActTap(case.id, case.stage, "ack")
    assert answer.headers["location"].startswith(f"{PAGE}?after=")
    shown = (await client.get(answer.headers["location"])).text
    assert "Noted: Acknowledge" in shown
    assert "Noted: Acknowledge" not in (await client.get(PAGE)).text


@pytest.mark.parametrize(
    ("act", "filled", "typed"),
    [
        ("note", {"text": "Found the\nflat"}, f"/note {REFERENCE} Found the\nflat"),
        ("memo", {"text": "ask Dara"}, f"/memo {REFERENCE} ask Dara"),
        ("assign", {"person": "3"}, f"/assign {REFERENCE} 3"),
        (
            "snooze",
            {"minutes": "15", "reason": "waiting for  Nanchang"},
            f"/snooze {REFERENCE} 15m waiting for Nanchang",
        ),
        ("urgency", {"level": "U2", "reason": "safe now"}, f"/urgency {REFERENCE} U2 safe now"),
        ("close", {"code": "found_safe", "text": "At home."}, f"/close {REFERENCE} found_safe At home."),
        ("hold", {"reason": "a court asks"}, f"/hold {REFERENCE} a court asks"),
    ],
)
async def test_a_form_becomes_the_command_that_one_would_type(
    bridge: Bridge, act: str, filled: dict[str, str], typed: str
) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(SUPERVISOR_CN)
    form = form_of((await client.get(PAGE)).text, f'name="act" value="{act}"')
    assert (await client.post(PAGE, data=form | filled)).status_code == 303
    assert [(m.kind, m.text) for m in bridge.core.received] == [(Kind.TEXT, typed)]


async def test_what_a_gate_asks_for_is_recorded_on_the_page_of_the_own_side(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_KH)
    page = (await client.get(PAGE)).text
    assert "Blocked: nobody has recorded yet whether the person needs protection" in page
    form = form_of(page, 'name="act" value="protect"')
    await client.post(PAGE, data=form | {"code": "possible", "why": ""})
    (message,) = bridge.core.received
    assert message.text == f"/protect {REFERENCE} possible"
    theirs = (await see(bridge, DUTY_CN)).text
    assert "Diplomatic step blocked: decide an alternative." in theirs
    assert "whether the person needs protection" not in theirs
    assert 'value="protect"' not in theirs


async def test_a_held_case_says_so_and_only_its_release_is_offered(bridge: Bridge) -> None:
    await keep(
        bridge, sample_case(status=Status.CLOSED, closure=ClosureCode.FOUND_SAFE, closed_at=START, held_at=START)
    )
    page = (await see(bridge, SUPERVISOR_CN)).text
    assert "closed: Found safe, on legal hold" in page
    assert "Release from legal hold" in page
    assert "Put on legal hold" not in page
    page = (await see(bridge, DUTY_CN)).text
    assert "on legal hold" in page
    assert "Release from legal hold" not in page


async def test_a_page_says_since_when_free_texts_are_kept_no_longer(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    assert "Kept no longer" not in (await see(bridge, DUTY_CN)).text
    bridge.storage.overwrite(sample_case(purged_at=START))
    page = html.unescape((await see(bridge, DUTY_CN)).text)
    assert "Kept no longer since Sat 18 Apr" in page.replace("\N{NO-BREAK SPACE}", " ")


async def test_an_acceptance_names_the_channel_the_formal_reference_and_the_officer(bridge: Bridge) -> None:
    case = sample_case()
    sent = Handoff(5, case.id, Channel.POLICE, HandoffState.SENT, "cn-police", DUTY_KH.id, START, sent_at=START)
    await keep(bridge, replace(case, handoffs=(sent,)))
    client = await bridge.signed_in(DUTY_CN)
    form = form_of((await client.get(PAGE)).text, 'value="accept"')
    filled = {"channel": "police", "formal": "No. 12/26", "officer": "Col. Example"}
    await client.post(PAGE, data=form | filled)
    (message,) = bridge.core.received
    assert message.text == f'/accept {REFERENCE} police "No. 12/26" Col. Example'


async def test_a_form_with_something_missing_keeps_what_was_typed(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(SUPERVISOR_CN)
    form = form_of((await client.get(PAGE)).text, 'name="act" value="close"')
    answer = await client.post(PAGE, data=form | {"code": "", "text": "She is <home>"})
    assert answer.status_code == 422
    assert "Something is missing" in answer.text
    assert "She is &lt;home&gt;</textarea>" in answer.text
    assert '<details class="act" open>' in answer.text
    assert bridge.core.received == []


async def test_when_storing_fails_the_form_keeps_what_was_typed(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_CN)
    form = form_of((await client.get(PAGE)).text, 'name="act" value="note"')
    bridge.core.is_broken = True
    answer = await client.post(PAGE, data=form | {"text": "we are at the door"})
    assert answer.status_code == 503
    assert ">we are at the door</textarea>" in answer.text


async def test_only_fitting_acts_of_those_who_may_are_offered(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    offered = {}
    for who in (OFFICER, DUTY_KH, DUTY_CN, SUPERVISOR_CN, ADMIN):
        page = (await see(bridge, who)).text
        offered[who.id] = set(re.findall(r'name="act" value="(\w+)"', page)) | set(
            re.findall(r'name="label" value="([^"]*)"', page)
        )
    assert offered[OFFICER.id] == {"note", "memo", "clarify", "person", "consent", "withdraw"}
    assert offered[ADMIN.id] == set()
    assert "Acknowledge" in offered[DUTY_CN.id]
    assert "Acknowledge" not in offered[DUTY_KH.id]
    assert "Diplomatic channel not needed" in offered[SUPERVISOR_CN.id]
    assert not {"standdown", "reopen", "accept", "return", "written"} & offered[SUPERVISOR_CN.id]


async def test_a_closed_case_offers_only_to_reopen_it(bridge: Bridge) -> None:
    await keep(bridge, sample_case(status=Status.CLOSED, closure=ClosureCode.FOUND_SAFE, closed_at=START, deadlines=()))
    page = (await see(bridge, DUTY_CN)).text
    assert "closed: Found safe" in page
    assert set(re.findall(r'name="act" value="(\w+)"', page)) == {"reopen"}
    assert "Nothing is due." in page


async def test_the_one_act_needed_now_stands_with_what_is_due_next(bridge: Bridge) -> None:
    case = sample_case(acknowledged_at=START, status=Status.ACKNOWLEDGED)
    case = replace(case, deadlines=tuple(d for d in case.deadlines if d.kind is not DeadlineKind.ACKNOWLEDGE))
    await keep(bridge, case)

    async def next_of(who: Person) -> str:
        page = (await see(bridge, who)).text
        return page[page.index('class="next"') : page.index('id="facts-title"')]

    assert re.findall(r'class="primary">([^<]*)<', await next_of(DUTY_KH)) == ["Hand off to police channel"]
    sent = Handoff(5, case.id, Channel.POLICE, HandoffState.SENT, "cn-police", DUTY_KH.id, START, sent_at=START)
    await bridge.storage.apply([Turn(cases=(replace(case, handoffs=(sent,), version=2),))])
    assert 'value="accept"' in await next_of(DUTY_CN)
    assert 'value="accept"' not in await next_of(DUTY_KH)


async def test_who_has_the_case_can_say_that_they_are_still_on_it(bridge: Bridge) -> None:
    await keep(bridge, sample_case(acknowledged_at=START, status=Status.ACKNOWLEDGED))
    assert "Still on it" in (await see(bridge, DUTY_CN)).text
    assert "Still on it" not in (await see(bridge, DUTY_KH)).text
