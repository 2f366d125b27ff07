"""Sets a paper as PDF/A with its data attached. A sign that no font has is printed as its code point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from bot.channels.papers.paper import Entry, Paper, Section
from bot.channels.papers.qr import qr_svg
from bot.language.texts import tr
from bot.typesetting.glyphs import missing, printable
from bot.typesetting.pdf import FAMILIES, to_pdf

_TEMPLATE = Path(__file__).parent / "paper.typ"


def paper_pdf(paper: Paper) -> bytes:
    """Set a paper; the same paper gives the same bytes. Raises `BridgeError` when it cannot be set."""
    inputs = {
        "families": json.dumps(FAMILIES),
        "paper": json.dumps(_laid_out(paper), ensure_ascii=False),
        "record": paper.as_json,
        "record_name": f"{paper.file_name}.json",
        "qr": qr_svg(paper.reference),
    }
    return to_pdf(_TEMPLATE, inputs, paper.as_of)


def _laid_out(paper: Paper) -> Mapping[str, object]:
    head = paper.head
    return {
        "title": paper.title,
        "reference": paper.reference,
        "marking": paper.marking.line,
        "urgent": printable(paper.urgent),
        "state_of": tr("en", "State of the case: {moment}", moment=printable(paper.moment)),
        "exercise": tr("en", "EXERCISE") if paper.is_exercise else "",
        "number": tr("en", "No. ................ / {year}", year=paper.number_of) if paper.number_of else "",
        "letterhead": printable(head.letterhead),
        "addressee": printable(head.addressee),
        "opening": printable(head.opening),
        "closing": printable(head.closing),
        "signatory": printable(head.signatory),
        "is_note": paper.is_note,
        "is_reply": paper.is_reply,
        "sign": sign_line(paper),
        "drafted": drafted_line(),
        "sections": [_section(each) for each in paper.sections],
    }


def _section(section: Section) -> Mapping[str, object]:
    return {
        "title": printable(section.title),
        "sentences": [printable(sentence) for sentence in section.sentences],
        "entries": [_entry(entry) for entry in section.entries],
        "boxes": [printable(box) for box in section.boxes],
    }


def _entry(entry: Entry) -> Mapping[str, object]:
    text = printable(entry.text)
    if entry.beside and missing(entry.text):
        text = f"{text} ({printable(entry.beside)})"
    return {"label": printable(entry.label), "text": text, "note": printable(entry.note)}


def drafted_line() -> str:
    """What stands on each page until somebody signs."""
    return tr("en", "Drafted for signature: counts only once it is signed.")


def sign_line(paper: Paper) -> str:
    """What the line at the foot is for."""
    return tr("en", "Initials, seal") if paper.is_note else tr("en", "Signature, seal, date")
