"""Makes a PDF/A of a typst file and what goes into it; the one module that knows typst.

Whatever is written goes in as data, never as markup. No font of the machine is used, and none is borrowed for a sign
that the named ones do not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.errors import BridgeError
from bot.typesetting.glyphs import FONTS


@dataclass(frozen=True, slots=True)
class Fonts:
    """From where fonts are taken."""

    folder: Path | None = None  #: of fonts that ship here; None: those inside the typst package


BUILT_IN = Fonts()
SHIPPED = Fonts(FONTS)
#: The families that ship here, in the order in which a sign is looked for.
FAMILIES = (
    "Noto Serif", "Noto Serif Khmer", "Noto Serif Thai", "Noto Serif Lao", "Noto Serif Myanmar", "Noto Serif CJK SC",
)  # fmt: skip


def to_pdf(template: Path, inputs: Mapping[str, str], made_at: datetime, fonts: Fonts = SHIPPED) -> bytes:
    """Set a document as PDF/A-3b; the same inputs give the same bytes.

    Raises `BridgeError` when something in it cannot be set.
    """
    # Loading it takes 80 MB: only who wants a PDF pays for it.
    import typst

    paths: list[Path] = [] if fonts.folder is None else [fonts.folder]
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=fonts.folder is None, font_paths=paths)
    compiler = typst.Compiler(template, font_paths=found, ignore_system_fonts=True, sys_inputs=dict(inputs))
    try:
        made, doubts = compiler.compile_with_warnings(
            format="pdf", pdf_standards="a-3b", timestamp=int(made_at.timestamp())
        )
    except typst.TypstError:
        # What typst says may name the words that it stumbled over.
        raise BridgeError("The PDF could not be made: something in it cannot be set.") from None
    if doubts or not isinstance(made, bytes):  # words in a font that is not there are left out with a warning only
        raise BridgeError("The PDF could not be made.")
    return made
