"""Counts what ten real stories cost an officer after the first message: ``python -m tests.journeys.taps``."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from bot.domain.case import Case
from bot.domain.messages import Address
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

_FILE = Path(__file__).with_name("taps_stories.json")
_LATER = ("category", "summary")
#: What skips them, and the category that counts anyhow.
_NOTHING_NEW = (["[Skip]"], ["skip"], ["[Trafficking in persons]"], ["1"])
_AT_MOST = 60  #: steps of a story; one that needs more goes round in circles


@dataclass(frozen=True)
class Story:
    """What an officer knows, and how they say it when they are asked."""

    name: str
    who: str
    first: str
    facts: Mapping[str, Sequence[str]]  #: by question; ``[Label]`` is a tap


@dataclass(frozen=True)
class Cost:
    """What a story took after its first message, the sending included."""

    taps: int = 0
    answers: int = 0  #: messages that were typed
    words: int = 0  #: in them

    @property
    def steps(self) -> int:
        """Taps and typed messages."""
        return self.taps + self.answers

    def with_step(self, step: str) -> Cost:
        if step.startswith("["):
            return Cost(self.taps + 1, self.answers, self.words)
        return Cost(self.taps, self.answers + 1, self.words + len(step.split()))


def stories() -> list[Story]:
    """The ten stories."""
    return [Story(**story) for story in _kept()["stories"]]


def before() -> Mapping[str, Cost]:
    """What each story took when they were counted first."""
    return {name: Cost(*counted) for name, counted in _kept()["before"].items()}


def _kept() -> Any:
    return json.loads(_FILE.read_text("utf-8"))


async def played(story: Story, folder: Path) -> tuple[Cost, Case]:
    """Play a story on the real core until it is sent; returns what it took, and the case."""
    bridge = PlayedBridge(folder, messengers=OFFICIAL_ACCOUNT)
    await bridge.start()
    try:
        if story.who == "wechat:officer":
            await bridge.change("telegram:officer", addresses=(Address.parse(story.who),))
        await bridge.says(story.who, story.first)
        cost = Cost()
        while (case := await bridge.only_case()).sent_at is None:
            assert cost.steps < _AT_MOST, f"{story.name} ends at: {bridge.phones.at(story.who)[-1].text}"
            for step in await _next(bridge, story, case):
                await bridge.answers(story.who, step)
                cost = cost.with_step(step)
        return cost, case
    finally:
        await bridge.stop()


async def _next(bridge: PlayedBridge, story: Story, case: Case) -> Sequence[str]:
    """What the officer does now: says yes to what is shown back, answers what is asked, sends."""
    conversation = bridge.storage.kept.conversations[case.officer]
    newest = bridge.phones.at(story.who)[-1]
    if "Type 'send'" in newest.text:
        return ["[Answer what is open]"] if _has_more(story, case) else ["send"]
    if "Yes, that is right" in labels(newest):
        return ["[Yes, that is right]"]
    if "Yes, that is right" in newest.text:
        return ["yes"]
    asking = conversation.asking
    if asking == "consent_police":
        return story.facts["permission"]
    return story.facts[asking] if asking in story.facts and asking not in case.answers else ["send"]


def _has_more(story: Story, case: Case) -> bool:
    """Whether the officer knows something that is asked of those only who ask for it."""
    known = {name for name in _LATER if story.facts[name] not in _NOTHING_NEW}
    return bool(known - case.answers.keys())


async def counted() -> list[tuple[Story, Cost]]:
    """Play all stories."""
    found = []
    for story in stories():
        with tempfile.TemporaryDirectory() as folder:
            found.append((story, (await played(story, Path(folder)))[0]))
    return found


def table(found: Sequence[tuple[Story, Cost]], earlier: Mapping[str, Cost]) -> str:
    """Write what each story took and takes."""
    lines = ["| story | before: taps + typed (words) | now: taps + typed (words) |", "|---|---|---|"]
    for story, now in found:
        lines.append(f"| {story.name} | {_shown(earlier.get(story.name))} | {_shown(now)} |")
    mean = sum(now.steps for _, now in found) / len(found)
    was = sum(cost.steps for cost in earlier.values()) / (len(earlier) or 1)
    return "\n".join([*lines, f"| steps in the mean | {was:.1f} | {mean:.1f} |"])


def _shown(cost: Cost | None) -> str:
    return f"{cost.taps} + {cost.answers} ({cost.words})" if cost else ""


def main() -> None:
    """Print the count, and with ``--first`` what to keep as the count to compare with."""
    found = asyncio.run(counted())
    if "--first" in sys.argv:
        sys.stdout.write(json.dumps({story.name: astuple(cost) for story, cost in found}, indent=2) + "\n")
        return
    sys.stdout.write(table(found, before()) + "\n")


if __name__ == "__main__":
    main()
