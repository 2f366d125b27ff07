"""Nodes wake each other by PostgreSQL's NOTIFY when one leaves something to send to the others.

A tick would find it within a second anyway: so nothing is lost where nobody hears, as behind a pooler.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy import Connection, Engine, func, select

from storage.sql.engines import connecting
from storage.sql.limits import Limits

_CHANNEL = "casebridge_outbox"
_AGAIN = 1.0  #: seconds until a connection that was lost is made again

log = structlog.get_logger(__name__)


def announce(connection: Connection) -> None:
    """Wake the other nodes when this transaction is committed; elsewhere than on PostgreSQL there are none."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(_CHANNEL, "")))


async def listen(engine: Engine, owner: str, limits: Limits, wake: Callable[[], None]) -> None:
    """Call `wake` for each announcement, and whenever a connection to hear them was made; until it is cancelled."""
    from psycopg import Error

    while True:
        with suppress(Error, OSError):
            await _hear(engine, owner, limits, wake)
        await asyncio.sleep(_AGAIN)


async def _hear(engine: Engine, owner: str, limits: Limits, wake: Callable[[], None]) -> None:
    from psycopg import AsyncConnection

    words, named = engine.dialect.create_connect_args(engine.url)
    async with await AsyncConnection.connect(*words, **connecting(named, owner, limits), autocommit=True) as connection:
        await connection.execute("LISTEN casebridge_outbox")
        wake()
        async for _ in connection.notifies():
            wake()
