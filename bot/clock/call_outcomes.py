"""What follows when a phone call was answered, was not, or could not be made. Pure.

Answered is not acknowledged: the deadline runs on. A call that could not be made is a missed rung.
"""

from __future__ import annotations

from bot.clock.when_due import next_rung
from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Inbound, Kind
from bot.domain.phone_calls import CallOutcome, CallResult, PhoneCall
from bot.domain.turn import Turn
from bot.protection.seen_by import seen_by
from bot.turns.composer import Composer


def whose(message: Inbound) -> tuple[int, ...]:
    """Name the case that somebody says a call was about."""
    call = _call(message)
    return (call.case_id,) if call is not None else ()


def noted(turn: Turn, message: Inbound) -> Turn:
    """Add to a message's turn what it says of a call, whatever becomes of the case."""
    call = _call(message)
    return turn if call is None else replace(turn, call_outcomes=(CallOutcome(call.outbox_id, _result(message)),))


def became(c: Composer, message: Inbound) -> None:
    """Take note of what became of a call, as whoever made it says."""
    call = _call(message)
    case = c.case(call.case_id) if call is not None else None
    if call is None or case is None:
        return
    c.case_id = case.id
    result = _result(message)
    _record(c, case, call, JournalAct.CALLED, result=result.value)
    if result is CallResult.FAILED:
        next_rung(c, case, call.deadline_id, call.ping)


def not_made(c: Composer, call: PhoneCall) -> None:
    """Take note that a call could not be made by anybody."""
    case = c.case(call.case_id)
    if case is not None:
        _record(c, case, call, JournalAct.NOT_CALLED)
        next_rung(c, case, call.deadline_id, call.ping)


def _record(c: Composer, case: Case, call: PhoneCall, act: JournalAct, **details: object) -> None:
    deadline = next((d.kind.value for d in case.deadlines if d.id == call.deadline_id), "")
    theirs = seen_by(case, case.requested or case.reporting, c.context.agreement)
    is_shown = any(d.id == call.deadline_id for d in theirs.deadlines)
    side = {} if is_shown else {"side": case.reporting}
    c.journal(act, case, deadline=deadline, number=call.ping, recipient=call.recipient, **side, **details)


def _call(message: Inbound) -> PhoneCall | None:
    return PhoneCall.named(message.message_id) if message.kind is Kind.CALLED else None


def _result(message: Inbound) -> CallResult:
    return CallResult(message.text)
