"""What the writers of the case log share: how a file is wanted, and how lists stand in one cell. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

Columns = tuple[str, ...]
SEPARATOR = "; "  #: between several codes in one cell


@dataclass(frozen=True, slots=True)
class FileForm:
    """How a file is wanted, as far as its format leaves it open."""

    zone: tzinfo = UTC  #: of times in an Excel file
    has_mark: bool = True  #: whether a CSV file begins with the byte order mark
    since: datetime = datetime(2026, 1, 1, tzinfo=UTC)  #: where the zone's distance from UTC is read


def text_of(cell: str | tuple[str, ...]) -> str:
    """Write a text, or a list of codes as one."""
    return cell if isinstance(cell, str) else SEPARATOR.join(cell)
