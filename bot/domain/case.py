"""The case and what hangs on it, as frozen values. Changes are made with `replace`, written by storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.agreement import Agreement, Urgency
from bot.domain.english import English
from bot.domain.guarded import NOTHING, Guarded
from bot.domain.joint_operation import Plan
from bot.domain.last_ping import LastPing
from bot.domain.messages import Address
from bot.domain.policies import Policies
from bot.domain.policy import LevelPolicy
from bot.domain.referral import Referral

#: An answer's value: a code, several codes, a whole number, or a guarded free text. Times are RFC 3339 text.
Value = str | int | tuple[str, ...] | Guarded


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  #: the requested side has it; the clock goes on
    HANDED_OFF = "handed_off"  #: a formal channel accepted it
    CLOSED = "closed"


class Channel(StrEnum):
    """A formal channel."""

    POLICE = "police"
    DIPLOMATIC = "diplomatic"


class DeadlineKind(StrEnum):
    """What must happen by a due moment."""

    ALERT = "alert"  #: not shown to people: the latest moment the desks are told, or told again
    INTAKE = "intake"  #: not shown to people: when an unfinished intake is asked for, at last of the desks
    OPERATION = "operation"  #: not shown to people: when a joint operation is so near that both sides must confirm it
    REFERRAL = "referral"  #: not shown to people: when support desks that have not answered are reminded
    ACKNOWLEDGE = "acknowledge"
    POLICE = "police"
    DIPLOMATIC = "diplomatic"
    ANSWER = "answer"  #: a channel's desk accepts what was handed to it, or returns it
    STOP = "stop"  #: it confirms that it stopped, after a hand-off was withdrawn; a closure does not end it
    REPLY = "reply"  #: a side answers what the other one asked
    WRITTEN = "written"
    REVIEW = "review"


#: What only makes the clock look: no deadline that people see, wait for or silence.
TIMERS = frozenset({DeadlineKind.ALERT, DeadlineKind.INTAKE, DeadlineKind.OPERATION, DeadlineKind.REFERRAL})


class DeadlineState(StrEnum):
    """Whether a deadline still counts."""

    RUNNING = "running"
    MET = "met"
    ENDED = "ended"  #: by closure, stand-down or lapse


class HandoffState(StrEnum):
    """How far a hand-off has come."""

    DRAFTED = "drafted"  #: something is missing before it may be sent
    BLOCKED = "blocked"  #: drafted, and only a decision can open its gate
    SENT = "sent"
    ACCEPTED = "accepted"  #: by a named officer with a formal reference
    RETURNED = "returned"  #: the deadline runs again
    WITHDRAWN = "withdrawn"  #: taken back by the reporting side, or because the person took their consent back


#: The desk has it, and may act on it.
WITH_ITS_DESK = frozenset({HandoffState.SENT, HandoffState.ACCEPTED})
#: No desk is at it any more.
OVER = frozenset({HandoffState.RETURNED, HandoffState.WITHDRAWN})


class RefusalCode(StrEnum):
    """Why a channel refuses what was handed to it: the grounds of Directive (EU) 2023/977, Article 6."""

    OUTSIDE_PURPOSE = "outside_purpose"
    HARM = "harm"  #: to an investigation, or to somebody's safety
    NOT_AVAILABLE = "not_available"
    DISPROPORTIONATE = "disproportionate"
    JUDICIAL_PERMISSION = "judicial_permission"


class ClosureCode(StrEnum):
    """Why a case was closed."""

    FOUND_SAFE = "found_safe"
    RESCUED = "rescued"
    RETURNED = "returned"
    TAKEN_OVER = "taken_over_by_formal_channel"
    NOT_TRAFFICKING = "not_trafficking"
    NO_FURTHER_INFORMATION = "no_further_information"
    PERSON_WITHDREW = "person_withdrew"
    DUPLICATE = "duplicate"
    ERROR = "error"
    EXERCISE = "exercise"


@dataclass(frozen=True, slots=True)
class Answer:
    """One dated, attributed value of a field. Answers are never overwritten."""

    id: int
    case_id: int
    field: str
    value: Value
    at: datetime
    by: int  #: person id
    source: str = "typed"  #: typed, tap, block, amended, understood, confirmed
    message: str = ""  #: ``place#message_id`` it came in as, to find it when it is edited
    subject: int = (
        0  #: whom it is about, by their number in the case; 0: the case, and all of whom nothing else is said
    )


class TextKind(StrEnum):
    """What a free text of a case is."""

    FIRST = "first"  #: the message that opened it
    TEXT = "text"  #: written to the case later
    NOTE = "note"  #: to the other side and the own desk
    MEMO = "memo"  #: own side only
    OUTCOME = "outcome"  #: the line that goes with a closure
    REASON = "reason"  #: why something was decided
    LOCATION = "location"  #: coordinates, tier 2
    CONTACT = "contact"  #: a contact card, tier 2
    FILE = "file"  #: a photo, voice message or document left at the messenger
    PROTECTION = "protection"  #: who or what stands behind an answer that a gate asks for; reporting side only


@dataclass(frozen=True, slots=True)
class CaseText:
    """A free text of a case. Who may read it where is decided by `bot.protection.redaction_policy` alone."""

    id: int
    case_id: int
    kind: TextKind
    text: Guarded
    at: datetime
    by: int  #: person id
    party: str  #: the author's side
    own_side_only: bool = False
    message: str = ""  #: ``place#message_id`` it came in as, to find it when it is edited
    amends: int | None = None  #: id of the first version, which stays
    subjects: tuple[int, ...] = ()  #: whom alone it is about, by their numbers in the case; empty: it may be anybody


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due moment of a case, and what has been pinged about it."""

    id: int
    case_id: int
    kind: DeadlineKind
    due_at: datetime
    next_at: datetime | None  #: when the clock looks at it again; None when it no longer runs
    state: DeadlineState = DeadlineState.RUNNING
    pings: int = 0  #: how often it was pinged about
    channel: Channel | None = None  #: of `written`, `answer` and `stop`: which hand-off it is about
    party: str = ""  #: of a `reply`: the side that was asked
    promised_at: datetime | None = None  #: when it will be met, as whoever will be late said before it passed
    snoozed_until: datetime | None = None
    settled_at: datetime | None = None  #: when it was met or ended
    met_by: int | None = None  #: of `acknowledge`: person id of whoever met it, kept when the case forgets it

    @property
    def is_running(self) -> bool:
        """Whether it still counts."""
        return self.state is DeadlineState.RUNNING

    @property
    def is_timer(self) -> bool:
        """Whether it only makes the clock look, and is nothing that people see."""
        return self.kind in TIMERS


@dataclass(frozen=True, slots=True)
class Handoff:
    """A case given to a formal channel."""

    id: int
    case_id: int
    channel: Channel
    state: HandoffState
    desk: str  #: id of the addressed desk
    by: int  #: person id of who handed off
    drafted_at: datetime
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    accepting_officer: Guarded = NOTHING  #: named officer of the channel
    formal_reference: str = ""
    returned_at: datetime | None = None
    return_reason: Guarded = NOTHING
    refusal: RefusalCode | None = None  #: for which of the agreed reasons it was returned
    delivered_at: datetime | None = None  #: when the signed paper was handed over in person
    delivered_to: Guarded = NOTHING  #: who took it
    letter_reference: str = ""
    letter_at: datetime | None = None
    covers: tuple[int, ...] = ()  #: whom it was sent for, by their numbers in the case; empty: everybody
    copies: tuple[str, ...] = ()  #: ids of the desks that have it in copy
    withdrawn_at: datetime | None = None
    withdraw_reason: Guarded = NOTHING
    owner: int | None = None  #: person id of who answers for it after the case was closed; it stands
    stopped_at: datetime | None = None  #: when its desk confirmed that it does nothing more on it
    letter_file: int | None = None  #: id of the file that is the scan of the letter
    claimed_at: datetime | None = None  #: when whoever has the mail said last that its papers were received
    claimed_reference: Guarded = NOTHING  #: the formal number they gave; it stops no clock before somebody accepts it
    claimed_officer: Guarded = NOTHING  #: who received it, as they say

    @property
    def is_claimed(self) -> bool:
        """Whether a receipt was claimed by mail, and nobody has answered the hand-off yet."""
        return self.state is HandoffState.SENT and self.claimed_at is not None

    @property
    def is_live(self) -> bool:
        """Whether some desk has it, or will: one live hand-off a channel."""
        return self.state not in OVER

    @property
    def must_stop(self) -> bool:
        """Whether it was taken back, and its desk has not said yet that it stopped."""
        return self.state is HandoffState.WITHDRAWN and self.stopped_at is None

    @property
    def is_held(self) -> bool:
        """Whether its desk has it, or must still say that it stopped."""
        return self.state in WITH_ITS_DESK or self.must_stop

    @property
    def desks(self) -> tuple[str, ...]:
        """The desks that have it: the addressed one, and those in copy."""
        return (self.desk, *self.copies)


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its current answers, deadlines and hand-offs."""

    id: int
    reference: str  #: ``KC26-M9S34-4``
    corridor: str  #: code that the reference starts with; never changes
    reporting: str  #: party code
    requested: str  #: party code; empty until the officer said which side
    officer: int  #: person id
    place: Address  #: where the officer reported from
    opened_at: datetime  #: first message
    clock_from: datetime  #: what `acknowledge`, `police`, `diplomatic` run from: opening or reopening
    version: int = 1  #: goes up at every write; storage refuses a step from another version
    stage: int = 1  #: goes up when status or a hand-off changes: older buttons are stale
    status: Status = Status.OPEN
    urgency: Urgency = Urgency.U2
    rules: tuple[str, ...] = ()  #: triage rules that fired
    exercise: bool = False  #: nobody is in danger: it is practised on, counted in no figure, and may be deleted
    pace: int = 1  #: how many times faster its clock runs; 1 for every case in earnest
    discarded_at: datetime | None = None  #: of an exercise: since when the next night may delete it
    sent_at: datetime | None = None  #: when the officer confirmed the intake
    alerted_at: datetime | None = None  #: first told to a desk
    alerted_requested_at: datetime | None = None  #: first told to the requested side
    alerted_urgency: Urgency | None = None  #: level of the last alert
    flagged_country: str = ""  #: country outside the corridor that desks were told of
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = None
    lapsed_at: datetime | None = (
        None  #: when the acknowledgment was given that has lapsed, until somebody gives another
    )
    lapsed_by: int | None = None  #: person id of whoever had given it
    requested_act_at: datetime | None = None  #: last act of the requested side
    reminded_at: datetime | None = None  #: when it last reminded the reporting side of what a channel waits for
    assignees: tuple[int, ...] = ()  #: person ids, at most one a side
    liaisons: tuple[int, ...] = ()  #: person ids of liaison officers, several a side
    stood_down_at: datetime | None = None
    diplomatic_not_needed_at: datetime | None = None
    border_is_open: bool = (
        False  #: whether the requested side may read the secure case; set whenever the case is written
    )
    closed_at: datetime | None = None
    closed_by: int | None = None
    closure: ClosureCode | None = None
    held_at: datetime | None = None  #: since when a legal hold keeps everything of it, whatever the retention
    held_by: int | None = None
    purged_at: datetime | None = None  #: when free texts and what identifies somebody last went
    joined_to: int | None = None  #: id of the older case that its reference leads to; closed as a duplicate of it
    joined_at: datetime | None = None
    joins: tuple[int, ...] = ()  #: ids of the younger cases that lead here
    answers: Mapping[str, Answer] = field(default_factory=dict)  #: current answer by field id
    #: Current answers about some of the persons only, by number and field id. Empty: the same is known of all.
    apart: Mapping[int, Mapping[str, Answer]] = field(default_factory=dict)
    #: Current English versions, and drafts where nobody wrote one, by id of the answer or the text.
    english: Mapping[int, English] = field(default_factory=dict)
    deadlines: tuple[Deadline, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    referrals: tuple[Referral, ...] = ()  #: to support desks, each the matter of the side that referred
    plans: tuple[Plan, ...] = ()  #: of a joint operation, version by version
    #: What binds it: as agreed when it was opened. None before it is written for the first time.
    policies: Policies | None = field(default=None, repr=False)
    pinged: Mapping[str, LastPing] = field(default_factory=dict)  #: by recipient: ``person:12``, ``desk:cn-duty``
    is_partial: bool = False  #: made for a side that may not know of everybody in it; never stored

    @property
    def is_open(self) -> bool:
        """Whether it is anything but closed."""
        return self.status is not Status.CLOSED

    @property
    def is_watched(self) -> bool:
        """Whether the clock will speak of it while it is open, or somebody stood it down: no case falls silent."""
        is_running = any(d.is_running and d.next_at and not d.is_timer for d in self.deadlines)
        return is_running or not self.is_open or self.stood_down_at is not None

    @property
    def given_to(self) -> frozenset[str]:
        """Who else has it besides its officer and both sides' duty desks: whoever works on it, desks it was handed to.

        Whoever reads as a support desk has the referral only, and not the case.
        """
        has_it = (h for h in self.handoffs if h.state is not HandoffState.DRAFTED and h.stopped_at is None)
        desks = (f"desk:{desk}" for h in has_it for desk in (h.desks if h.is_live else (h.desk,)))
        people = (f"person:{person}" for person in self.workers)
        return frozenset((*people, *desks, *(r.reader for r in self.referrals)))

    @property
    def workers(self) -> tuple[int, ...]:
        """The people who were given the case to work on it: assignees, then liaison officers."""
        return tuple(dict.fromkeys((*self.assignees, *self.liaisons)))

    @property
    def plan(self) -> Plan | None:
        """The plan of its joint operation as it stands."""
        return max(self.plans, key=lambda plan: plan.id, default=None)

    def value(self, field_id: str) -> Value | None:
        """The current value of a field, None when it was not answered."""
        answer = self.answers.get(field_id)
        return None if answer is None else answer.value

    def deadline(self, kind: DeadlineKind, channel: Channel | None = None, party: str = "") -> Deadline | None:
        """The newest deadline of a kind (and channel, or side)."""
        found = (
            d for d in self.deadlines if d.kind is kind and channel in (None, d.channel) and party in ("", d.party)
        )
        return max(found, key=lambda d: d.id, default=None)

    def policy(self, agreement: Agreement, urgency: Urgency | None = None) -> LevelPolicy:
        """What binds it, as agreed when it was opened: between its two sides, at its present or another level."""
        between = agreement.corridor_between(self.reporting, self.requested) if self.requested else None
        kept = self.policies or agreement.policies
        policy = kept.of(between.code if between else self.corridor, (urgency or self.urgency).value)
        return policy.faster(self.pace) if self.pace > 1 else policy

    def handoff(self, channel: Channel) -> Handoff | None:
        """The live hand-off to a channel."""
        live = [h for h in self.handoffs if h.channel is channel and h.is_live]
        return max(live, key=lambda h: h.id, default=None)
