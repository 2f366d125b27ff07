"""The files of the case log: CSV, XLSX and JSON lines, written row by row in flat memory."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Protocol

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from bot.domain.errors import BridgeError
from bot.record.export.columns import Cell, Row
from bot.record.export.manifest import Manifest

#: What spreadsheets take for the beginning of a formula, in ASCII and full width.
_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
#: Where cells end in other countries' settings, and a formula after it.
_AFTER_SEPARATOR = re.compile(rf"([;\t|\r\n]\s*)(?=[{_FORMULA}])")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
#: What a spreadsheet takes for a number, a date or a time, and then writes in its own way: ``12/26``, ``1E5``, ``007``.
#: A date as standards write it stays one.
_CHANGED = re.compile(
    r"(?!\d{4}-\d\d-\d\d$)\s*+[(\[]?[^\w\s]?\s*+\d[\d\s.,/:-]*+(?:e[+-]?\d+)?\s*(?:%|[ap]\.?m?\.?)?[)\]]?\s*"
    rf"|\s*{_MONTH}[\s.,/-]*\d{{1,4}}(?:[\s,]+\d{{2,4}})?\s*"
    rf"|\s*\d{{1,4}}[\s./-]*{_MONTH}(?:[\s.,/-]*\d{{2,4}})?\s*",
    re.IGNORECASE,
)
_SEPARATOR = "; "  #: between several codes in one cell
_XLSX_ROWS = 1_048_575  #: below the header; Excel's limit
_COPY_BYTES = 1 << 20

Columns = tuple[str, ...]


class CaseFile(Protocol):
    """A file that cases are written to. Any method may raise OSError."""

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows in the order of the columns."""

    def finish(self, manifest: Manifest) -> None:
        """Complete and close the file; the manifest goes in where the format has a place for it."""

    def abandon(self) -> None:
        """Let go of the file without completing it; after `finish` this does nothing."""


def neutral(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula or change, also one that splits elsewhere."""
    looks_live = text[:1] in ("\t", "\r", "\n") or text.lstrip()[:1] in tuple(_FORMULA) or _CHANGED.fullmatch(text)
    shown = _AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{shown}" if looks_live else shown


class CsvFile:
    """RFC 4180, UTF-8 with a byte order mark, which is how Excel knows the encoding."""

    def __init__(self, target: Path | BinaryIO, columns: Columns) -> None:
        """Begin the file, or what goes into a stream, with its header."""
        raw = target.open("wb") if isinstance(target, Path) else target
        self._file = TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file, lineterminator="\r\n")
        self._csv.writerow(columns)

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows; what a spreadsheet would run or change is marked as text."""
        self._csv.writerows([_plain(cell) for cell in row] for row in rows)

    def finish(self, manifest: Manifest) -> None:  # noqa: ARG002 - CSV has no place for it: readers would take it for a case
        """Close the file."""
        self._file.close()

    def abandon(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._file.close()


class JsonlFile:
    """One JSON object a line. The first line is the manifest, with the count and hash of those that follow."""

    def __init__(self, path: Path, columns: Columns) -> None:
        """Begin with the rows in a file of their own: the first line can only be written last."""
        self._path = path
        self._columns = columns
        self._rows = path.with_suffix(".rows")
        self._file = self._rows.open("wb")
        self._hash = hashlib.sha256()

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows; lists, numbers and null stay what they are."""
        for row in rows:
            line = as_line(self._columns, row)
            self._hash.update(line)
            self._file.write(line)

    def finish(self, manifest: Manifest) -> None:
        """Put the manifest before the rows."""
        self._file.close()
        own = manifest.counted(manifest.count, self._hash.hexdigest())
        with self._path.open("wb") as whole, self._rows.open("rb") as rows:
            whole.write(f'{{"manifest": {own.as_json()}}}\n'.encode())
            shutil.copyfileobj(rows, whole, _COPY_BYTES)

    def abandon(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._file.close()


class StreamedLines:
    """JSON lines without the manifest's, for a stream that cannot be gone back in."""

    def __init__(self, target: BinaryIO, columns: Columns) -> None:
        """Take the stream."""
        self._file = target
        self._columns = columns

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._file.writelines(as_line(self._columns, row) for row in rows)

    def finish(self, manifest: Manifest) -> None:  # noqa: ARG002 - it is known only now, and the first line is gone
        """Close the stream."""
        self._file.close()

    def abandon(self) -> None:
        """Close the stream."""
        with suppress(OSError):
            self._file.close()


class XlsxFile:
    """An Excel workbook: the cases, and the manifest on a second sheet."""

    def __init__(self, path: Path, columns: Columns) -> None:
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
        self._heading = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet = self._book.add_worksheet("Cases")
        self._written = 0
        self._is_done = False
        self._columns = columns
        self._lay_out()

    def _lay_out(self) -> None:
        self._sheet.freeze_panes(1, 1)
        for index, name in enumerate(self._columns):
            self._sheet.set_column(index, index, _width(name))
            self._sheet.write_string(0, index, name, self._heading)

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows: text as text, never as formula or link."""
        for row in rows:
            self._written += 1
            if self._written > _XLSX_ROWS:
                raise BridgeError("An Excel sheet cannot hold so many cases: take a shorter period, or csv or jsonl.")
            for index, cell in enumerate(row):
                self._put(index, cell)

    def _put(self, index: int, cell: Cell) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._written, index, cell)
        elif isinstance(cell, int):
            self._sheet.write_number(self._written, index, cell)
        elif cell:
            self._sheet.write_string(self._written, index, _text(cell))

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest's sheet and write the workbook."""
        self._sheet.autofilter(0, 0, self._written, len(self._columns) - 1)
        sheet = self._book.add_worksheet("Manifest")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 80)
        for index, (name, value) in enumerate(_lines(manifest)):
            sheet.write_string(index, 0, name, self._heading)
            sheet.write_string(index, 1, value)
        self._close()

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


#: How each format is written.
WRITERS: Mapping[str, Callable[[Path, Columns], CaseFile]] = {
    "csv": CsvFile,
    "jsonl": JsonlFile,
    "xlsx": XlsxFile,
    "htcds": CsvFile,
}
#: How those formats are written that need no copy on the disk while they are made.
STREAMED: Mapping[str, Callable[[BinaryIO, Columns], CaseFile]] = {
    "csv": CsvFile,
    "htcds": CsvFile,
    "jsonl": StreamedLines,
}


def as_line(columns: Columns, row: Row) -> bytes:
    """Write a row as one line of JSON."""
    return f"{json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)}\n".encode()


def _plain(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell if isinstance(cell, int) else neutral(_text(cell))


def _text(cell: str | tuple[str, ...]) -> str:
    return cell if isinstance(cell, str) else _SEPARATOR.join(cell)


def _width(name: str) -> int:
    """Characters: times need 21, long headings some more."""
    return max(21 if name.endswith("_at") else 12, len(name) + 2)


def _lines(manifest: Manifest) -> Iterable[tuple[str, str]]:
    for name, value in manifest.as_dict().items():
        if isinstance(value, Mapping):
            yield from ((each, _said(said)) for each, said in value.items())
        else:
            yield name, _said(value)


def _said(value: object) -> str:
    return _SEPARATOR.join(map(str, value)) if isinstance(value, list) else str(value)
