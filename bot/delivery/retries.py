"""What becomes of a message that a messenger did not take, and when its next address joins in. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refused, SendError, Throttled, Unreachable, WindowClosed
from bot.domain.frozen import replace
from bot.domain.messages import (
    JOIN_AFTER,
    JOIN_AFTER_URGENT,
    Address,
    Delivery,
    DeliveryState,
    Outgoing,
    OutgoingKind,
    Priority,
)

FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
LONGEST_RETRY_URGENT = timedelta(seconds=15)
GIVE_UP_AFTER = timedelta(hours=24)
GIVE_UP_CALLING_AFTER = timedelta(minutes=5)  #: what comes later than that the next rung has done better
REREAD_AFTER = timedelta(seconds=1)
_THROTTLED = timedelta(seconds=5)  #: when the messenger does not say how long
_WAIT_FOR_ORIGINAL = timedelta(seconds=2)
_LOOK_AGAIN = timedelta(seconds=3)
_WINDOW_FIRST, _WINDOW_LONGEST = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do after a try that failed."""

    state: DeliveryState
    reason: str
    wait: timedelta | None = None  #: until the next try; None: no further try
    is_attempt: bool = True  #: counts towards a longer wait
    joins: bool = False  #: the next address is sent to at once
    holds: bool = False  #: later messages to this address wait behind it
    holds_all: bool = False  #: even more urgent ones


def judge(error: SendError, attempts: int, age: timedelta, jitter: float, *, urgent: bool = False) -> Verdict:
    """Decide after an error; `attempts` without this one, `age` since the message was made, `jitter` in [0, 1)."""
    match error:
        case WindowClosed():
            # Looked at once more soon, each time: the mark of this refusal may yet write over what a window that
            # opened in the same moment said of the row.
            wait = min(_WINDOW_LONGEST, max(_WINDOW_FIRST, age / 4)) if attempts % 2 else _LOOK_AGAIN
            return Verdict(DeliveryState.WINDOW_CLOSED, f"window closed: {error.reason}", wait, joins=True)
        case Throttled():
            return Verdict(
                DeliveryState.QUEUED,
                f"throttled: {error.reason}",
                error.retry_after or _THROTTLED,
                is_attempt=False,
                holds=True,
                holds_all=True,
            )
    if not error.retryable:
        return Verdict(DeliveryState.PARKED, f"{_word(error)}: {error.reason}", joins=True)
    if age >= GIVE_UP_AFTER:
        return Verdict(DeliveryState.PARKED, f"not taken for 24 hours: {error.reason}", joins=True)
    wait = backoff(attempts, jitter, LONGEST_RETRY_URGENT if urgent else LONGEST_RETRY)
    return Verdict(DeliveryState.QUEUED, f"not taken: {error.reason}", wait, holds=True)


def judge_call(error: SendError, attempts: int, age: timedelta, jitter: float) -> Verdict:
    """Decide after a phone call that could not be made, as `judge` does: whoever else can make it does so at once."""
    if error.retryable and age < GIVE_UP_CALLING_AFTER:
        wait = error.retry_after if isinstance(error, Throttled) else None
        wait = wait or backoff(attempts, jitter, LONGEST_RETRY_URGENT)
        return Verdict(DeliveryState.QUEUED, f"not called: {error.reason}", wait, joins=True)
    return Verdict(DeliveryState.PARKED, f"not called: {error.reason}", joins=True)


def _word(error: SendError) -> str:
    match error:
        case Unreachable():
            return "unreachable"
        case Refused():
            return "refused"
    return "not taken"


def backoff(attempts: int, jitter: float, longest: timedelta = LONGEST_RETRY) -> timedelta:
    """Double from one second to the longest; the jitter takes up to a quarter off, so that tries spread."""
    return min(longest, FIRST_RETRY * (1 << min(attempts, 20))) * (1 - jitter / 4)


def wait_for_original(age: timedelta) -> timedelta:
    """How long an edit waits for the message that it edits: two seconds, less often as time goes by."""
    return min(LONGEST_RETRY, max(_WAIT_FOR_ORIGINAL, age / 8))


def is_edit(message: Outgoing) -> bool:
    """Whether this changes a message that was sent before."""
    return bool(message.replaces or message.edits)


def is_reread(delivery: Delivery, now: datetime) -> bool:
    """Whether it waited so long that what it may say of its case can have changed."""
    message = delivery.message
    is_fixed = message.case_id is None or message.kind is OutgoingKind.CALL or delivery.parts_done
    return not is_fixed and now - born(message, now) > REREAD_AFTER


def wakes(delivery: Delivery) -> bool:
    """Whether people's browsers are told of it too: once, when an alert or a ping is sent for the first time."""
    message = delivery.message
    is_first = delivery.attempts == 0 and delivery.parts_done == 0 and ">" not in message.dedupe_key
    return is_first and message.kind in (OutgoingKind.ALERT, OutgoingKind.PING) and not is_edit(message)


def is_plain(message: Outgoing) -> bool:
    """Whether it is neither an edit nor about a deadline: it is sent without another look."""
    return message.deadline_id is None and not message.replaces and not message.edits


def is_rechecked(message: Outgoing) -> bool:
    """Whether it may have become needless while it waited; a plain reply never does."""
    return message.deadline_id is not None or bool(message.replaces)


def born(message: Outgoing, now: datetime) -> datetime:
    """Since when a message could have been sent."""
    created = message.created_at or now
    return max(created, message.not_before) if message.not_before else created


def join_at(delivery: Delivery, now: datetime) -> datetime | None:
    """When the next address is also sent to; None when none ever is."""
    message = delivery.message
    if not message.others or delivery.joined or is_edit(message):
        return None  # an edit belongs to the message it changes, and that is at this address
    urgent = message.priority in (Priority.U1, Priority.U2)
    return born(message, now) + (JOIN_AFTER_URGENT if urgent else JOIN_AFTER)


def next_address(message: Outgoing, messengers: Collection[str]) -> Address | None:
    """The next address on a messenger that exists."""
    return next((address for address in message.others if address.messenger in messengers), None)


def joining(message: Outgoing, address: Address, new_id: int, now: datetime) -> Outgoing:
    """The same message to its next address, due at once. A tap or a thread belongs to the first address only."""
    rest = message.others[message.others.index(address) + 1 :]
    return replace(
        message,
        id=new_id,
        dedupe_key=f"{message.dedupe_key}>{address}",
        address=address,
        others=rest,
        reply_to="",
        tap_id="",
        created_at=now,
        not_before=now,  # set, so that it is born without a lease and the next claim takes it
    )
