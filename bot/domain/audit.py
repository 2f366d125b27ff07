"""What the auditor looks for, and what it found: frozen values that say nothing of a case but its reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.verify_journal import Head

#: Name of the file in which a machine remembers the heads of the record, outside of the database.
SEEN_HEADS = "audit-heads.json"
#: What is due may wait for so long to be written or sent before that is a finding.
GRACE = timedelta(seconds=60)
#: A message that somebody has in hand, or that stands behind such a one, may wait for so long.
IN_HAND = timedelta(minutes=5)
#: No process that lives holds anything for longer.
LONGEST_LEASE = timedelta(minutes=10)
#: How far back recorded pings are compared with the messages that they made.
LOOKS_BACK = timedelta(minutes=5)
#: How many rows of a finding are told apart; more are "at least so many".
MOST = 50


class Check(StrEnum):
    """What is checked, once a minute."""

    DEADLINE = "deadline"  #: each open case has the deadline that it waits for
    UNWRITTEN = "unwritten"  #: no due ping is unwritten
    UNSENT = "unsent"  #: each alert and ping is sent, parked or in retry
    UNSAID = "unsaid"  #: each ping that was recorded has a message
    TICKS = "ticks"  #: what must run by itself runs
    CLOCK = "clock"  #: no clock was set
    JOURNAL = "journal"  #: the record grows, and is no shorter than it was
    WRITE = "write"  #: the database takes a write and answers
    BACKUP = "backup"  #: the last backup is fresh


@dataclass(frozen=True, slots=True)
class About:
    """A case that something was found of, and the sides that know of it."""

    case_id: int
    reference: str
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of trouble, as of one moment."""

    check: Check
    cases: tuple[About, ...] = ()  #: none where it is about no case
    fact: str = ""  #: plain English, where it is about no case
    mended: bool = False  #: what was found is put right already
    here: bool = False  #: it is about this process or its machine alone

    @property
    def number(self) -> int:
        """How much there is of it."""
        return len(self.cases) or 1


@dataclass(frozen=True, slots=True)
class Chain:
    """What stands of a chain of the journal."""

    head: Head | None  #: as it is kept beside the chain
    last: Head | None  #: its newest entry
    seen: str | None = None  #: hash of the entry that was the head when it was last looked at


@dataclass(frozen=True, slots=True)
class Sighted:
    """What the database shows at one moment."""

    now: datetime  #: by the clock that deadlines fall due by
    lost: tuple[About, ...] = ()  #: without a deadline that they wait for
    unwritten: tuple[About, ...] = ()
    held: tuple[int, ...] = ()  #: ids of due deadlines whose lease no living process has
    unsent: tuple[About, ...] = ()
    stuck: tuple[int, ...] = ()  #: ids of messages that nobody will ever take by themselves
    unsaid: tuple[About, ...] = ()
    chains: Mapping[str, Chain] = field(default_factory=dict)
    first_entry: datetime | None = None  #: moment of the oldest entry of the journal
    last_entry: datetime | None = None
    last_ping: datetime | None = None  #: moment of the newest alert or ping that was written
    last_beat: datetime | None = None  #: when a process of the bridge last wrote that it lives
    last_backup: datetime | None = None  #: moment of the last good backup
