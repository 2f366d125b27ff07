"""Whether two names may be one person's, in any order, spelling and writing: for lists that somebody reviews. Pure.

It says "look at both", never "the same person", and nothing of a name stays behind here. Every part of the shorter name
must have its like in the other one; the least alike of them decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from bot.protection.identity.name_parts import Reading, readings
from bot.protection.identity.sounds import Sound, likeness_of_parts

#: From here on two names are worth a look at both.
ALIKE = 0.77
_MISSING = 0.01  #: for each part that only one of the names has
_ENOUGH = 2  #: parts that say something, where the other name has more
_TOO_LITTLE = 0.5  #: the most where they are fewer


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """A name made ready to be compared with many others."""

    readings: tuple[Reading, ...]

    @classmethod
    def of(cls, written: str) -> Name:
        """Make a name ready, as it was written."""
        return cls(readings(written))


def likeness(one: str, other: str) -> float:
    """Say from 0 to 1 how alike two names are, below `ALIKE` only roughly; `ALIKE` and more is worth a review."""
    return likeness_of(Name.of(one), Name.of(other))


def likeness_of(one: Name, other: Name) -> float:
    """The same of names that were made ready before."""
    return max((_of_readings(a, b) for a in one.readings for b in other.readings), default=0.0)


def _of_readings(one: Reading, other: Reading) -> float:
    few, many = (one, other) if len(one.parts) <= len(other.parts) else (other, one)
    found = 0.0
    for parts in _joined(many.parts, len(few.parts)):
        missing = len(parts) - len(few.parts)
        alike = max(0.0, _of_parts(few.parts, parts) - _MISSING * missing)
        if missing and few.telling < _ENOUGH:
            alike = min(alike, _TOO_LITTLE)
        found = max(found, alike)
    return found


def _joined(parts: tuple[Sound, ...], fewest: int) -> Iterator[tuple[Sound, ...]]:
    """The parts as they are, and with two or more that stand together taken for one."""
    yield parts
    for start in range(len(parts)):
        for end in range(start + 2, len(parts) + 1):
            if len(parts) - (end - start) + 1 >= fewest:
                joined = parts[start]
                for part in parts[start + 1 : end]:
                    joined += part
                yield (*parts[:start], joined, *parts[end:])


def _of_parts(few: tuple[Sound, ...], many: tuple[Sound, ...]) -> float:
    table = [[likeness_of_parts(a, b) for b in many] for a in few]
    sides = [*table, *zip(*table, strict=True)] if len(few) == len(many) else table
    hoped: float = min(map(max, sides))
    if hoped < ALIKE:  # whatever stands for what
        return hoped
    return max(
        min(row[at] for row, at in zip(table, order, strict=True)) for order in permutations(range(len(many)), len(few))
    )
