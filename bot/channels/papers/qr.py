"""The QR code of a reference, which is all that it holds; the one module that knows segno."""

from __future__ import annotations

import io


def qr_svg(reference: str) -> str:
    """Draw it as SVG, to be placed by typst."""
    import segno  # it takes a while to load, and only who wants a paper needs it

    return segno.make_qr(reference, error="m").svg_inline(border=0, dark="#000")


def qr_png(reference: str) -> bytes:
    """Draw it as PNG, for a document of Word."""
    import segno

    target = io.BytesIO()
    segno.make_qr(reference, error="m").save(target, kind="png", scale=8, border=0)
    return target.getvalue()
