"""The emoji of WeChat and WeCom, which come as codes in a text: read as the signs that everybody else sees. Pure."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files


def with_emoji(text: str) -> str:
    """Write a sign in place of each code that is known; what is no code stays as it was typed."""
    if "/:" not in text and "[" not in text:
        return text
    codes = _codes()
    return _pattern().sub(lambda found: codes[found[0]], text)


@cache
def _codes() -> dict[str, str]:
    """Signs by code: `/::)`, `[微笑]` and `[Smile]` are the same."""
    table: dict[str, list[str]] = json.loads(files("adapters.tencent").joinpath("emoji.json").read_text("utf-8"))
    return {code: sign for sign, codes in table.items() for code in codes}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_codes(), key=len, reverse=True)
    slashed = "|".join(re.escape(code) for code in longest_first if code.startswith("/"))
    named = "|".join(re.escape(code) for code in longest_first if code.startswith("["))
    # Behind a letter, a colon or a stroke "/:" belongs to an address.
    return re.compile(rf"(?<![a-zA-Z0-9:/.])(?:{slashed})|{named}")
