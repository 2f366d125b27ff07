"""Writes the period report as JSON, as a page that needs nothing else, or as PDF/A with the JSON attached."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.domain.errors import BridgeError
from bot.domain.frozen import replace
from bot.domain.time_words import as_utc
from bot.record.report.figures import Report
from bot.record.report.pages import document
from bot.typesetting import pdf

_TEMPLATES = Path(__file__).parent / "templates"
_FONT = "Libertinus Serif"  #: comes inside the typst package, under the OFL
_MARKS = "\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201c\u201d\u2026"


def to_json(report: Report) -> str:
    """Write all figures under stable names; times in RFC 3339, UTC."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=2, default=_moment) + "\n"


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return as_utc(value)
    raise TypeError(f"a report holds no {type(value).__name__}")


def to_html(report: Report) -> str:
    """Write one page: styles and charts inside, no script, fit for printing."""
    return _page().render(document=document(report))


@cache
def _page() -> Template:
    loader = FileSystemLoader(_TEMPLATES)
    settings = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=loader
    )
    return settings.get_template("report.html.j2")


def to_pdf(report: Report) -> bytes:
    """Write PDF/A-3b; whatever is written goes in as data, never as markup, and no font of the machine is used.

    Raises `BridgeError` when something in it cannot be shown.
    """
    shown = replace(report, sides={code: name if _is_printable(name) else code for code, name in report.sides.items()})
    inputs = {"font": _FONT, "document": json.dumps(asdict(document(shown))), "report": to_json(report)}
    try:
        return pdf.to_pdf(_TEMPLATES / "report.typ", inputs, report.made_at, pdf.BUILT_IN)
    except BridgeError as error:
        raise BridgeError(f"{error} Take .html instead.") from error


def _is_printable(name: str) -> bool:
    """Whether the font has all letters; a side whose name it cannot show is named by its code."""
    return all(ch < "\u0180" or "\u1ea0" <= ch <= "\u1eff" or ch in _MARKS for ch in name)


#: How each form is written, by the end of the file's name.
_FORMS: Mapping[str, Callable[[Report], bytes]] = {
    ".pdf": to_pdf,
    ".html": lambda report: to_html(report).encode(),
    ".json": lambda report: to_json(report).encode(),
}


def write_report(report: Report, target: Path) -> None:
    """Write the form that the file's name ends in, whole or not at all. Raises `BridgeError` when it cannot."""
    form = _FORMS.get(target.suffix.lower())
    if form is None:
        raise BridgeError("Give the report a file name that ends in .pdf, .html or .json.")
    content = form(report)
    try:
        with tempfile.TemporaryDirectory(prefix=".report-", dir=target.parent) as folder:
            part = Path(folder) / "part"
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BridgeError(f"The report could not be written to {target.parent}: {why}.") from error
