"""Phone calls of a ladder: whom a ping rings, and what follows when a call was answered, was not, or could not be made.

Answered is not acknowledged: the deadline runs on. A call that could not be made is a missed rung. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.clock import deadlines
from bot.clock.rungs import ladder_of, next_beginning
from bot.domain.case import Case, Deadline
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import GATEWAY, Address, Inbound, Kind, Outgoing, OutgoingKind, Priority
from bot.domain.phone_calls import CallOutcome, CallResult, PhoneCall
from bot.domain.recipients import Recipient
from bot.domain.turn import Turn
from bot.protection.redaction_policy import Matter, Showing, Way, decide
from bot.protection.standings import Reader, standing_to_all
from bot.turns.composer import Composer


def place(c: Composer, case: Case, deadline: Deadline, ping: int, called: Iterable[Recipient]) -> list[Recipient]:
    """Put a call to each of these in the outbox, beside the message that says what it is about; returns whom it can."""
    rung: list[Recipient] = []
    for recipient in called:
        ways = _ways(c, recipient)
        if ways and _may_be_told(c, case, recipient.party):
            c.send(_call(c, case, deadline, ping, recipient, ways))
            rung.append(recipient)
    return rung


def _call(
    c: Composer, case: Case, deadline: Deadline, ping: int, recipient: Recipient, ways: tuple[Address, ...]
) -> Outgoing:
    return Outgoing(
        id=c.context.new_id(),
        dedupe_key=PhoneCall.key(case.id, deadline.id, ping, recipient.name),
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


def whose(message: Inbound) -> tuple[int, ...]:
    """Name the case that somebody says a call was about."""
    call = PhoneCall.named(message.message_id) if message.kind is Kind.CALLED else None
    return (call.case_id,) if call is not None else ()


def noted(turn: Turn, message: Inbound) -> Turn:
    """Add to a message's turn what it says of a call, whatever becomes of the case."""
    call = PhoneCall.named(message.message_id) if message.kind is Kind.CALLED else None
    return turn if call is None else replace(turn, call_outcomes=(CallOutcome(call.outbox_id, _result(message)),))


def _result(message: Inbound) -> CallResult:
    return CallResult(message.text)


def became(c: Composer, message: Inbound) -> None:
    """Take note of what became of a call, as whoever made it says."""
    call = PhoneCall.named(message.message_id)
    case = c.case(call.case_id) if call is not None else None
    if call is None or case is None:
        return
    c.case_id = case.id
    result = _result(message)
    _record(c, case, call, JournalAct.CALLED, result=result.value)
    if result is CallResult.FAILED:
        next_rung(c, case, call.deadline_id, call.ping)


def not_made(c: Composer, call: PhoneCall) -> None:
    """Take note that a call could not be made by anybody: the next rung goes at once."""
    case = c.case(call.case_id)
    if case is not None:
        _record(c, case, call, JournalAct.NOT_CALLED)
        next_rung(c, case, call.deadline_id, call.ping)


def _record(c: Composer, case: Case, call: PhoneCall, act: JournalAct, **details: object) -> None:
    deadline = next((d.kind.value for d in case.deadlines if d.id == call.deadline_id), "")
    c.journal(act, case, deadline=deadline, number=call.ping, recipient=call.recipient, **details)


def next_rung(c: Composer, case: Case, deadline_id: int, ping: int) -> None:
    """Let the next rung go now, unless it went since, or there is none: then the ladder goes on in its time."""
    deadline = next((d for d in case.deadlines if d.id == deadline_id and d.is_running), None)
    if deadline is None or deadline.pings != ping:
        return
    following = next_beginning(ladder_of(case.policy(c.context.agreement), deadline.kind), ping)
    if following is not None:
        c.put(deadlines.at_once(case, deadline, following, c.now))
