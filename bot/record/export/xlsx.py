"""The case log as an Excel workbook: the cases, what the file is, and what its codes mean. Written row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.domain.agreement import city_of
from bot.domain.errors import BridgeError
from bot.record.export.columns import Cell, Row
from bot.record.export.file_form import SEPARATOR, Columns, FileForm, text_of
from bot.record.export.headings import code_list, heading
from bot.record.export.manifest import Manifest

#: Below the header; Excel's own limit.
ROWS = 1_048_575
#: The order of the parts that every country's Excel shows alike, and that sorts.
_MOMENT = "yyyy-mm-dd hh:mm:ss"
_NARROW, _MIDDLE, _OF_MOMENT, _WIDE = 12, 16, 20, 28  #: characters
_HEADING_HEIGHT = 64  #: points: four lines
#: How often a zone is asked for its offset, and how far beyond the period: deadlines may be due in a year.
_STEP, _BEYOND = timedelta(days=7), timedelta(days=400)
_COUNTS = ("minutes_to_acknowledge", "_pings", "_returns", "persons_count", "exercise")
_LISTS = ("exploitation", "assistance", "persons_by_age", "persons_by_state", "_formal_reference", "_letter_reference")


def steady(zone: tzinfo, since: datetime, until: datetime) -> bool:
    """Whether a zone's clocks stay as they are: only then does a time of day without its offset mean one moment."""
    steps = (until + _BEYOND - since) // _STEP
    return len({(since + n * _STEP).astimezone(zone).utcoffset() for n in range(steps + 1)}) == 1


class XlsxFile:
    """An Excel workbook of three sheets."""

    def __init__(self, path: Path, columns: Columns, form: FileForm) -> None:
        """Create the workbook; rows already written wait on disk, beside it."""
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(path.parent),
        }
        self._book = Workbook(str(path), options)
        self._book.use_zip64()
        self._zone, self._times = form.zone, _named(form.zone, form.since)
        self._heading = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._plain = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._moment = self._book.add_format({"num_format": _MOMENT})
        self._sheet = self._book.add_worksheet("Cases")
        self._written = 0
        self._is_done = False
        self._columns = columns
        self._lay_out()

    def _lay_out(self) -> None:
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_row(0, _HEADING_HEIGHT)
        for index, name in enumerate(self._columns):
            self._sheet.set_column(index, index, _width(name))
            zone = f" ({self._times})" if name.endswith("_at") else ""
            self._sheet.write_string(0, index, f"{heading(name)}{zone}", self._heading)

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows: text as text, never as formula or link."""
        for row in rows:
            self._written += 1
            if self._written > ROWS:
                raise BridgeError(
                    f"An Excel sheet holds {ROWS:,} cases and these are more, so no file was made: take a shorter "
                    "period, or csv or jsonl."
                )
            for index, cell in enumerate(row):
                self._put(index, cell)

    def _put(self, index: int, cell: Cell) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._written, index, cell)
        elif isinstance(cell, int):
            self._sheet.write_number(self._written, index, cell)
        elif isinstance(cell, datetime):
            local = cell.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
            self._sheet.write_datetime(self._written, index, local, self._moment)
        elif cell:
            _text(self._sheet, self._written, index, text_of(cell))

    def finish(self, manifest: Manifest) -> None:
        """Add the other two sheets and write the workbook."""
        self._sheet.autofilter(0, 0, max(1, self._written), len(self._columns) - 1)
        self._add_manifest(manifest)
        self._add_code_lists()
        self._close()

    def _add_manifest(self, manifest: Manifest) -> None:
        sheet = self._book.add_worksheet("Manifest")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 80)
        for index, (name, value) in enumerate((*_lines(manifest), ("times", self._times))):
            sheet.write_string(index, 0, name, self._heading)
            if isinstance(value, int):
                sheet.write_number(index, 1, value, self._book.add_format({"align": "left"}))
            else:
                _text(sheet, index, 1, value, self._plain)

    def _add_code_lists(self) -> None:
        sheet = self._book.add_worksheet("Code lists")
        sheet.freeze_panes(1, 0)
        for index, (name, width) in enumerate(_OF_CODES):
            sheet.set_column(index, index, width)
            sheet.write_string(0, index, name, self._heading)
        at = 0
        for name in self._columns:
            for code, meaning in code_list(name) or (("", ""),):
                at += 1
                for index, text in enumerate((heading(name), name, code, meaning)):
                    if text:
                        sheet.write_string(at, index, text)
        sheet.autofilter(0, 0, max(1, at), len(_OF_CODES) - 1)

    def _close(self) -> None:
        self._is_done = True
        try:
            self._book.close()
        except XlsxWriterException as error:  # it wraps what the disk said
            raise OSError(*getattr(error.args[0], "args", error.args)) from error

    def abandon(self) -> None:
        """Close the workbook: it has no other way to let go of its files."""
        if not self._is_done:
            with suppress(OSError):
                self._close()


_OF_CODES = (("Column", 44), ("Name in CSV and JSON", 38), ("Code", 32), ("Meaning", 60))


def _text(sheet: Worksheet, row: int, column: int, text: str, form: Format | None = None) -> None:
    if sheet.write_string(row, column, text, form) < 0:  # the library leaves the cell empty and says so only here
        raise BridgeError("A text is longer than a cell of Excel holds, so no file was made: take csv or jsonl.")


def _named(zone: tzinfo, at: datetime) -> str:
    """Name a zone with its distance from UTC: ``Phnom Penh, UTC+7``."""
    if zone is UTC:
        return "UTC"
    hours, minutes = divmod(int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60), 60)
    return f"{city_of(str(zone))}, UTC{hours:+d}{f':{minutes:02d}' if minutes else ''}"


def _width(name: str) -> int:
    if name.endswith("_at"):
        return _OF_MOMENT
    if name.endswith(_COUNTS):
        return _NARROW
    return _WIDE if name.endswith(_LISTS) else _MIDDLE


def _lines(manifest: Manifest) -> Iterator[tuple[str, str | int]]:
    for name, value in manifest.as_dict().items():
        if isinstance(value, Mapping):
            yield from ((each, _said(said)) for each, said in value.items())
        else:
            yield name, _said(value)


def _said(value: object) -> str | int:
    if isinstance(value, list):
        return SEPARATOR.join(map(str, value))
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)
