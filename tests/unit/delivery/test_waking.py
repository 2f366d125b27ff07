"""What people's browsers are told of: alerts and pings, as they are sent for the first time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery.retries import wakes
from bot.domain.messages import Address, Delivery, Outgoing, OutgoingKind

PING = Outgoing(1, "case:1:police:1", OutgoingKind.PING, "person:1", Address("web", "1"), text="late")


@pytest.mark.parametrize("kind", OutgoingKind)
def test_alerts_and_pings_wake_and_nothing_else(kind: OutgoingKind) -> None:
    assert wakes(Delivery(replace(PING, kind=kind))) is (kind in (OutgoingKind.ALERT, OutgoingKind.PING))


@pytest.mark.parametrize(
    "again",
    [
        Delivery(PING, attempts=1),
        Delivery(PING, parts_done=1),
        Delivery(replace(PING, replaces="case:1")),
        Delivery(replace(PING, edits="77")),
        Delivery(replace(PING, dedupe_key="case:1:police:1>web:1")),
    ],
)
def test_what_was_sent_before_or_goes_to_a_further_address_wakes_nobody_again(again: Delivery) -> None:
    assert not wakes(again)
