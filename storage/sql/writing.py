"""One transaction that writes, as everything that writes in it sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.errors import Stale
from bot.protection.sealing import Vault
from storage.rows.cases import RowDict
from storage.sql.case_cache import KnownCases
from storage.sql.compiled import Prepared
from storage.sql.statements import Statements


@dataclass(frozen=True, slots=True)
class Writing:
    """One transaction under way."""

    connection: Connection
    statements: Statements
    known: KnownCases
    vault: Vault
    now: datetime  #: by the clock that leases are told by
    me: str  #: whose leases are ours

    def run(self, statement: Prepared, rows: Iterable[RowDict]) -> int:
        """Run a statement for all rows and return how many it changed."""
        return statement.run(self.connection, rows)

    def run_all(self, statement: Prepared, rows: Sequence[RowDict], or_else: str) -> None:
        """Run a statement that must change a row each; raises Stale with this sentence where it does not."""
        if self.run(statement, rows) != len(rows):
            raise Stale(or_else)
