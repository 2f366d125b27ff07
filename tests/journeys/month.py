"""Counts what a month of cases costs the people who are told: ``python -m tests.journeys.month [SEED]``.

300 cases of all four levels over 30 days, with desks that are quick by day, slow at night and now and then not there
at all. The same seed plays the same month on any version of the bridge, so that two versions can be compared.
"""

from __future__ import annotations

import asyncio
import math
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from bot.domain.agreement import Urgency
from bot.domain.case import Case
from bot.domain.messages import Delivery, DeliveryState, OutgoingKind
from tests.kit.clock import START
from tests.kit.played import PlayedBridge

CASES = 300
DAYS = 30
_TAKEN = (DeliveryState.SENT, DeliveryState.SEEN)
_LOOKS = frozenset({"Show case", "What comes next"})  #: buttons that ask for nothing
#: What an officer answers, by how often such a case comes.
_STORIES = (
    (20, ("no", "locked in", "15", "send", "send")),
    (35, ("no", "locked in", "25", "send", "send")),
    (35, ("no", "in a safe place", "25", "send", "send")),
    (10, ("no", "in a safe place", "40", "send", "send")),
)
#: What the reporting desk records so that the police channel opens.
_OPENING = (
    "/consent {reference} fear no",
    "/protect {reference} none_known",
    "/guardian {reference} the child protection office of the province",
    "/interest {reference} she is held, every hour counts",
)


@dataclass(frozen=True, order=True)
class Act:
    """What somebody types about a case at a moment."""

    at: datetime
    case: int
    who: str
    text: str


def acts(chance: random.Random, number: int, opened: datetime, level: int) -> Iterator[Act]:
    """Plan what the desks do about one case: how fast depends on the level, the hour, and luck."""
    at = opened + _delay(chance, opened, (4, 15, 60, 240)[level])
    yield Act(at, number, "wechat:duty", "/ack {reference}")
    yield from _still_on_it(chance, number, at, level)
    at += _delay(chance, at, (40, 240, 1200, 2400)[level])
    yield Act(at, number, "telegram:clerk", "/consent {reference} police yes")
    for minute, text in enumerate(_OPENING, start=1):
        yield Act(at + timedelta(minutes=minute), number, "telegram:clerk", text)
    yield Act(at + timedelta(minutes=9), number, "telegram:kh-supervisor", "/notneeded {reference} police will do")
    at += _delay(chance, at, (30, 120, 600, 1200)[level])
    yield Act(at, number, "telegram:clerk", "/handoff {reference} police send")
    at += _delay(chance, at, (60, 180, 900, 1800)[level])
    yield Act(at, number, "wechat:duty", "/accept {reference} police GA-2026-17 Zhang Wei")
    at += _delay(chance, at, (600, 1500, 3000, 3000)[level])
    yield Act(at, number, "telegram:clerk", "/written {reference} L-2026-17")
    yield Act(at + timedelta(hours=1), number, "telegram:clerk", "/close {reference} found_safe she is home and safe")


def _still_on_it(chance: random.Random, number: int, at: datetime, level: int) -> Iterator[Act]:
    """Whoever is asked whether they are still on it mostly says so in time."""
    every = timedelta(hours=(6, 24, 72, 168)[level])
    for times in range(1, 9):
        if chance.random() < 0.9:
            yield Act(at + every * times * 0.98, number, "wechat:duty", "/ack {reference}")


def _delay(chance: random.Random, now: datetime, usual_minutes: float) -> timedelta:
    is_night = not 1 <= now.hour < 14  # UTC: 8 in the morning to 9 at night in Phnom Penh
    minutes = usual_minutes * math.exp(chance.gauss(0, 0.7)) * (2.5 if is_night else 1)
    if chance.random() < 0.07:  # nobody looks for a while
        minutes += chance.uniform(120, 720)
    return timedelta(minutes=minutes)


async def played(bridge: PlayedBridge, chance: random.Random) -> None:
    """Let the month pass."""
    starts = sorted(START + timedelta(days=chance.uniform(0, DAYS)) for _ in range(CASES))
    stories = chance.choices(range(4), [often for often, _ in _STORIES], k=CASES)
    plans = [list(acts(chance, n, at, stories[n])) for n, at in enumerate(starts)]
    events = sorted([Act(at, n, "", "") for n, at in enumerate(starts)] + [act for plan in plans for act in plan])
    references: dict[int, str] = {}
    for event in events:
        await bridge.fast_forward(seconds=max(0.0, (event.at - bridge.now).total_seconds()))
        if event.who:
            await bridge.says(event.who, event.text.format(reference=references[event.case]))
        else:
            references[event.case] = (await _reported(bridge, stories[event.case])).reference
    await bridge.fast_forward(days=2)


async def _reported(bridge: PlayedBridge, story: int) -> Case:
    before = set(bridge.storage.kept.cases)
    await bridge.says("telegram:officer", "/alert somebody screams for help in a flat")
    (opened,) = set(bridge.storage.kept.cases) - before
    await bridge.answers("telegram:officer", *_STORIES[story][1])
    return bridge.storage.kept.cases[opened]


def told(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """What rang somebody's phone: no answers to what they wrote, and no change of a message that was there."""
    return [
        d
        for d in deliveries
        if d.state in _TAKEN and d.message.kind not in (OutgoingKind.REPLY, OutgoingKind.EDIT) and not d.edits
    ]


def asks(delivery: Delivery) -> bool:
    """Whether it asks whoever reads it to do something."""
    return any(button.label not in _LOOKS for row in delivery.message.buttons for button in row)


def silences(case: Case, deliveries: Iterable[Delivery], until: datetime) -> list[timedelta]:
    """For how long nobody heard of a case while something of it was late; a message may speak of several cases."""
    late = [(d.due_at, min(d.settled_at or until, until)) for d in case.deadlines if not d.is_timer and d.pings]
    heard = sorted(d.sent_at for d in deliveries if d.message.kind is OutgoingKind.PING and d.sent_at is not None)
    found: list[timedelta] = []
    for since, end in late:
        moments = [since, *(at for at in heard if since <= at <= end), end]
        found += [after - before for before, after in pairwise(moments) if after > before]
    return found


def busiest_hour(moments: Iterable[datetime]) -> int:
    """The most messages within any hour."""
    found = sorted(moments)
    return max(
        (sum(at <= other < at + timedelta(hours=1) for other in found[n:]) for n, at in enumerate(found)), default=0
    )


async def report(bridge: PlayedBridge) -> str:
    """Write the figures."""
    by_address: dict[str, list[datetime]] = defaultdict(list)
    kinds: Counter[str] = Counter()
    longest: dict[Urgency, timedelta] = defaultdict(timedelta)
    cases = await bridge.cases()
    everything = [delivery for case in cases for delivery in told(await bridge.deliveries(case))]
    for delivery in everything:
        by_address[str(delivery.message.address)].append(delivery.sent_at or bridge.now)
        kinds[delivery.message.kind.value] += 1
    for case in cases:
        spoken_of = [delivery for delivery in everything if case.reference in delivery.message.text]
        longest[case.urgency] = max([longest[case.urgency], *silences(case, spoken_of, bridge.now)])
    lines = [f"{len(cases)} cases in {DAYS} days, {len(everything)} messages: " + _written(kinds)]
    lines += [_line(address, moments) for address, moments in sorted(by_address.items())]
    per_day = [len(moments) / DAYS for moments in by_address.values()]
    lines.append(f"a person and day: {mean(per_day):.1f} on average, {median(per_day):.1f} in the middle")
    lines.append(f"asked for an act: {mean(map(asks, everything)):.0%}")
    waits = ", ".join(f"{level.value} {wait.total_seconds() / 60:.0f} min" for level, wait in sorted(longest.items()))
    lines.append(f"longest silence while something was late: {waits}")
    return "\n".join(lines)


def _written(kinds: Counter[str]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())


def _line(address: str, moments: list[datetime]) -> str:
    days = Counter(at.date() for at in moments)
    return (
        f"  {address:26} {len(moments) / DAYS:6.1f} a day, worst day {max(days.values()):4}, "
        f"worst hour {busiest_hour(moments):3}"
    )


async def main(seed: int) -> str:
    """Play a month and write what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        bridge = PlayedBridge(Path(folder))
        await bridge.start()
        await played(bridge, random.Random(seed))
        figures = await report(bridge)
        await bridge.stop()
    return figures


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 14)) + "\n")
