"""Storage in memory under the same contract as the databases: for tests and trials, gone with the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import Case, SecureEntry
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.journal import Entry, Head, Link
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing
from bot.domain.people import Directory, SignIn
from bot.domain.retention_rules import Cutoffs
from bot.domain.turn import InboxRow, Mark, Turn
from bot.ports.retention import Purge, Purged
from bot.ports.storage import Counts, Due, History, Loaded, Said, Scope, Wanted
from bot.protection.secure_access import Key
from storage.batch import Batch, attempt_key
from storage.memory import apply as memory_apply
from storage.memory import claims as memory_claims
from storage.memory import load as memory_load
from storage.memory import purge as memory_purge
from storage.memory import read as memory_read
from storage.memory.messengers import MemoryForMessengers, add_sign_in

_CASES_A_CHUNK = 500
_LINKS_A_CHUNK = 1000


class MemoryStorage(MemoryForMessengers):
    """Honours `bot.ports.storage.Storage`. It has no clock of its own: it knows the times that it was told."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = Directory()

    async def start(self) -> None:
        self._is_open = True

    async def stop(self) -> None:
        self._is_open = False

    async def is_ready(self) -> bool:
        return self._is_open

    async def directory(self) -> Directory:
        tables = self._opened()
        version = tables.counters.get("directory", 0)
        if version != self._directory.version:
            self._directory = memory_read.directory(tables, version)
        return self._directory

    async def load(self, wanted: Wanted) -> Loaded:
        return memory_load.load(self._opened(), wanted)

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        tables = self._opened()
        for moment in _moments(turns, marks):
            tables.now = max(tables.now, moment)
        with tables.transaction():
            return memory_apply.write(tables, Batch.of(turns, marks))

    async def claim_outbox(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta
    ) -> list[Delivery]:
        return memory_claims.outbox(self._at(now), frozenset(messengers), now, limit, lease)

    async def superseded(self, ids: Sequence[int]) -> dict[int, str]:
        return memory_claims.superseded(self._opened(), ids)

    async def reread(self, outbox_id: int) -> Outgoing | None:
        return memory_claims.reread(self._opened(), outbox_id)

    async def claim_deadlines(self, now: datetime, limit: int, lease: timedelta) -> list[Due]:
        return memory_claims.deadlines(self._at(now), now, limit, lease)

    async def claim_wakes(self, now: datetime, limit: int, lease: timedelta) -> list[int]:
        return memory_claims.wakes(self._at(now), now, limit, lease)

    async def claim_failed(self, now: datetime, limit: int, lease: timedelta) -> list[InboxRow]:
        return memory_claims.failed(self._at(now), now, limit, lease)

    async def claim_files(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta
    ) -> list[StoredFile]:
        return memory_claims.files(self._at(now), frozenset(messengers), now, limit, lease)

    async def retry_file(self, file_id: int, now: datetime) -> bool:
        return memory_claims.retry_file(self._at(now), file_id, now)

    async def retry_outbox(self, outbox_id: int, now: datetime) -> bool:
        return memory_claims.retry(self._at(now), outbox_id, now)

    async def readdress(self, old: Address, new: Address) -> None:
        memory_claims.readdress(self._opened(), old, new)

    async def take_lease(self, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        tables = self._at(now)
        holder, until = tables.leases.get(name, (owner, now))
        if holder != owner and until > now:
            return False
        tables.leases[name] = (owner, now + ttl)
        return True

    async def release_lease(self, name: str, owner: str) -> None:
        tables = self._opened()
        if name in tables.leases and tables.leases[name][0] == owner:
            del tables.leases[name]

    async def cursor(self, name: str) -> int | None:
        return self._opened().cursors.get(name)

    async def save_cursor(self, name: str, value: int) -> None:
        self._opened().cursors[name] = value

    async def add_sign_in(self, link: SignIn) -> None:
        add_sign_in(self._opened(), link)

    async def use_sign_in(self, token_hash: str, session: SignIn, now: datetime) -> int | None:
        return memory_claims.use_sign_in(self._at(now), token_hash, session, now)

    async def peek_sign_in(self, token_hash: str, now: datetime) -> bool:
        link = self._at(now).sign_ins.get(token_hash)
        return link is not None and link.expires_at > now

    async def session(
        self, token_hash: str, now: datetime, idle: timedelta | None = None, *, renews: bool = True
    ) -> int | None:
        return memory_claims.session(self._at(now), token_hash, now, idle, renews=renews)

    async def count_attempt(self, kind: str, key: str, now: datetime, window: timedelta) -> int:
        return memory_claims.count_attempt(self._at(now), attempt_key(kind, key), now, window)

    async def attempts(self, kind: str, key: str, now: datetime) -> int:
        count, until = self._at(now).attempts.get(attempt_key(kind, key), (0, now))
        return count if until > now else 0

    async def sweep(self, now: datetime) -> int:
        return memory_claims.sweep(self._at(now), now)

    async def end_session(self, token_hash: str) -> None:
        self._opened().sessions.drop(token_hash)

    async def find_case(self, reference: str, scope: Scope) -> Case | None:
        return memory_read.find_case(self._opened(), reference, scope)

    async def list_cases(self, scope: Scope, *, open_only: bool, limit: int, before: int | None = None) -> list[Case]:
        cases = memory_read.in_scope(self._opened(), scope, open_only=open_only, before=before)
        return cases[:limit]

    async def history(self, case_id: int) -> History:
        return memory_read.history(self._opened(), case_id)

    async def secure_entries(self, case_id: int) -> list[SecureEntry]:
        return memory_read.secure_entries(self._opened(), case_id)

    async def find_secure(self, kind: str, text: str, scope: Scope) -> list[Case]:
        return memory_read.find_secure(self._opened(), (Key(kind), text), scope)

    async def orders_of(self, party: str, limit: int) -> list[IdentifiedOrder]:
        return memory_read.orders_of(self._opened(), party)[:limit]

    async def lapsed_orders(self, now: datetime, limit: int) -> list[int]:
        return memory_read.lapsed_orders(self._at(now), now)[:limit]

    async def transcript(self, addresses: Sequence[Address], after: int, limit: int) -> list[Said]:
        return memory_read.transcript(self._opened(), frozenset(addresses), after, limit)

    async def mark_seen(self, recipient_addresses: Sequence[Address], now: datetime) -> None:
        tables = self._at(now)
        for delivery in list(tables.outbox.values()):
            if delivery.message.address in recipient_addresses:
                memory_apply.see(tables, delivery, now)

    async def outbox(self, states: Sequence[DeliveryState], limit: int) -> list[Delivery]:
        rows = [d for d in self._opened().outbox.values() if d.state in states]
        return sorted(rows, key=lambda d: d.message.id, reverse=True)[:limit]

    async def files(self, states: Sequence[FileState], limit: int) -> list[StoredFile]:
        rows = [file for file in self._opened().files.values() if file.state in states]
        return sorted(rows, key=lambda file: file.id, reverse=True)[:limit]

    async def count_cases(self, since: datetime, until: datetime, parties: Sequence[str] = ()) -> int:
        return len(memory_read.opened_between(self._opened(), since, until, parties))

    async def stream_cases(
        self, since: datetime, until: datetime, parties: Sequence[str] = ()
    ) -> AsyncIterator[list[Case]]:
        cases = memory_read.opened_between(self._opened(), since, until, parties)
        for start in range(0, len(cases), _CASES_A_CHUNK):
            yield cases[start : start + _CASES_A_CHUNK]

    async def stream_journal(self, chain: str) -> AsyncIterator[list[Link]]:
        links = memory_read.chain(self._opened(), chain)
        for start in range(0, len(links), _LINKS_A_CHUNK):
            yield links[start : start + _LINKS_A_CHUNK]

    async def chains(self) -> list[str]:
        tables = self._opened()
        return sorted({*tables.heads, *(chain for chain, _ in tables.journal)})

    async def heads(self) -> dict[str, Head]:
        return {chain: Head(link.sequence, link.hash) for chain, link in self._opened().heads.items()}

    async def purgeable(self, cutoffs: Cutoffs, *, limit: int, after: int = 0) -> list[Case]:
        return memory_purge.purgeable(self._opened(), cutoffs, limit, after)

    async def purge(self, order: Purge) -> Purged:
        tables = self._at(order.record.at)
        with tables.transaction():
            return memory_purge.purge(tables, order)

    async def would_purge(self, order: Purge) -> Purged:
        return memory_purge.would_purge(self._opened(), order)

    async def unassigned(self, before: datetime) -> int:
        return memory_purge.unassigned(self._opened(), before)

    async def purge_unassigned(self, before: datetime, record: Entry, limit: int) -> int:
        tables = self._at(record.at)
        with tables.transaction():
            return memory_purge.purge_unassigned(tables, before, record, limit)

    async def unneeded(self, contents: Sequence[str], now: datetime) -> list[str]:
        return memory_purge.unneeded(self._opened(), contents, now)

    async def forget_person(self, person_id: int, name: str, record: Entry) -> None:
        tables = self._at(record.at)
        with tables.transaction():
            memory_purge.forget_person(tables, person_id, name, record)

    async def scrub(self) -> None:
        self._opened()

    async def counts(self, now: datetime) -> Counts:
        return memory_read.counts(self._at(now), now)


def _moments(turns: Sequence[Turn], marks: Sequence[Mark]) -> list[datetime]:
    moments = [mark.at for mark in marks]
    for turn in turns:
        moments += [entry.at for entry in turn.journal]
        if turn.inbox is not None:
            moments.append(turn.inbox.message.received_at)
    return moments
