"""What the duty board asks of a storage: one page of open cases in the order in which they want somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.agreement import Urgency
from bot.domain.case import DeadlineKind, Status


class Waits(StrEnum):
    """For whose act a case waits."""

    FOR_US = "us"
    FOR_THEM = "them"


#: By what is due next: whether the requested side must act, or the reporting one. A reply waits for whoever was asked.
REQUESTED_ACTS = (
    DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC, DeadlineKind.ANSWER, DeadlineKind.STOP,
    DeadlineKind.REVIEW,
)  # fmt: skip
REPORTING_ACTS = (DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC, DeadlineKind.WRITTEN)


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which open cases are wanted; what is empty limits nothing."""

    corridor: str = ""
    urgency: Urgency | None = None
    status: Status | None = None
    waits: Waits | None = None
    is_mine: bool = False  #: reported or acknowledged by the reader, or given to them by name
    is_late: bool = False
    is_quiet: bool = False  #: those that a formal channel accepted, which are only watched; else those that are not


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many open cases a reader may see, without any filter; those that are only watched are apart."""

    open: int = 0
    late: int = 0
    unacknowledged: int = 0
    mine: int = 0
    quiet: int = 0


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page: late cases first, the most urgent of them first; then by what is due soonest."""

    versions: Mapping[int, int] = field(default_factory=dict)  #: by id of the case, in their order
    found: int = 0  #: how many there are on all pages
    counts: BoardCounts = BoardCounts()
    undelivered: Mapping[int, int] = field(default_factory=dict)  #: messages that wait or failed, by id of the case
