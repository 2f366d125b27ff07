"""Which columns an export has, and how a case becomes rows of them: one a case, in the standard one a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.record.export import columns, htcds, identified
from bot.record.export.columns import Row
from bot.record.export.dossier import Dossier

HTCDS = "htcds"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file."""

    columns: tuple[str, ...]
    rows: Callable[[Dossier], Iterable[Row]]
    notes: Mapping[str, object] = field(default_factory=dict)  #: what the manifest says of them


def layout_of(form: str, *, is_identified: bool) -> Layout:
    """Give the columns of a format."""
    if form == HTCDS and is_identified:
        return Layout(identified.HTCDS_COLUMNS, identified.htcds_rows, htcds.notes(left_out=identified.LEFT_OUT))
    if form == HTCDS:
        return Layout(htcds.COLUMNS, lambda dossier: htcds.rows(dossier.subject), htcds.notes())
    if is_identified:
        return Layout(identified.COLUMNS, lambda dossier: (identified.row(dossier),))
    return Layout(columns.COLUMNS, lambda dossier: (columns.row(dossier.subject),))
