"""The program is killed in the middle of its work, again and again: nobody's message and no deadline may be lost."""

import os
import sys
from pathlib import Path

import pytest

from tests.faults.checker import Verdict, check
from tests.faults.evidence import Evidence
from tests.faults.killing import ALERT_AFTER, OFFICERS, Loop, killing_loop, officers_reporting

#: CASEBRIDGE_TEST_KILLS=1000 for a long run by hand.
ALL_KILLS = int(os.environ.get("CASEBRIDGE_TEST_KILLS", "30"))
KILLS = 10  #: of one bridge; several bridges, each with its own officers and chances, can be killed side by side


@pytest.mark.timeout(600 + 20 * KILLS)  # for what hangs
@pytest.mark.parametrize("seed", range(1, -(-ALL_KILLS // KILLS) + 1))
async def test_kill_9_at_any_moment_loses_no_message_no_deadline_and_no_ping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    async with killing_loop(tmp_path, seed) as loop:
        async with officers_reporting(loop):
            for _ in range(KILLS):
                await loop.die()
        settled_at = await loop.settle()
        assert await loop.stop() == 0
    evidence = loop.evidence(settled_at)
    verdict = check(evidence, ALERT_AFTER)
    with capsys.disabled():
        sys.stdout.write(_figures(loop, evidence, verdict))
    assert verdict.findings == ()
    assert verdict.duplicates <= verdict.in_flight
    assert all(written.is_acknowledged for written in evidence.written)
    assert len(evidence.cases) >= OFFICERS
    assert sum(deadline.pings for deadline in evidence.deadlines) >= OFFICERS


def _figures(loop: Loop, evidence: Evidence, verdict: Verdict) -> str:
    starts = sorted(loop.starts)
    return (
        f"\n{KILLS} kills: {len(evidence.written)} messages of {OFFICERS} officers, {loop.telegram.again} webhook calls"
        f" repeated, {len(evidence.cases)} cases, {sum(d.pings for d in evidence.deadlines)} pings counted,"
        f" {len(evidence.sent)} messages arrived, {verdict.in_flight} under way at a kill,"
        f" {verdict.duplicates} doubled; start-up {starts[len(starts) // 2]:.2f} s (median),"
        f" {starts[-1]:.2f} s (longest)\n"
    )
