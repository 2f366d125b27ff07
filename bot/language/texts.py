"""Texts that people see: gettext with English as the source, whole sentences with named placeholders.

`tr` is called with a language and the English sentence, so that extraction finds it: keyword ``tr:2``. Words kept in
tables are marked with `later` and translated when they are shown: keyword ``later``.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

_LOCALES = Path(__file__).parents[1] / "locale"
_DOMAIN = "casebridge"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, _LOCALES, languages=[language], fallback=True)


def tr(language: str, sentence: str, /, **values: object) -> str:
    """Translate an English sentence and fill its named placeholders in."""
    translated = _catalogue(language).gettext(sentence)
    return translated.format(**values) if values else translated


def later(sentence: str) -> str:
    """Mark a sentence for extraction that is translated only when it is shown."""
    return sentence
