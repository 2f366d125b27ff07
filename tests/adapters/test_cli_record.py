"""Commands about the record: export, report, the plan of a case."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import openpyxl
import pytest

from bot.reference import draw
from tests.browser.web_kit import REFERENCE
from tests.running import Terminal

PERIOD = ("--since", "2026-04-01", "--until", "2026-05-01")
OTHER = draw("KC", 2026, lambda _: "3")


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_an_export_counts_what_is_in_it_and_is_journalled(terminal: Terminal, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"cases.{form}"
    (told,) = terminal("export", "--format", form, *PERIOD, "--reason", "annual meeting", "-o", target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert told == f"1 cases written to {target}, SHA-256 {digest}."
    assert _references(target) == [REFERENCE]
    assert terminal("journal", "verify")[0].startswith("Journal -: 1 entries, all in order.")
    assert terminal("export", *PERIOD, "--reason", " ", "-o", target, code=1) == [
        "The export needs to know who asks for it and why."
    ]


def _references(file: Path) -> list[str]:
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file, read_only=True)
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        book.close()
    elif file.suffix == ".csv":
        cells = [cell for row in csv.reader(file.read_text("utf-8-sig").splitlines()) for cell in row]
    else:
        cells = [str(v) for line in file.read_text("utf-8").splitlines() for v in json.loads(line).values()]
    return [cell for cell in cells if cell == REFERENCE]


def test_a_target_that_cannot_be_written_is_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "cases.csv"
    (sentence,) = terminal("export", *PERIOD, "--reason", "x", "-o", target, code=1)
    assert str(target.parent) in sentence
    (sentence,) = terminal("report", *PERIOD, "-o", tmp_path / "nowhere" / "report.html", code=1)
    assert str(target.parent) in sentence


@pytest.mark.parametrize(("ending", "begins"), [("html", b"<!"), ("json", b"{"), ("pdf", b"%PDF")])
def test_a_report_is_written_in_the_form_its_name_asks_for(
    terminal: Terminal, tmp_path: Path, ending: str, begins: bytes
) -> None:
    target = tmp_path / f"report.{ending}"
    assert terminal("report", *PERIOD, "-o", target) == [f"The report is in {target}."]
    assert target.read_bytes().startswith(begins)


def test_a_report_in_an_unknown_form_or_of_no_period_is_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    (sentence,) = terminal("report", *PERIOD, "-o", tmp_path / "report.doc", code=1)
    assert ".html" in sentence
    backwards = ("--since", "2026-05-01", "--until", "2026-04-01")
    (sentence,) = terminal("report", *backwards, "-o", tmp_path / "report.html", code=1)
    assert sentence.endswith(".")


def test_a_plan_reads_a_reference_as_people_type_it(terminal: Terminal) -> None:
    plan = "\n".join(terminal("plan", "kc26 m9s34 4"))
    assert REFERENCE in plan
    assert "Phnom Penh" in plan
    assert "Beijing" in plan


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        (
            "KC26-M9S34-5",
            "KC26-M9S34-5 is not a case reference; one looks like KC26-M9S34-4. Check it for a typing error.",
        ),
        (OTHER, f"There is no case {OTHER}."),
    ],
)
def test_a_plan_of_no_case_is_one_sentence(terminal: Terminal, reference: str, sentence: str) -> None:
    assert terminal("plan", reference, code=1) == [sentence]
