"""Messages each way, to rows and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from sqlalchemy import RowMapping

from bot.messages import (
    Address,
    Attachment,
    Button,
    Delivery,
    DeliveryState,
    Inbound,
    Keyboard,
    Kind,
    Outgoing,
    Priority,
)
from bot.turn import InboxRow, InboxState, Mark
from storage.rows import RowDict, address, address_or_none, text_or_none, to_json

#: What a messenger took stays taken, whatever a second sender says later.
TAKEN = (DeliveryState.SENT, DeliveryState.SEEN)


def seen_key(key: tuple[str, str, str]) -> bytes:
    """128 bits of a hash of messenger, account and external id."""
    return hashlib.sha256("\x00".join(key).encode()).digest()[:16]


def inbox_row(row: InboxRow) -> RowDict:
    """A stored message with its content."""
    message = row.message
    return {
        "id": row.id,
        "messenger": message.messenger,
        "account": message.account,
        "external_id": message.external_id,
        "kind": message.kind.value,
        "received_at": message.received_at,
        "sender": text_or_none(message.sender),
        "place": text_or_none(message.place),
        "text": message.text,
        "button": message.button,
        "tap_id": message.tap_id,
        "message_id": message.message_id,
        "reply_to": message.reply_to,
        "latitude": message.latitude,
        "longitude": message.longitude,
        "attachment": None if message.attachment is None else to_json(astuple(message.attachment)),
        "moved_to": text_or_none(message.moved_to),
        "sender_name": message.sender_name,
        "raw": message.raw,
        "keep_content": row.keep_content,
        **inbox_outcome(row),
    }


def inbox_outcome(row: InboxRow) -> RowDict:
    """What became of a message: the part that another try changes."""
    return {
        "id": row.id,
        "state": row.state.value,
        "person_id": row.person_id,
        "case_id": row.case_id,
        "reply": row.reply,
        "error": row.error,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at,
        "leased_until": None,
    }


def inbox_of(row: RowMapping) -> InboxRow:
    """A stored message."""
    return InboxRow(
        id=row["id"],
        message=_inbound_of(row),
        state=InboxState(row["state"]),
        person_id=row["person_id"],
        case_id=row["case_id"],
        reply=row["reply"],
        error=row["error"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        keep_content=row["keep_content"],
    )


def _inbound_of(row: RowMapping) -> Inbound:
    return Inbound(
        messenger=row["messenger"],
        account=row["account"],
        external_id=row["external_id"],
        kind=Kind(row["kind"]),
        received_at=row["received_at"],
        sender=address_or_none(row["sender"]),
        place=address_or_none(row["place"]),
        text=row["text"],
        button=row["button"],
        tap_id=row["tap_id"],
        message_id=row["message_id"],
        reply_to=row["reply_to"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        attachment=None if row["attachment"] is None else Attachment(*json.loads(row["attachment"])),
        moved_to=address_or_none(row["moved_to"]),
        sender_name=row["sender_name"],
        raw=row["raw"],
    )


def outbox_row(message: Outgoing, now: datetime, leased_until: datetime | None) -> RowDict:
    """A new message; leased to its writer when it is due at once."""
    created_at = message.created_at or now
    return {
        "id": message.id,
        "dedupe_key": message.dedupe_key,
        "kind": message.kind,
        "recipient": message.recipient,
        "messenger": message.address.messenger,
        "address": str(message.address),
        "others": to_json([str(other) for other in message.others]) if message.others else "[]",
        "text": message.text,
        "buttons": buttons_json(message.buttons),
        "priority": int(message.priority),
        "case_id": message.case_id,
        "deadline_id": message.deadline_id,
        "replaces": message.replaces,
        "edits": message.edits,
        "reply_to": message.reply_to,
        "tap_id": message.tap_id,
        "file": message.file,
        "created_at": created_at,
        "not_before": message.not_before,
        "state": "queued",
        "attempts": 0,
        "next_attempt_at": message.not_before or created_at,
        "parts_done": 0,
        "external_id": "",
        "sent_at": None,
        "seen_at": None,
        "reason": "",
        "joined": False,
        "leased_until": leased_until if message.not_before is None else None,
    }


def buttons_json(buttons: Keyboard) -> str:
    """Rows of label and data."""
    return to_json([[(b.label, b.data) for b in row] for row in buttons]) if buttons else "[]"


def buttons_of(text: str) -> Keyboard:
    """Rows of buttons."""
    if text == "[]":
        return ()
    return tuple(tuple(Button(label, data) for label, data in row) for row in json.loads(text))


def addresses_of(text: str) -> tuple[Address, ...]:
    """A list of addresses."""
    return () if text == "[]" else tuple(address(one) for one in json.loads(text))


def delivery_of(row: RowMapping, edits: str = "") -> Delivery:
    """An outbox row; `edits` is what the message it replaces was sent as."""
    return Delivery(
        message=outgoing_of(row),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        parts_done=row["parts_done"],
        external_id=row["external_id"],
        edits=row["edits"] or edits,
        sent_at=row["sent_at"],
        seen_at=row["seen_at"],
        reason=row["reason"],
        joined=row["joined"],
    )


def outgoing_of(row: RowMapping) -> Outgoing:
    """The message of an outbox row."""
    return Outgoing(
        id=row["id"],
        dedupe_key=row["dedupe_key"],
        kind=row["kind"],
        recipient=row["recipient"],
        address=address(row["address"]),
        others=addresses_of(row["others"]),
        text=row["text"],
        buttons=buttons_of(row["buttons"]),
        priority=Priority(row["priority"]),
        case_id=row["case_id"],
        deadline_id=row["deadline_id"],
        replaces=row["replaces"],
        edits=row["edits"],
        reply_to=row["reply_to"],
        tap_id=row["tap_id"],
        file=row["file"],
        created_at=row["created_at"],
        not_before=row["not_before"],
    )


def mark_row(mark: Mark) -> RowDict:
    """What a sender has to say, as parameters of the update."""
    return {
        "outbox_id": mark.outbox_id,
        "to_state": mark.state.value,
        "is_taken": mark.state in TAKEN,
        "tries": mark.attempts,
        "next_try": mark.next_attempt_at,
        "parts": mark.parts_done,
        "message_id": mark.external_id,
        "why": mark.reason,
        "taken_at": mark.at if mark.state in TAKEN else None,
        "proved_at": mark.at if mark.state is DeliveryState.SEEN else None,
        "has_joined": mark.joined is not None,
    }


def texts_of(addresses: Sequence[Address]) -> list[str]:
    """Addresses as columns hold them."""
    return [str(one) for one in addresses]
