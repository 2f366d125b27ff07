"""What became of a phone call is kept beside it, whichever of the two is written first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing, OutgoingKind
from bot.domain.phone_calls import CallOutcome, CallResult
from bot.domain.turn import Mark, Turn, Withdrawal
from tests.kit.engines import Kept
from tests.kit.values import message

RUNG = Mark(0, DeliveryState.SENT, at=None, attempts=1, external_id="c-1")  # type: ignore[arg-type]


async def _call(kept: Kept) -> Outgoing:
    call = message(kind=OutgoingKind.CALL, address=Address("gateway", "person:12"), recipient="person:12", case_id=7)
    await kept.storage.apply([Turn(outgoing=(call,))])
    return call


async def _row(kept: Kept, call: Outgoing) -> Delivery:
    rows = await kept.storage.outbox(list(DeliveryState), 100)
    return next(row for row in rows if row.message.id == call.id)


def _said(call: Outgoing, result: CallResult) -> Turn:
    return Turn(call_outcomes=(CallOutcome(call.id, result),))


@pytest.mark.parametrize("is_told_first", [False, True])
async def test_what_became_of_a_call_stays_beside_it(kept: Kept, *, is_told_first: bool) -> None:
    call = await _call(kept)
    mark = replace(RUNG, outbox_id=call.id, at=kept.now)
    if is_told_first:
        await kept.storage.apply([_said(call, CallResult.UNANSWERED)])
    await kept.storage.apply([], [mark])
    if not is_told_first:
        assert (await _row(kept, call)).outcome == ""
        await kept.storage.apply([_said(call, CallResult.UNANSWERED)])
    row = await _row(kept, call)
    assert (row.state, row.outcome, row.external_id) == (DeliveryState.SENT, CallResult.UNANSWERED, "c-1")


async def test_the_last_word_on_a_call_holds_and_no_other_message_has_one(kept: Kept) -> None:
    call, plain = await _call(kept), message()
    await kept.storage.apply([Turn(outgoing=(plain,))])
    for result in (CallResult.UNANSWERED, CallResult.ANSWERED):
        await kept.storage.apply([_said(call, result), _said(plain, result)])
    assert (await _row(kept, call)).outcome == CallResult.ANSWERED
    assert (await _row(kept, plain)).outcome == ""


async def test_a_call_is_not_put_into_other_words(kept: Kept) -> None:
    call = await _call(kept)
    await kept.storage.apply([Turn(withdrawals=(Withdrawal(7, frozenset({"person:12"}), "other words"),))])
    assert (await _row(kept, call)).message == call
