"""What an admin asks for with an identified export, read from words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.language.texts import later
from bot.record.age import is_recipient

_SHAPE = re.compile(
    r"identified\s+(?:(csv|jsonl|htcds|xlsx)\s+)?(\d{4}-\d\d-\d\d)\s+(\d{4}-\d\d-\d\d)\s+(\S+)\s+(\S.*)",
    re.IGNORECASE | re.DOTALL,
)
NO_RECIPIENT = later(
    "That is no age recipient. It begins with age1 and is the public half of a key pair that only you have; make one "
    "with age-keygen. Never send the secret half."
)
NO_EXCEL = later(
    "An identified export is made as csv, jsonl or htcds; an Excel file would lie on the disk unencrypted."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an admin asks for."""

    format: str
    since: datetime
    until: datetime
    recipient: str
    reason: str

    @property
    def mistake(self) -> str:
        """What is wrong with it, as a sentence to translate; empty when nothing is."""
        if not is_recipient(self.recipient):
            return NO_RECIPIENT
        return NO_EXCEL if self.format == "xlsx" else ""


def parse_wish(text: str) -> Wish | None:
    """Read ``identified SINCE UNTIL age1... reason``; None when it is not of that shape."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    form, since, until, recipient, reason = found.groups()
    try:
        first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (since, until))
    except ValueError:
        return None
    if last - first < timedelta(days=1):
        return None
    return Wish((form or "csv").lower(), first, last, recipient, reason.strip())
