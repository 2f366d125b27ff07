"""How a chat reads in the end: both directions in order, edits merged into what they changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.frozen import replace
from bot.domain.messages import Delivery, DeliveryState, Kind
from bot.domain.turn import InboxRow
from bot.ports.reads import Said

#: What a page shows of our messages; parked and dropped ones were never said.
SHOWN = (DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.SEEN)
#: An edit counts once it was sent.
EDITED = (DeliveryState.SENT, DeliveryState.SEEN)
#: What a person says; the rest of what comes in is the messenger's.
SPOKEN = (Kind.TEXT, Kind.BUTTON, Kind.EDIT, Kind.LOCATION, Kind.PHOTO, Kind.FILE, Kind.VOICE)

_NEVER = datetime.min.replace(tzinfo=UTC)


def transcript_of(
    received: Iterable[InboxRow], said: Iterable[Delivery], edits: Mapping[int, Delivery], limit: int
) -> list[Said]:
    """Merge the lines, oldest first, and keep the last `limit`. `edits` are sent ones by id of what they change."""
    lines = [_from_person(row) for row in received]
    lines += [_from_bridge(delivery, edits.get(delivery.message.id)) for delivery in said]
    return _last(sorted(lines, key=lambda line: line.id), limit)


def _last(lines: Sequence[Said], limit: int) -> list[Said]:
    return list(lines[-limit:]) if limit > 0 else []


def _from_person(row: InboxRow) -> Said:
    message = row.message
    return Said(row.id, message.received_at, message.text, from_person=True, edited=message.kind is Kind.EDIT)


def _from_bridge(delivery: Delivery, edit: Delivery | None) -> Said:
    message = delivery.message
    if edit is not None:
        message = replace(message, text=edit.message.text, buttons=edit.message.buttons)
        delivery = replace(delivery, message=message)
    at = message.created_at or _NEVER  # storage always fills it in
    return Said(message.id, at, message.text, from_person=False, delivery=delivery, edited=edit is not None)
