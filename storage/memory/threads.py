"""Where else a message stands, and what was offered to choose from, as the memory storage finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.messages import Address, Delivery, Kind
from bot.ports.storage import Scope
from storage.batch import LOOKED_THROUGH, offered_of
from storage.memory.rows import Tables, sees
from storage.threads import Copy, Meant, Original, thread_of

_Message = tuple[Address, str]


def threads(tables: Tables, wanted: Sequence[tuple[_Message, Scope]]) -> dict[_Message, Mapping[Address, str]]:
    """Find for each message, within the scope of who replies, under which id it stands at each other address."""
    copies, originals = _copies(tables), _originals(tables)
    meant: dict[_Message, Meant] = {}
    for message in {message for message, _ in wanted}:
        scopes = [scope for named, scope in wanted if named == message]
        seen = {case.id for case in tables.cases.values() if any(sees(scope, case) for scope in scopes)}
        sent = tuple(c for c in copies if (c.address, c.external_id) == message and c.case_id in seen)
        written = tuple(o for o in originals if (o.place, o.message_id) == message and o.case_id in seen)
        meant[message] = Meant(message[0], sent, written)
    found = {message: thread_of(each, copies, originals) for message, each in meant.items()}
    return {message: thread for message, thread in found.items() if thread}


def _copies(tables: Tables) -> list[Copy]:
    return [
        Copy(m.id, m.case_id, m.dedupe_key, m.recipient, m.address, d.external_id)
        for d in tables.outbox.values()
        if (m := d.message).case_id is not None and d.external_id
    ]


def _originals(tables: Tables) -> list[Original]:
    return [
        Original(row.id, row.case_id, m.place, m.message_id)
        for row in tables.inbox.values()
        if (m := row.message).message_id and m.kind is not Kind.BUTTON
        if m.place is not None and row.case_id is not None
    ]


def offered(tables: Tables, wanted: Sequence[Address]) -> dict[Address, tuple[Delivery, ...]]:
    """What was sent to these addresses lately with choices, newest first."""
    found = {place: offered_of(deliveries) for place, deliveries in said_at(tables, wanted).items()}
    return {place: deliveries for place, deliveries in found.items() if deliveries}


def said_at(tables: Tables, wanted: Sequence[Address]) -> dict[Address, tuple[Delivery, ...]]:
    """The newest of all that was sent to these addresses, newest first."""
    found = {place: [d for d in tables.outbox.values() if d.message.address == place] for place in wanted}
    return {
        place: tuple(sorted(there, key=lambda d: d.message.id, reverse=True)[:LOOKED_THROUGH])
        for place, there in found.items()
        if there
    }
