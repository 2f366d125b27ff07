"""How long an officer may leave an intake alone: what begins the silence anew, and what ends it."""

from __future__ import annotations

from dataclasses import replace

from bot.clock import deadlines
from bot.domain.agreement import DEFAULT_LEVELS
from bot.domain.case import Case, DeadlineKind, DeadlineState
from tests.kit.cases import NOW, U1, U2, Counter, a_case, due, minutes

INTAKE = DeadlineKind.INTAKE


def next_in(case: Case) -> float:
    """In how many minutes after its opening the clock looks."""
    next_at = due(case, INTAKE).next_at
    assert next_at is not None
    return (next_at - NOW) / minutes(1)


def test_the_first_silence_is_ten_minutes_from_the_opening_or_the_last_word() -> None:
    assert next_in(a_case()) == 10
    assert next_in(deadlines.heard(a_case(), NOW + minutes(7))) == 17


def test_the_second_is_an_hour_from_the_last_word_not_from_the_question() -> None:
    asked = deadlines.asked(a_case(), NOW + minutes(10))
    assert (due(asked, INTAKE).pings, next_in(asked)) == (1, 60)
    asked = deadlines.asked(deadlines.heard(a_case(), NOW + minutes(7)), NOW + minutes(17))
    assert next_in(asked) == 67
    assert next_in(deadlines.heard(asked, NOW + minutes(20))) == 80


def test_where_the_clock_looked_late_the_second_still_waits_as_long_as_the_first() -> None:
    assert next_in(deadlines.asked(a_case(), NOW + minutes(55))) == 65
    assert next_in(deadlines.asked(a_case(), NOW + minutes(300))) == 310


def test_words_that_waited_for_something_else_leave_the_second_where_it_was() -> None:
    looked_at_again = deadlines.look_at(a_case(), INTAKE, NOW + minutes(13))
    assert next_in(deadlines.asked(looked_at_again, NOW + minutes(13))) == 60


def test_the_last_silence_is_ten_minutes() -> None:
    asked = deadlines.asked(deadlines.asked(a_case(), NOW + minutes(10)), NOW + minutes(60))
    assert (due(asked, INTAKE).pings, next_in(asked)) == (2, 70)
    assert next_in(deadlines.heard(asked, NOW + minutes(65))) == 75


def test_the_intake_that_is_sent_or_ended_is_silent_for_good() -> None:
    for case in (deadlines.sent(a_case(), NOW), deadlines.end(a_case(), NOW)):
        assert due(case, INTAKE).state is DeadlineState.ENDED
        later = deadlines.asked(deadlines.heard(case, NOW + minutes(1)), NOW + minutes(2))
        assert later == case
    assert deadlines.sent(a_case(), NOW).sent_at == NOW


def test_a_case_from_before_there_was_such_a_timer_is_left_alone() -> None:
    case = replace(a_case(), deadlines=tuple(d for d in a_case().deadlines if d.kind is not INTAKE))
    assert deadlines.asked(deadlines.heard(case, NOW), NOW) == case


def test_neither_a_snooze_nor_a_rise_moves_it() -> None:
    asked = deadlines.asked(a_case(urgency=U2), NOW + minutes(10))
    risen = deadlines.follow(asked, U1, DEFAULT_LEVELS[U1], NOW + minutes(11))
    assert due(deadlines.snooze(risen, NOW + minutes(90)), INTAKE) == due(asked, INTAKE)


def test_it_alone_keeps_no_case_watched() -> None:
    timers = tuple(d for d in a_case().deadlines if d.is_timer)
    assert {d.kind for d in timers} == {DeadlineKind.ALERT, INTAKE}
    assert a_case().is_watched
    assert not replace(a_case(), deadlines=timers).is_watched


def test_a_reopened_case_is_not_asked_for_again() -> None:
    case = deadlines.rearm_from(deadlines.end(a_case(), NOW), DEFAULT_LEVELS[U2], NOW + minutes(5), Counter())
    assert not due(case, INTAKE).is_running
