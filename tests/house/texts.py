"""Extracts every text that people see into the catalogue's template: ``make texts``."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from bot.domain import fields
from bot.domain.countries import NAMES
from bot.protection import secure_forms
from tests.kit.root import ROOT

TEMPLATE = ROOT / "bot" / "locale" / "casebridge.pot"

_KEYWORDS = {"tr": (2,), "later": (1,)}
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]


def template() -> str:
    """Make the template: texts in the code and the pages, questions and labels, names of countries."""
    catalogue = Catalog(project="casebridge", charset="utf-8", fuzzy=False)
    for text, place in _extracted():
        catalogue.add(text, locations=[(place, 0)])
    for text in (*fields.sentences(), *secure_forms.sentences(), *NAMES.values()):
        catalogue.add(text, locations=[("bot/data", 0)])
    written = io.BytesIO()
    write_po(written, catalogue, sort_output=True, omit_header=True, include_lineno=False, width=100)
    return written.getvalue().decode()


def _extracted() -> Iterator[tuple[str, str]]:
    for folder in ("bot", "adapters"):
        for name, _line, text, _comments, _context in extract_from_dir(ROOT / folder, _METHODS, keywords=_KEYWORDS):
            yield (text if isinstance(text, str) else text[0]), f"{folder}/{name}"


def main() -> None:
    """Write the template anew."""
    TEMPLATE.write_text(template(), encoding="utf-8")
    sys.stdout.write(f"{TEMPLATE.relative_to(ROOT)} is up to date.\n")


if __name__ == "__main__":
    main()
