"""Makes safe HTML of plain text: case references and the bridge's own addresses become links. Pure."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_REFERENCE = r"\b[A-Z]{2}\d{2}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]\b"


def with_links(text: str, public_url: str) -> Markup:
    """Escape a text and link what leads to a page of ours; nothing else ever becomes a link."""
    base = re.escape(public_url.rstrip("/"))
    pattern = re.compile(rf"(?P<page>{base}/cases/{_REFERENCE})|(?P<reference>{_REFERENCE})")
    made = Markup("")
    end = 0
    for found in pattern.finditer(text):
        made += escape(text[end : found.start()]) + _link(found[0])
        end = found.end()
    return made + escape(text[end:])


def _link(text: str) -> Markup:
    return Markup('<a href="/cases/{}">{}</a>').format(text.rpartition("/")[2], text)
