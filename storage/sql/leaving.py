"""What the outbox still holds and may not be sent as it is: to people who were cut off, or past a gate that closed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, or_, select, update

from bot.domain.errors import SealBroken, Stale
from bot.domain.messages import Address, Delivery, Outgoing
from bot.domain.turn import Mark, SaidAnew, Withdrawal
from bot.protection.sealing import Vault
from storage.batch import joining, without
from storage.rows.cases import RowDict, address, to_json
from storage.rows.messages import delivery_of, outgoing_of, said_row, texts_of
from storage.sql.statements import UNSENT, T


def addresses_of(connection: Connection, people: Sequence[int]) -> list[Address]:
    """Where these people are written to."""
    bindings = T["bindings"].c
    bound = select(bindings.address).where(bindings.person_id.in_(people))
    return sorted(map(address, connection.execute(bound).scalars()))


def write_to_no_more(connection: Connection, vault: Vault, gone: Sequence[Address], why: str) -> None:
    """Take these addresses out of what waits; what has no other, or went to the next one already, is dropped."""
    outbox = T["outbox"]
    if not gone:
        return
    named = [outbox.c.others.contains(to_json(str(each)), autoescape=True) for each in gone]
    waiting = select(outbox).where(
        or_(outbox.c.state == "queued", outbox.c.state == "window-closed"),
        or_(outbox.c.address.in_(texts_of(gone)), *named),
    )
    for row in connection.execute(waiting.order_by(outbox.c.id).with_for_update()).mappings().all():
        message = outgoing_of(vault, row)
        is_first = message.address in gone
        left = None if is_first and row["joined"] else without(message, gone)
        change = _dropped(why)
        if left is not None:
            change = _addressed(left.address, left.others)
        if left is not None and is_first:
            change["next_attempt_at"] = row["created_at"]  # it waited for the other messenger: here it is due now
        connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**change))


def still_joining(connection: Connection, vault: Vault, marks: Iterable[Mark]) -> list[Outgoing]:
    """What goes to further addresses because of these marks, as its rows are stored by now."""
    asked = [mark for mark in marks if mark.joined is not None]
    if not asked:
        return []
    outbox, stored = T["outbox"], dict[int, Delivery]()
    named = select(outbox).where(outbox.c.id.in_([mark.outbox_id for mark in asked])).order_by(outbox.c.id)
    for row in connection.execute(named.with_for_update()).mappings().all():
        with contextlib.suppress(SealBroken):  # what cannot be opened cannot be sent anywhere
            stored[row["id"]] = delivery_of(vault, row)
    moved = moved_addresses(connection)
    found = (joining(mark, stored.get(mark.outbox_id), moved) for mark in asked)
    return [message for message in found if message is not None]


def moved_addresses(connection: Connection) -> dict[Address, Address]:
    """Where chats have moved to."""
    return {address(old): address(new) for old, new in connection.execute(select(T["moved_addresses"]))}


def write_withdrawals(connection: Connection, vault: Vault, withdrawals: Sequence[Withdrawal]) -> None:
    """Let what still waits say what it may say now."""
    outbox = T["outbox"]
    for withdrawal in withdrawals:
        theirs = outbox.c.recipient.in_(sorted(withdrawal.recipients))
        waiting = select(outbox).where(
            outbox.c.case_id == withdrawal.case_id, theirs, outbox.c.state.in_(UNSENT), outbox.c.sealed.is_not(None)
        )
        for row in connection.execute(waiting.order_by(outbox.c.id).with_for_update()).mappings().all():
            message = outgoing_of(vault, row)
            if withdrawal.concerns(message):
                instead = withdrawal.instead_of(message)
                change = _dropped(withdrawal.reason) if instead is None else {"deadline_id": instead.deadline_id}
                if instead is not None and (withdrawal.deadline_id is None or is_untouched(row)):
                    change |= said_row(vault, instead)  # a ping that is under way is changed in place once it arrived
                connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**change))


def write_anew(connection: Connection, vault: Vault, changes: Iterable[SaidAnew]) -> None:
    """Let messages that wait say what they say now; raises `Stale` where one was taken or says more meanwhile."""
    outbox = T["outbox"]
    for change in sorted(changes, key=lambda each: each.now.id):
        found = select(outbox).where(outbox.c.id == change.now.id).with_for_update()
        row = connection.execute(found).mappings().one_or_none()
        if row is None or not is_untouched(row) or outgoing_of(vault, row).text != change.before.text:
            raise Stale("A message that waited was taken, or says more meanwhile.")
        connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**said_row(vault, change.now)))


def is_untouched(row: RowMapping) -> bool:
    """Whether a message waits and nobody has taken it to send it: what it says can still be changed."""
    return row["state"] in UNSENT and row["leased_until"] is None


def _dropped(why: str) -> RowDict:
    return {"state": "dropped", "reason": why, "next_attempt_at": None, "leased_until": None}


def _addressed(first: Address, others: Sequence[Address]) -> RowDict:
    return {"address": str(first), "messenger": first.messenger, "others": to_json(texts_of(others))}
