"""Everything around four nodes on one PostgreSQL fails: no message is lost, and whoever is well is never silent."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.cluster.checker import Verdict, check
from tests.faults.cluster.history import Kind
from tests.faults.cluster.running import Cluster, cluster
from tests.faults.cluster.story import write_story
from tests.faults.evidence import Evidence
from tests.faults.killing import ALERT_AFTER
from tests.kit.running import Terminal

#: `make faults` takes ten.
MINUTES = float(os.environ.get("CASEBRIDGE_TEST_FAULTS_MINUTES", "0.75"))
SEED = int(os.environ.get("CASEBRIDGE_TEST_FAULTS_SEED", "10"))


@pytest.mark.postgres
@pytest.mark.needs("faketime")
@pytest.mark.timeout(1800 + 120 * MINUTES)  # for what hangs
async def test_whatever_fails_around_four_nodes_nothing_is_lost_and_nobody_is_silent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with cluster(tmp_path, SEED) as town:
        await town.suffer(MINUTES * 60)
        settled_at = await town.settle()
        stopped = await town.stop()
        evidence, history = town.evidence(settled_at), town.history()
        write_story(tmp_path / "story.txt", town.database.get_uri(), history, town.witness)
        await Terminal(town.nodes[1].setup.file).beside("journal", "verify")
    verdict = check(evidence, history, ALERT_AFTER)
    with capsys.disabled():
        sys.stdout.write(_figures(town, evidence, verdict))
    assert not verdict.findings, "\n".join([*verdict.findings, f"What happened when: {tmp_path / 'story.txt'}"])
    assert stopped == [0] * len(town.nodes)
    # WeChat gives up after three tries and tells the officer so; Telegram never does.
    assert all(written.is_acknowledged or "wechat" in written.message for written in evidence.written)
    assert {trouble.kind for trouble in history.troubles} == set(Kind)


def _figures(town: Cluster, evidence: Evidence, verdict: Verdict) -> str:
    kinds = Counter(trouble.kind.value for trouble in town.breaker.troubles)
    ways = ", ".join(f"{times} {way}" for way, times in town.webhooks.ways.items() if times)
    spoilt = ", ".join(f"{times} x {kind.value}" for kind, times in town.messenger.spoilt.items())
    given_up = sum(not written.is_acknowledged for written in evidence.written)
    return (
        f"\nseed {SEED}, {MINUTES:g} minutes, {town.last - town.first} ticks:"
        f" {', '.join(f'{times} x {kind}' for kind, times in kinds.items())}\n"
        f"{len(evidence.written)} messages, {town.webhooks.again} webhook calls repeated ({ways}),"
        f" {len(town.followers.in_calls)} answers in calls of WeChat, {given_up} given up by it,"
        f" {len(evidence.cases)} cases, {sum(not case.is_open for case in evidence.cases)} closed,"
        f" {sum(d.pings for d in evidence.deadlines)} pings, {len(town.messenger.arrivals)} messages arrived"
        f" ({spoilt}), {verdict.ambiguous} ambiguous, {verdict.doubled} doubled,"
        f" {town.breaker.inside} x inside a transaction; longest silence: {verdict.longest}\n"
    )
