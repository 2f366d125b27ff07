"""What the outbox still holds and may not be sent as it is: to people who were cut off, or past a gate that closed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select, update

from bot.messages import Address
from bot.sealing import Vault
from bot.turn import Withdrawal
from storage.batch import without
from storage.rows import RowDict, address, to_json
from storage.rows_messages import outgoing_of, said_row, texts_of
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
        change: RowDict = {"state": "dropped", "reason": why, "next_attempt_at": None, "leased_until": None}
        if left is not None:
            change = _addressed(left.address, left.others)
        if left is not None and is_first:
            change["next_attempt_at"] = row["created_at"]  # it waited for the other messenger: here it is due now
        connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**change))


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
                change = said_row(vault, withdrawal.instead_of(message))
                connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**change))


def _addressed(first: Address, others: Sequence[Address]) -> RowDict:
    return {"address": str(first), "messenger": first.messenger, "others": to_json(texts_of(others))}
