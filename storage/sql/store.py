"""What SQLite and PostgreSQL storage share: the port's methods, each run in a thread of a writer or of the readers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from bot.attachments import FileState, StoredFile
from bot.case import Case, SecureEntry
from bot.errors import StorageError
from bot.journal import Entry, Head, Link
from bot.messages import Address, Delivery, DeliveryState, Outgoing
from bot.orders import IdentifiedOrder
from bot.people import Directory, SignIn
from bot.ports import Counts, Due, History, Loaded, Said, Scope, Wanted
from bot.ports_retention import Purge, Purged
from bot.retention import Cutoffs
from bot.sealing import Vault
from bot.turn import InboxRow, Mark, Turn
from storage.batch import RENEWED_AFTER, Batch
from storage.schema import head, require_head, version_of
from storage.sql import apply as sql_apply
from storage.sql import claims as sql_claims
from storage.sql import keep as sql_keep
from storage.sql import load as sql_load
from storage.sql import purge as sql_purge
from storage.sql import read as sql_read
from storage.sql.checks import check_keys
from storage.sql.claims import DATABASE_NOW, Term
from storage.sql.engines import reading_engine, writing_engine
from storage.sql.errors import storage_error
from storage.sql.known import KnownCases
from storage.sql.scrub import scrub
from storage.sql.statements import statements_of

P = ParamSpec("P")
R = TypeVar("R")
_READERS = 3


class SqlStorage:
    """Honours `bot.ports.Storage` over two engines: one to write with, one thread; one to read with, a few."""

    #: Leases are told by the database's time, because several machines share it.
    by_database = False

    def __init__(self, url: str, *, clock: Callable[[], datetime], owner: str, vault: Vault) -> None:
        self._url = url
        self._vault = vault
        self._clock = clock
        self._owner = owner
        self._known = KnownCases()
        self._directory = Directory()
        self._is_open = False

    def _check_schema(self) -> None:
        require_head(self._url)

    def _check_keys(self) -> None:
        try:
            _transact(self._writer, lambda connection: check_keys(connection, self._vault))
        except StorageError:
            self._writer.dispose()
            raise

    async def start(self) -> None:
        if self._is_open:
            return
        await asyncio.to_thread(self._check_schema)
        self._writer = writing_engine(self._url, self._owner)
        await asyncio.to_thread(self._check_keys)
        self._reader = reading_engine(self._url, self._owner)
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
            return await self._read(version_of) == head()
        except StorageError:
            return False

    async def directory(self) -> Directory:
        if await self._read(sql_keep.directory_version) != self._directory.version:
            people, version = await self._read(sql_read.directory, self._vault)
            self._directory = Directory.of(people, version)
        return self._directory

    async def load(self, wanted: Wanted) -> Loaded:
        return await self._read(sql_load.load, self._vault, self._known, wanted)

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        batch = Batch.of(turns, marks)
        left_out = await self._write(self._apply, batch)
        self._known.keep(step.last for step in batch.cases.values())
        return left_out

    def _apply(self, connection: Connection, batch: Batch) -> frozenset[int]:
        now = connection.execute(select(DATABASE_NOW)).scalar_one() if self.by_database else self._clock()
        return sql_apply.write(sql_apply.Writing(connection, self._statements, self._known, self._vault, now), batch)

    def _term(self, now: datetime, limit: int, lease: timedelta) -> Term:
        return Term(now, limit, lease, self.by_database)

    async def claim_outbox(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta
    ) -> list[Delivery]:
        return await self._write(sql_claims.claim_outbox, self._vault, self._term(now, limit, lease), messengers)

    async def superseded(self, ids: Sequence[int]) -> dict[int, str]:
        return await self._read(sql_claims.superseded, ids)

    async def reread(self, outbox_id: int) -> Outgoing | None:
        return await self._read(sql_claims.reread, self._vault, outbox_id)

    async def claim_deadlines(self, now: datetime, limit: int, lease: timedelta) -> list[Due]:
        return await self._write(sql_claims.claim_deadlines, self._term(now, limit, lease))

    async def claim_wakes(self, now: datetime, limit: int, lease: timedelta) -> list[int]:
        return await self._write(sql_claims.claim_wakes, self._term(now, limit, lease))

    async def claim_failed(self, now: datetime, limit: int, lease: timedelta) -> list[InboxRow]:
        return await self._write(sql_claims.claim_failed, self._vault, self._term(now, limit, lease))

    async def claim_files(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta
    ) -> list[StoredFile]:
        return await self._write(sql_claims.claim_files, self._vault, self._term(now, limit, lease), messengers)

    async def retry_file(self, file_id: int, now: datetime) -> bool:
        return await self._write(sql_claims.retry_file, file_id, now)

    async def retry_outbox(self, outbox_id: int, now: datetime) -> bool:
        return await self._write(sql_claims.retry_outbox, outbox_id, now)

    async def readdress(self, old: Address, new: Address) -> None:
        await self._write(sql_claims.readdress, self._statements, self._vault, old, new)

    async def take_lease(self, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        moment = DATABASE_NOW if self.by_database else now
        return await self._write(sql_keep.take_lease, self._statements, name, owner, moment, ttl)

    async def release_lease(self, name: str, owner: str) -> None:
        await self._write(sql_keep.release_lease, name, owner)

    async def cursor(self, name: str) -> int | None:
        return await self._read(sql_keep.cursor, name)

    async def save_cursor(self, name: str, value: int) -> None:
        await self._write(sql_keep.save_cursor, self._statements, name, value)

    async def add_sign_in(self, link: SignIn) -> None:
        await self._write(sql_keep.add_sign_in, link)

    async def use_sign_in(self, token_hash: str, session: SignIn, now: datetime) -> int | None:
        return await self._write(sql_keep.use_sign_in, token_hash, session, now)

    async def peek_sign_in(self, token_hash: str, now: datetime) -> bool:
        return await self._read(sql_keep.peek, "sign_ins", token_hash, now) is not None

    async def session(
        self, token_hash: str, now: datetime, idle: timedelta | None = None, *, renews: bool = True
    ) -> int | None:
        found = await self._read(sql_keep.session, token_hash, now, idle)
        if found is None:
            return None
        person_id, used_at = found
        if renews and now - used_at >= RENEWED_AFTER:
            with contextlib.suppress(StorageError):  # a disk that takes nothing more still shows its pages
                await self._write(sql_keep.renew_session, token_hash, now)
        return person_id

    async def end_session(self, token_hash: str) -> None:
        await self._write(sql_keep.end_session, token_hash)

    async def count_attempt(self, kind: str, key: str, now: datetime, window: timedelta) -> int:
        return await self._write(sql_keep.count_attempt, self._statements, kind, key, now, window)

    async def attempts(self, kind: str, key: str, now: datetime) -> int:
        return await self._read(sql_keep.attempts, kind, key, now)

    async def sweep(self, now: datetime) -> int:
        return await self._write(sql_keep.sweep, now)

    async def find_case(self, reference: str, scope: Scope) -> Case | None:
        return await self._read(sql_read.find_case, self._vault, reference, scope)

    async def list_cases(self, scope: Scope, *, open_only: bool, limit: int, before: int | None = None) -> list[Case]:
        return await self._read(sql_read.list_cases, self._vault, scope, open_only, limit, before)

    async def history(self, case_id: int) -> History:
        return await self._read(sql_read.history, self._vault, case_id)

    async def secure_entries(self, case_id: int) -> list[SecureEntry]:
        return await self._read(sql_read.secure_entries, self._vault, case_id)

    async def orders_of(self, party: str, limit: int) -> list[IdentifiedOrder]:
        return await self._read(sql_read.orders_of, self._vault, party, limit)

    async def lapsed_orders(self, now: datetime, limit: int) -> list[int]:
        return await self._read(sql_read.lapsed_orders, now, limit)

    async def find_secure(self, kind: str, text: str, scope: Scope) -> list[Case]:
        return await self._read(sql_read.find_secure, self._vault, self._vault.token(kind, text), scope)

    async def transcript(self, addresses: Sequence[Address], after: int, limit: int) -> list[Said]:
        return await self._read(sql_read.transcript, self._vault, addresses, after, limit)

    async def mark_seen(self, recipient_addresses: Sequence[Address], now: datetime) -> None:
        await self._write(sql_read.mark_seen, recipient_addresses, now)

    async def outbox(self, states: Sequence[DeliveryState], limit: int) -> list[Delivery]:
        return await self._read(sql_read.outbox, self._vault, states, limit)

    async def files(self, states: Sequence[FileState], limit: int) -> list[StoredFile]:
        return await self._read(sql_read.files, self._vault, states, limit)

    async def count_cases(self, since: datetime, until: datetime, parties: Sequence[str] = ()) -> int:
        return await self._read(sql_read.count_cases, since, until, parties)

    def stream_cases(self, since: datetime, until: datetime, parties: Sequence[str] = ()) -> AsyncIterator[list[Case]]:
        return self._stream(sql_read.stream_cases, self._vault, since, until, parties)

    def stream_journal(self, chain: str) -> AsyncIterator[list[Link]]:
        return self._stream(sql_read.stream_journal, self._vault, chain)

    async def chains(self) -> list[str]:
        return await self._read(sql_read.chains)

    async def heads(self) -> dict[str, Head]:
        return await self._read(sql_read.heads)

    async def purgeable(self, cutoffs: Cutoffs, *, limit: int, after: int = 0) -> list[Case]:
        return await self._read(sql_purge.purgeable, self._vault, cutoffs, limit, after)

    async def purge(self, order: Purge) -> Purged:
        purged = await self._write(sql_purge.purge, self._statements, self._vault, order)
        self._known.drop(order.case_id)
        return purged

    async def would_purge(self, order: Purge) -> Purged:
        return await self._read(sql_purge.would_purge, order)

    async def unassigned(self, before: datetime) -> int:
        return await self._read(sql_purge.unassigned, before)

    async def purge_unassigned(self, before: datetime, record: Entry, limit: int) -> int:
        ids = await self._read(sql_purge.find_unassigned, before, limit)
        return await self._write(sql_purge.purge_unassigned, self._statements, self._vault, ids, before, record)

    async def unneeded(self, contents: Sequence[str], now: datetime) -> list[str]:
        return await self._read(sql_purge.unneeded, contents, now)

    async def forget_person(self, person_id: int, name: str, record: Entry) -> None:
        await self._write(sql_purge.forget_person, self._statements, self._vault, person_id, name, record)

    async def scrub(self) -> None:
        self._require_open()
        await _run(self._writing, lambda: _alone(self._writer, scrub))

    async def counts(self, now: datetime) -> Counts:
        return await self._read(sql_read.counts, now)

    async def _read(self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._require_open()
        return await _run(self._reading, lambda: _transact(self._reader, lambda c: work(c, *args, **kwargs)))

    async def _write(self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._require_open()
        return await _run(self._writing, lambda: _transact(self._writer, lambda c: work(c, *args, **kwargs)))

    async def _stream(self, work: Callable[..., Iterator[R]], *args: Any) -> AsyncIterator[R]:
        """Draw from a reading generator, chunk by chunk, in one transaction that ends with the stream.

        It has a thread of its own, so that closing waits for a chunk that is being read when its reader goes away.
        """
        self._require_open()
        chunks = _draw(self._reader, work, *args)
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"stream-{self._owner}")
        try:
            while (chunk := await _run(thread, lambda: next(chunks, None))) is not None:
                yield chunk
        finally:
            await _run(thread, chunks.close)
            thread.shutdown(wait=False)

    def _require_open(self) -> None:
        if not self._is_open:
            raise StorageError("The storage is closed.")


async def _run(executor: Executor, work: Callable[[], R]) -> R:
    return await asyncio.get_running_loop().run_in_executor(executor, work)


def _transact(engine: Engine, work: Callable[[Connection], R]) -> R:
    try:
        with engine.begin() as connection:
            return work(connection)
    except (SQLAlchemyError, ValueError, TypeError, OverflowError) as error:
        raise storage_error(error) from None


def _alone(engine: Engine, work: Callable[[Engine], None]) -> None:
    try:
        work(engine)
    except SQLAlchemyError as error:
        raise storage_error(error) from None


def _draw(engine: Engine, work: Callable[..., Iterator[R]], *args: Any) -> Generator[R]:
    try:
        with engine.begin() as connection:
            yield from work(connection, *args)
    except SQLAlchemyError as error:
        raise storage_error(error) from None
