"""Once a day both sides are told where the record stands, so that neither can rewrite it alone."""

from __future__ import annotations

import asyncio
from datetime import date, time

import pytest

from bot.domain.journal import Entry
from bot.domain.messages import Outgoing
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding, read_witness
from bot.jobs.journal_digest import Digester
from bot.jobs.once_a_day import due_day
from bot.record.journal_check import verify
from tests.kit.clock import START
from tests.kit.played import PlayedBridge

#: The desks of the corridor KC, where each is told.
KC = ("telegram:kh-group", "telegram:kh-secretariat", "wechat:duty", "wecom:secretariat")
SECRETARIATS = ("telegram:kh-secretariat", "wecom:secretariat")


def _digests(bridge: PlayedBridge, chain: str) -> list[Outgoing]:
    sent = (d.message for d in bridge.storage.kept.outbox)
    return [message for message in sent if message.kind == "digest" and f"digest:{chain}:" in message.dedupe_key]


async def _days(bridge: PlayedBridge) -> list[str]:
    links = [link async for chunk in bridge.storage.stream_journal("-") for link in chunk]
    return [str((link.entry.details or {})["day"]) for link in links if link.entry.act == "digest"]


async def test_both_sides_desks_are_told_the_head_of_their_record_at_the_set_time(bridge: PlayedBridge) -> None:
    await bridge.daily_tick()
    await bridge.report_case()
    await bridge.fast_forward(hours=22, minutes=54)
    await bridge.daily_tick()
    bridge.expect_nothing(*KC, containing="The record of")
    await bridge.fast_forward(minutes=1)
    head = (await bridge.storage.heads())["KC"]
    await bridge.daily_tick()
    for address in KC:
        told = bridge.expect(
            address,
            "The record of KC (Kingdom of Cambodia - People's Republic of China), "
            "Sun 19 Apr 2026 13:00 Phnom Penh / 14:00 Beijing.",
            f"Entries: {head.sequence}. Last hash: {head.hash}",
            f"casebridge journal verify --witness=KC:{head.sequence}:{head.hash}",
        )
        assert told.dedupe_key.startswith("digest:KC:2026-04-19:")
    bridge.expect_nothing("telegram:vn-group", "telegram:officer", "wecom:supervisor", containing="The record of")


async def test_acts_without_a_case_are_told_to_all_secretariats_alone(bridge: PlayedBridge) -> None:
    await bridge.storage.apply([Turn(journal=(Entry(1, "-", START, "cli:root", "invited"),))])
    await bridge.daily_tick()
    for address in SECRETARIATS:
        bridge.expect(address, "The record of acts without a case", "--witness=-:1:")
    bridge.expect_nothing("telegram:kh-group", "wechat:duty", "telegram:vn-group", containing="The record of")


async def test_any_number_of_ticks_and_nodes_tell_a_day_once(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    nodes = [
        Digester(bridge.storage, bridge._bridge.line, bridge.clock, time(6), f"node {number}") for number in range(3)
    ]
    for _ in range(2):
        await asyncio.gather(*(node.tick() for node in nodes), bridge.daily_tick())
    assert len(_digests(bridge, "KC")) == len(KC)
    assert await _days(bridge) == ["2026-04-18"]


async def test_days_missed_in_a_downtime_are_made_up_for_once(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await bridge.daily_tick()
    await bridge.down_for(hours=24 * 3)
    await bridge.daily_tick()
    await bridge.daily_tick()
    assert await _days(bridge) == ["2026-04-18", "2026-04-21"]
    assert len(_digests(bridge, "KC")) == 2 * len(KC)


async def test_nothing_is_told_of_an_empty_record(bridge: PlayedBridge) -> None:
    await bridge.daily_tick()
    assert not bridge.everything_heard()


async def test_what_was_told_finds_a_record_that_was_cut_and_mended(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await bridge.daily_tick()
    told = bridge.expect("wechat:duty", "The record of KC")
    witness = read_witness(told.text.rpartition("--witness=")[2])
    assert witness is not None
    assert not [said async for said in verify(bridge.storage, [witness]) if isinstance(said, Finding)]
    last = witness.sequence - 1
    bridge.storage.kept.change(f"DELETE FROM journal WHERE chain = 'KC' AND sequence > {last}")
    bridge.storage.kept.change(
        f"UPDATE chain_heads SET sequence = {last}, hash = (SELECT hash FROM journal WHERE chain = 'KC' "
        f"AND sequence = {last}) WHERE chain = 'KC'"
    )
    assert not [said async for said in verify(bridge.storage) if isinstance(said, Finding)]
    (found,) = [said async for said in verify(bridge.storage, [witness]) if isinstance(said, Finding)]
    assert (found.chain, found.sequence) == ("KC", witness.sequence)


@pytest.mark.parametrize(
    ("at", "day"), [(time(6), date(2026, 4, 18)), (time(7, 5), date(2026, 4, 18)), (time(7, 6), date(2026, 4, 17))]
)
def test_a_digest_belongs_to_the_last_day_whose_time_has_come(at: time, day: date) -> None:
    assert due_day(START, at) == day
