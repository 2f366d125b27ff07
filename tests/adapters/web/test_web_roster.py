"""The page of the roster: who of a side sees it, who changes it, and that nobody changes another side's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.people import Person
from bot.domain.roster import Shift
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.site import ADMIN, DUTY_CN, DUTY_KH, OFFICER, SUPERVISOR_CN, Bridge, hidden, open_bridge

HOUR = timedelta(hours=1)
#: START is Sat 18 Apr 15:05 in Beijing.
RUNNING = Shift(701, "cn-duty", DUTY_CN.id, START - HOUR, START + 5 * HOUR)
OTHERS = Shift(702, "kh-duty", DUTY_KH.id, START, START + 5 * HOUR)
NEW = {"do": "give", "person": str(DUTY_CN.id), "starts": "2026-04-19T20:00", "ends": "2026-04-20T08:00"}


async def kept(bridge: Bridge) -> list[Shift]:
    return list((await bridge.storage.directory()).roster.shifts)


async def change(bridge: Bridge, who: Person, **form: str) -> tuple[int, str]:
    client = await bridge.signed_in(who)
    answer = await client.post("/roster", data={"csrf": hidden((await client.get("/chat")).text, "csrf"), **form})
    return answer.status_code, answer.text


@pytest.fixture
async def rostered(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        await bridge.storage.apply([Turn(shifts=(RUNNING, OTHERS))])
        yield bridge


async def test_a_desk_sees_who_is_on_duty_who_comes_and_when_nobody_does(rostered: Bridge) -> None:
    page = (await (await rostered.signed_in(DUTY_CN)).get("/roster")).text
    assert "All times: Beijing" in page
    assert "On duty now: Li Wei" in page
    assert "Sat 18 Apr 14:05 Beijing - Sat 18 Apr 20:05 Beijing" in page
    assert "Sat 18 Apr 20:05 Beijing - Sat 2 May 15:05 Beijing" in page, "a gap"
    assert "Dara Kim" not in page, "the other side's roster is not theirs"
    assert "Take out" not in page
    assert "Add a shift" not in page


async def test_an_officer_knows_of_no_roster(rostered: Bridge) -> None:
    client = await rostered.signed_in(OFFICER)
    assert (await client.get("/roster")).status_code == 404
    assert "/roster" not in (await client.get("/chat")).text


@pytest.mark.parametrize("who", [SUPERVISOR_CN, ADMIN])
async def test_a_supervisor_or_admin_adds_a_shift_over_midnight_and_takes_one_out(
    rostered: Bridge, who: Person
) -> None:
    assert (await change(rostered, who, **NEW))[0] == 303
    (added,) = [shift for shift in await kept(rostered) if shift.id not in (701, 702)]
    assert added.ends_at - added.starts_at == 12 * HOUR
    assert added.starts_at.isoformat() == "2026-04-19T12:00:00+00:00"
    assert (await change(rostered, who, do="take", shift="701"))[0] == 303
    assert {shift.id for shift in await kept(rostered)} == {702, added.id}
    assert (await change(rostered, who, do="take", shift="701"))[0] == 303, "twice is no mistake"


async def test_a_duty_officer_changes_nothing(rostered: Bridge) -> None:
    assert (await change(rostered, DUTY_CN, **NEW))[0] == 404
    assert (await change(rostered, DUTY_CN, do="take", shift="701"))[0] == 404
    assert len(await kept(rostered)) == 2


async def test_nobody_changes_the_roster_of_another_side(rostered: Bridge) -> None:
    await change(rostered, SUPERVISOR_CN, do="take", shift="702")
    status, page = await change(rostered, SUPERVISOR_CN, **NEW | {"person": str(DUTY_KH.id)})
    assert (status, "Choose who has the shift." in page) == (422, True)
    assert len(await kept(rostered)) == 2


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"ends": "2026-04-19T08:00"}, "it ends before it begins"),
        ({"ends": "2026-06-19T08:00"}, "it is longer than 14 days"),
        ({"starts": "soon"}, "is no date and time like 2026-12-24 20:00"),
        ({"starts": "2026-04-18T16:00"}, "Li Wei has another shift at that time."),
        ({"starts": "2026-04-16T16:00", "ends": "2026-04-17T08:00"}, "That shift is over already."),
    ],
)
async def test_a_mistake_is_said_and_what_was_typed_stays(
    rostered: Bridge, form: dict[str, str], sentence: str
) -> None:
    status, page = await change(rostered, SUPERVISOR_CN, **NEW | form)
    assert status == 422
    assert sentence in page.replace("&#39;", "'")
    assert f'value="{(NEW | form)["starts"]}"' in page
    assert len(await kept(rostered)) == 2


async def test_whoever_has_to_be_confirmed_first_is_told_so(rostered: Bridge) -> None:
    lapsed = replace(SUPERVISOR_CN, confirmed_at=START - timedelta(days=91))
    await rostered.storage.apply([Turn(people=(lapsed,))])
    status, page = await change(rostered, SUPERVISOR_CN, **NEW)
    assert (status, "This waits until your enrolment is confirmed." in page) == (422, True)


async def test_a_form_without_a_word_of_what_to_do_is_no_change(rostered: Bridge) -> None:
    assert (await change(rostered, SUPERVISOR_CN, do="take", shift="x"))[0] == 400
