"""Says what became of an outbox row, and lets its next address join in (design rules 8 and 13)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.delivery import retries
from bot.delivery.lane import LaneRow
from bot.domain.errors import StorageError, Unwritable
from bot.domain.messages import KNOCK_FAILED, Address, DeliveryState, Outgoing
from bot.domain.turn import Mark
from bot.ports.storage import Storage

log = structlog.get_logger()


@dataclass(slots=True)
class Recent:
    """What the last messages were sent as, so that an edit that follows soon needs no look into the outbox."""

    most: int = 5000
    _ids: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def add(self, dedupe_key: str, external_id: str) -> None:
        """Remember one; the oldest is forgotten."""
        self._ids[dedupe_key] = external_id
        if len(self._ids) > self.most:
            self._ids.popitem(last=False)

    def get(self, dedupe_key: str) -> str:
        """The messenger's id of a message, empty when it is not known here."""
        return self._ids.get(dedupe_key, "")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is under way at once, and for how long."""

    lease: timedelta = timedelta(seconds=30)
    send: timedelta = timedelta(seconds=25)  #: within the lease; what takes longer is given up as uncertain
    in_flight: int = 500  #: rows in memory, for each messenger
    at_once: int = 64  #: sends, for each messenger


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Office:
    """What the dispatchers of all messengers share."""

    storage: Storage
    messengers: frozenset[str]
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    mark: Callable[[Mark], None]
    new_id: Callable[[], int]
    jitter: Callable[[], float]
    on_lateness: Callable[[Outgoing, timedelta], None]
    on_unreachable: Callable[[Address], None]
    on_not_called: Callable[[Outgoing], None]
    on_waking: Callable[[Outgoing], None]
    limits: Limits
    recent: Recent = field(default_factory=Recent)
    moved: dict[Address, Address] = field(default_factory=dict)  #: chats seen to move: new rows go there at once

    def sent(self, row: LaneRow, parts: int, external_id: str) -> None:
        """Say that the messenger took it."""
        delivery, now = row.delivery, self.clock()
        message = delivery.message
        self.recent.add(message.dedupe_key, external_id)
        attempts = delivery.attempts + 1
        self.mark(Mark(row.id, DeliveryState.SENT, now, attempts, None, parts, external_id, "", row.joined))
        if message.deadline_id is not None:
            self.on_lateness(message, max(timedelta(), now - retries.born(message, now)))

    def end(self, row: LaneRow, state: DeliveryState, reason: str, *, is_attempt: bool = False) -> None:
        """Say that no further try is made: dropped, or parked, and then the next address joins in."""
        if state is DeliveryState.PARKED:
            self._join(row)
            self._warn(row)
        delivery = row.delivery
        attempts = delivery.attempts + is_attempt
        self.mark(
            Mark(
                row.id,
                state,
                self.clock(),
                attempts,
                parts_done=delivery.parts_done,
                external_id=delivery.external_id,
                reason=reason,
                joined=row.joined,
            )
        )

    def put_back(
        self,
        row: LaneRow,
        until: datetime,
        reason: str,
        *,
        state: DeliveryState | None = None,
        is_attempt: bool = False,
        joins: bool = False,
        holds: bool = False,
    ) -> Mark:
        """Give a row back to the outbox until a moment, or until its next address joins in if that is sooner."""
        delivery, now = row.delivery, self.clock()
        if joins:
            self._join(row)
        self.join_if_due(row, now)
        if row.join_at is not None:
            until = min(until, row.join_at)
        mark = Mark(
            row.id,
            state or delivery.state,
            now,
            delivery.attempts + is_attempt,
            until,
            delivery.parts_done,
            delivery.external_id,
            reason,
            row.joined,
            row.knock,
            holds,
            delivery.message.address,
        )
        self.mark(mark)
        return mark

    def join_if_due(self, row: LaneRow, now: datetime) -> bool:
        """Let the next address join in when its moment has come; answers whether it did."""
        if row.join_at is None:
            return False
        # Nobody heard the knock: there is nothing to wait for, wherever the row waits.
        return (row.join_at <= now or row.delivery.knock == KNOCK_FAILED) and self._join(row)

    def keep(self, row: LaneRow, now: datetime) -> None:
        """Say that a row in memory was joined; it stays ours for another lease."""
        row.leased_until = now + self.limits.lease
        delivery = row.delivery
        self.mark(
            Mark(
                row.id,
                delivery.state,
                now,
                delivery.attempts,
                row.leased_until,
                delivery.parts_done,
                delivery.external_id,
                "not taken yet",
                row.joined,
                in_hand=True,
            )
        )

    def _join(self, row: LaneRow) -> bool:
        """Make the row for the next address, once."""
        message = row.delivery.message
        joined_before = row.joined is not None or row.delivery.joined or retries.is_edit(message)
        row.join_at = None
        address = retries.next_address(message, self.messengers)
        if joined_before or address is None:
            return False
        row.joined = retries.joining(message, address, self.new_id(), self.clock())
        return True

    def _warn(self, row: LaneRow) -> None:
        message = row.delivery.message
        if row.joined is None and not row.delivery.joined:
            log.warning(
                "A message was parked and has no other address.",
                outbox_id=row.id,
                case_id=message.case_id,
                messenger=message.address.messenger,
            )


def warn(error: StorageError, words: str, row: LaneRow) -> None:
    """Log what the storage refused; that it takes nothing at all is said by whoever watches the writing."""
    if not isinstance(error, Unwritable):
        log.warning(words, outbox_id=row.id)
