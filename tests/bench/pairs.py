"""What two sides cost beside each other, in pairs of which each stands on its own: pure arithmetic."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MOVED = 0.10  #: share by which the calibration may move within a pair that counts


@dataclass(frozen=True, slots=True)
class Burst:
    """What one side took for one burst of messages, and how fast the machine was before and after it."""

    cpu: float  #: seconds of processor time for one reply
    before: float  #: seconds of the calibration loop
    after: float

    @property
    def cost(self) -> float:
        """Processor time for a reply, as a share of the calibration loop around it."""
        return self.cpu / ((self.before + self.after) / 2)


@dataclass(frozen=True, slots=True)
class Pair:
    """One burst of each side, one straight after the other."""

    ours: Burst
    theirs: Burst

    @property
    def moved(self) -> float:
        """By which share the slowest calibration of the pair is over its fastest."""
        loops = (self.ours.before, self.ours.after, self.theirs.before, self.theirs.after)
        return max(loops) / min(loops) - 1

    @property
    def is_kept(self) -> bool:
        """Whether the machine was the same for both."""
        return self.moved <= MOVED

    @property
    def ratio(self) -> float:
        """What ours costs, in terms of theirs: below 1 is less."""
        return self.ours.cost / self.theirs.cost


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kept pairs say together."""

    median: float
    lowest: float
    highest: float
    kept: int
    discarded: int


def ours_first(number: int) -> bool:
    """Whether ours goes first in the pair of this number: in every second one, so that neither has the better place."""
    return number % 2 == 0


def kept(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs during which the machine stayed the same."""
    return [pair for pair in pairs if pair.is_kept]


def outcome(pairs: Sequence[Pair]) -> Outcome | None:
    """The median of the ratios of what is kept, with the spread; None when nothing is."""
    ratios = sorted(pair.ratio for pair in kept(pairs))
    if not ratios:
        return None
    return Outcome(statistics.median(ratios), ratios[0], ratios[-1], len(ratios), len(pairs) - len(ratios))
