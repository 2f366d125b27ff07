"""The category gate: a chosen category outside the purpose is refused; words of an alert never are. Pure."""

from __future__ import annotations

import re

from bot.domain.fields import field
from bot.language.texts import tr

#: Categories that are outside the purpose of the bridge, by code.
REFUSED = frozenset(choice.code for choice in field("category").refused)

#: Few words, on purpose: a person in danger may belong to a minority or fear a State, and nothing depends on a hit
#: but that a supervisor looks.
_SUSPECTED = re.compile(
    r"\b(?:politic(?:al|s|ian)|dissidents?|separatis[tm]s?|anti-?government|opposition (?:party|leader)"
    r"|military (?:secrets?|base|intelligence)|desert(?:er|ed from the army)|espionage|spy(?:ing)?"
    r"|religious|(?:illegal|evil) (?:cult|sect)|blasphemy|racial|ethnic (?:minority|unrest))\b",
    re.IGNORECASE,
)


def is_suspected(text: str) -> bool:
    """Whether a supervisor should look at a text, because it may be about such a matter. Nothing is refused for it."""
    return _SUSPECTED.search(text) is not None


def outside_purpose(language: str) -> str:
    """Say why a chosen category is refused."""
    return tr(
        language,
        "Political, military, religious and racial matters are outside the purpose of this bridge (INTERPOL "
        "Constitution, Article 3), so this type is not taken. Your case stays and its clock runs.",
    )
