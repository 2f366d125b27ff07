"""Papers as files: the same bytes for the same case, data that others' programs read, every script, every sign."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from bot.channels.papers.as_docx import paper_docx
from bot.channels.papers.as_pdf import paper_pdf
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.paper import Paper
from bot.data.reader import data
from bot.domain.guarded import Guarded
from bot.domain.secure_entry import SecureField
from bot.typesetting.glyphs import missing
from tests.kit.papers import a_dossier, a_ready_case, attached, drawn, english, entry, in_word, printed

SCHEMA = Draft202012Validator(data("paper.schema"))

#: The same person's name in the writings of here.
WRITINGS = {
    "Noto Serif": "Nguyễn Thị Bưởi",
    "Noto Serif Khmer": "សុខ ដារ៉ា កញ្ញា",
    "Noto Serif CJK SC": "林小红 镕",
    "Noto Serif Thai": "สมหญิง ใจดี",
    "Noto Serif Lao": "ນາງ ດາລາ",
    "Noto Serif Myanmar": "မြင့်မြင့်ခင်",
}


def named(native: str) -> Paper:
    names = {"family": "Sok", "given": "Kolab", "native": native}
    return drawn(PaperKind.ANNEX, a_dossier(entries=(entry(9001, SecureField.NAMES, names),)))


def fonts_of(pdf: bytes) -> list[Any]:
    pages: Any = PdfReader(io.BytesIO(pdf)).pages
    return [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]


def with_long_summary() -> Paper:
    long = "She is held in a room without a window, and hears other people through the wall. " * 24
    return drawn(PaperKind.POLICE_REQUEST, a_dossier(a_ready_case(summary=Guarded(long))))


@pytest.mark.parametrize("kind", PaperKind)
def test_the_same_case_gives_the_same_bytes(kind: PaperKind) -> None:
    assert paper_pdf(drawn(kind)) == paper_pdf(drawn(kind))
    assert paper_docx(drawn(kind)) == paper_docx(drawn(kind))


def test_no_part_of_a_document_of_word_has_a_moment_of_its_own() -> None:
    with zipfile.ZipFile(io.BytesIO(paper_docx(drawn(PaperKind.POLICE_REQUEST)))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("kind", PaperKind)
def test_what_is_attached_is_valid_by_the_schema_that_is_published(kind: PaperKind) -> None:
    case = a_ready_case(summary=Guarded("她被锁在房间里"))
    paper = drawn(kind, a_dossier(case, english={"summary": english("She is locked in", is_machine_draft=True)}))
    record = json.loads(attached(paper_pdf(paper)))
    assert [error.message for error in SCHEMA.iter_errors(record)] == []
    assert record == paper.record
    assert record["kind"] == kind.value


def test_the_schema_is_one_and_takes_no_identity_outside_the_annex() -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    annex = drawn(PaperKind.ANNEX).record
    for record in (
        {**drawn(PaperKind.NOTE_VERBALE).record, "identity": annex["identity"]},
        {**annex, "kind": "note-verbale"},
        {**annex, "marking": {"tlp": "TLP:AMBER+STRICT", "handling": "H2"}},
        {**annex, "answers": drawn(PaperKind.NOTE_VERBALE).record["answers"]},
        {name: value for name, value in annex.items() if name != "identity"},
        {**drawn(PaperKind.POLICE_REQUEST).record, "name": "Sok"},
    ):
        assert not SCHEMA.is_valid(record)


@pytest.mark.parametrize("kind", PaperKind)
def test_it_is_pdf_a_3b_as_far_as_can_be_seen_from_outside(kind: PaperKind) -> None:
    """No checker of PDF/A can be had from the registries: typst checks while it writes, and this reads it back."""
    pdf = paper_pdf(drawn(kind))
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    said = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part>3<", said)
    assert re.search(r"pdfaid:conformance>B<", said)
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Source"
    assert "/ID" in reader.trailer
    assert not reader.is_encrypted
    assert "/JavaScript" not in root.get("/Names", {})
    assert "/OpenAction" not in root
    fonts = fonts_of(pdf)
    assert fonts
    for font in fonts:
        (inner,) = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), "every font is inside"
        assert "/ToUnicode" in font


@pytest.mark.parametrize(("family", "native"), WRITINGS.items())
def test_every_writing_of_here_is_printed_in_its_own_font(family: str, native: str) -> None:
    pdf = paper_pdf(named(native))
    assert missing(native) == ""
    assert "[U+" not in printed(pdf)
    wanted = family.replace(" ", "").removesuffix("SC")
    fonts = {str(font["/BaseFont"]) for font in fonts_of(pdf)}
    assert any(wanted in font for font in fonts), fonts
    assert all("NotoSerif" in font for font in fonts), fonts


def test_a_sign_that_no_font_has_is_printed_as_its_code_point_with_the_romanised_name() -> None:
    words = printed(paper_pdf(named("林\U00020bb7")))
    assert "林[U+20BB7] (SOK Kolab)" in words


def test_a_sign_that_turns_the_direction_is_printed_and_turns_nothing() -> None:
    assert "Sok[U+202E]" in printed(paper_pdf(named("Sok\u202elobaK")))


def test_in_word_such_a_sign_stays_as_it_is_and_what_xml_cannot_hold_goes() -> None:
    assert "林\U00020bb7x" in in_word(paper_docx(named("林\U00020bb7\x0bx")))


def test_a_long_paper_has_its_marking_reference_and_page_on_each_of_its_pages() -> None:
    pages = PdfReader(io.BytesIO(paper_pdf(with_long_summary()))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        words = page.extract_text()
        for told in ("TLP:AMBER+STRICT", "H2", "KC26-M9S34-4", f"Page {number} of {len(pages)}"):
            assert told in words


def test_words_are_no_markup() -> None:
    typst = '#read("/etc/passwd") $x$ *bold* \\ <label> [link](x) "'
    case = a_ready_case(summary=Guarded(typst), area=Guarded("<w:p/> & Co."))
    paper = drawn(PaperKind.POLICE_REQUEST, a_dossier(case))
    assert '#read("/etc/passwd") $x$ *bold*' in printed(paper_pdf(paper))
    assert "&lt;w:p/&gt; &amp; Co." in in_word(paper_docx(paper))


def test_the_code_on_it_holds_the_reference_and_nothing_else() -> None:
    one, other = drawn(PaperKind.POLICE_REQUEST), drawn(PaperKind.ANNEX)
    from bot.channels.papers.qr import qr_svg

    assert qr_svg(one.reference) == qr_svg(other.reference)
    assert qr_svg("KC26-M9S34-4") != qr_svg("VC26-6Q3D2-S")


def test_a_moment_of_what_is_told_changes_the_paper_and_nothing_else_does() -> None:
    dossier = a_dossier()
    later = replace(dossier, case=replace(dossier.case, version=99, stage=7))
    assert paper_pdf(drawn(PaperKind.POLICE_REQUEST, later)) == paper_pdf(drawn(PaperKind.POLICE_REQUEST, dossier))
