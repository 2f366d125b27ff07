"""Messages each way, to rows and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from bot.domain.messages import (
    Address,
    Attachment,
    Button,
    Delivery,
    DeliveryState,
    Inbound,
    Keyboard,
    Kind,
    Outgoing,
    OutgoingKind,
    Priority,
)
from bot.domain.turn import InboxRow, InboxState, Mark
from bot.domain.unreceived import Unreceived
from bot.protection.sealing import Vault
from storage.rows.cases import KeptRow, RowDict, address, address_or_none, text_or_none, to_json
from storage.sealed import seal, seal_bytes, unseal, unseal_bytes

#: What a messenger took stays taken, whatever a second sender says later.
TAKEN = (DeliveryState.SENT, DeliveryState.SEEN)


def seen_key(key: tuple[str, str, str]) -> bytes:
    """128 bits of a hash of messenger, account and external id."""
    return hashlib.sha256("\x00".join(key).encode()).digest()[:16]


def inbox_row(vault: Vault, row: InboxRow) -> RowDict:
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
        "has_text": message.text != "",
        "button": message.button,
        "tap_id": message.tap_id,
        "message_id": message.message_id,
        "reply_to": message.reply_to,
        "moved_to": text_or_none(message.moved_to),
        "sealed": _sealed_content(vault, row.id, message),
        "raw": seal_bytes(vault, "inbox", row.id, "raw", message.raw),
        "keep_content": row.keep_content,
        **inbox_outcome(vault, row),
    }


def _sealed_content(vault: Vault, inbox_id: int, message: Inbound) -> bytes | None:
    """What the message says and where it came from, as far as it says anything."""
    content = {
        "text": message.text,
        "latitude": message.latitude,
        "longitude": message.longitude,
        "attachment": None if message.attachment is None else astuple(message.attachment),
        "sender_name": message.sender_name,
        "origin": message.origin,
        "album": message.album,
        "recognised": message.recognised,
        "unreceived": message.unreceived,
    }
    told = {name: value for name, value in content.items() if value not in ("", None)}
    return seal(vault, "inbox", inbox_id, told) if told else None


def inbox_outcome(vault: Vault, row: InboxRow) -> RowDict:
    """What became of a message: the part that another try changes."""
    return {
        "id": row.id,
        "state": row.state.value,
        "person_id": row.person_id,
        "case_id": row.case_id,
        "sealed_reply": seal_bytes(vault, "inbox", row.id, "sealed_reply", row.reply.encode()),
        "error": row.error,
        "attempts": row.attempts,
        "next_attempt_at": row.next_attempt_at,
        "leased_until": None,
    }


def inbox_of(vault: Vault, row: KeptRow) -> InboxRow:
    """A stored message."""
    return InboxRow(
        id=row["id"],
        message=_inbound_of(vault, row),
        state=InboxState(row["state"]),
        person_id=row["person_id"],
        case_id=row["case_id"],
        reply=reply_of(vault, row["id"], row["sealed_reply"]),
        error=row["error"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        keep_content=row["keep_content"],
    )


def reply_of(vault: Vault, inbox_id: int, sealed: bytes | None) -> str:
    """What was answered to a message in the same call."""
    return unseal_bytes(vault, "inbox", inbox_id, "sealed_reply", sealed).decode()


def _inbound_of(vault: Vault, row: KeptRow) -> Inbound:
    told = unseal(vault, "inbox", row["id"], row["sealed"])
    attachment = told.pop("attachment", None)
    unreceived = told.pop("unreceived", None)
    return Inbound(
        messenger=row["messenger"],
        account=row["account"],
        external_id=row["external_id"],
        kind=Kind(row["kind"]),
        received_at=row["received_at"],
        sender=address_or_none(row["sender"]),
        place=address_or_none(row["place"]),
        button=row["button"],
        tap_id=row["tap_id"],
        message_id=row["message_id"],
        reply_to=row["reply_to"],
        attachment=None if attachment is None else Attachment(*attachment),
        unreceived=None if unreceived is None else Unreceived(unreceived),
        moved_to=address_or_none(row["moved_to"]),
        raw=unseal_bytes(vault, "inbox", row["id"], "raw", row["raw"]),
        **told,
    )


def said_row(vault: Vault, message: Outgoing) -> RowDict:
    """What a message says."""
    return {"sealed": seal(vault, "outbox", message.id, _said(message))}


def outbox_row(vault: Vault, message: Outgoing, now: datetime, lease: tuple[datetime, str] | None) -> RowDict:
    """A new message; leased, until when and to whom, when its writer sends it at once."""
    created_at = message.created_at or now
    return {
        "id": message.id,
        "dedupe_key": message.dedupe_key,
        "kind": message.kind,
        "recipient": message.recipient,
        "messenger": message.address.messenger,
        "address": str(message.address),
        "others": addresses_json(message.others),
        **said_row(vault, message),
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
        "knock": "",
        "outcome": "",
        "holds": False,
        "leased_until": lease[0] if lease is not None else None,
        "leased_by": lease[1] if lease is not None else None,
    }


def _said(message: Outgoing) -> RowDict:
    """What a message says: its text, and rows of label and data."""
    return {"text": message.text, "buttons": [[(b.label, b.data) for b in row] for row in message.buttons]}


def _keyboard(rows: Sequence[Sequence[Sequence[str]]]) -> Keyboard:
    return tuple(tuple(Button(label, data) for label, data in row) for row in rows)


def addresses_json(addresses: Sequence[Address]) -> str:
    """Write a list of addresses."""
    return to_json(texts_of(addresses)) if addresses else "[]"


def addresses_of(text: str) -> tuple[Address, ...]:
    """A list of addresses."""
    return () if text == "[]" else tuple(address(one) for one in json.loads(text))


def delivery_of(vault: Vault, row: KeptRow, edits: str = "") -> Delivery:
    """An outbox row; `edits` is what the message it replaces was sent as."""
    return Delivery(
        message=outgoing_of(vault, row),
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
        knock=row["knock"],
        outcome=row["outcome"],
    )


def outgoing_of(vault: Vault, row: KeptRow) -> Outgoing:
    """The message of an outbox row; without words when these were purged."""
    said = unseal(vault, "outbox", row["id"], row["sealed"])
    return Outgoing(
        id=row["id"],
        dedupe_key=row["dedupe_key"],
        kind=OutgoingKind(row["kind"]),
        recipient=row["recipient"],
        address=address(row["address"]),
        others=addresses_of(row["others"]),
        text=said.get("text", ""),
        buttons=_keyboard(said.get("buttons", ())),
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


def mark_row(mark: Mark, holder: str, taker: str) -> RowDict:
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
        "knocked": mark.knock,
        "in_the_way": mark.holds,
        "stays": mark.in_hand,
        "holder": holder,
        "taker": taker,
    }


def texts_of(addresses: Sequence[Address]) -> list[str]:
    """Addresses as columns hold them."""
    return [str(one) for one in addresses]
