"""Remembers what was said of outbox rows while those marks are on their way to the database. No clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.domain.frozen import replace
from bot.domain.messages import Delivery, DeliveryState
from bot.domain.turn import Mark

_MOST = 200_000


class Settled:
    """The last marks, in two generations, so that memory stays flat.

    A mark rides the next commit. When that comes late, a claim brings a row that this process has sent already:
    it must not be sent again.
    """

    def __init__(self, keep: timedelta, unstored: Callable[[], Mapping[int, Mark]] = dict) -> None:
        """Remember each mark for `keep` at least, while there are not too many; `unstored` are never forgotten."""
        self._keep = keep
        self._unstored = unstored
        self._young: dict[int, Mark] = {}
        self._old: dict[int, Mark] = {}
        self._new: set[int] = set()  #: rows of which something was said since the last claim began
        self._since: datetime | None = None

    def add(self, mark: Mark) -> None:
        """Remember a mark over an earlier one."""
        if self._since is None:
            self._since = mark.at
        if mark.at - self._since > self._keep or len(self._young) >= _MOST:
            self._young, self._old, self._since = {}, self._young, mark.at
        self._young[mark.outbox_id] = mark
        self._new.add(mark.outbox_id)

    def claim_begins(self) -> None:
        """Note from now on of which rows something is said: what a claim brings of these was read before that."""
        self._new.clear()

    def readmit(self, delivery: Delivery, now: datetime) -> Delivery | Mark:
        """Return a claimed row with what is known of it here, or its mark when that says that it is not sent now."""
        outbox_id = delivery.message.id
        mark = self._young.get(outbox_id) or self._old.get(outbox_id) or self._unstored().get(outbox_id)
        if mark is None:
            return delivery
        if mark.next_attempt_at is None:
            # Somebody may have put a parked row back; what was sent or dropped never comes back.
            is_back = mark.state is DeliveryState.PARKED and self._was_put_back(delivery, mark, now)
            return delivery if is_back else mark
        if outbox_id in self._new or (mark.next_attempt_at > now and not _was_brought_forward(delivery, mark)):
            return mark
        return replace(
            delivery,
            attempts=max(delivery.attempts, mark.attempts),
            parts_done=max(delivery.parts_done, mark.parts_done),
            external_id=mark.external_id or delivery.external_id,
            joined=delivery.joined or mark.joined is not None,
            knock=delivery.knock or mark.knock,
        )

    def _was_put_back(self, delivery: Delivery, mark: Mark, now: datetime) -> bool:
        """Whether the database has the mark already: the row is due anew since, or the mark is old."""
        due = delivery.next_attempt_at
        return (due is not None and due > mark.at) or now - mark.at > self._keep / 2


def _was_brought_forward(delivery: Delivery, mark: Mark) -> bool:
    """Whether the database has the mark already, and made the row due since, or heard a later word of another node.

    A window opened, a knock came to nothing, or something behind it has waited for its next address.

    Each refusal counts as an attempt: an older mark of the same row has another number, and one that another node
    made since a higher one.
    """
    due = delivery.next_attempt_at
    if delivery.attempts > mark.attempts or (due is not None and due > mark.at):
        return True
    return (delivery.state, delivery.attempts, delivery.parts_done) == (mark.state, mark.attempts, mark.parts_done)
