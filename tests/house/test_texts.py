"""What people see can be put into any language by a catalogue alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.language import texts
from tests.house.texts import TEMPLATE, template
from tests.kit.root import ROOT


def test_the_template_holds_every_text_of_the_program() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == template(), "run: make texts"


def test_a_catalogue_alone_makes_another_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalog(locale="vi")
    catalogue.add("Status: {status}", "Trạng thái: {status}")
    target = tmp_path / "vi" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "casebridge.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(texts, "_LOCALES", tmp_path)
    texts._catalogue.cache_clear()
    try:
        assert texts.tr("vi", "Status: {status}", status="x") == "Trạng thái: x"
        assert texts.tr("km", "Status: {status}", status="x") == "Status: x", "without a catalogue it stays English"
    finally:
        texts._catalogue.cache_clear()


@pytest.mark.parametrize("path", sorted((ROOT / "bot").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_sentence_is_put_together_before_it_is_translated(path: Path) -> None:
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    built = [
        node.lineno
        for node in calls
        if getattr(node.func, "id", "") == "tr"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.JoinedStr | ast.BinOp)
    ]
    assert built == []
