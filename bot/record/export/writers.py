"""The files of the case log: CSV and JSON lines here, Excel beside; written row by row in flat memory."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.domain.time_words import as_utc
from bot.record.export.columns import Cell, Row
from bot.record.export.file_form import Columns, FileForm, text_of
from bot.record.export.manifest import Manifest
from bot.record.export.xlsx import XlsxFile

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
_COPY_BYTES = 1 << 20


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
    """RFC 4180, UTF-8 with a byte order mark, which is how Excel knows the encoding; programs may want none."""

    def __init__(self, target: Path | BinaryIO, columns: Columns, form: FileForm) -> None:
        """Begin the file, or what goes into a stream, with its header."""
        raw = target.open("wb") if isinstance(target, Path) else target
        self._file = TextIOWrapper(raw, encoding="utf-8-sig" if form.has_mark else "utf-8", newline="")
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

    def __init__(self, path: Path, columns: Columns, _form: FileForm) -> None:
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

    def __init__(self, target: BinaryIO, columns: Columns, _form: FileForm) -> None:
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


#: How each format is written.
WRITERS: Mapping[str, Callable[[Path, Columns, FileForm], CaseFile]] = {
    "csv": CsvFile,
    "jsonl": JsonlFile,
    "xlsx": XlsxFile,
    "htcds": CsvFile,
}
#: How those formats are written that need no copy on the disk while they are made.
STREAMED: Mapping[str, Callable[[BinaryIO, Columns, FileForm], CaseFile]] = {
    "csv": CsvFile,
    "htcds": CsvFile,
    "jsonl": StreamedLines,
}


def as_line(columns: Columns, row: Row) -> bytes:
    """Write a row as one line of JSON."""
    return f"{json.dumps(dict(zip(columns, map(_moments, row), strict=True)), ensure_ascii=False)}\n".encode()


def _moments(cell: Cell) -> str | int | tuple[str, ...] | None:
    """Moments for records; all else as it is."""
    return as_utc(cell) if isinstance(cell, datetime) else cell


def _plain(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return as_utc(cell)
    return cell if isinstance(cell, int) else neutral(text_of(cell))
