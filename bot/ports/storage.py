"""What the core asks of the storage. Contracts, documented here and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import Case
from bot.domain.case_filter import EVERY_CASE, CaseFilter
from bot.domain.english import Translation
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.journal import Link
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing
from bot.domain.people import Directory, SignIn, WebSession
from bot.domain.rings import Ring
from bot.domain.secure_entry import SecureEntry
from bot.domain.turn import InboxRow, Mark, Turn
from bot.domain.verify_journal import Head
from bot.ports.audit import Audits
from bot.ports.board import BoardFilter, BoardPage
from bot.ports.matching import FindsAlike
from bot.ports.messenger_state import KeepsForMessengers
from bot.ports.reads import ANY, Counts, Due, History, Loaded, Room, Said, Scope, Wanted
from bot.ports.retention import Retains


class Storage(Retains, KeepsForMessengers, FindsAlike, Audits, Protocol):
    """Everything that is kept. SQLite and PostgreSQL honour this.

    Times are aware UTC. Unless said otherwise a method raises only `StorageError`; of these `Unwritable` says that the
    database takes nothing at the moment, within the time that whoever waits for an answer has.
    """

    async def start(self) -> None:
        """Open it. Raises `SchemaMismatch` for another schema, `KeysUnusable` for the keys of another database."""

    async def stop(self) -> None:
        """Let others have at once what was not sent, and close it; may be called twice."""

    async def is_ready(self) -> bool:
        """Answer whether a read works now and the schema is this program's. Never raises."""

    async def beat(self, size: int = 0) -> None:
        """Write that this process lives, with so many bytes beside it. Raises `Unwritable` when nothing is taken."""

    async def time(self) -> datetime | None:
        """Tell the database's own time, which leases go by; None where the clock of this process is the only one."""

    async def last_recorded(self) -> datetime | None:
        """Tell the moment of the newest entry of the journal; None before the first."""

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` at once when another process left something to send to this one, and when that may be.

        It goes on until it is cancelled; where this process is the only one it returns.
        """

    def missing(self) -> str:
        """Say, in a sentence, which of the database's own files is gone or replaced; empty when none is. Never raises.

        While it says so every method that writes raises `Unwritable`. It comes to itself when the file is put back.
        """

    async def directory(self) -> Directory:
        """Return everybody enrolled. Cheap when nobody changed: the same object again."""

    async def load(self, wanted: Wanted) -> Loaded:
        """Read what a batch touches, in a few reads, as of one moment.

        For each wanted person: their conversation, the case it is about and up to 20 of their open cases,
        newest first. Cases come with current answers, all deadlines and hand-offs.
        """

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        """Write all turns and marks in one transaction, one statement a table, durable on return.

        Seen keys go in first. Within a batch a later turn builds on an earlier one of the same case or
        person (versions go up by one each); only the last state is written, over the version that the first
        one was computed from. Journal entries get their place in the chain here. An outbox row whose dedupe_key
        is there already is left out, and its id is returned. New outbox rows are born leased for 30 s when they
        are due now (`not_before` is None), and not leased otherwise. Where others wait at the address of a row
        before it and are not in hand here, it is not leased either: a claim brings them in order, and its id is
        returned, for its writer may not send it. An order for an identified export is written only over one that
        nobody decided, a test ring only over one of which nobody was told who is silent; of the answers of one desk to
        a test ring the first is kept, whatever else is written of the ring, and the next one is `Stale`.

        Raises `AlreadySeen` (redelivery), `Stale` (a version moved, or a reference is taken), `Behind` (a message would
        overtake another one at its address), `NoClock` (a case would stand open without a running deadline or a
        recorded stand-down: `Case.is_watched`), any other `StorageError` for a row that does not fit. Nothing is
        written then.
        """

    async def claim_outbox(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta, room: Room = ANY
    ) -> list[Delivery]:
        """Take up to `limit` rows that are due and not leased, for `lease`, and no more than `room` allows.

        Due: queued or window-closed, `next_attempt_at` not after `now`. The addresses with the most urgent rows come
        first, each in turn. Of an address the first rows are taken, in the order of their ids, and none behind a row
        that somebody else has in hand or that holds the rest up until its next try; but what passes the others there
        (`passes` of `bot.domain.messages.Outgoing`) is taken at any time and before them. Rows for messengers not
        named stay. On a server one node claims at a time; another gets nothing in that moment, and does not wait.
        """

    async def prolong(self, ids: Sequence[int], now: datetime, lease: timedelta) -> frozenset[int]:
        """Hold these outbox rows for another `lease`; returns those that still wait and are in hand here."""

    async def superseded(self, ids: Sequence[int]) -> dict[int, str]:
        """Of these outbox ids, return those no longer needed, with the reason (design rule 6).

        ``sent already``: another node sent it while this one stood still;
        ``deadline met`` or ``deadline ended``: its deadline is not running any more;
        ``newer edit``: a later edit of the same message waits or was sent.
        """

    async def reread(self, ids: Sequence[int]) -> dict[int, Outgoing]:
        """Return waiting messages as they are stored now, by outbox id; left out is what is not to be sent any more.

        That is what was sent or dropped meanwhile, and the alert of a case that was closed.
        """

    async def claim_deadlines(self, now: datetime, limit: int, lease: timedelta) -> list[Due]:
        """Take up to `limit` running deadlines whose `next_at` is not after `now`, oldest first. One statement."""

    async def claim_wakes(self, now: datetime, limit: int, lease: timedelta) -> list[int]:
        """Take conversations whose `wakes_at` is not after `now`; returns person ids. One statement."""

    async def claim_failed(self, now: datetime, limit: int, lease: timedelta) -> list[InboxRow]:
        """Take failed inbox rows whose next try is due. One statement."""

    async def claim_files(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta
    ) -> list[StoredFile]:
        """Take up to `limit` waiting files of these messengers whose next try is due, oldest first. One statement."""

    async def claim_translations(self, now: datetime, limit: int, lease: timedelta) -> list[Translation]:
        """Take up to `limit` texts that wait for a machine's draft and are due, oldest first. One statement."""

    async def retry_outbox(self, outbox_id: int, now: datetime) -> bool:
        """Put a parked row back in the queue, due now; False when there is no such parked row."""

    async def retry_file(self, file_id: int, now: datetime) -> bool:
        """Let a parked file wait again, due now; False when there is no such parked file."""

    async def readdress(self, old: Address, new: Address) -> None:
        """Remember that a chat moved: queued rows and bindings are rewritten, later rows on `apply` too."""

    async def take_lease(self, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        """Take or renew a named lease; False while somebody else holds it. One statement."""

    async def release_lease(self, name: str, owner: str) -> None:
        """Give a lease back, if it is ours."""

    async def cursor(self, name: str) -> int | None:
        """Return the stored poll offset, None at the first time."""

    async def save_cursor(self, name: str, value: int) -> None:
        """Store a poll offset; call it only after the messages before it are committed."""

    async def add_sign_in(self, link: SignIn) -> None:
        """Keep a one-time sign-in link."""

    async def use_sign_in(self, token_hash: str, session: SignIn, now: datetime) -> int | None:
        """Use a link up and keep `session` for its person (whose id replaces the one in `session`), in one step.

        Returns the person id; None when the link is unknown, used or expired, and then nothing is kept.
        """

    async def peek_sign_in(self, token_hash: str, now: datetime) -> bool:
        """Answer whether such a link could be used now, without using it."""

    async def handoff_link(self, use: LinkUse, token_hash: str, now: datetime) -> HandoffLink | None:
        """Return a one-time link about a hand-off without using it; None when it is unknown, used or expired."""

    async def use_handoff_link(
        self, use: LinkUse, token_hash: str, opened: HandoffLink, now: datetime
    ) -> HandoffLink | None:
        """Use a link up and keep `opened` for the same hand-off and person, in one step; returns what is kept.

        None when the link is unknown, used or expired, and then nothing is kept.
        """

    async def session(
        self, token_hash: str, now: datetime, idle: timedelta | None = None, *, renews: bool = True
    ) -> int | None:
        """Return whose session this is; None when unknown, ended, expired or not used for `idle`.

        Asking counts as use when it `renews`; that is written at most once a minute.
        """

    async def sessions_of(self, person_id: int, now: datetime, idle: timedelta) -> list[WebSession]:
        """List the sessions of a person that hold at `now`, the one that was used last first."""

    async def end_session(self, token_hash: str) -> None:
        """Sign out; the browser of that session is pushed to no more."""

    async def count_attempt(self, kind: str, key: str, now: datetime, window: timedelta) -> int:
        """Count one more of this kind by this key and return how many there were in the window, this one too.

        The window begins with its first attempt and lasts for `window`. One statement; the key is kept hashed.
        """

    async def attempts(self, kind: str, key: str, now: datetime) -> int:
        """Return how many there were in the window that is open now, without counting."""

    async def sweep(self, now: datetime) -> int:
        """Delete what is over: counts, sign-in links, sessions; reply windows and leases since a day.

        Browsers that are pushed to go when nobody used them for long. Returns how many.
        """

    async def find_case(self, reference: str, scope: Scope) -> Case | None:
        """Find a case by canonical reference within the scope, by one scoped query."""

    async def list_cases(self, scope: Scope, *, open_only: bool, limit: int, before: int | None = None) -> list[Case]:
        """List cases in scope, newest first, with ids below `before`."""

    async def board(self, scope: Scope, wanted: BoardFilter, now: datetime, *, limit: int, offset: int) -> BoardPage:
        """Find one page of the open cases in scope, those that want somebody first; see `BoardPage`."""

    async def history(self, case_id: int) -> History:
        """Read answers, texts, deliveries and journal of a case; the caller has checked the scope."""

    async def secure_entries(self, case_id: int) -> list[SecureEntry]:
        """Read the secure case (tier 2), oldest first; the caller has checked the right and journals the read."""

    async def orders_of(self, party: str, limit: int) -> list[IdentifiedOrder]:
        """List a side's orders for identified exports, newest first."""

    async def lapsed_orders(self, now: datetime, limit: int) -> list[int]:
        """Name up to `limit` orders that nobody decided before their time was over at `now`."""

    async def rings(self, since: datetime) -> list[Ring]:
        """List the test rings that began then or later, oldest first, with the answer of each desk."""

    async def silent_rings(self, now: datetime) -> list[int]:
        """Name the test rings of which it has to be told by `now` who is silent, oldest first; cheap for none."""

    async def find_secure(self, kind: str, text: str, scope: Scope) -> list[Case]:
        """Find the cases in whose secure case a normalised number stands, newest first, by one scoped query.

        The scope is that of the secure case: `sees_party` and `reads_as` as for cases, but of the requested side
        only where the border is open; besides, the person's own entries in their own cases. Released texts and
        the other side's memos are not found.
        """

    async def transcript(self, addresses: Sequence[Address], after: int, limit: int) -> list[Said]:
        """Read the last `limit` lines with ids above `after` of a chat, edits applied, oldest first."""

    async def mark_seen(self, recipient_addresses: Sequence[Address], now: datetime) -> None:
        """Mark what was sent to these addresses as seen (a page read proves it)."""

    async def outbox(self, states: Sequence[DeliveryState], limit: int) -> list[Delivery]:
        """List outbox rows in these states, newest first."""

    async def files(self, states: Sequence[FileState], limit: int) -> list[StoredFile]:
        """List files of all cases in these states, newest first."""

    async def count_cases(
        self, since: datetime, until: datetime, parties: Sequence[str] = (), only: CaseFilter = EVERY_CASE
    ) -> int:
        """Count the cases opened in [since, until) in which one of these parties (any, when empty) is a side.

        Only those that the filter takes.
        """

    def stream_cases(self, since: datetime, until: datetime, parties: Sequence[str] = ()) -> AsyncIterator[list[Case]]:
        """Stream those cases in chunks of at most 500, oldest first, in flat memory; one snapshot of the data."""

    def stream_journal(self, chain: str) -> AsyncIterator[list[Link]]:
        """Stream a chain in order, in chunks of at most 1000; what cannot be read of an entry fails its check."""

    async def chains(self) -> list[str]:
        """Name the chains that have entries or a stored head."""

    async def heads(self) -> dict[str, Head]:
        """Return the stored head of each chain: what its last entry must be."""

    async def counts(self, now: datetime) -> Counts:
        """Count for metrics."""


class Files(Protocol):
    """Contents of files, sealed and named by their SHA-256. Never unpacked. Methods raise only `StorageError`."""

    async def put(self, content: bytes) -> str:
        """Keep a content, durable on return, and return its SHA-256 in hex; the same content again is kept once."""

    async def read(self, sha256: str) -> bytes:
        """Return a content; raises when there is none, or when it is not what was put."""

    async def drop(self, sha256: str) -> None:
        """Delete a content, if it is there. The caller knows that no file needs it any more."""

    async def kept(self) -> list[str]:
        """List what is kept, by SHA-256: to seal it anew, or to find what no file needs."""
