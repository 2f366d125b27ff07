"""Plays two sides beside each other until enough pairs were played while the machine stayed the same."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from tests.bench.calibration import calibrate
from tests.bench.officers import Measured
from tests.bench.pairs import Burst, Pair, kept, ours_first
from tests.bench.playing import Load, Playing, played
from tests.bench.sides import Side

_TO_A_START = 10  #: pairs that are played before both sides are started afresh
_PATIENCE = 10  #: times as many pairs as are to be kept are played at most

Shown = Callable[[int, Sequence[tuple[str, Measured]], Pair], None]


async def paired(ours: Side, theirs: Side, load: Load, enough: int, show: Shown) -> list[Pair]:
    """Play pairs until enough are kept, or far too many were not; each is shown as it comes."""
    pairs: list[Pair] = []
    while len(kept(pairs)) < enough and len(pairs) < _PATIENCE * enough:
        async with _both(ours, theirs, load) as (us, them):
            for _ in range(_TO_A_START):
                pair, measured = await _pair(us, them, len(pairs))
                pairs.append(pair)
                show(len(pairs), measured, pair)
    return pairs


@contextlib.asynccontextmanager
async def _both(ours: Side, theirs: Side, load: Load) -> AsyncIterator[tuple[Playing, Playing]]:
    async with played(ours, load, _TO_A_START) as us, played(theirs, load, _TO_A_START) as them:
        yield us, them


async def _pair(us: Playing, them: Playing, number: int) -> tuple[Pair, list[tuple[str, Measured]]]:
    """One burst of each, one straight after the other."""
    order = (us, them) if ours_first(number) else (them, us)
    bursts: dict[Playing, Burst] = {}
    measured: list[tuple[str, Measured]] = []
    before = calibrate()
    for playing in order:
        found = await playing.burst()
        after = calibrate()
        bursts[playing] = Burst(found.cpu / found.replies, before, after)
        measured.append((playing.side.name, found))
        before = after
    return Pair(bursts[us], bursts[them]), measured
