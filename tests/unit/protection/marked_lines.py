"""Reads lines of text in which what a detector should find stands between ⟨ and ⟩, with its kinds before it."""

from __future__ import annotations

import re

from bot.protection.identity.found import Found, Identity

_ESCAPES = {"\\n": "\n", "\\u200b": "\u200b", "\\u00a0": "\u00a0"}


def read(kinds: str, text: str) -> tuple[str, tuple[Found, ...]]:
    """The text without its marks, and what should be found in it; kinds are ``name address``, or ``-`` for none."""
    for escape, sign in _ESCAPES.items():
        text = text.replace(escape, sign)
    spans, plain = [], ""
    for part in re.split(r"(⟨[^⟩]*⟩)", text):
        start = len(plain)
        plain += part.strip("⟨⟩")
        if part.startswith("⟨"):
            spans.append((start, len(plain)))
    named = [] if kinds == "-" else kinds.split()
    return plain, tuple(Found(Identity(kind), *span) for kind, span in zip(named, spans, strict=True))
