"""What a secretary who opens the case log in Excel was promised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from bot.domain.case import Case, Channel, DeadlineKind
from bot.domain.errors import BridgeError
from bot.record.export import xlsx
from bot.record.export.case_log import export
from bot.record.export.columns import COLUMNS
from bot.record.export.headings import code_list, heading
from bot.record.export.manifest import ExportRequest
from bot.record.export.xlsx import steady
from tests.kit.casebook import AGREEMENT, NOW, SINCE, UNTIL, a_case, accepted, answered, clock, due, keep
from tests.kit.database import KeptStorage


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


ORDER = ExportRequest("xlsx", SINCE, UNTIL, (), "person:9", "annual meeting", zone=ZoneInfo("Asia/Phnom_Penh"))
MINUTE = timedelta(minutes=1)


def a_worked_case() -> Case:
    case = answered(a_case(1), {"persons_count": 3, "citizenship": ("KH", "VN"), "danger_now": "yes"})
    case = due(case, DeadlineKind.ACKNOWLEDGE, 15 * MINUTE, settled=20 * MINUTE, met_by=2)
    return accepted(case, Channel.POLICE, 50 * MINUTE, formal_reference="=1+1")


async def made(folder: Path, *cases: Case, order: ExportRequest = ORDER) -> Path:
    storage = KeptStorage()
    await keep(storage, cases)
    await export(storage, order, folder / "log.xlsx", clock=clock, agreement=AGREEMENT)
    return folder / "log.xlsx"


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    book = openpyxl.load_workbook(path)
    try:
        yield book
    finally:
        book.close()


def at(book: Workbook, name: str, row: int = 2) -> object:
    return book["Cases"].cell(row, COLUMNS.index(name) + 1).value


async def test_times_are_real_ones_in_the_zone_that_the_heading_names(tmp_path: Path) -> None:
    with opened(await made(tmp_path, a_worked_case())) as book:
        assert at(book, "opened_at") == datetime(2026, 1, 1, 7, 0)  # noqa: DTZ001 - a cell has no zone
        assert at(book, "opened_at", 1) == "Opened (Phnom Penh, UTC+7)"
        assert at(book, "deadline_acknowledge_due_at", 1) == "Deadline to acknowledge: due (Phnom Penh, UTC+7)"
        cell = book["Cases"].cell(2, COLUMNS.index("acknowledged_at") + 1)
        assert (cell.is_date, cell.number_format) == (True, "yyyy-mm-dd hh:mm:ss")


async def test_where_clocks_change_times_are_in_utc_and_none_is_in_doubt(tmp_path: Path) -> None:
    berlin = replace(ORDER, zone=ZoneInfo("Europe/Berlin"))
    with opened(await made(tmp_path, a_worked_case(), order=berlin)) as book:
        assert at(book, "opened_at", 1) == "Opened (UTC)"
        assert at(book, "opened_at") == datetime(2026, 1, 1)  # noqa: DTZ001 - a cell has no zone


@pytest.mark.parametrize(
    ("zone", "is_steady"), [("Asia/Shanghai", True), ("UTC", True), ("Europe/Berlin", False), ("America/Lima", True)]
)
def test_only_a_zone_whose_clocks_stay_is_written_in(zone: str, is_steady: bool) -> None:
    assert steady(ZoneInfo(zone), SINCE, NOW) is is_steady


async def test_headings_are_for_people_numbers_are_numbers_and_formulas_are_text(tmp_path: Path) -> None:
    with opened(await made(tmp_path, a_worked_case())) as book:
        shown = [cell.value for cell in book["Cases"][1]]
        assert len(shown) == len(set(shown)) == len(COLUMNS)
        assert not set(shown) & set(COLUMNS)
        assert (at(book, "persons_count"), at(book, "minutes_to_acknowledge")) == (3, 20)
        assert at(book, "exercise") is False
        assert at(book, "citizenship") == "KH; VN"
        cell = book["Cases"].cell(2, COLUMNS.index("police_formal_reference") + 1)
        assert (cell.value, cell.data_type) == ("=1+1", "s")


async def test_the_heading_stays_in_sight_can_be_filtered_by_and_every_column_is_wide_enough(tmp_path: Path) -> None:
    with opened(await made(tmp_path, a_worked_case())) as book:
        sheet = book["Cases"]
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", f"A1:{sheet.cell(2, len(COLUMNS)).coordinate}")
        assert sheet["A1"].alignment.wrap_text
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert 10 <= min(widths) <= max(widths) <= 40


async def test_of_no_case_there_is_a_sheet_that_can_be_opened(tmp_path: Path) -> None:
    with opened(await made(tmp_path)) as book:
        assert book.sheetnames == ["Cases", "Manifest", "Code lists"]
        assert book["Cases"].max_row == 1


async def test_the_second_sheet_says_what_the_file_is(tmp_path: Path) -> None:
    with opened(await made(tmp_path, a_worked_case())) as book:
        said = {str(name): value for name, value in book["Manifest"].iter_rows(values_only=True)}
        assert (said["count"], said["exporter"], said["reason"]) == (1, "person:9", "annual meeting")
        assert (said["since"], said["times"]) == ("2026-01-01T00:00:00Z", "Phnom Penh, UTC+7")


async def test_the_third_sheet_explains_every_code_and_names_the_columns_of_the_other_formats(tmp_path: Path) -> None:
    with opened(await made(tmp_path, a_worked_case())) as book:
        head, *rows = book["Code lists"].iter_rows(values_only=True)
        assert head == ("Column", "Name in CSV and JSON", "Code", "Meaning")
        assert ("Danger now", "danger_now", "yes", "Yes") in rows
        assert ("Status", "status", "handed_off", "accepted by a formal channel") in rows
        assert ("Citizenship", "citizenship", "KH", "Cambodia") in rows
        assert {row[1] for row in rows} == set(COLUMNS)
        assert book["Code lists"].freeze_panes == "A2"


def test_every_column_has_a_heading_of_its_own_and_every_code_a_meaning() -> None:
    assert len({heading(name) for name in COLUMNS}) == len(COLUMNS)
    assert all(code and meaning for name in COLUMNS for code, meaning in code_list(name))


async def test_what_a_cell_cannot_hold_stops_the_export_instead_of_leaving_it_out(tmp_path: Path) -> None:
    long = accepted(a_case(1), Channel.POLICE, MINUTE, formal_reference="x" * 32_768)
    with pytest.raises(BridgeError, match="longer than a cell of Excel holds"):
        await made(tmp_path, long)
    assert not left_in(tmp_path)


async def test_a_sheet_that_is_full_is_said_with_its_limit_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 3)
    with pytest.raises(BridgeError, match="An Excel sheet holds 3 cases"):
        await made(tmp_path, *(a_case(n) for n in range(1, 6)))
    assert not left_in(tmp_path)
