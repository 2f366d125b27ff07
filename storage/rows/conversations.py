"""Where people stand, to rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import RowMapping

from bot.domain.albums import until
from bot.domain.conversation import Conversation
from bot.protection.sealing import Vault
from storage.rows.cases import RowDict, address_or_none, text_or_none
from storage.sealed import seal, unseal


def conversation_row(vault: Vault, conversation: Conversation) -> RowDict:
    """A conversation; written anew it is nobody's."""
    return {
        "person_id": conversation.person_id,
        "case_id": conversation.case_id,
        "asking": conversation.asking,
        "sealed": seal(vault, "conversations", conversation.person_id, _pending(conversation)),
        "place": text_or_none(conversation.place),
        "updated_at": conversation.updated_at,
        "wakes_at": min(filter(None, (conversation.wakes_at, until(conversation.gathering))), default=None),
        "version": conversation.version,
        "leased_until": None,
    }


def _pending(conversation: Conversation) -> Mapping[str, object]:
    """What waits, with an album that is being gathered, and what it wakes the conversation before."""
    if not conversation.gathering:
        return conversation.pending
    then = conversation.wakes_at
    return {**conversation.pending, _GATHERING: [conversation.gathering, then.isoformat() if then else None]}


#: Among what waits in a conversation.
_GATHERING = "gathering"


def conversation_of(vault: Vault, row: RowMapping) -> Conversation:
    """A conversation."""
    pending, wakes_at = unseal(vault, "conversations", row["person_id"], row["sealed"]), row["wakes_at"]
    gathering, then = pending.pop(_GATHERING, ({}, None))
    if gathering:
        wakes_at = datetime.fromisoformat(then) if then else None
    return Conversation(
        person_id=row["person_id"],
        case_id=row["case_id"],
        asking=row["asking"],
        pending=pending,
        place=address_or_none(row["place"]),
        updated_at=row["updated_at"],
        wakes_at=wakes_at,
        gathering=gathering,
        version=row["version"],
    )
