"""Our own messages that come back, as from another bot or an automatic answer: between two bots it ends here. Pure."""

from __future__ import annotations

import re

from bot.domain.case import Case
from bot.language.normalise import clean
from bot.turns.composer import Composer

_REFERENCE = r"[A-Z]{2}[0-9]{2}-[0-9A-Z]{5}-[0-9A-Z]"
#: How our own messages about a case begin: what is relayed by its header, an alert or a ping by its level.
_OURS = re.compile(rf"{_REFERENCE} · |U[1-4] [^\n·]* · {_REFERENCE}(?: · |\s*(?:\n|\Z))")


def is_ours(c: Composer, case: Case, text: str) -> bool:
    """Whether words for a case are a message of ours: they begin like one, or were sent there word for word."""
    said = clean(text)
    sent = (d.message for d in c.view.said_at(c.message.place if c.message is not None else None))
    return _OURS.match(said) is not None or any(m.case_id == case.id and clean(m.text) == said for m in sent)
