"""How well a comparer finds pairs that are the same: recall and precision on a list with the right labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """What a comparer found of a list."""

    pairs: int
    recall: float  #: of the pairs that are the same, how many were found
    precision: float  #: of those found, how many are the same

    def __str__(self) -> str:
        return f"{self.pairs} pairs: recall {self.recall:.3f}, precision {self.precision:.3f}"


def measured(judged: Iterable[tuple[str, bool]]) -> Measured:
    """Measure pairs given as their label (``same`` or another) and whether they were found."""
    pairs = list(judged)
    found = [label for label, is_found in pairs if is_found]
    same = sum(label == "same" for label, _ in pairs)
    return Measured(len(pairs), found.count("same") / same, found.count("same") / len(found))
