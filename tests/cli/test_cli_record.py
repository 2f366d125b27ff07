"""Commands about the record: export, report, the plan of a case."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
from pathlib import Path

import openpyxl
import pytest

from bot.domain.button_data import to_base36
from bot.domain.messages import DeliveryState, Outgoing
from bot.domain.people import Role
from bot.domain.reference import draw
from tests.kit.keys import RECIPIENT
from tests.kit.running import Setup, Terminal, person
from tests.kit.site import REFERENCE

PERIOD = ("--since", "2026-04-01", "--until", "2026-05-01")
OTHER = draw("KC", 2026, lambda _: "3")


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "htcds"])
def test_an_export_counts_what_is_in_it_and_is_journalled(terminal: Terminal, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"cases.{form.replace('htcds', 'htcds.csv')}"
    (told,) = terminal("export", "--format", form, *PERIOD, "--reason", "annual meeting", "-o", target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert told == f"1 cases written to {target}, SHA-256 {digest}."
    assert _references(target) == [REFERENCE], "a file of the standard holds it in its comment"
    assert terminal("journal", "verify")[0].startswith("Journal -: 1 entries, all in order.")
    assert terminal("export", *PERIOD, "--reason", " ", "-o", target, code=1) == [
        "The export needs to know who asks for it and why."
    ]


@pytest.mark.parametrize(("more", "begins"), [((), b"\xef\xbb\xbfref"), (("--no-bom",), b"reference,")])
def test_a_csv_file_has_a_byte_order_mark_unless_it_is_for_a_program(
    terminal: Terminal, tmp_path: Path, more: tuple[str, ...], begins: bytes
) -> None:
    target = tmp_path / "cases.csv"
    terminal("export", *PERIOD, *more, "--reason", "annual meeting", "-o", target)
    assert target.read_bytes().startswith(begins)


IDENTIFIED = ("export", "--identified", *PERIOD, "--reason", "the prosecutor asks")


@pytest.fixture
def two_who_may(setup: Setup) -> None:
    asyncio.run(setup.enrol(person(41, "KH", Role.ADMIN), person(31, "KH", Role.SUPERVISOR, "kh-duty")))


def test_an_identified_export_is_only_asked_for_and_waits_for_a_second_person(
    terminal: Terminal, setup: Setup, two_who_may: None
) -> None:
    (told,) = terminal(*IDENTIFIED, "--recipient", RECIPIENT, "--as", "41", "--format", "htcds")
    ((number, state, who, form),) = setup.query("SELECT id, state, person_id, format FROM export_orders")
    assert told.startswith(f"Order {to_base36(number)} is stored. A supervisor or another admin of KH must approve it")
    assert (state, who, form) == ("waiting", 41, "htcds")
    (told_to,) = asyncio.run(_waiting(setup))
    assert told_to.recipient == "person:31"
    assert "admin 41 asks for an identified export" in told_to.text
    assert [button.label for row in told_to.buttons for button in row] == ["Approve", "Refuse"]
    assert terminal("journal", "verify")[0].startswith("Journal -: 1 entries, all in order.")
    assert not list((setup.folder / "data").glob("exports/*"))


async def _waiting(setup: Setup) -> list[Outgoing]:
    async with setup.storage() as storage:
        return [d.message for d in await storage.outbox([DeliveryState.QUEUED], 10)]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--recipient", "age1abc", "--as", "41"), "That is no age recipient."),
        (("--recipient", RECIPIENT, "--as", "41", "--format", "xlsx"), "made as csv, jsonl or htcds"),
        (("--recipient", RECIPIENT, "--as", "11"), "is for an enrolled admin"),
        (("--recipient", RECIPIENT, "--as", "77"), "is for an enrolled admin"),
        (("--recipient", RECIPIENT), "is for an enrolled admin"),
        (("--recipient", RECIPIENT, "--as", "41", "--since", "2026-06-01"), "first day comes before its last"),
    ],
)
def test_an_identified_export_that_cannot_be_is_one_sentence(
    terminal: Terminal, two_who_may: None, more: tuple[str, ...], sentence: str
) -> None:
    (told,) = terminal(*IDENTIFIED, *more, code=1)
    assert sentence in told


def test_where_nobody_could_approve_an_identified_export_is_refused(terminal: Terminal, setup: Setup) -> None:
    asyncio.run(setup.enrol(person(41, "KH", Role.ADMIN)))
    (told,) = terminal(*IDENTIFIED, "--recipient", RECIPIENT, "--as", "41", code=1)
    assert "Nobody could approve it" in told


@pytest.mark.parametrize(
    "words",
    [
        (*IDENTIFIED, "--as", "41"),
        (*IDENTIFIED, "--recipient", RECIPIENT, "-o", "cases.csv"),
        ("export", *PERIOD, "--reason", "x"),
        ("export", *PERIOD, "--reason", "x", "--recipient", RECIPIENT, "-o", "cases.csv"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert any("export needs" in line for line in terminal(*words, code=2))


def _references(file: Path) -> list[str]:
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file, read_only=True)
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        book.close()
    elif file.suffix == ".csv":
        cells = [cell for row in csv.reader(file.read_text("utf-8-sig").splitlines()) for cell in row]
    else:
        cells = [str(v) for line in file.read_text("utf-8").splitlines() for v in json.loads(line).values()]
    return [part for cell in cells for part in cell.removeprefix("case=").split("; ") if part == REFERENCE]


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


def test_the_plan_of_everything_says_of_each_side_how_ready_it_is(terminal: Terminal) -> None:
    said = "\n".join(terminal("plan", "--all"))
    assert "Readiness of KH until" in said
    assert "Readiness of CN until" in said
    assert "! KH police: it has no address, and nobody there is on a messenger." in said


@pytest.mark.parametrize("typed", [(), (REFERENCE, "--all")])
def test_a_plan_wants_a_case_or_all_of_them(terminal: Terminal, typed: tuple[str, ...]) -> None:
    assert "Name a case, or say --all." in "\n".join(terminal("plan", *typed, code=2))


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
