"""What an export says of itself: which cases, how many, for whom and why, and the hash of the file. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from bot import __version__
from bot.domain.case_filter import EVERY_CASE, CaseFilter
from bot.domain.errors import BridgeError
from bot.domain.frozen import replace
from bot.domain.time_words import as_utc


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Which cases somebody wants, in which form, and why."""

    format: str  #: csv, htcds, jsonl or xlsx
    since: datetime  #: cases opened from here
    until: datetime  #: up to here, exclusive
    parties: tuple[str, ...] = ()  #: a side of the case is one of these; empty: all
    exporter: str = ""  #: ``person:12`` or an account's name
    reason: str = ""
    recipient: str = ""  #: of an identified export: the age recipient that alone can read it
    approved_by: str = ""  #: of an identified export: ``person:7``
    number: str = ""  #: of an identified export: the order's; its reason stays with the order
    only: CaseFilter = EVERY_CASE
    has_mark: bool = True  #: of a CSV file: the byte order mark, by which spreadsheets know the encoding
    zone: tzinfo = UTC  #: of times in an Excel file, where its clocks never change

    @property
    def is_identified(self) -> bool:
        """Whether it holds what points to people."""
        return bool(self.recipient)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What goes with an exported file, so that a reader can check it is whole."""

    file: str  #: the file's name, without folder
    format: str
    since: str  #: RFC 3339 in UTC
    until: str
    parties: tuple[str, ...]
    count: int  #: cases in the file
    only: CaseFilter
    columns: tuple[str, ...]
    exporter: str
    reason: str
    made_at: str
    program: str
    sha256: str = ""  #: of the whole file; empty inside the file itself
    rows_sha256: str = ""  #: jsonl only: of all lines after the manifest line
    recipient: str = ""  #: of an identified export: the age recipient that alone can read it
    approved_by: str = ""  #: of an identified export: who was the second person
    number: str = ""  #: of an identified export: the order's, which holds the reason
    notes: Mapping[str, object] = field(default_factory=dict)  #: what a reader must know of the columns

    def as_json(self, indent: int | None = None) -> str:
        """Write it as JSON, flat but for the filter; what is empty is left out."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=indent)

    def as_dict(self) -> Mapping[str, object]:
        """Give it the names that readers of the JSON rely on."""
        hashes = {"sha256": self.sha256, "rows_sha256": self.rows_sha256}
        return {
            "file": self.file,
            "format": self.format,
            "filter": {"since": self.since, "until": self.until, "parties": list(self.parties), **self._filtered()},
            "count": self.count,
            **{name: value for name, value in hashes.items() if value},
            "exporter": self.exporter,
            "reason": self.reason,
            "made_at": self.made_at,
            "program": self.program,
            "de-identified": not self.recipient,
            **(self._approval() if self.recipient else {}),
            **({"notes": self.notes} if self.notes else {}),
            "columns": list(self.columns),
        }

    def _filtered(self) -> Mapping[str, str]:
        status = self.only.status.value if self.only.status else ""
        return {name: said for name, said in (("corridor", self.only.corridor), ("status", status)) if said}

    def _approval(self) -> Mapping[str, object]:
        return {"identified": True, "order": self.number, "recipient": self.recipient, "approved_by": self.approved_by}

    def counted(self, count: int, rows_sha256: str = "") -> Manifest:
        """The manifest with what is known once all rows are written."""
        return replace(self, count=count, rows_sha256=rows_sha256)


def begin(
    order: ExportRequest, file: str, now: datetime, columns: tuple[str, ...], notes: Mapping[str, object]
) -> Manifest:
    """Begin the manifest of an order; raises `BridgeError` when the order is incomplete."""
    if not order.since < order.until:
        raise BridgeError("The export needs a period whose first day comes before its last.")
    if not (order.exporter.strip() and order.reason.strip()):
        raise BridgeError("The export needs to know who asks for it and why.")
    return Manifest(
        file=file,
        format=order.format,
        since=as_utc(order.since),
        until=as_utc(order.until),
        parties=tuple(order.parties),
        count=0,
        only=order.only,
        columns=columns,
        exporter=order.exporter,
        # What is not encrypted says nothing that somebody wrote about the people in the file.
        reason="" if order.is_identified else order.reason,
        made_at=as_utc(now),
        program=f"casebridge {__version__}",
        recipient=order.recipient,
        approved_by=order.approved_by,
        number=order.number,
        notes=notes,
    )
