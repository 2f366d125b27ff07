"""How long what is kept, and what goes when: rules of retention as functions of a case and the moment. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.domain.case import Case
from bot.domain.fields import FIELDS
from bot.domain.journal_acts import CODED_ACTS
from bot.domain.reference import DRILL


class Rule(StrEnum):
    """Why something of a case goes."""

    TIER2 = "tier2"  #: what identifies somebody and every free text; codes, timings and deadlines stay
    CASE = "case"  #: everything but the chain of the journal
    DRILL = "drill"  #: likewise, of a case that was none
    FORGOTTEN = "forgotten"  #: as `TIER2`, at once and with all details of the journal

    @property
    def is_whole(self) -> bool:
        """Whether the case itself goes."""
        return self in (Rule.CASE, Rule.DRILL)


@dataclass(frozen=True, slots=True)
class Retention:
    """The settings of retention."""

    tier2_after: timedelta = timedelta(days=180)  #: closure
    cases_after: timedelta = timedelta(days=1826)  #: closure
    drills_after: timedelta = timedelta(days=30)  #: opening
    unassigned_after: timedelta = timedelta(days=30)  #: receipt of what never belonged to a case
    batch: int = 500  #: rows in one transaction
    at: time = time(1, 30)  #: UTC


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Before these moments a case must have been closed (a drill opened) for something of it to go."""

    tier2: datetime
    cases: datetime
    drills: datetime

    @classmethod
    def at(cls, now: datetime, retention: Retention) -> Cutoffs:
        """What is due by this moment."""
        return cls(now - retention.tier2_after, now - retention.cases_after, now - retention.drills_after)


@dataclass(frozen=True, slots=True)
class PurgeDue:
    """What goes of a case, and when."""

    rule: Rule
    at: datetime


#: Fields whose answers are free text.
FREE_FIELDS = tuple(field.id for field in FIELDS if not field.coded)


def is_drill(case: Case) -> bool:
    """Whether it is an exercise."""
    return case.exercise or case.reference.startswith(DRILL)


def due(case: Case, now: datetime, retention: Retention) -> PurgeDue | None:
    """What goes next of a case and when; None while it is open. A legal hold is for the caller to look at.

    What is written about a closed case after its purge goes as long after that purge.
    """
    if is_drill(case):
        return PurgeDue(Rule.DRILL, case.discarded_at or case.opened_at + retention.drills_after)
    if case.closed_at is None:
        return None
    whole = PurgeDue(Rule.CASE, case.closed_at + retention.cases_after)
    last = max(case.closed_at, case.purged_at or case.closed_at)
    tier2 = PurgeDue(Rule.TIER2, last + retention.tier2_after)
    return whole if whole.at <= max(now, tier2.at) else tier2


def kept_acts(rule: Rule) -> frozenset[str]:
    """Acts whose details a rule leaves in the journal."""
    return CODED_ACTS if rule is Rule.TIER2 else frozenset()
