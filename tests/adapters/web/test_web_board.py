"""The duty board: who is shown which case and what of it, and that nothing is sent twice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from adapters.web.site.sign_in_pages import new_link
from bot.domain.agreement import Urgency
from bot.domain.case import Answer, Case
from bot.domain.people import Role
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.site import (
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    REFERENCE,
    Bridge,
    hidden,
    keep,
    open_bridge,
    person,
    sample_case,
    write,
)

ROW = re.compile(r'data-case="([^"]*)"')
SUPPORT = person(31, "Xu Lan", "CN", Role.DUTY, "cn-support")


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


def one_with_a_child_held_back() -> Case:
    """Two persons; the second, a child, fears the requested side's authorities, who therefore may not know of it."""

    def said(number: int, **answers: object) -> dict[str, Answer]:
        return {f: Answer(number * 100 + i, 700, f, v, START, OFFICER.id, subject=number)  # type: ignore[arg-type]
                for i, (f, v) in enumerate(answers.items())}  # fmt: skip

    case = sample_case(alerted_at=START, urgency=Urgency.U1)
    several = {"persons_count": Answer(70_099, 700, "persons_count", 2, START, OFFICER.id)}
    apart = {
        47: said(47, persons_count=1, citizenship=("KH",), age_group="18_or_over", fears_own_authorities="no"),
        83: said(83, persons_count=1, citizenship=("CN",), age_group="under_12", fears_own_authorities="yes"),
    }
    return replace(case, answers={**case.answers, **several}, apart=apart)


async def board(bridge: Bridge, client: httpx.AsyncClient, path: str = "/board") -> list[str]:
    return ROW.findall((await client.get(path)).text)


async def test_both_sides_see_the_case_its_officer_does_and_nobody_else(bridge: Bridge) -> None:
    await bridge.storage.apply([Turn(people=(SUPPORT,))])
    await keep(bridge, sample_case(alerted_at=START))
    for who in (DUTY_CN, DUTY_KH, OFFICER):
        assert await board(bridge, await bridge.signed_in(who)) == [REFERENCE]
    stranger = await bridge.signed_in(DUTY_VN)
    for path in ("/board", "/board/rows", "/board?quiet=1", "/board?mine=1"):
        assert REFERENCE not in (await stranger.get(path)).text
    support = await (await bridge.signed_in(SUPPORT)).get("/board")
    assert (support.status_code, support.headers["location"]) == (303, "/cases")


@pytest.mark.parametrize(("count", "said"), [(1, "1 person"), (17, "17 people")])
async def test_the_board_says_how_many_people_a_case_is_about(bridge: Bridge, count: int, said: str) -> None:
    case = sample_case(alerted_at=START)
    known = {"persons_count": Answer(70_099, 700, "persons_count", count, START, OFFICER.id)}
    await keep(bridge, replace(case, answers={**case.answers, **known}))
    assert said in (await (await bridge.signed_in(DUTY_CN)).get("/board")).text


async def test_of_somebody_who_is_held_back_from_a_side_its_board_knows_nothing(bridge: Bridge) -> None:
    await keep(bridge, one_with_a_child_held_back())
    theirs = (await (await bridge.signed_in(DUTY_CN)).get("/board")).text
    ours = (await (await bridge.signed_in(DUTY_KH)).get("/board")).text
    assert REFERENCE in theirs
    assert "Under 12" in ours
    assert "Under 12" not in theirs
    assert "2 people" not in theirs


async def test_the_rows_come_once_and_again_as_soon_as_something_changed(bridge: Bridge) -> None:
    await keep(bridge, sample_case(alerted_at=START))
    client = await bridge.signed_in(DUTY_CN)
    first = await client.get("/board/rows")
    known = {"if-none-match": first.headers["etag"]}
    again = await client.get("/board/rows", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert "frame-ancestors 'none'" in again.headers["content-security-policy"]
    bridge.clock.forward(minutes=1)
    assert (await client.get("/board/rows", headers=known)).status_code == 304, "only the countdown went on"
    await keep(bridge, sample_case("KC26-P6GHP-Q", 701))
    assert (await client.get("/board/rows", headers=known)).status_code == 200


async def test_what_becomes_late_is_sent_anew(bridge: Bridge) -> None:
    case = sample_case(alerted_at=START)
    late = tuple(replace(d, due_at=d.due_at + timedelta(minutes=10)) for d in case.deadlines)
    await keep(bridge, replace(case, deadlines=late))
    client = await bridge.signed_in(DUTY_CN)
    known = {"if-none-match": (await client.get("/board/rows")).headers["etag"]}
    bridge.clock.forward(minutes=6)
    answer = await client.get("/board/rows", headers=known)
    assert answer.status_code == 200
    assert "1 min late" in answer.text


async def test_another_reader_never_gets_304_for_what_somebody_else_was_shown(bridge: Bridge) -> None:
    await keep(bridge, sample_case(alerted_at=START))
    first = await (await bridge.signed_in(DUTY_CN)).get("/board/rows")
    other = await bridge.signed_in(DUTY_KH)
    known = {"if-none-match": first.headers["etag"]}
    assert (await other.get("/board/rows", headers=known)).status_code == 200


async def test_acknowledging_from_the_board_goes_the_one_way_in_and_comes_back_to_the_same_view(
    bridge: Bridge,
) -> None:
    await keep(bridge, sample_case(alerted_at=START))
    client = await bridge.signed_in(DUTY_CN)
    page = (await client.get("/board?urgency=U1")).text
    row = page[page.index("data-case=") :]
    form = {name: hidden(row, name) for name in ("csrf", "once", "after", "button", "label")}
    answer = await client.post("/board?urgency=U1", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/board?urgency=U1&after=")
    (tapped,) = bridge.core.received
    assert (tapped.text, tapped.button) == ("Acknowledge", form["button"])
    assert "Noted: Acknowledge" in (await client.get(answer.headers["location"])).text


async def test_only_the_answer_to_this_tap_is_shown_and_nothing_older(bridge: Bridge) -> None:
    await keep(bridge, sample_case(alerted_at=START))
    client = await bridge.signed_in(DUTY_CN)
    await write(client, "hello")
    rows = (await client.get("/board/rows")).text
    form = {name: hidden(rows, name) for name in ("csrf", "once", "after", "button", "label")}
    answer = await client.post("/board", data=form)
    shown = (await client.get(answer.headers["location"])).text
    assert "Noted: Acknowledge" in shown
    assert "Noted: hello" not in shown


async def test_what_cannot_be_stored_is_said_and_the_board_stays(bridge: Bridge) -> None:
    await keep(bridge, sample_case(alerted_at=START))
    client = await bridge.signed_in(DUTY_CN)
    page = (await client.get("/board")).text
    row = page[page.index("data-case=") :]
    form = {name: hidden(row, name) for name in ("csrf", "once", "after", "button", "label")}
    bridge.core.is_broken = True
    answer = await client.post("/board", data=form)
    assert answer.status_code == 503
    assert "This was not stored" in answer.text
    assert REFERENCE in answer.text


@pytest.mark.parametrize(("asked", "led"), [("?to=board", "/board"), ("", "/chat"), ("?to=//evil.example", "/chat")])
async def test_a_link_leads_to_the_board_only_where_it_says_so_and_never_elsewhere(
    bridge: Bridge, asked: str, led: str
) -> None:
    client = bridge.browser()
    path = await new_link(bridge.storage, DUTY_CN.id, bridge.clock())
    shown = (await client.get(path + asked)).text
    action = re.search(r'action="([^"]*)"', shown)
    assert action
    answer = await client.post(action[1])
    assert (answer.status_code, answer.headers["location"]) == (303, led)


async def test_unknown_words_in_the_address_limit_nothing(bridge: Bridge) -> None:
    await keep(bridge, sample_case(alerted_at=START))
    client = await bridge.signed_in(DUTY_CN)
    strange = "/board?urgency=U9&status=closed&waits=me&corridor=ZZ&page=-1&mine=yes&late=2&every=x&wall=%00"
    assert await board(bridge, client, strange) == [REFERENCE]
    assert await board(bridge, client, "/board?page=99999999999999999999999") == [REFERENCE]


async def test_a_page_that_loads_itself_again_never_does_so_every_second(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    assert 'http-equiv="refresh" content="10"' in (await client.get("/board?every=1")).text
    assert "http-equiv" not in (await client.get("/board")).text


async def test_of_more_cases_than_fit_each_is_on_one_page(bridge: Bridge) -> None:
    names = [f"KC26-{i:05d}-0" for i in range(120)]
    for i, name in enumerate(names):
        await keep(bridge, sample_case(name, 1000 + i * 50))
    client = await bridge.signed_in(DUTY_CN)
    path, found = "/board", []
    while path:
        page = (await client.get(path)).text
        found += ROW.findall(page)
        following = re.search(r'href="(/board\?page=\d+)">Next page', page)
        path = following[1] if following else ""
    assert sorted(found) == names
