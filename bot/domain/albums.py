"""Files that are sent as one message and come one by one: what came of them so far, as one message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.domain.frozen import replace
from bot.domain.messages import Address, Attachment, Contact, Inbound, Kind

#: How long after one file of an album the next may come.
GATHERED_FOR = timedelta(seconds=1)

_PLAIN = ("messenger", "account", "external_id", "text", "message_id", "reply_to", "sender_name", "origin", "album")


def is_part(message: Inbound) -> bool:
    """Whether a message is one of several files that were sent as one."""
    return bool(message.album) and message.attachment is not None and message.kind in (Kind.PHOTO, Kind.FILE)


def belongs_to(message: Inbound, whole: Inbound) -> bool:
    """Whether a file is of the album that is being gathered."""
    return is_part(message) and (message.album, message.place) == (whole.album, whole.place)


def joined(whole: Inbound, part: Inbound) -> Inbound:
    """Add a file, and its words, to what came before; a change of the words finds the message that brought them."""
    if part.attachment is None:
        return whole
    is_first_to_speak = bool(part.text) and not whole.text
    return replace(
        whole,
        kind=whole.kind if whole.kind is part.kind else Kind.FILE,
        text="\n".join(filter(None, (whole.text, part.text))),
        message_id=part.message_id if is_first_to_speak else whole.message_id,
        more=(*whole.more, part.attachment),
    )


def as_json(whole: Inbound, until: datetime) -> dict[str, object]:
    """Write it for a conversation, with the moment from which no more of it is waited for."""
    plain = {name: getattr(whole, name) for name in _PLAIN}
    files = [asdict(file) for file in (whole.attachment, *whole.more) if file is not None]
    kept = {"kind": whole.kind.value, "received_at": whole.received_at.isoformat(), "contact": whole.contact.value}
    at = {"sender": str(whole.sender), "place": str(whole.place)}
    return {**plain, **kept, **at, "files": files, "until": until.isoformat()}


def gathered(kept: Mapping[str, Any]) -> Inbound | None:
    """Read it back; None when nothing is being gathered."""
    if not kept:
        return None
    first, *more = (Attachment(**file) for file in kept["files"])
    return Inbound(
        **{name: kept[name] for name in _PLAIN},
        kind=Kind(kept["kind"]),
        received_at=datetime.fromisoformat(kept["received_at"]),
        sender=Address.parse(kept["sender"]),
        place=Address.parse(kept["place"]),
        contact=Contact(kept["contact"]),
        attachment=first,
        more=tuple(more),
    )


def until(kept: Mapping[str, Any]) -> datetime | None:
    """Until when more of it is waited for; None when nothing is being gathered."""
    return datetime.fromisoformat(kept["until"]) if kept else None
