"""How the databases read what was heard from addresses lately, and until when their reply windows are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from bot.domain.contacts import NO_PROOF, Heard
from bot.domain.ids import first_at
from bot.domain.messages import Address
from storage.rows.cases import address
from storage.sql.statements import T

_INBOX, _OUTBOX, _WINDOWS = T["inbox"].c, T["outbox"].c, T["reply_windows"].c
_WANTED: Any = bindparam("wanted", expanding=True)
_AFTER: Any = bindparam("after")
_WRITTEN = (
    select(_INBOX.sender, func.max(_INBOX.received_at))
    .where(_INBOX.sender.in_(_WANTED), _INBOX.id >= _AFTER, _INBOX.kind.not_in(sorted(NO_PROOF)))
    .group_by(_INBOX.sender)
)
_ACTED_ON = (
    select(_OUTBOX.address, func.max(_OUTBOX.seen_at))
    .where(_OUTBOX.address.in_(_WANTED), _OUTBOX.id >= _AFTER, _OUTBOX.seen_at.is_not(None))
    .group_by(_OUTBOX.address)
)
_OPEN = (
    select(_WINDOWS.address, func.max(_WINDOWS.closes_at))
    .where(_WINDOWS.address.in_(_WANTED), _WINDOWS.left > 0)
    .group_by(_WINDOWS.address)
)


def heard_from(connection: Connection, wanted: Sequence[tuple[Address, datetime]]) -> Mapping[Address, Heard]:
    """What was heard from each of these addresses since then; nothing of those that said nothing."""
    if not wanted:
        return {}
    after = first_at(min(since for _, since in wanted))
    asked = {"wanted": list(dict.fromkeys(str(place) for place, _ in wanted)), "after": after}
    written, acted_on = _moments(connection, _WRITTEN, asked), _moments(connection, _ACTED_ON, asked)
    windows = _moments(connection, _OPEN, {"wanted": asked["wanted"]})
    return {
        place: Heard(max(filter(None, (written.get(place), acted_on.get(place))), default=None), windows.get(place))
        for place in {**written, **acted_on, **windows}
    }


def _moments(connection: Connection, query: Select[Any], asked: Mapping[str, object]) -> dict[Address, datetime]:
    return {address(place): moment for place, moment in connection.execute(query, asked)}
