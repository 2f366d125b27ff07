"""What was read out of first words counts at once, but only upwards, and opens no gate before somebody confirmed it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Case, Channel
from bot.domain.fields import field
from bot.domain.understood import UNDERSTOOD, confirmed, doubt, understood, urgency_of
from bot.protection import gates
from bot.protection.standings import is_cleared
from tests.kit.cases import AGREEMENT, a_case, with_answers


def only_understood(case: Case, *names: str) -> Case:
    """The same case, where these were read out of the first words."""
    answers = {
        name: replace(answer, source=UNDERSTOOD) if name in names else answer for name, answer in case.answers.items()
    }
    return replace(case, answers=answers)


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({"situation": "confined"}, Urgency.U1),
        ({"danger_now": "yes"}, Urgency.U1),
        ({"age_group": "18_or_over", "situation": "in_safe_place"}, Urgency.U2),
        ({"age_group": "18_or_over"}, Urgency.U2),
        ({"situation": "confined", "age_group": "18_or_over"}, Urgency.U1),
    ],
)
def test_it_raises_the_urgency_and_never_lowers_it(values: dict[str, str], level: Urgency) -> None:
    said = with_answers(a_case(), **values)
    assert urgency_of(only_understood(said, *values).answers)[0] is level


def test_once_confirmed_it_counts_like_any_answer() -> None:
    said = with_answers(a_case(), danger_now="no", age_group="18_or_over", situation="in_safe_place")
    assert urgency_of(said.answers)[0] is Urgency.U3
    assert urgency_of(only_understood(said, "age_group").answers)[0] is Urgency.U2


def test_a_gate_takes_nobody_for_an_adult_or_a_foreigner_by_first_words_alone() -> None:
    said = with_answers(
        a_case(),
        age_group="18_or_over",
        citizenship=("KH",),
        consent_police="yes",
        fears_own_authorities="no",
    )
    assert isinstance(gates.check(said, Channel.POLICE, AGREEMENT), gates.Open)
    assert gates.may_be_child(only_understood(said, "age_group"))
    assert not isinstance(gates.check(only_understood(said, "age_group"), Channel.POLICE, AGREEMENT), gates.Open)
    feared = with_answers(a_case(), citizenship=("KH",), fears_own_authorities="yes")
    assert not gates.stops_relay(feared, "CN", AGREEMENT)
    assert gates.stops_relay(only_understood(feared, "citizenship"), "CN", AGREEMENT)


def test_the_border_does_not_open_on_a_citizenship_that_was_only_understood() -> None:
    said = with_answers(a_case(), citizenship=("KH",), fears_own_authorities="no")
    assert is_cleared(said, AGREEMENT)
    assert not is_cleared(only_understood(said, "citizenship"), AGREEMENT)


def test_whoever_reads_it_is_told_where_it_comes_from() -> None:
    case = only_understood(with_answers(a_case(), danger_now="no", situation="confined"), "situation")
    assert set(understood(case)) == {"situation"}
    assert (confirmed(case, "situation"), confirmed(case, "danger_now")) == (None, "no")
    assert doubt(case, field("situation"), "en") == " (from the first words, not confirmed)"
    assert not doubt(case, field("danger_now"), "en")
