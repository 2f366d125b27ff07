"""Two engines and the threads that use them: one to write with, one thread; one to read with, a few."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.domain.errors import StorageError, Unwritable
from bot.domain.people import Directory
from bot.protection.sealing import Vault
from storage.schema import can_work, require_head
from storage.sql.case_cache import KnownCases
from storage.sql.checks import check_keys
from storage.sql.claims import Term
from storage.sql.doubts import Doubts
from storage.sql.engines import reading_engine, with_limits, writing_engine
from storage.sql.errors import storage_error
from storage.sql.limits import ANSWER_WITHIN, Limits
from storage.sql.statements import statements_of

P = ParamSpec("P")
R = TypeVar("R")
_READERS = 3


class SqlEngines:
    """What the methods of the port run on."""

    #: Leases are told by the database's time, because several machines share it.
    by_database = False

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime],
        owner: str,
        vault: Vault,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._url = url
        self._limits = Limits.within(answer_within)
        self._vault = vault
        self._clock = clock
        self._owner = owner
        self._me = f"{owner} {token_hex(4)}"  #: whose leases are ours; after a restart they are somebody else's
        self._known = KnownCases()
        self._directory = Directory()
        self._doubts = Doubts(clock)
        self._claiming = asyncio.Lock()  #: until what was claimed is known here
        self._is_open = False
        self._not_read, self._not_written = Failures(), Failures()

    def _check_schema(self) -> None:
        require_head(self._url)

    def _check_keys(self) -> None:
        try:
            transact(self._writer, lambda connection: check_keys(connection, self._vault))
        except StorageError:
            self._writer.dispose()
            raise

    async def start(self) -> None:
        if self._is_open:
            return
        await asyncio.to_thread(self._check_schema)
        self._writer = writing_engine(self._url, self._owner, self._limits)
        await asyncio.to_thread(self._check_keys)
        self._reader = reading_engine(self._url, self._owner, self._limits)
        self._statements = statements_of(self._writer.dialect.name)
        self._writing: Executor = ThreadPoolExecutor(1, thread_name_prefix=f"write-{self._owner}")
        self._reading: Executor = ThreadPoolExecutor(_READERS, thread_name_prefix=f"read-{self._owner}")
        self._is_open = True

    async def stop(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for executor in (self._writing, self._reading):
            executor.shutdown(wait=True)
        for engine in (self._writer, self._reader):
            engine.dispose()

    async def is_ready(self) -> bool:
        try:
            self._require_there()
            return await self._read(can_work)
        except StorageError:
            return False

    def _term(self, now: datetime, limit: int, lease: timedelta) -> Term:
        return Term(now, limit, lease, self.by_database)

    async def _read(self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._require_open()
        return await self._run(self._reading, self._reader, self._not_read, lambda c: work(c, *args, **kwargs))

    async def _write(self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._require_open()
        self._require_there()
        return await self._run(self._writing, self._writer, self._not_written, lambda c: work(c, *args, **kwargs))

    async def _look_through(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Read what may take longer than anybody waits."""
        self._require_open()
        engine = with_limits(self._reader, self._limits.at_leisure)
        return await run(self._reading, lambda: transact(engine, lambda c: work(c, *args, **kwargs)))

    async def _let_go(self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Write what may take longer than anybody waits, and holds nothing that others want."""
        self._require_open()
        self._require_there()
        engine = with_limits(self._writer, self._limits.at_leisure)
        return await run(self._writing, lambda: transact(engine, lambda c: work(c, *args, **kwargs)))

    async def _run(self, executor: Executor, engine: Engine, failures: Failures, work: Callable[[Connection], R]) -> R:
        """Work in a thread; whoever waited for it while others failed shares their failure instead of waiting again."""
        before = failures.count

        def in_turn() -> R:
            failures.share(before)
            try:
                return transact(engine, work)
            except Unwritable as error:
                failures.note(error)
                raise

        return await run(executor, in_turn)

    async def _stream(self, work: Callable[..., Iterator[R]], *args: Any) -> AsyncIterator[R]:
        """Draw from a reading generator, chunk by chunk, in one transaction that ends with the stream.

        It has a thread of its own, so that closing waits for a chunk that is being read when its reader goes away.
        """
        self._require_open()
        chunks = _draw(with_limits(self._reader, self._limits.for_long), work, *args)
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"stream-{self._owner}")
        try:
            while (chunk := await run(thread, lambda: next(chunks, None))) is not None:
                yield chunk
        finally:
            await run(thread, chunks.close)
            thread.shutdown(wait=False)

    def missing(self) -> str:
        return ""

    def _require_there(self) -> None:
        """Raise `Unwritable` when what would be written to is not there any more."""

    def _require_open(self) -> None:
        if not self._is_open:
            raise StorageError("The storage is closed.")


async def run(executor: Executor, work: Callable[[], R]) -> R:
    """Wait for work in a thread."""
    return await asyncio.get_running_loop().run_in_executor(executor, work)


class Failures:
    """How often the database took too long or was not there; counted by several threads."""

    def __init__(self) -> None:
        self.count = 0
        self._last = Unwritable("")

    def note(self, error: Unwritable) -> None:
        """Count one more."""
        self.count, self._last = self.count + 1, error

    def share(self, before: int) -> None:
        """Raise the last failure when there was one since."""
        if self.count != before:
            raise type(self._last)(self._last.cause, str(self._last))


def transact(engine: Engine, work: Callable[[Connection], R]) -> R:
    """Work in one transaction. Raises only `StorageError`."""
    try:
        with begun(engine) as connection:
            return work(connection)
    except (SQLAlchemyError, ValueError, TypeError, OverflowError) as error:
        raise storage_error(error) from None


@contextlib.contextmanager
def begun(engine: Engine) -> Iterator[Connection]:
    """A transaction; a connection that was closed while nobody used it is left for a new one."""
    with contextlib.ExitStack() as held:
        connection = held.enter_context(engine.connect())
        try:
            transaction = connection.begin()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            connection = held.enter_context(engine.connect())
            transaction = connection.begin()
        with transaction:
            yield connection


def alone(engine: Engine, work: Callable[[Engine], None]) -> None:
    """Work outside of transactions. Raises only `StorageError`."""
    try:
        work(engine)
    except SQLAlchemyError as error:
        raise storage_error(error) from None


def _draw(engine: Engine, work: Callable[..., Iterator[R]], *args: Any) -> Generator[R]:
    try:
        with begun(engine) as connection:
            yield from work(connection, *args)
    except SQLAlchemyError as error:
        raise storage_error(error) from None
