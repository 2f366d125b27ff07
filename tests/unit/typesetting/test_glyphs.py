"""The table of signs says what the fonts have, and the fonts are small, free and whole."""

from __future__ import annotations

import json

from fontTools.ttLib import TTFont

from bot.typesetting.glyphs import FONTS, TABLE, is_shown, missing, printable
from bot.typesetting.pdf import FAMILIES
from bot.typesetting.subset_fonts import runs, sources


def shipped() -> dict[str, TTFont]:
    return {path.name: TTFont(path) for path in sorted(FONTS.glob("*.?tf"))}


def test_the_table_says_what_the_fonts_have() -> None:
    assert json.loads(TABLE.read_text("utf-8")) == {name: runs(font.getBestCmap()) for name, font in shipped().items()}


def test_the_fonts_are_those_that_the_program_names_and_that_can_be_made_anew() -> None:
    fonts = shipped()
    assert {font["name"].getDebugName(1) for font in fonts.values()} == set(FAMILIES)
    assert set(fonts) == {source.name for source in sources()}


def test_they_are_small_and_their_licence_is_beside_them() -> None:
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 6_000_000
    licence = (FONTS / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for font in shipped().values():
        assert font["name"].getDebugName(1) in licence
        assert "Open Font License" in (font["name"].getDebugName(13) or "")


def test_every_sign_of_the_scripts_of_here_is_shown() -> None:
    every = [
        *range(0x20, 0x7F), *range(0xC0, 0x180), *range(0x1EA0, 0x1EFA), *range(0x1780, 0x17B4), *range(0x17B6, 0x17DE),
        *range(0xE01, 0xE3B), *range(0x1000, 0x109A), *range(0x4E00, 0x4E11, 0x10),
    ]  # fmt: skip
    assert [hex(sign) for sign in every if not is_shown(chr(sign))] == []


def test_a_sign_that_is_not_there_is_written_as_its_code_point_and_nothing_is_lost() -> None:
    assert printable("A\U0001f600B") == "A[U+1F600]B"
    assert printable("one\ntwo") == "one\ntwo"
    assert printable("កម្ពុជា\u200bស្រី") == "កម្ពុជា\u200bស្រី", "what ends a word is no sign to be seen"
    assert printable("\x07\u202e\ue000") == "[U+0007][U+202E][U+E000]"
    assert missing("A\U0001f600\U0001f600B\u0378") == "\U0001f600\u0378"


def test_letters_that_were_typed_in_parts_are_whole() -> None:
    assert printable("Nguye\u0302\u0303n") == "Nguyễn"
