"""What cases are bound by, to rows and back."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import RowMapping

from bot.domain.policies import Policies, read
from storage.rows.cases import RowDict

#: The same text is read once: a configuration changes a few times a year, and cases are read all the time.
_read = lru_cache(maxsize=64)(read)


def policies_row(policies: Policies, since: datetime) -> RowDict:
    """The policies of cases."""
    return {"digest": policies.digest, "text": policies.text, "since": since}


def policies_of(row: RowMapping) -> tuple[str, Policies]:
    """The policies of cases, by what cases call them."""
    return row["digest"], _read(row["text"])
