"""What goes of a case and when, by its state alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.fields import FIELDS
from bot.domain.journal_acts import CODED_ACTS
from bot.domain.retention_rules import (
    FREE_FIELDS,
    Cutoffs,
    PurgeDue,
    Retention,
    Rule,
    due,
    is_drill,
    kept_acts,
)
from tests.kit.cases import NOW, a_case

RULES = Retention()
DAY = timedelta(days=1)


def test_an_open_case_keeps_everything_for_ever() -> None:
    assert due(a_case(), NOW + 10_000 * DAY, RULES) is None


def test_after_its_closure_first_the_free_texts_go_and_then_the_case() -> None:
    closed = a_case(closed_at=NOW)
    assert due(closed, NOW, RULES) == PurgeDue(Rule.TIER2, NOW + 180 * DAY)
    purged = a_case(closed_at=NOW, purged_at=NOW + 1700 * DAY)
    assert due(purged, NOW + 1700 * DAY, RULES) == PurgeDue(Rule.CASE, NOW + 1826 * DAY)


def test_a_case_that_nobody_purged_for_years_goes_whole_at_once() -> None:
    assert due(a_case(closed_at=NOW), NOW + 1826 * DAY, RULES) == PurgeDue(Rule.CASE, NOW + 1826 * DAY)


def test_what_was_written_about_a_closed_case_after_its_purge_goes_as_long_after_that() -> None:
    purged = a_case(closed_at=NOW, purged_at=NOW + 181 * DAY)
    assert due(purged, NOW + 181 * DAY, RULES) == PurgeDue(Rule.TIER2, NOW + 361 * DAY)


def test_what_was_written_before_another_closure_goes_in_its_turn() -> None:
    again = a_case(closed_at=NOW + DAY, purged_at=NOW)
    assert due(again, NOW + DAY, RULES) == PurgeDue(Rule.TIER2, NOW + 181 * DAY)


@pytest.mark.parametrize(("reference", "exercise"), [("XX26-M9S34-4", False), ("KC26-M9S34-4", True)])
def test_a_drill_goes_thirty_days_after_it_began_closed_or_not(reference: str, exercise: bool) -> None:
    drill = a_case(reference=reference, exercise=exercise)
    assert is_drill(drill)
    assert due(drill, NOW, RULES) == PurgeDue(Rule.DRILL, drill.opened_at + 30 * DAY)


def test_the_cutoffs_are_the_moments_before_which_something_must_have_ended() -> None:
    cutoffs = Cutoffs.at(NOW, RULES)
    assert (cutoffs.tier2, cutoffs.cases, cutoffs.drills) == (NOW - 180 * DAY, NOW - 1826 * DAY, NOW - 30 * DAY)


def test_free_fields_are_exactly_those_whose_answers_are_words() -> None:
    assert FREE_FIELDS == ("area", "summary")
    assert {field.id for field in FIELDS if field.coded}.isdisjoint(FREE_FIELDS)


@pytest.mark.parametrize(
    "act", ["snoozed", "urgency_by_hand", "accepted", "confirmed_in_writing", "forgotten", "noted"]
)
def test_details_that_hold_words_or_names_do_not_stay_in_the_record(act: str) -> None:
    assert act not in CODED_ACTS


@pytest.mark.parametrize("rule", [Rule.CASE, Rule.DRILL, Rule.FORGOTTEN])
def test_where_all_goes_no_details_stay(rule: Rule) -> None:
    assert kept_acts(rule) == frozenset()
