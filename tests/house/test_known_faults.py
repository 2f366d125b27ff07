"""The table of faults that other bridges have does not rot: its tests are there, and so is what was taken out."""

from __future__ import annotations

import pytest

from tests.kit.root import ROOT
from tests.known_faults import TABLE, Taken, as_page
from tests.known_faults_table import ROWS

FAULTS = {
    "a webhook accepted unsigned",
    "no dedupe of redeliveries",
    "enrolment codes that never expire",
    "anyone in the group may close, the actor is a display name",
    'errcode ignored, so "sent" lies',
    "CreateTime read as milliseconds",
    "text sent again when an attachment fails",
    "edits overwrite the evidence",
    "photos silently downscaled",
    "a reply goes to the last known recipient",
    "a reply goes to a same-named person",
    "a sequence number by max+1",
    "a case silently without a clock when a side store is down",
    "reminders from memory at a fixed hour: a missed tick is a missed reminder",
    "an export silently capped at 6000 rows",
    '"yes in 2 hours" stored as "yes"',
    "paging goes on after acknowledgment",
    "paging never resumes after a forgotten acknowledgment",
}


def test_every_fault_has_a_row() -> None:
    assert {each.attack for each in ROWS} == FAULTS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_was_taken_out_stands_exactly_once(row: Taken) -> None:
    assert (ROOT / row.file).read_text("utf-8").count(row.stands) == 1
    assert row.stands != row.undone


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_tests_that_turned_red_are_there(row: Taken) -> None:
    assert len(row.red) == len(row.said) > 0
    for name in row.red:
        file, _, test = name.partition("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text("utf-8")


def test_the_page_is_what_the_last_full_run_wrote() -> None:
    assert TABLE.read_text("utf-8") == as_page(ROWS)
