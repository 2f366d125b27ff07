"""The program is killed while officers report on WeChat: nothing acknowledged is lost, nothing is stored twice."""

import sys
from pathlib import Path

import pytest

from tests.faults.checker import Verdict, check
from tests.faults.evidence import Evidence
from tests.faults.killing import ALERT_AFTER
from tests.faults.wechat import OFFICERS, Town, killed_beside_wechat

KILLS = 8


async def test_kill_9_while_wechat_brings_messages_three_times_loses_none_and_stores_none_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with killed_beside_wechat(tmp_path, seed=KILLS) as town:
        async with town.officers_reporting():
            for _ in range(KILLS):
                await town.die()
        settled_at = await town.settle()
        assert await town.loop.stop() == 0
    evidence = town.evidence(settled_at)
    verdict = check(evidence, ALERT_AFTER)
    with capsys.disabled():
        sys.stdout.write(_figures(town, evidence, verdict))
    assert verdict.findings == ()
    assert verdict.duplicates <= verdict.in_flight
    assert len(evidence.cases) >= len(OFFICERS)
    assert any(call.answer for call in evidence.calls)
    assert any(call.answer is None for call in evidence.calls), "some calls were under way at a kill"


def _figures(town: Town, evidence: Evidence, verdict: Verdict) -> str:
    answered = sum(bool(call.answer) for call in evidence.calls)
    broken = sum(call.answer is None for call in evidence.calls)
    return (
        f"\n{len(town.loop.kills)} kills: {len(evidence.written)} messages of {len(OFFICERS)} officers,"
        f" {town.given_up} given up, {answered} answered in the call, {broken} calls broken by a kill,"
        f" {len(town.api.sent_in)} customer-service messages, {len(evidence.cases)} cases,"
        f" {len(evidence.inbox)} stored, {verdict.in_flight} under way at a kill, {verdict.duplicates} doubled\n"
    )
