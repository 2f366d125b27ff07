"""What an admin who exports the case log was promised."""

from __future__ import annotations

import csv
import errno
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.domain.case import Case, Channel, ClosureCode, DeadlineKind, HandoffState, Status
from bot.domain.errors import BridgeError
from bot.record.export import writers as export_writers
from bot.record.export.case_log import export, file_name
from bot.record.export.columns import COLUMNS, Row
from bot.record.export.manifest import ExportRequest, Manifest
from bot.record.export.writers import CsvFile
from tests.kit.casebook import AGREEMENT, NOW, SINCE, UNTIL, a_case, accepted, answered, clock, due, keep
from tests.kit.database import KeptStorage

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FORMATS = ("csv", "jsonl", "xlsx")


def order(form: str = "csv", **changes: Any) -> ExportRequest:
    plain = ExportRequest(form, SINCE, UNTIL, (), "person:9", "annual meeting")
    return replace(plain, **changes)


async def bridge_with(*cases: Case) -> KeptStorage:
    storage = KeptStorage()
    await keep(storage, cases)
    return storage


def read(path: Path) -> list[dict[str, Any]]:
    """The cases in a file as their reader sees them, whatever its form."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
    book = openpyxl.load_workbook(path)
    _, *rows = book["Cases"].iter_rows(values_only=True)
    book.close()
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def left_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def exported(folder: Path, form: str, *cases: Case) -> list[dict[str, Any]]:
    target = folder / f"log.{form}"
    await export(await bridge_with(*cases), order(form), target, clock=clock, agreement=AGREEMENT)
    return read(target)


def a_worked_case() -> Case:
    case = answered(a_case(1, exercise=False, rules=("R3", "R7"), acknowledged_by=2, status=Status.HANDED_OFF))
    case = due(case, DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=20 * MINUTE, met_by=2, pings=1)
    case = due(case, DeadlineKind.POLICE, 60 * MINUTE, settled=50 * MINUTE)
    case = due(case, DeadlineKind.DIPLOMATIC, 180 * MINUTE, pings=7)
    return accepted(case, Channel.POLICE, 50 * MINUTE, letter_reference="KH-12/2026", letter_at=SINCE + DAY)


@pytest.mark.parametrize("form", FORMATS)
async def test_every_case_of_the_period_is_in_the_file_and_no_other(form: str, tmp_path: Path) -> None:
    inside = [a_case(1), a_case(2, after=89 * DAY)]
    outside = [a_case(3, after=-MINUTE), a_case(4, after=UNTIL - SINCE)]
    rows = await exported(tmp_path, form, *inside, *outside)
    assert [row["reference"] for row in rows] == ["KC26-00001-4", "KC26-00002-4"]


@pytest.mark.parametrize("form", FORMATS)
async def test_the_manifest_beside_the_file_proves_that_it_is_whole(form: str, tmp_path: Path) -> None:
    target = tmp_path / f"log.{form}"
    storage = await bridge_with(*(a_case(n) for n in range(1, 1203)))
    made = await export(storage, order(form), target, clock=clock, agreement=AGREEMENT)
    said = json.loads((tmp_path / f"log.{form}.manifest.json").read_text("utf-8"))
    assert said["count"] == made.count == 1202 == len(read(target)) == await storage.count_cases(SINCE, UNTIL)
    assert said["sha256"] == made.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert said["filter"] == {"since": "2026-01-01T00:00:00Z", "until": "2026-04-01T00:00:00Z", "parties": []}
    assert (said["exporter"], said["reason"], said["made_at"]) == ("person:9", "annual meeting", "2026-04-02T09:30:00Z")
    assert said["de-identified"] is True
    assert tuple(said["columns"]) == COLUMNS


@pytest.mark.parametrize("form", FORMATS)
async def test_a_period_without_cases_gives_a_readable_file_that_says_so(form: str, tmp_path: Path) -> None:
    target = tmp_path / f"log.{form}"
    made = await export(await bridge_with(), order(form), target, clock=clock, agreement=AGREEMENT)
    assert (made.count, read(target)) == (0, [])
    assert target.stat().st_size > 0


@pytest.mark.parametrize("form", FORMATS)
async def test_no_name_no_free_text_and_no_fear_of_own_authorities_leaves(form: str, tmp_path: Path) -> None:
    await exported(tmp_path, form, replace(a_worked_case(), closed_by=2, status=Status.CLOSED))
    rows = read(tmp_path / f"log.{form}")
    everything = str(rows)
    for secret in ("Chan", "Nanchang", "Sok Dara", "Li Wei", "Wang Min", "girl 16", "telegram"):
        assert secret not in everything
    assert not {"fears_own_authorities", "area", "summary", "officer", "accepting_officer"} & set(rows[0])


@pytest.mark.parametrize("form", FORMATS)
async def test_people_are_written_as_side_and_role(form: str, tmp_path: Path) -> None:
    (row,) = await exported(tmp_path, form, a_worked_case())
    assert row["acknowledged_by"] == "CN duty"


@pytest.mark.parametrize("form", FORMATS)
async def test_no_and_unknown_and_not_asked_and_not_answered_stay_apart(form: str, tmp_path: Path) -> None:
    (row,) = await exported(tmp_path, form, a_worked_case())
    assert (row["consent_police"], row["consent_diplomatic"], row["safe_to_contact"]) == ("no", "not_asked", "unknown")
    assert row["assistance"] in ("", None)


async def test_deadlines_say_when_they_were_due_and_what_became_of_them(tmp_path: Path) -> None:
    (row,) = await exported(tmp_path, "jsonl", a_worked_case())
    assert row["deadline_acknowledge_due_at"] == "2026-01-01T00:15:00Z"
    assert row["deadline_acknowledge_settled_at"] == "2026-01-01T00:20:00Z"
    assert (row["deadline_acknowledge_outcome"], row["deadline_acknowledge_pings"]) == ("late", 1)
    assert (row["deadline_police_outcome"], row["deadline_police_pings"]) == ("in_time", 0)
    assert (row["deadline_diplomatic_outcome"], row["deadline_diplomatic_pings"]) == ("overdue", 7)
    assert row["deadline_review_due_at"] is None
    assert row["minutes_to_acknowledge"] == 20


async def test_hand_offs_carry_their_formal_references_and_every_return(tmp_path: Path) -> None:
    case = a_worked_case()
    case = accepted(
        case, Channel.DIPLOMATIC, DAY, state=HandoffState.RETURNED, accepted_at=None, returned_at=SINCE + DAY
    )
    (row,) = await exported(tmp_path, "jsonl", case)
    assert (row["police_state"], row["police_formal_reference"]) == ("accepted", "MPS-2026-77")
    assert (row["police_accepted_at"], row["police_letter_reference"]) == ("2026-01-01T00:50:00Z", "KH-12/2026")
    assert (row["diplomatic_state"], row["diplomatic_returns"]) == ("returned", 1)
    assert row["diplomatic_returned_at"] == "2026-01-02T00:00:00Z"


async def test_a_lapsed_acknowledgment_still_counts_as_the_first_one(tmp_path: Path) -> None:
    case = due(a_case(1), DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=10 * MINUTE, met_by=2)
    case = due(case, DeadlineKind.ACKNOWLEDGE, 400 * MINUTE, pings=2)
    (row,) = await exported(tmp_path, "jsonl", case)
    assert (row["minutes_to_acknowledge"], row["deadline_acknowledge_outcome"]) == (10, "overdue")


async def test_a_case_opened_again_still_says_who_acknowledged_it_first(tmp_path: Path) -> None:
    case = due(a_case(1), DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=10 * MINUTE, met_by=2)
    (row,) = await exported(tmp_path, "jsonl", due(case, DeadlineKind.ACKNOWLEDGE, DAY))
    assert (row["acknowledged_at"], row["acknowledged_by"]) == ("2026-01-01T00:10:00Z", "CN duty")
    assert row["minutes_to_acknowledge"] == 10


async def test_of_two_acknowledgments_time_and_person_are_those_of_the_first(tmp_path: Path) -> None:
    case = due(a_case(1), DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=10 * MINUTE, met_by=2)
    case = due(case, DeadlineKind.ACKNOWLEDGE, DAY, settled=DAY / 2, met_by=1)
    case = replace(case, acknowledged_at=SINCE + DAY / 2, acknowledged_by=1)
    (row,) = await exported(tmp_path, "jsonl", case)
    assert (row["acknowledged_at"], row["acknowledged_by"]) == ("2026-01-01T00:10:00Z", "CN duty")


async def test_an_acknowledgment_of_which_nobody_knows_who_gave_it_is_left_out_whole(tmp_path: Path) -> None:
    case = due(a_case(1), DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=10 * MINUTE)
    (row,) = await exported(tmp_path, "jsonl", case)
    assert [row[name] for name in ("acknowledged_at", "minutes_to_acknowledge", "acknowledged_by")] == [None] * 3


async def test_a_lapsed_acknowledgment_kept_by_an_earlier_version_has_its_person(tmp_path: Path) -> None:
    case = due(a_case(1), DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=10 * MINUTE)
    (row,) = await exported(tmp_path, "jsonl", replace(case, lapsed_at=SINCE + 10 * MINUTE, lapsed_by=2))
    assert (row["minutes_to_acknowledge"], row["acknowledged_by"]) == (10, "CN duty")


async def test_lists_numbers_and_empty_answers_stay_what_they_are_in_json(tmp_path: Path) -> None:
    (row,) = await exported(tmp_path, "jsonl", answered(a_case(1), {"persons_count": 3, "exploitation": ("A", "B")}))
    assert (row["persons_count"], row["exploitation"], row["citizenship"]) == (3, ["A", "B"], None)
    assert row["exercise"] is False


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "\uff1d1"])
async def test_a_formula_in_a_reference_is_only_text_in_a_csv_file(text: str, tmp_path: Path) -> None:
    (row,) = await exported(tmp_path, "csv", accepted(a_case(1), Channel.POLICE, DAY, formal_reference=text))
    assert row["police_formal_reference"] == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "12/26", "1E5", "007", "12-26", "3-4", "1.10", "12:30", "1,000", "12345678901234567890", "5%", "$5", "1/2",
        "MAR26", "12-Mar", "Sept 2", "1 April 2026", "12 a", "10 pm", " 12 ", "12e-3", "(12)",
    ],
)  # fmt: skip
async def test_a_reference_that_a_spreadsheet_would_take_for_a_number_or_date_is_text(
    text: str, tmp_path: Path
) -> None:
    (row,) = await exported(tmp_path, "csv", accepted(a_case(1), Channel.POLICE, DAY, formal_reference=text))
    assert row["police_formal_reference"] == f"'{text}"


@pytest.mark.parametrize(
    "text", ["MPS-2026-77", "L-77", "123/26 Col. Example", "12_17", "KC26-M9S34-4", "May", "公 12", "2026-04-17"]
)
async def test_a_reference_that_no_spreadsheet_changes_is_written_as_it_is(text: str, tmp_path: Path) -> None:
    (row,) = await exported(tmp_path, "csv", accepted(a_case(1), Channel.POLICE, DAY, formal_reference=text))
    assert row["police_formal_reference"] == text
    assert row["police_accepted_at"] == "2026-01-02T00:00:00Z", "and so are times"


@pytest.mark.parametrize(
    ("text", "shown"), [("7;=1", "7;'=1"), ("7\n=1", "7\n'=1"), ("\t=1", "'\t'=1"), ("a-b; c - d", "a-b; c - d")]
)
async def test_a_formula_behind_what_ends_a_cell_elsewhere_is_only_text_too(
    text: str, shown: str, tmp_path: Path
) -> None:
    (row,) = await exported(tmp_path, "csv", accepted(a_case(1), Channel.POLICE, DAY, formal_reference=text))
    assert row["police_formal_reference"] == shown


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "https://example.org", "007"])
async def test_a_formula_a_link_or_a_number_in_a_reference_is_only_text_in_excel(text: str, tmp_path: Path) -> None:
    target = tmp_path / "log.xlsx"
    storage = await bridge_with(accepted(a_case(1), Channel.POLICE, DAY, formal_reference=text))
    await export(storage, order("xlsx"), target, clock=clock, agreement=AGREEMENT)
    book = openpyxl.load_workbook(target)
    cell = book["Cases"].cell(2, COLUMNS.index("police_formal_reference") + 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    book.close()


async def test_excel_shows_letters_of_every_language_in_a_csv_file_and_quotes_what_must_be(tmp_path: Path) -> None:
    tricky = '公安部 "77", ផ្លូវ\nNhà'
    (row,) = await exported(tmp_path, "csv", accepted(a_case(1), Channel.POLICE, DAY, formal_reference=tricky))
    assert row["police_formal_reference"] == tricky
    raw = (tmp_path / "log.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfreference,corridor,")
    assert raw.endswith(b"\r\n")


async def test_the_first_line_of_json_lines_vouches_for_the_others(tmp_path: Path) -> None:
    await exported(tmp_path, "jsonl", a_case(1), a_case(2))
    first, rest = (tmp_path / "log.jsonl").read_bytes().split(b"\n", 1)
    said = json.loads(first)["manifest"]
    assert (said["count"], said["rows_sha256"]) == (2, hashlib.sha256(rest).hexdigest())


async def test_only_the_cases_of_the_wanted_side_are_exported(tmp_path: Path) -> None:
    other = replace(a_case(2), reporting="VN", corridor="VC", reference="VC26-00002-4")
    storage = await bridge_with(a_case(1), other)
    made = await export(storage, order(parties=("VN",)), tmp_path / "log.csv", clock=clock, agreement=AGREEMENT)
    assert made.parties == ("VN",)
    assert [row["reference"] for row in read(tmp_path / "log.csv")] == ["VC26-00002-4"]


async def test_nobody_but_the_owner_can_read_the_file_or_its_manifest(tmp_path: Path) -> None:
    await exported(tmp_path, "csv", a_case(1))
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in left_in(tmp_path)} == {0o600}


async def test_progress_is_told_as_it_goes(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    storage = await bridge_with(*(a_case(n) for n in range(1, 1102)))
    await export(
        storage,
        order(),
        tmp_path / "log.csv",
        clock=clock,
        agreement=AGREEMENT,
        progress=lambda *done: told.append(done),
    )
    assert told == [(500, 1101), (1000, 1101), (1101, 1101)]


class Full(CsvFile):
    """A disk that is full after the first chunk."""

    def write(self, rows: Iterable[Row]) -> None:
        super().write(rows)
        raise OSError(errno.ENOSPC, "No space left on device")


class FullAtTheEnd(CsvFile):
    """A disk that is full when the file is completed."""

    def finish(self, manifest: Manifest) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("disk", [Full, FullAtTheEnd])
async def test_a_full_disk_leaves_nothing_and_is_told_in_one_sentence(
    disk: type[CsvFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_writers, "WRITERS", {"csv": disk})
    monkeypatch.setattr("bot.record.export.case_log.WRITERS", {"csv": disk})
    with pytest.raises(
        BridgeError, match=r"could not be written to .*: No space left on device. Nothing was left there."
    ):
        await export(await bridge_with(a_case(1)), order(), tmp_path / "log.csv", clock=clock, agreement=AGREEMENT)
    assert not left_in(tmp_path)


@pytest.mark.parametrize("form", FORMATS)
async def test_a_folder_that_does_not_take_files_is_named(form: str, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match="gone: No such file or directory"):
        await export(
            await bridge_with(a_case(1)), order(form), tmp_path / "gone" / "log", clock=clock, agreement=AGREEMENT
        )


async def test_an_earlier_export_stays_when_the_next_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await exported(tmp_path, "csv", a_case(1))
    before = left_in(tmp_path)
    monkeypatch.setattr("bot.record.export.case_log.WRITERS", {"csv": Full})
    with pytest.raises(BridgeError):
        await exported(tmp_path, "csv", a_case(1), a_case(2))
    assert left_in(tmp_path) == before


async def test_a_file_does_not_stay_without_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "log.csv.manifest.json").mkdir()
    with pytest.raises(BridgeError, match="Nothing was left there"):
        await exported(tmp_path, "csv", a_case(1))
    assert not (tmp_path / "log.csv").exists()


class Forgetful(KeptStorage):
    """Loses a case on the way, as a wrong query would."""

    async def stream_cases(
        self, since: datetime, until: datetime, parties: Sequence[str] = ()
    ) -> AsyncIterator[list[Case]]:
        async for cases in super().stream_cases(since, until, parties):
            yield cases[1:]


@pytest.mark.parametrize("form", FORMATS)
async def test_a_case_lost_on_the_way_fails_the_export_loudly(form: str, tmp_path: Path) -> None:
    storage = Forgetful()
    await keep(storage, [a_case(1), a_case(2)])
    with pytest.raises(BridgeError, match="1 cases were read, but 2 are stored"):
        await export(storage, order(form), tmp_path / "log", clock=clock, agreement=AGREEMENT)
    assert not left_in(tmp_path)


async def test_of_more_cases_than_other_bridges_export_none_is_left_out(tmp_path: Path) -> None:
    many = 6_001
    storage = KeptStorage()
    await keep(storage, [a_case(number) for number in range(1, many + 1)])
    made = await export(storage, order("jsonl"), tmp_path / "log.jsonl", clock=clock, agreement=AGREEMENT)
    references = {row["reference"] for row in read(tmp_path / "log.jsonl")}
    assert made.count == many == len(references)


class Busy(KeptStorage):
    """Gets another case while the cases are read."""

    async def stream_cases(
        self, since: datetime, until: datetime, parties: Sequence[str] = ()
    ) -> AsyncIterator[list[Case]]:
        async for cases in super().stream_cases(since, until, parties):
            await keep(self, [a_case(99)])
            yield cases


async def test_a_case_opened_meanwhile_does_not_spoil_the_export(tmp_path: Path) -> None:
    storage = Busy()
    await keep(storage, [a_case(1), a_case(2)])
    made = await export(storage, order(), tmp_path / "log.csv", clock=clock, agreement=AGREEMENT)
    assert made.count == 2 == len(read(tmp_path / "log.csv"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (order("pdf"), "made as one of csv, jsonl, xlsx, htcds"),
        (order(since=UNTIL, until=SINCE), "first day comes before its last"),
        (order(reason="  "), "who asks for it and why"),
        (order(exporter=""), "who asks for it and why"),
    ],
)
async def test_an_incomplete_order_is_refused_in_one_sentence(
    wrong: ExportRequest, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(BridgeError, match=sentence):
        await export(await bridge_with(), wrong, tmp_path / "log", clock=clock, agreement=AGREEMENT)
    assert not left_in(tmp_path)


def test_a_files_name_is_safe_and_tells_only_the_period() -> None:
    assert file_name(order("xlsx"), 77) == "casebridge-20260101-20260401-77.xlsx"
    assert file_name(order("../x"), 77) == "casebridge-20260101-20260401-77.x"


async def test_a_closed_exercise_is_marked_as_one(tmp_path: Path) -> None:
    case = a_case(1, exercise=True, status=Status.CLOSED, closure=ClosureCode.EXERCISE, closed_at=NOW)
    (row,) = await exported(tmp_path, "jsonl", case)
    assert (row["exercise"], row["closure"], row["closed_at"]) == (True, "exercise", "2026-04-02T09:30:00Z")
