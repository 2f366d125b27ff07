"""Phone calls of a ladder: whom a ping rings, and by whom. What becomes of a call is in `call_outcomes`. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.case import Case, Deadline
from bot.domain.messages import GATEWAY, Address, Outgoing, OutgoingKind, Priority
from bot.domain.phone_calls import PhoneCall
from bot.domain.recipients import Recipient
from bot.protection.redaction_policy import Matter, Showing, Way, decide
from bot.protection.standings import Reader, standing_to_all
from bot.turns.composer import Composer


def place(
    c: Composer, case: Case, deadline: Deadline, ping: int, called: Iterable[Recipient], key: str
) -> list[Recipient]:
    """Put a call to each of these in the outbox, beside the message that says what it is about; returns whom it can.

    `key` is that of the message.
    """
    rung: list[Recipient] = []
    for recipient in called:
        ways = _ways(c, recipient)
        if ways and _may_be_told(c, case, recipient.party):
            c.send(_call(c, case, deadline, recipient, ways, PhoneCall.key(key, ping, recipient.name)))
            rung.append(recipient)
    return rung


def _call(
    c: Composer, case: Case, deadline: Deadline, recipient: Recipient, ways: tuple[Address, ...], key: str
) -> Outgoing:
    return Outgoing(
        id=c.context.new_id(),
        dedupe_key=key,
        kind=OutgoingKind.CALL,
        recipient=recipient.name,
        address=ways[0],
        others=ways[1:],
        priority=Priority[case.urgency.value],
        case_id=case.id,
        deadline_id=deadline.id,
        created_at=c.now,
    )


def _ways(c: Composer, recipient: Recipient) -> tuple[Address, ...]:
    """By whom somebody can be rung: the gateway first, which knows them by our name for them, then their messengers."""
    phones = c.context.phones
    own = [a for a in recipient.addresses if a.messenger in phones and phones[a.messenger].phones_at(a)]
    return (*([Address(GATEWAY, recipient.name)] if GATEWAY in phones else []), *own)


def _may_be_told(c: Composer, case: Case, party: str) -> bool:
    reader = Reader(party)
    stands = standing_to_all(case, reader, c.context.agreement)
    return decide(Matter.REFERENCE, Way.CALL, stands, reader) is Showing.SHOWN
