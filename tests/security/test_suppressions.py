"""A finding of the tools that look for weaknesses is silenced one at a time, by its number, with a reason beside it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from tests.kit.root import ROOT

_SILENCED = re.compile(r"#\s*(?:nosec\b|noqa:[^#]*\b(?:S\d{3}|BLE001)\b)")
_REASON = re.compile(r"#\s*noqa: [A-Z0-9, ]+?(?: -|\s+#) +\w.{5,}|# \w[^#:]{5,}# nosec")


def silenced() -> Iterator[tuple[str, str]]:
    """Every line of what ships where a finding about safety is silenced."""
    for package in ("bot", "adapters", "storage"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
                if _SILENCED.search(line):
                    yield f"{file.relative_to(ROOT)}:{number}", line


def test_every_silenced_finding_has_its_reason_beside_it() -> None:
    assert [where for where, line in silenced() if not _REASON.search(line)] == []


def test_none_is_silenced_without_its_number() -> None:
    found = [(where, line) for where, line in silenced() if "nosec" in line]
    assert found
    assert [where for where, line in found if not re.search(r"# nosec B\d{3}(?:, B\d{3})*$", line)] == []


def test_no_finding_is_silenced_as_a_whole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["bandit"] == {"exclude_dirs": ["tests"], "skips": []}
    ignored = project["tool"]["ruff"]["lint"]["ignore"]
    assert [code for code in ignored if re.fullmatch(r"S\d*", code)] == []


def test_make_check_looks_for_known_weaknesses() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8")
    assert "bandit --quiet --recursive --configfile pyproject.toml bot adapters storage" in recipe
