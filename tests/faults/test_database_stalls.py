"""However long a database, another node or the way there stands still: whoever waits hears it, and it goes on after."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

import storage
from bot.domain.errors import Held, StorageError, Unwritable
from bot.domain.turn import Turn
from storage.sql.engine_threads import SqlEngines
from storage.sql.engines import with_limits, writing_engine
from storage.sql.limits import Limits
from tests.kit.clock import Clock
from tests.kit.engines import empty, postgres_process, postgres_server, somebody_else
from tests.kit.keys import VAULT
from tests.kit.processes import environment
from tests.kit.root import ROOT
from tests.kit.values import entry, inbound, inbox
from tests.kit.waiting import until
from tests.kit.way import Way, way_to

pytestmark = pytest.mark.postgres

WITHIN = timedelta(seconds=3)
#: Another node, in the midst of a transaction that wrote into the record.
STANDS_STILL = """
import sys
from datetime import timedelta
from storage.sql.engines import writing_engine
from storage.sql.limits import Limits
connection = writing_engine(sys.argv[1], limits=Limits.within(timedelta(seconds=1))).connect()
connection.exec_driver_sql("SELECT * FROM chain_heads FOR UPDATE")
print("holds", flush=True)
sys.stdin.read()
"""


@contextlib.asynccontextmanager
async def node_at(url: str) -> AsyncIterator[SqlEngines]:
    node = storage.open_storage(url, clock=Clock(), vault=VAULT, answer_within=WITHIN)
    assert isinstance(node, SqlEngines)
    await node.start()
    try:
        yield node
    finally:
        await node.stop()


@pytest.fixture
async def node(postgres: str) -> AsyncIterator[SqlEngines]:
    empty(postgres)
    async with node_at(postgres) as node:
        yield node


@pytest.fixture
async def way(postgres: str) -> AsyncIterator[Way]:
    empty(postgres)
    async with way_to(postgres) as way:
        yield way


def _told() -> Turn:
    return Turn(inbox=inbox(inbound()), journal=(entry(),))


async def _is_stored(node: SqlEngines) -> bool:
    """One try, as a messenger makes one after another."""
    try:
        await node.apply([_told()])  # type: ignore[attr-defined]
    except Unwritable:
        return False
    return True


async def test_a_node_that_stands_still_in_a_transaction_holds_up_no_other(node: SqlEngines, postgres: str) -> None:
    await until(lambda: _is_stored(node))
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STANDS_STILL, postgres),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert other.stdout is not None
        assert (await other.stdout.readline()).strip() == b"holds"
        other.send_signal(signal.SIGSTOP)
        await until(lambda: _is_stored(node))
    finally:
        other.kill()
        await other.wait()


async def test_while_a_table_is_locked_each_try_ends_and_a_heartbeat_says_so(node: SqlEngines, postgres: str) -> None:
    with somebody_else(postgres, "LOCK TABLE journal"):
        with pytest.raises(Held) as failed:
            await node.apply([_told()])  # type: ignore[attr-defined]
        assert failed.value.cause == "locked by another process"
        with pytest.raises(Held):
            await node.beat()  # type: ignore[attr-defined]
    await until(lambda: _is_stored(node))
    await node.beat()  # type: ignore[attr-defined]


async def test_a_statement_that_takes_too_long_is_ended_and_named(node: SqlEngines) -> None:
    with pytest.raises(Held) as failed:
        await node._write(lambda connection: connection.execute(text("SELECT pg_sleep(600)")).close())
    assert failed.value.cause == "the database is too slow"
    await until(lambda: _is_stored(node))


async def test_a_server_that_says_nothing_at_all_is_left(way: Way) -> None:
    async with node_at(way.url) as node:
        await until(lambda: _is_stored(node))
        way.is_silent = True
        with pytest.raises(Unwritable) as failed:
            await node.apply([_told()])  # type: ignore[attr-defined]
        assert failed.value.cause == "the database does not answer"
        way.is_silent = False
        await until(lambda: _is_stored(node))


async def test_a_server_that_is_not_there_is_named_and_taken_again_by_itself(way: Way) -> None:
    async with node_at(way.url) as node:
        await way.cut()
        with pytest.raises(Unwritable) as failed:
            await node.apply([_told()])  # type: ignore[attr-defined]
        assert failed.value.cause == "the database cannot be reached"
        await way.open()
        await until(lambda: _is_stored(node))


async def test_a_server_that_is_started_anew_is_taken_again_by_itself() -> None:
    with postgres_process() as server:
        storage.migrate(server.get_uri(), VAULT)
        async with node_at(server.get_uri()) as node:
            await until(lambda: _is_stored(node))
            await asyncio.to_thread(server.stop)
            assert not await _is_stored(node)
            await asyncio.to_thread(server.ensure_postgres_running)
            await until(lambda: _is_stored(node))


async def test_of_several_hosts_the_one_that_takes_writes_is_found(way: Way, postgres: str) -> None:
    async with way_to(postgres) as second, node_at(_both(way, second)) as node:
        assert await until(lambda: _is_stored(node))
        await way.cut()
        assert await until(lambda: _is_stored(node)), "at the other host"


async def test_a_host_that_became_a_copy_to_read_from_is_left_for_the_one_to_write_to(way: Way) -> None:
    async with way_to_new_server() as (other, url), node_at(_both(other, way)) as node:
        await until(lambda: _is_stored(node))
        writer = with_limits(writing_engine(url), None)
        with writer.connect() as connection:
            connection.execute(text("ALTER SYSTEM SET default_transaction_read_only = on"))
            connection.execute(text("SELECT pg_reload_conf()"))
        writer.dispose()
        async with node_at(way.url) as there:

            async def is_stored_there() -> bool:
                """The server takes its new setting in its own time, so what is stored once may still be stored here."""
                return await _is_stored(node) and await there.chains() == ["KC"]  # type: ignore[attr-defined]

            assert await until(is_stored_there)


@contextlib.asynccontextmanager
async def way_to_new_server() -> AsyncIterator[tuple[Way, str]]:
    with postgres_server() as url:
        storage.migrate(url, VAULT)
        async with way_to(url) as way:
            yield way, url


def _both(first: Way, second: Way) -> str:
    return f"postgresql://postgres@127.0.0.1:{first.port},127.0.0.1:{second.port}/postgres"


def test_that_no_connection_is_free_is_said_in_these_words(postgres: str) -> None:
    engine = writing_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS crowded"))
        connection.execute(text("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0"))
    engine.dispose()
    with pytest.raises(Unwritable) as failed:
        storage.schema_state(postgres.replace("postgres:@", "crowded:@"))
    assert failed.value.cause == "no connection is free"


async def test_what_nobody_waits_for_may_take_longer_but_holds_up_nobody_longer(node: SqlEngines) -> None:
    usual, leisure = Limits.within(WITHIN), Limits.within(WITHIN).at_leisure

    def limits(connection: Connection) -> tuple[str, ...]:
        names = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
        return tuple(connection.execute(text(f"SHOW {name}")).scalar_one() for name in names)

    assert await node._write(limits) == await node._read(limits) == ("1200ms", "1800ms", "2100ms")
    assert await node._let_go(limits) == await node._look_through(limits) == ("1200ms", "1800ms", "2min")
    (streamed,) = [each async for each in node._stream(lambda connection: iter([limits(connection)]))]
    assert streamed == ("5min", "1800ms", "1h")
    assert usual.lock == leisure.lock > usual.idle == leisure.idle


async def test_nothing_of_the_limits_stays_in_the_session_so_that_a_pooler_may_hand_it_on(node: SqlEngines) -> None:
    await until(lambda: _is_stored(node))
    with with_limits(node._writer, None).connect() as connection:
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            assert connection.execute(text(f"SHOW {name}")).scalar_one() == "0"


@pytest.mark.parametrize("is_pooler", [True, False])
async def test_statements_are_prepared_where_no_pooler_hands_the_session_on(way: Way, *, is_pooler: bool) -> None:
    way.is_pooler = is_pooler
    async with node_at(way.url) as node:
        for _ in range(7):
            await until(lambda: _is_stored(node))
        count = text("SELECT count(*) FROM pg_prepared_statements")
        prepared = await node._write(lambda connection: connection.execute(count).scalar_one())
    assert (prepared == 0) is is_pooler


async def test_whoever_waits_for_the_writer_shares_its_failure_instead_of_waiting_as_long_again(
    node: SqlEngines, postgres: str
) -> None:
    tries = []

    def hold(connection: Connection) -> None:
        tries.append(connection)
        connection.execute(text("LOCK TABLE journal"))

    with somebody_else(postgres, "LOCK TABLE journal"):
        ends = await asyncio.gather(*(node._write(hold) for _ in range(20)), return_exceptions=True)
    assert [type(end) for end in ends] == [Held] * 20
    assert len(tries) == 1
    assert isinstance(ends[0], StorageError)
