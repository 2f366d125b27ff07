"""Who is on duty at a moment: shifts, and what somebody said of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import at_desk, at_duty_desks, has_nobody_on_duty, next_on_duty
from bot.domain.roster import HandOver, Roster, Said, Shift, is_on
from tests.kit.cases import AGREEMENT, CN_DUTY, CN_SUPERVISOR, a_person
from tests.kit.clock import START

HOUR = timedelta(hours=1)
DESK = AGREEMENT.desks["cn-duty"]
MATE = a_person(20, "CN", Role.DUTY, "cn-duty", "wechat:20")


def at(hours: float) -> datetime:
    return START + hours * HOUR


def shift(of: int, begins: float, ends: float) -> Shift:
    return Shift(int(of * 1000 + begins), "cn-duty", of, at(begins), at(ends))


DAY, NIGHT, NEXT_DAY = shift(1, 0, 12), shift(2, 12, 24), shift(1, 24, 36)
ALL = (DAY, NIGHT, NEXT_DAY)
OWN = (DAY, NEXT_DAY)
NOTHING_SAID = Said(is_on=True, at=None)


@pytest.mark.parametrize(
    ("said", "moment", "expected"),
    [
        (NOTHING_SAID, 0, True),
        (NOTHING_SAID, 11.99, True),
        (NOTHING_SAID, 12, False),
        (NOTHING_SAID, -1, False),
        (Said(is_on=False, at=at(3)), 2, True),  # not said yet
        (Said(is_on=False, at=at(3)), 11, False),
        (Said(is_on=False, at=at(3)), 20, False),
        (Said(is_on=False, at=at(3)), 24, True),  # the next own shift
        (Said(is_on=True, at=at(13)), 20, True),  # beside whoever has the night
        (Said(is_on=True, at=at(-2)), -1, True),
        (Said(is_on=True, at=at(-2)), 12, False),  # their shift came between
        (Said(is_on=True, at=at(40)), 400, True),  # a gap: nobody comes
    ],
)
def test_a_word_wins_until_the_next_shift(said: Said, moment: float, expected: bool) -> None:
    assert is_on(said, OWN, ALL, at(moment)) is expected


def test_where_nobody_has_shifts_the_last_word_counts() -> None:
    assert is_on(NOTHING_SAID, (), (), START)
    assert not is_on(Said(is_on=False, at=START), (), (), START + 1000 * HOUR)


def roster(*people: Person, shifts: tuple[Shift, ...], hand_overs: tuple[HandOver, ...] = ()) -> Directory:
    return Directory.of(people, roster=Roster(shifts, hand_overs))


BOTH = roster(CN_DUTY, MATE, CN_SUPERVISOR, shifts=(shift(CN_DUTY.id, 0, 12), shift(20, 12, 24)))


@pytest.mark.parametrize(("moment", "told"), [(1, [CN_DUTY.id]), (13, [20]), (25, [CN_DUTY.id, 20])])
def test_a_desk_reaches_whoever_has_the_shift_and_everybody_in_a_gap(moment: float, told: list[int]) -> None:
    assert [r.name for r in at_desk(DESK, BOTH.as_of(at(moment)))] == [f"person:{i}" for i in told]
    assert has_nobody_on_duty(DESK, BOTH, at(moment)) is (moment == 25)


def test_the_supervisors_are_told_too_while_nobody_is_on_duty() -> None:
    only = {DESK.id: DESK}
    agreement = replace(AGREEMENT, desks=only)
    name = f"person:{CN_SUPERVISOR.id}"
    assert name not in [r.name for r in at_duty_desks(agreement, BOTH.as_of(at(1)), "CN")]
    assert name in [r.name for r in at_duty_desks(agreement, BOTH.as_of(at(25)), "CN")]


def test_supervisors_do_not_go_by_the_shifts_of_the_desk() -> None:
    assert BOTH.as_of(at(1)).is_on_duty(CN_SUPERVISOR)


def test_shifts_of_a_desk_that_somebody_left_and_of_who_was_cut_off_count_no_more() -> None:
    moved = BOTH.having(replace(CN_DUTY, desk="cn-police")).as_of(at(1))
    assert [r.name for r in at_desk(DESK, moved)] == ["person:20"]
    cut = BOTH.having(replace(CN_DUTY, revoked_at=START))
    assert has_nobody_on_duty(DESK, cut, at(1))


def test_who_was_not_relieved_is_told_beside_whoever_came() -> None:
    left = HandOver(5, DESK.id, CN_DUTY.id, at(12), at(11.75), (1,))
    waiting = roster(CN_DUTY, MATE, shifts=BOTH.roster.shifts, hand_overs=(left,)).as_of(at(13))
    assert [r.name for r in at_desk(DESK, waiting)] == [f"person:{CN_DUTY.id}", "person:20"]
    assert not waiting.is_on_duty(CN_DUTY)
    taken = replace(left, taken_by=20, taken_at=at(12.1))
    done = roster(CN_DUTY, MATE, shifts=BOTH.roster.shifts, hand_overs=(taken,)).as_of(at(13))
    assert [r.name for r in at_desk(DESK, done)] == ["person:20"]


def test_the_next_on_duty_is_who_has_the_next_shift_and_everybody_off_duty_without_a_roster() -> None:
    third = a_person(30, "CN", Role.DUTY, "cn-duty", "wechat:30", on_duty=False)
    agreement = replace(AGREEMENT, desks={DESK.id: DESK})
    planned = roster(CN_DUTY, MATE, third, shifts=(shift(CN_DUTY.id, 0, 12), shift(20, 12, 24), shift(30, 24, 36)))
    assert [r.name for r in next_on_duty(agreement, planned.as_of(at(1)), "CN")] == ["person:20"]
    assert [r.name for r in next_on_duty(agreement, planned.as_of(at(13)), "CN")] == ["person:30"]
    assert {r.name for r in next_on_duty(agreement, planned.as_of(at(25)), "CN")} == {
        f"person:{CN_DUTY.id}",
        "person:20",
    }
    assert [r.name for r in next_on_duty(agreement, Directory.of([CN_DUTY, MATE, third]), "CN")] == ["person:30"]


def test_without_a_moment_nobody_who_has_shifts_is_left_out() -> None:
    assert [r.name for r in at_desk(DESK, BOTH)] == [f"person:{CN_DUTY.id}", "person:20"]
