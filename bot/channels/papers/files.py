"""A paper as a file, with what the journal keeps of it: the one way from a paper to its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.papers.as_docx import paper_docx
from bot.channels.papers.as_pdf import paper_pdf
from bot.channels.papers.paper import Paper
from bot.domain.closed_sets import for_each


class Form(StrEnum):
    """In which form a paper is a file, by the end of its name."""

    PDF = "pdf"
    DOCX = "docx"


_WRITES: Mapping[Form, Callable[[Paper], bytes]] = for_each(Form, {Form.PDF: paper_pdf, Form.DOCX: paper_docx})


@dataclass(frozen=True, slots=True)
class PaperFile:
    """The bytes of a paper."""

    name: str
    content: bytes
    sha256: str  #: hex, of the content


def as_file(paper: Paper, form: Form) -> PaperFile:
    """Make a file; the same paper gives the same bytes. Raises `BridgeError` when it cannot be set."""
    content = _WRITES[form](paper)
    return PaperFile(f"{paper.file_name}.{form.value}", content, hashlib.sha256(content).hexdigest())
