"""What can be done to a case: every act by the word people type, with who may do it and what follows the reference."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from bot.domain.closed_sets import for_each


class Whose(Enum):
    """Who may do an act to a case that they can see; admins may do none."""

    EVERYBODY = "everybody"
    REQUESTED_DUTY = "the requested side's duty desk"
    DESKS = "duty desk or supervisor of either side"
    SUPERVISORS = "a supervisor of either side"
    OPERATION = "duty desk or supervisor of either side, or a liaison officer of the case"
    REPORTING_OFFICER = "whoever reported the case"
    REPORTING_SUPERVISOR = "a supervisor of the reporting side"
    CHANNEL = "the desk that it was handed to, or the requested side's duty desk"
    DESKS_OR_CHANNEL = "duty desk or supervisor of either side, or the desk that it was handed to"
    REPORTING_DESK = "duty desk or supervisor of the reporting side, about a channel"
    OFFICER_OR_ANY_DESK = "the reporting officer, or duty desk or supervisor of either side"
    # What the gates ask for: of the reporting side, and the other side is told nothing of it.
    OFFICER_OR_DESK = "the reporting officer, or their duty desk or supervisor"
    OWN_DESK = "duty desk or supervisor of the reporting side"
    OWN_DUTY = "duty desk of the reporting side"
    OWN_SUPERVISOR = "a supervisor of the reporting side, about protection"


class Of(Enum):
    """Of whom in a case an act is."""

    CASE = "the whole case"
    ANYBODY = "everybody, or some persons named by their numbers"
    EACH = "some persons, and of several it is asked who they are"


class Act(StrEnum):
    """What can be done to a case, by the word people type."""

    ACK = "ack"
    ASSIGN = "assign"
    LIAISON = "liaison"  #: makes somebody of the own side a liaison officer of the case, or takes them off
    OPERATION = "operation"  #: shows, changes or confirms the plan of a joint operation
    REFER = "refer"  #: asks a support desk of the own side to take the person in, or takes that back
    SNOOZE = "snooze"
    ONIT = "onit"  #: somebody is on it: no repeats to them for a while
    URGENCY = "urgency"
    STANDDOWN = "standdown"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"  #: the officer takes an alert back, or asks their desk to
    WRONG = "wrong"  #: the officer asks their desk to open a closed case again
    NOTE = "note"
    MEMO = "memo"
    OWNSIDE = "ownside"  #: a file that was left is for its own side only
    ENGLISH = "english"  #: says in English what was written in another script
    PERSON = "person"  #: sets persons apart, puts them together, corrects what is known of them
    HANDOFF = "handoff"
    ACCEPT = "accept"
    RETURN = "return"
    DELIVERED = "delivered"  #: the signed paper was handed over in person, to whom
    REFUSE = "refuse"  #: its desk returns it for one of the agreed reasons
    CLARIFY = "clarify"  #: a question to the other side, with a deadline of its own
    ANSWER = "answer"  #: its answer
    LATE = "late"  #: a side says before a deadline that it will meet it later, by when and why
    REMIND = "remind"  #: the requested side reminds the other one of what a channel waits for
    RECALL = "recall"  #: the reporting side takes a hand-off back
    STOPPED = "stopped"  #: its desk says that it does nothing more on it
    WRITTEN = "written"
    NOTNEEDED = "notneeded"  #: a supervisor records that the diplomatic channel is not needed
    CONSENT = "consent"  #: what the person said about a channel, or about fear of their own State
    PROTECT = "protect"  #: whether the person needs protection from a State
    GUARDIAN = "guardian"  #: who speaks for a child
    INTEREST = "interest"  #: why a hand-off is in a child's best interests
    VITAL = "vital"  #: a supervisor says why an adult's case is handed off without consent
    DECIDE = "decide"  #: a supervisor says whether a State that is feared is told after all
    ALTERNATIVE = "alternative"  #: a supervisor says what is done instead of the diplomatic step
    RELEASE = "release"  #: a withheld text holds nothing that points to a person after all
    HOLD = "hold"  #: legal hold: nothing of the case is purged
    UNHOLD = "unhold"
    DISCARD = "discard"  #: an exercise is over, and is deleted with all that was written in it
    SAME = "same"  #: two cases are one: the younger one leads to the older one
    RELATED = "related"  #: two cases belong together
    DIFFERENT = "different"  #: two cases are two; takes *Same* back

    @property
    def rule(self) -> ActRule:
        """What holds for it."""
        return _RULES[self]


@dataclass(frozen=True, slots=True)
class ActRule:
    """What holds for an act."""

    whose: Whose
    takes: tuple[str, ...] = ()  #: what follows the reference in the typed command, in order
    of: Of = Of.CASE  #: whom it is about
    at_any_stage: bool = False  #: it changes nothing of the case's status: a button of an earlier moment still holds

    @property
    def is_protection(self) -> bool:
        """Whether the gates ask for it: an act of the reporting side, of which the other side is told nothing."""
        return self.whose in (Whose.OWN_DESK, Whose.OWN_DUTY, Whose.OWN_SUPERVISOR)

    @property
    def is_words(self) -> bool:
        """Whether nothing but somebody's words follows the reference."""
        return self.takes in (("text",), ("words",))


def _rule(whose: Whose, takes: str = "", of: Of = Of.CASE, *, at_any_stage: bool = False) -> ActRule:
    return ActRule(whose, tuple(takes.split()), of, at_any_stage)


_RULES = for_each(
    Act,
    {
        Act.ACK: _rule(Whose.REQUESTED_DUTY, at_any_stage=True),
        Act.ASSIGN: _rule(Whose.DESKS, "person"),
        Act.LIAISON: _rule(Whose.DESKS, "person change", at_any_stage=True),
        Act.OPERATION: _rule(Whose.OPERATION, "part text", at_any_stage=True),
        Act.REFER: _rule(Whose.DESKS, "desk said why", Of.EACH, at_any_stage=True),
        Act.SNOOZE: _rule(Whose.DESKS, "minutes reason"),
        Act.ONIT: _rule(Whose.EVERYBODY, at_any_stage=True),
        Act.URGENCY: _rule(Whose.DESKS, "level reason"),
        Act.STANDDOWN: _rule(Whose.REPORTING_SUPERVISOR, "reason"),
        Act.CLOSE: _rule(Whose.DESKS, "code text"),
        Act.REOPEN: _rule(Whose.DESKS, "reason"),
        Act.WITHDRAW: _rule(Whose.REPORTING_OFFICER, "reason", at_any_stage=True),
        Act.WRONG: _rule(Whose.REPORTING_OFFICER, "why", at_any_stage=True),
        Act.PERSON: _rule(Whose.OFFICER_OR_ANY_DESK, "who said", Of.ANYBODY, at_any_stage=True),
        Act.ENGLISH: _rule(Whose.OFFICER_OR_ANY_DESK, "which text", at_any_stage=True),
        Act.NOTE: _rule(Whose.EVERYBODY, "text", Of.ANYBODY, at_any_stage=True),
        Act.MEMO: _rule(Whose.EVERYBODY, "text", Of.ANYBODY, at_any_stage=True),
        Act.OWNSIDE: _rule(Whose.EVERYBODY, "file", at_any_stage=True),
        Act.HANDOFF: _rule(Whose.DESKS, "channel"),
        Act.ACCEPT: _rule(Whose.CHANNEL, "channel formal officer"),
        Act.RETURN: _rule(Whose.CHANNEL, "channel reason"),
        Act.DELIVERED: _rule(Whose.DESKS, "channel whom"),
        Act.REFUSE: _rule(Whose.CHANNEL, "channel code text"),
        Act.CLARIFY: _rule(Whose.EVERYBODY, "text", Of.ANYBODY, at_any_stage=True),
        Act.ANSWER: _rule(Whose.EVERYBODY, "text", Of.ANYBODY, at_any_stage=True),
        Act.LATE: _rule(Whose.DESKS_OR_CHANNEL, "until reason", at_any_stage=True),
        Act.REMIND: _rule(Whose.DESKS, at_any_stage=True),
        Act.RECALL: _rule(Whose.REPORTING_DESK, "channel reason", Of.ANYBODY),
        Act.STOPPED: _rule(Whose.CHANNEL, "channel", at_any_stage=True),
        Act.WRITTEN: _rule(Whose.DESKS, "letter"),
        Act.NOTNEEDED: _rule(Whose.SUPERVISORS, "reason"),
        Act.CONSENT: _rule(Whose.OFFICER_OR_DESK, "about said", Of.EACH, at_any_stage=True),
        Act.PROTECT: _rule(Whose.OWN_DESK, "code why", Of.EACH, at_any_stage=True),
        Act.GUARDIAN: _rule(Whose.OWN_DESK, "words", Of.EACH, at_any_stage=True),
        Act.INTEREST: _rule(Whose.OWN_DUTY, "words", Of.EACH, at_any_stage=True),
        Act.VITAL: _rule(Whose.OWN_SUPERVISOR, "words", Of.EACH, at_any_stage=True),
        Act.DECIDE: _rule(Whose.OWN_SUPERVISOR, "code reason", Of.EACH, at_any_stage=True),
        Act.ALTERNATIVE: _rule(Whose.OWN_SUPERVISOR, "words", Of.EACH, at_any_stage=True),
        Act.RELEASE: _rule(Whose.DESKS, "entry"),
        Act.HOLD: _rule(Whose.SUPERVISORS, "reason"),
        Act.UNHOLD: _rule(Whose.SUPERVISORS, "reason"),
        Act.DISCARD: _rule(Whose.OFFICER_OR_ANY_DESK, "sure", at_any_stage=True),
        Act.SAME: _rule(Whose.DESKS, "other", at_any_stage=True),
        Act.RELATED: _rule(Whose.DESKS, "other", at_any_stage=True),
        Act.DIFFERENT: _rule(Whose.DESKS, "other", at_any_stage=True),
    },
)
