"""Two running programs share one PostgreSQL and one bot: together they are one bridge, and one alone goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.engines import postgres_server
from tests.kit.running import Program, Setup, running
from tests.kit.town import CN_GROUP, DESKS, KH_GROUP, OFFICERS, Town

#: Soon enough to see a ping in a test; no second one follows.
IMPATIENT = """
[urgency.U1]
acknowledge = "4s"
repeat = "10m"
"""


@dataclass
class Nodes:
    town: Town
    other: Setup
    second: Program

    @property
    def output(self) -> str:
        return self.town.program.output + self.second.output


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[Nodes]:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir(mode=0o700)
    with postgres_server() as url:
        async with Town.open(one, database=url, more=IMPATIENT) as town:
            other = Setup(two, town.api.url, database=url, desks=DESKS, more=IMPATIENT)
            async with running(other) as second:
                yield Nodes(town, other, second)


@pytest.mark.postgres
async def test_two_programs_on_one_postgresql_answer_once_ping_once_and_replace_each_other(nodes: Nodes) -> None:
    town, officers = nodes.town, OFFICERS[:6]
    references = await asyncio.gather(*(town.reports(officer) for officer in officers))
    assert len(set(references)) == len(officers)
    counts = Counter(_answers(town, officers))
    assert set(counts.values()) == {1}, counts

    late = OFFICERS[7]
    async with aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as client:
        hooks = [setup.hook for setup in (town.setup, nodes.other)] * 3
        said = update(900_001, late, "girl locked in a flat")
        answers = await asyncio.gather(*(client.post(hook, data=said) for hook in hooks))
    assert [answer.status for answer in answers] == [200] * 6
    await town.hears(late, "(1 of 14)")
    assert len(town.api.sent(late)) == 1, "whichever program takes it, it is one message"

    for reference in references:
        await town.hears(CN_GROUP, reference, "ping 1")
    await asyncio.sleep(2.5)  # both clocks tick on
    for reference in references:
        told = [post.text for group in (CN_GROUP, KH_GROUP) for post in town.api.sent(group) if reference in post.text]
        pings = Counter(text for text in told if "ping" in text)
        assert sum(pings.values()) == 1, told
        news = [text for text in told if "CN has not acknowledged yet; it was due" in text]
        assert len(news) == 1, "its own desk is told once that nobody there has acknowledged"
        assert len(told) == 4, "an alert at each desk, one ping, and one word of it to the own desk"

    assert await town.program.terminate() == 0
    said_to_second = town.user(OFFICERS[8]).says("girl locked in a flat")
    await town.hears(OFFICERS[8], "(1 of 14)", after=said_to_second)
    assert "Telegram gives no messages" not in nodes.output, "only one of them asked Telegram"


def _answers(town: Town, officers: range) -> list[tuple[int, str]]:
    return [(officer, post.text) for officer in officers for post in town.api.sent(officer)]
