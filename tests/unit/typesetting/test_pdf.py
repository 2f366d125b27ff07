"""What is set as PDF: a sign without a glyph is refused, and the refusal tells nothing of what was to be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import BridgeError
from bot.typesetting.pdf import FAMILIES, to_pdf
from tests.kit.cases import NOW


def a_page(folder: Path) -> Path:
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    made = folder / "page.typ"
    made.write_text(f"#set text(font: ({families}), fallback: false)\n#sys.inputs.words", "utf-8")
    return made


def test_what_can_be_set_has_a_glyph_for_every_sign(tmp_path: Path) -> None:
    every = "Nguyễn Thị Bưởi សុខ ដារ៉ា 林小红 สมหญิง ดารา ນາງ ດາລາ မြင့်မြင့်ခင်"
    assert to_pdf(a_page(tmp_path), {"words": every}, NOW).startswith(b"%PDF-1.7")


def test_an_empty_box_is_never_printed_in_place_of_a_sign(tmp_path: Path) -> None:
    with pytest.raises(BridgeError) as refused:
        to_pdf(a_page(tmp_path), {"words": "Kolab \U00020bb7"}, NOW)
    told = f"{refused.value!r} {refused.value.__cause__!r}"
    assert "Kolab" not in told
    assert "\U00020bb7" not in told


def test_words_in_a_font_that_does_not_ship_are_refused_and_not_left_out(tmp_path: Path) -> None:
    page = tmp_path / "page.typ"
    page.write_text('#set text(font: "DejaVu Sans", fallback: false)\n#sys.inputs.words', "utf-8")
    with pytest.raises(BridgeError):
        to_pdf(page, {"words": "A"}, NOW)
