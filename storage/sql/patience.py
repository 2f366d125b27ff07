"""Connections to PostgreSQL that wait no longer than a transaction may take, whatever became of the server.

The limits of the server end what stands still there. A server that was stopped, or cannot be reached any more, ends
nothing: then we hang up. Nothing of it is a state of the session, so that it holds behind pgbouncer too.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import RV, PQGen

from storage.sql.limits import Limits

_TIMED_WHOLE = 170000  #: the first version of the server that knows `transaction_timeout`


class PatientConnection(Connection[Any]):
    """A connection that hangs up when its transaction takes too long."""

    _until: float | None = None

    def begin(self, kind: str, limits: Limits) -> str:
        """Set the moment at which we hang up, and say how the transaction begins: in one statement, for one way."""
        self._until = monotonic() + limits.whole
        timeouts = {
            "lock_timeout": limits.lock,
            "statement_timeout": limits.statement,
            "idle_in_transaction_session_timeout": limits.idle,
        }
        if self.info.server_version >= _TIMED_WHOLE:
            timeouts["transaction_timeout"] = limits.whole
        return "; ".join([kind, *(f"SET LOCAL {name} = {seconds * 1000:.0f}" for name, seconds in timeouts.items())])

    def look_for_a_pooler(self, limits: Limits) -> None:
        """Prepare no statements where a pooler answers for the server: the next one may get another session."""
        self._until = monotonic() + limits.whole
        row = self.execute("SELECT pg_backend_pid()").fetchone()
        if row is None or row[0] != self.info.backend_pid:
            self.prepare_threshold = None
        self._until = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server, until the transaction has taken too long."""
        if self._until is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, max(0.0, self._until - monotonic()))
        except OperationalError:
            if monotonic() < self._until:
                raise
            self.pgconn.finish()
            raise OperationalError("the database does not answer") from None

    def commit(self) -> None:
        """Commit; whatever comes after a transaction may take its time."""
        super().commit()
        self._until = None

    def rollback(self) -> None:
        """Roll back, likewise."""
        super().rollback()
        self._until = None
