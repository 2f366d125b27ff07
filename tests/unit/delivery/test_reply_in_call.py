"""The answer goes back in the call that brought the message, as far as it fits; the rest is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.delivery.reply_in_call import ride
from bot.delivery.split import fit
from bot.domain.messages import (
    Address,
    Button,
    Capabilities,
    Delivery,
    DeliveryState,
    Inbound,
    Kind,
    Outgoing,
    OutgoingKind,
)
from bot.domain.turn import InboxRow, Turn

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
HERE, THERE = Address("wechat", "officer"), Address("telegram", "desk")
CAN = Capabilities(text_limit=200, text_unit="bytes", buttons=False, menu_links=True, answers_in_call=True)
MESSAGE = Inbound("wechat", "1", "e1", Kind.TEXT, NOW, sender=HERE, place=HERE, text="urgent")
CHOICES = ((Button("Yes", "f.7.danger_now.yes"), Button("No", "f.7.danger_now.no")),)


def answer(number: int, text: str, **fields: object) -> Outgoing:
    made = Outgoing(number, f"k{number}", OutgoingKind.REPLY, "person:1", HERE, text=text, created_at=NOW)
    return replace(made, **fields)  # type: ignore[arg-type]


def turn(*outgoing: Outgoing) -> Turn:
    return Turn(inbox=InboxRow(1, MESSAGE), outgoing=outgoing)


def test_the_answer_with_its_numbers_is_stored_beside_the_message_and_not_sent_meanwhile() -> None:
    alert = Outgoing(9, "k9", OutgoingKind.ALERT, "desk:cn-duty", THERE, text="Alert")
    changed, call = ride(turn(answer(1, "In danger?", buttons=CHOICES), alert), MESSAGE, CAN, NOW)
    assert call is not None
    assert call.reply == "In danger?\n\n1. Yes\n2. No"
    assert changed.inbox is not None
    assert changed.inbox.reply == call.reply
    assert [o.not_before for o in changed.outgoing] == [NOW + timedelta(seconds=6), None]
    assert [(m.outbox_id, m.state, m.next_attempt_at) for m in call.marks(NOW)] == [(1, DeliveryState.SENT, None)]


def test_several_answers_go_together_up_to_the_first_question() -> None:
    answers = (answer(1, "Stored."), answer(2, "In danger?", buttons=CHOICES), answer(3, "Please delete it here."))
    changed, call = ride(turn(*answers), MESSAGE, CAN, NOW)
    assert call is not None
    assert call.reply == "Stored.\n\nIn danger?\n\n1. Yes\n2. No"
    assert call.rows == (1, 2)
    assert changed.outgoing[2].not_before is None


def test_a_text_longer_than_one_message_begins_in_the_call_and_goes_on_where_it_stopped() -> None:
    long = answer(1, "word " * 90, buttons=CHOICES)
    _, call = ride(turn(long), MESSAGE, CAN, NOW)
    assert call is not None
    _, parts = fit(Delivery(long), CAN)
    assert (call.reply, call.rows, call.begun) == (parts[0], (), 1)
    (mark,) = call.marks(NOW)
    assert (mark.state, mark.parts_done, mark.next_attempt_at) == (DeliveryState.QUEUED, 1, NOW)


def test_what_is_for_others_or_for_later_or_a_file_does_not_ride() -> None:
    others = (
        answer(1, "later", not_before=NOW + timedelta(minutes=1)),
        answer(2, "file", file="log.csv"),
        answer(3, "elsewhere", address=THERE),
        answer(4, "ping", kind="ping"),
        answer(5, ""),
    )
    changed, call = ride(turn(*others), MESSAGE, CAN, NOW)
    assert call is None
    assert changed == turn(*others)
