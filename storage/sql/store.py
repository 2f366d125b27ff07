"""What SQLite and PostgreSQL storage share: the port's methods, each run in a thread of a writer or of the readers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.domain.attachments import FileState, StoredFile
from bot.domain.audit import Sighted
from bot.domain.case import Case
from bot.domain.case_filter import EVERY_CASE, CaseFilter
from bot.domain.english import Translation
from bot.domain.errors import AlreadySeen, Stale, StorageError
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.journal import Entry, Link
from bot.domain.likeness import Look
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing
from bot.domain.people import Directory, SignIn, WebSession
from bot.domain.retention_rules import Cutoffs
from bot.domain.rings import Ring
from bot.domain.secure_entry import SecureEntry
from bot.domain.turn import InboxRow, Mark, Turn
from bot.domain.verify_journal import Head
from bot.ports.board import BoardFilter, BoardPage
from bot.ports.matching import Around, Sought
from bot.ports.reads import ANY, Counts, Due, History, Loaded, Room, Said, Scope, Wanted
from bot.ports.retention import Purge, Purged
from storage.batch import RENEWED_AFTER, Batch
from storage.sql import apply as sql_apply
from storage.sql import audit as sql_audit
from storage.sql import board as sql_board
from storage.sql import claims as sql_claims
from storage.sql import kept_by_name as sql_keep
from storage.sql import load as sql_load
from storage.sql import look_ups as sql_read
from storage.sql import matching as sql_match
from storage.sql import outbox_claims as sql_outbox
from storage.sql import purge as sql_purge
from storage.sql import rings as sql_rings
from storage.sql.claims import DATABASE_NOW
from storage.sql.directory import directory
from storage.sql.engine_threads import alone, run
from storage.sql.messengers import SqlForMessengers
from storage.sql.scrub import scrub
from storage.sql.writing import Writing


class SqlStorage(SqlForMessengers):
    """Honours `bot.ports.storage.Storage` over two engines."""

    async def stop(self) -> None:
        if self._is_open:
            with contextlib.suppress(StorageError):  # then it is sent when the lease has run out
                await self._write(sql_outbox.let_go_of_all, self._me)
        await super().stop()

    async def time(self) -> datetime | None:
        return await self._read(sql_keep.database_time) if self.by_database else None

    async def listen(self, wake: Callable[[], None]) -> None:
        """Return at once: no other process leaves anything to this one."""

    async def last_recorded(self) -> datetime | None:
        return await self._read(sql_read.last_recorded)

    async def directory(self) -> Directory:
        if await self._read(sql_keep.directory_version) != self._directory.version:
            people, version, roster = await self._read(directory, self._vault)
            self._directory = Directory.of(people, version, roster)
        return self._directory

    async def load(self, wanted: Wanted) -> Loaded:
        return await self._read(sql_load.load, self._vault, self._known, wanted)

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        batch = Batch.of(turns, marks)
        try:
            left_out, found = await self._write(self._apply, batch, self._doubts.ids())
        except (AlreadySeen, Stale):
            raise
        except BaseException:  # it may be stored all the same: the connection was lost, or nobody waits any more
            self._doubts.add(message.id for message in batch.outgoing)
            raise
        self._doubts.settle(found)
        self._known.keep(step.last for step in batch.cases.values())
        return left_out

    def _apply(
        self, connection: Connection, batch: Batch, doubted: Sequence[int]
    ) -> tuple[frozenset[int], Sequence[int]]:
        found = sql_outbox.let_go(connection, self._me, doubted)
        now = connection.execute(select(DATABASE_NOW)).scalar_one() if self.by_database else self._clock()
        writing = Writing(connection, self._statements, self._known, self._vault, now, self._me)
        return sql_apply.write(writing, batch), found

    async def claim_outbox(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta, room: Room = ANY
    ) -> list[Delivery]:
        term = self._term(now, limit, lease)
        async with self._claiming:
            taken = await self._write(sql_outbox.claim_outbox, self._vault, term, self._me, messengers, room)
            if taken:
                with contextlib.suppress(StorageError):  # the next claim brings them once more
                    await self.prolong([delivery.message.id for delivery in taken], now, lease)
        return taken

    async def prolong(self, ids: Sequence[int], now: datetime, lease: timedelta) -> frozenset[int]:
        return await self._write(sql_outbox.prolong, self._term(now, len(ids), lease), self._me, ids)

    async def superseded(self, ids: Sequence[int]) -> dict[int, str]:
        return await self._read(sql_claims.superseded, ids)

    async def reread(self, ids: Sequence[int]) -> dict[int, Outgoing]:
        return await self._read(sql_claims.reread, self._vault, ids)

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

    async def claim_translations(self, now: datetime, limit: int, lease: timedelta) -> list[Translation]:
        return await self._write(sql_claims.claim_translations, self._term(now, limit, lease))

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

    async def beat(self, size: int = 0) -> None:
        await self._write(sql_keep.beat, self._statements, self._owner, self._clock(), size)

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

    async def handoff_link(self, use: LinkUse, token_hash: str, now: datetime) -> HandoffLink | None:
        return await self._read(sql_keep.handoff_link, use, token_hash, now)

    async def use_handoff_link(
        self, use: LinkUse, token_hash: str, opened: HandoffLink, now: datetime
    ) -> HandoffLink | None:
        return await self._write(sql_keep.use_handoff_link, use, token_hash, opened, now)

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

    async def sessions_of(self, person_id: int, now: datetime, idle: timedelta) -> list[WebSession]:
        return await self._read(sql_keep.sessions_of, person_id, now, idle)

    async def end_session(self, token_hash: str) -> None:
        await self._write(sql_keep.end_session, token_hash)

    async def count_attempt(self, kind: str, key: str, now: datetime, window: timedelta) -> int:
        return await self._write(sql_keep.count_attempt, self._statements, kind, key, now, window)

    async def attempts(self, kind: str, key: str, now: datetime) -> int:
        return await self._read(sql_keep.attempts, kind, key, now)

    async def sweep(self, now: datetime) -> int:
        term = self._term(now, 0, timedelta())
        return await self._write(sql_keep.sweep, term) + await self._write(sql_rings.sweep_rings, term)

    async def find_case(self, reference: str, scope: Scope) -> Case | None:
        return await self._read(sql_read.find_case, self._vault, reference, scope)

    async def list_cases(self, scope: Scope, *, open_only: bool, limit: int, before: int | None = None) -> list[Case]:
        return await self._read(sql_read.list_cases, self._vault, scope, open_only, limit, before)

    async def board(self, scope: Scope, wanted: BoardFilter, now: datetime, *, limit: int, offset: int) -> BoardPage:
        return await self._read(sql_board.board, scope, wanted, now, limit, offset)

    async def history(self, case_id: int) -> History:
        return await self._read(sql_read.history, self._vault, case_id)

    async def secure_entries(self, case_id: int) -> list[SecureEntry]:
        return await self._read(sql_read.secure_entries, self._vault, case_id)

    async def orders_of(self, party: str, limit: int) -> list[IdentifiedOrder]:
        return await self._read(sql_read.orders_of, self._vault, party, limit)

    async def lapsed_orders(self, now: datetime, limit: int) -> list[int]:
        return await self._read(sql_read.lapsed_orders, now, limit)

    async def rings(self, since: datetime) -> list[Ring]:
        return await self._read(sql_rings.rings_since, since)

    async def silent_rings(self, now: datetime) -> list[int]:
        return await self._read(sql_rings.silent_rings, now)

    async def find_secure(self, kind: str, text: str, scope: Scope) -> list[Case]:
        return await self._read(sql_read.find_secure, self._vault, self._vault.token(kind, text), scope)

    async def claim_looks(self, now: datetime, limit: int, lease: timedelta) -> list[Look]:
        return await self._write(sql_match.claim_looks, self._term(now, limit, lease))

    async def file_place(self, case_id: int, at: datetime, keys: Sequence[str]) -> None:
        await self._write(sql_match.file_place, self._statements, self._vault, case_id, at, keys)

    async def look_around(self, sought: Sought) -> Around:
        return await self._read(sql_match.look_around, self._vault, sought)

    async def transcript(self, addresses: Sequence[Address], after: int, limit: int) -> list[Said]:
        return await self._read(sql_read.transcript, self._vault, addresses, after, limit)

    async def mark_seen(self, recipient_addresses: Sequence[Address], now: datetime) -> None:
        await self._write(sql_read.mark_seen, recipient_addresses, now)

    async def outbox(self, states: Sequence[DeliveryState], limit: int) -> list[Delivery]:
        return await self._read(sql_read.outbox, self._vault, states, limit)

    async def files(self, states: Sequence[FileState], limit: int) -> list[StoredFile]:
        return await self._read(sql_read.files, self._vault, states, limit)

    async def count_cases(
        self, since: datetime, until: datetime, parties: Sequence[str] = (), only: CaseFilter = EVERY_CASE
    ) -> int:
        return await self._look_through(sql_read.count_cases, since, until, parties, only)

    def stream_cases(self, since: datetime, until: datetime, parties: Sequence[str] = ()) -> AsyncIterator[list[Case]]:
        return self._stream(sql_read.stream_cases, self._vault, since, until, parties)

    def stream_journal(self, chain: str) -> AsyncIterator[list[Link]]:
        return self._stream(sql_read.stream_journal, self._vault, chain)

    async def chains(self) -> list[str]:
        return await self._read(sql_read.chains)

    async def heads(self) -> dict[str, Head]:
        return await self._read(sql_read.heads)

    async def purgeable(self, cutoffs: Cutoffs, *, limit: int, after: int = 0) -> list[Case]:
        return await self._look_through(sql_purge.purgeable, self._vault, cutoffs, limit, after)

    async def purge(self, order: Purge) -> Purged:
        purged = await self._let_go(sql_purge.purge, self._statements, self._vault, order)
        self._known.drop(order.case_id)
        return purged

    async def would_purge(self, order: Purge) -> Purged:
        return await self._look_through(sql_purge.would_purge, order)

    async def unassigned(self, before: datetime) -> int:
        return await self._look_through(sql_purge.unassigned, before)

    async def purge_unassigned(self, before: datetime, record: Entry, limit: int) -> int:
        ids = await self._look_through(sql_purge.find_unassigned, before, limit)
        return await self._let_go(sql_purge.purge_unassigned, self._statements, self._vault, ids, before, record)

    async def unneeded(self, contents: Sequence[str], now: datetime) -> list[str]:
        return await self._look_through(sql_purge.unneeded, contents, now)

    async def forget_person(self, person_id: int, name: str, record: Entry) -> None:
        await self._let_go(sql_purge.forget_person, self._statements, self._vault, person_id, name, record)

    async def scrub(self) -> None:
        self._require_open()
        await run(self._writing, lambda: alone(self._writer, scrub))

    async def sighted(self, now: datetime, seen: Mapping[str, Head]) -> Sighted:
        found = await self._look_through(sql_audit.sighted, now, self.by_database, seen)
        for about in (*found.lost, *found.unwritten, *found.unsaid):
            self._known.drop(about.case_id)
        return found

    async def set_free(self, outbox_ids: Sequence[int], now: datetime) -> int:
        return await self._write(sql_audit.set_free, outbox_ids, now, self.by_database)

    async def counts(self, now: datetime) -> Counts:
        return await self._read(sql_read.counts, now)
