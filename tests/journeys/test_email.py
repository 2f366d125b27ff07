"""Desks with a mailbox: it is told when the group is not reached, or always where there is nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.email.settings import CAPABILITIES
from bot.domain.errors import Unavailable
from bot.domain.messages import Address
from tests.kit.played import PlayedBridge
from tests.kit.world import MESSENGERS, agreement

MAILBOX = "email:duty@example.org"
THEIRS = "email:night@example.cn"
SENT = ("no", "locked in", "15", "send", "send")


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """The duty desk of KH has a mailbox behind its group, that of CN nothing but one."""
    agreed = agreement()
    for name, *addresses in (("kh-duty", "telegram:kh-group", MAILBOX), ("cn-duty", THEIRS)):
        desk = agreed.desks[name]
        told_at = tuple(map(Address.parse, addresses))
        agreed = replace(agreed, desks={**agreed.desks, name: replace(desk, addresses=told_at)})
    played = PlayedBridge(tmp_path, agreed=agreed, messengers={**MESSENGERS, "email": CAPABILITIES})
    await played.start()
    yield played
    await played.stop()
    assert not [row.error for row in played.inbox() if row.error]


async def test_a_desk_whose_group_is_not_reached_reads_the_alert_in_its_mailbox(bridge: PlayedBridge) -> None:
    bridge.adapters["telegram"].fail(Unavailable("no route"), times=None, address="kh-group")
    case = await bridge.report_case(*SENT)
    bridge.expect_nothing(MAILBOX)
    await bridge.fast_forward(seconds=31)
    bridge.expect(MAILBOX, "U1 immediate", case.reference, f"https://bridge.example/cases/{case.reference}")


async def test_a_mail_offers_no_choice_that_nobody_could_make(bridge: PlayedBridge) -> None:
    await bridge.report_case(*SENT)
    [alert] = bridge.adapters["email"].shown("night@example.cn")
    assert alert.buttons == ()
    assert "1." not in alert.text
    assert "Or type" not in alert.text


async def test_a_mailbox_across_the_border_reads_no_more_than_a_messenger_there(bridge: PlayedBridge) -> None:
    await bridge.report_case("no", "locked in", "15")
    await bridge.fast_forward(minutes=16)
    alert, *pings = bridge.adapters["email"].shown("night@example.cn")
    assert "Locked in or held" in alert.text
    assert pings, "the desk did not acknowledge"
    for ping in pings:
        assert "Locked in" not in ping.text
        assert "/cases/" in ping.text


async def test_when_the_mail_server_is_down_mails_wait_and_the_desks_people_are_told(bridge: PlayedBridge) -> None:
    bridge.adapters["email"].fail(Unavailable("no route"), times=None)
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(seconds=31)
    bridge.expect("wechat:duty", "U1 immediate", case.reference)
    bridge.adapters["email"].recover()
    await bridge.fast_forward(minutes=6)
    bridge.expect(THEIRS, "U1 immediate", case.reference)
