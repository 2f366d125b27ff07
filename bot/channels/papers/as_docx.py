"""Writes a paper as a document of Word, where a ministry must set it under its own letterhead; knows python-docx.

It says the same as the PDF. Signs that no font of ours has stay as they are: whoever opens it has other fonts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.channels.papers.as_pdf import drafted_line, sign_line
from bot.channels.papers.paper import Entry, Paper, Section
from bot.channels.papers.qr import qr_png
from bot.language.texts import tr

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_FONT, _KHMER, _CHINESE = "Noto Serif", "Noto Serif Khmer", "Noto Serif CJK SC"
#: Archives keep a moment for each part; all have the first that there is, so that the same paper gives the same bytes.
_NO_MOMENT = (1980, 1, 1, 0, 0, 0)
_BLANK = "." * 60
_WITH_SIGNATURE = 2  #: paragraphs that stay on the page of the signature
_BOX = "\N{BALLOT BOX} "
#: Left out of what was typed: XML has no such signs.
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


def paper_docx(paper: Paper) -> bytes:
    """Write a paper; the same paper gives the same bytes."""
    import docx  # it takes a while to load, and most people want the PDF

    document = docx.Document()
    _prepare(document, paper)
    _begin(document, paper)
    for section in paper.sections:
        _write(document, section)
    _end(document, paper)
    made = io.BytesIO()
    document.save(made)
    return _without_moments(made.getvalue())


def _prepare(document: Document, paper: Paper) -> None:
    from docx.shared import Mm

    _styles(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(25), Mm(20), Mm(24), Mm(24)
    head = f"{paper.marking.line}    {tr('en', 'EXERCISE')}" if paper.is_exercise else paper.marking.line
    page.header.paragraphs[0].add_run(head).bold = True
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{paper.marking.line} · {paper.reference} · Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    page.footer.add_paragraph(drafted_line())
    known = document.core_properties
    known.title, known.author, known.comments = f"{paper.title} {paper.reference}", "", ""
    known.created = known.modified = paper.as_of.replace(tzinfo=None)


def _styles(document: Document) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor
    from docx.styles.style import ParagraphStyle

    for name, size in (("Normal", 10.5), ("Heading 1", 15), ("Heading 2", 11)):
        style = document.styles[name]
        if not isinstance(style, ParagraphStyle):
            raise TypeError(name)
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), RGBColor(0, 0, 0)
        style.paragraph_format.space_after = Pt(5)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind, font in (("eastAsia", _CHINESE), ("cs", _KHMER), ("ascii", _FONT), ("hAnsi", _FONT)):
            fonts.set(qn(f"w:{kind}"), font)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that Word works out."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)  # noqa: SLF001  # python-docx has no fields: this is how its guide adds one


def _begin(document: Document, paper: Paper) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    table.columns[0].width, table.columns[1].width = Mm(125), Mm(40)
    head, code = table.rows[0].cells
    head.width, code.width = Mm(125), Mm(40)
    head.text = _clean(paper.head.letterhead)
    drawn, named = code.paragraphs[0], code.add_paragraph()
    drawn.add_run().add_picture(io.BytesIO(qr_png(paper.reference)), width=Mm(19))
    named.add_run(paper.reference).bold = True
    drawn.alignment = named.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_heading(paper.title, level=1)
    if paper.urgent:
        _bold(document, paper.urgent)
    if paper.number_of:
        document.add_paragraph(tr("en", "No. ................ / {year}", year=paper.number_of))
    document.add_paragraph(tr("en", "State of the case: {moment}", moment=paper.moment))
    if not paper.is_note:
        _lines(document, paper.head.addressee)
    _lines(document, paper.head.opening)


def _write(document: Document, section: Section) -> None:
    if section.title:
        document.add_heading(_clean(section.title), level=2)
    for sentence in section.sentences:
        _lines(document, sentence)
    for box in section.boxes:
        _lines(document, _BOX + box)
    if section.entries:
        _table(document, section.entries)


def _table(document: Document, entries: Iterable[Entry]) -> None:
    from docx.shared import Mm

    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    table.columns[0].width, table.columns[1].width = Mm(55), Mm(110)
    for entry in entries:
        label, said = table.add_row().cells
        label.width, said.width = Mm(55), Mm(110)
        label.text = _clean(entry.label)
        said.text = _clean("\n".join(filter(None, (entry.text or _BLANK, entry.note))))


def _end(document: Document, paper: Paper) -> None:
    """Close the paper. Nobody signs a page without a word of what is signed: it stays with the last ones before it."""
    ends = len(document.paragraphs)
    _lines(document, paper.head.closing)
    _lines(document, paper.head.signatory)
    document.add_paragraph()
    document.add_paragraph(f"{_BLANK}\n{sign_line(paper)}")
    if paper.is_note:
        _lines(document, paper.head.addressee)
    for paragraph in document.paragraphs[max(0, ends - _WITH_SIGNATURE) : -1]:
        paragraph.paragraph_format.keep_with_next = True


def _bold(document: Document, words: str) -> None:
    document.add_paragraph().add_run(_clean(words)).bold = True


def _lines(document: Document, words: str) -> None:
    if words:
        document.add_paragraph(_clean(words))


def _clean(words: str) -> str:
    return words.translate(_NOT_XML)


def _without_moments(packed: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as again:
        for part in parts.infolist():
            again.writestr(zipfile.ZipInfo(part.filename, _NO_MOMENT), parts.read(part), zipfile.ZIP_DEFLATED)
    return made.getvalue()
