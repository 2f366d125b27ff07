"""The gates of the two formal channels: whether a case may be given to one now, and what stops it. Pure.

The tables are those that the two sides agreed; the first row that matches decides. The clock opens no gate: only
answers do, and each of them is dated and has a name. An answer that was never given counts as the worse case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.subjects import ENDED, STATE, as_of, numbers
from bot.domain.understood import confirmed
from bot.protection.gate_facts import (
    ADULT,
    ALTERNATIVE,
    BEST_INTERESTS,
    CONSENT,
    DECISION,
    FEARS,
    FLAG,
    GUARDIAN,
    PROTECTED,
    VITAL_INTEREST,
    Facts,
    decision_of,
    facts_of,
    word_of,
)

#: Of the facts, what those who ask a gate name too.
__all__ = [
    "ALTERNATIVE", "BEST_INTERESTS", "CONSENT", "DECISION", "FEARS", "FLAG", "GUARDIAN", "PROTECTED", "VITAL_INTEREST",
    "Facts",
]  # fmt: skip

_KEY, _SIDE = "gate", "side"
_NOT_CLEARED = (HandoffState.DRAFTED, HandoffState.BLOCKED)
_WENT = (HandoffState.SENT, HandoffState.ACCEPTED)


class Reason(StrEnum):
    """Why a gate is blocked."""

    FEAR = "fear"  #: the person fears the authorities of their own country
    FLAG_NOT_SET = "flag_not_set"  #: nobody has recorded yet whether the person needs protection
    FLAG = "flag"  #: the person may need protection from a State
    NO_CONSENT = "no_consent"  #: an adult has not agreed
    STATE_FEARED = "state_feared"  #: the case would go to a State that the person must be protected from
    REFUSED = "refused"  #: for that, a supervisor said no


@dataclass(frozen=True, slots=True)
class Open:
    """The case may be handed off now."""

    row: int


@dataclass(frozen=True, slots=True)
class Needs:
    """The case may be handed off once these fields are answered."""

    row: int
    missing: tuple[str, ...]  #: field ids, in the order in which they are asked


@dataclass(frozen=True, slots=True)
class Blocked:
    """The case may not be handed off; somebody must decide what is done instead."""

    row: int
    reason: Reason


Verdict = Open | Needs | Blocked


def check(case: Case, channel: Channel, agreement: Agreement) -> Verdict:
    """Ask the gate of a channel, as the case stands now: of several persons it is as open as for anybody who waits."""
    if not case.apart:
        return _judged(case, channel, agreement)
    found = verdicts(case, channel, agreement)
    waiting = [verdict for number, verdict in found.items() if number not in covered(case, channel)]
    return best(waiting) or min(found.values(), key=_openness)


def best(found: Iterable[Verdict]) -> Verdict | None:
    """The most open of these; None of none."""
    return min(found, key=_openness, default=None)


def verdicts(case: Case, channel: Channel, agreement: Agreement) -> Mapping[int, Verdict]:
    """Ask the gate of a channel for each person or group of a case, by number."""
    return {number: _judged(as_of(case, number), channel, agreement) for number in numbers(case)}


def check_for(case: Case, channel: Channel, agreement: Agreement, whom: Collection[int]) -> Verdict:
    """Ask the gate for some of them together: it is as closed as for any of these; nobody named means everybody."""
    found = verdicts(case, channel, agreement)
    return max((found[number] for number in found if not whom or number in whom), key=_openness, default=Open(0))


def _judged(case: Case, channel: Channel, agreement: Agreement) -> Verdict:
    facts = facts_of(case, channel, case.requested, agreement)
    return police(facts) if channel is Channel.POLICE else diplomatic(facts)


def _openness(verdict: Verdict) -> int:
    return (Open, Needs, Blocked).index(type(verdict))


def covered(case: Case, channel: Channel) -> frozenset[int]:
    """The numbers of those for whom a hand-off to a channel went out and was not returned."""
    went = [h for h in case.handoffs if h.channel is channel and h.state in _WENT]
    return frozenset(number for h in went for number in (h.covers or numbers(case)))


def awaited(case: Case, channel: Channel) -> tuple[int, ...]:
    """Whom no acceptance of a channel covers yet, and of whom nothing else was decided or ended."""
    accepted = [h for h in case.handoffs if h.channel is channel and h.state is HandoffState.ACCEPTED]
    if any(not h.covers for h in accepted):
        return ()
    done = {number for h in accepted for number in h.covers}
    return tuple(n for n in numbers(case) if n not in done and not _is_decided(as_of(case, n), channel))


def _is_decided(case: Case, channel: Channel) -> bool:
    if case.value(STATE) in ENDED:
        return True
    return decision_of(case) == "refused" if channel is Channel.POLICE else ALTERNATIVE in case.answers


def is_open(case: Case, channel: Channel, agreement: Agreement) -> bool:
    """Whether the case may be handed off to a channel now."""
    return isinstance(check(case, channel, agreement), Open)


def is_blocked(case: Case, channel: Channel, agreement: Agreement) -> bool:
    """Whether a decision is wanted instead of a hand-off to a channel."""
    return isinstance(check(case, channel, agreement), Blocked)


def diplomatic(facts: Facts) -> Verdict:
    """Ask the diplomatic gate."""
    if facts.fears == "yes":
        return Blocked(1, Reason.FEAR)
    if facts.flag != "none_known":
        return Blocked(2, Reason.FLAG if facts.flag else Reason.FLAG_NOT_SET)
    if not facts.is_adult:
        recorded = {GUARDIAN: facts.has_guardian, BEST_INTERESTS: facts.has_best_interests}
        return _needs(3, {FEARS: facts.fears, **recorded})
    if facts.consent != "yes":
        unasked = {CONSENT[Channel.DIPLOMATIC]: facts.consent, FEARS: facts.fears}
        return Blocked(4, Reason.NO_CONSENT) if facts.consent else _needs(4, unasked)
    return Open(6) if facts.fears == "no" else _needs(5, {FEARS: facts.fears})


def police(facts: Facts) -> Verdict:
    """Ask the police gate. A supervisor who allows what the first row stops lifts that row, not those below it."""
    if facts.is_state_feared and facts.decision != "allowed":
        return Blocked(1, Reason.REFUSED if facts.decision else Reason.STATE_FEARED)
    if not facts.is_adult:
        return _needs(4, {FEARS: facts.fears, BEST_INTERESTS: facts.has_best_interests})
    if facts.consent == "yes":
        return _needs(2, {FEARS: facts.fears})
    if facts.has_vital_interest:
        return _needs(3, {FEARS: facts.fears})
    first = VITAL_INTEREST if facts.consent else CONSENT[Channel.POLICE]
    return _needs(3, {first: False, FEARS: facts.fears})


def _needs(row: int, wanted: Mapping[str, str | bool]) -> Verdict:
    missing = tuple(name for name, answered in wanted.items() if not answered)
    return Needs(row, missing) if missing else Open(row)


def stops_relay(case: Case, party: str, agreement: Agreement, whom: Collection[int] = ()) -> bool:
    """Whether nothing more of what is said may cross to people of this side: for somebody its police gate is closed.

    `whom` says of whom alone it can be said, by their numbers; of nobody named it may be anybody.
    """
    if case.is_partial and not whom:
        return True
    if not case.apart:
        return _is_kept_from(case, party, agreement)
    return any(number in (whom or numbers(case)) for number in held_back(case, party, agreement))


def held_back(case: Case, party: str, agreement: Agreement) -> tuple[int, ...]:
    """The numbers of those of whom people of this side may learn nothing, not even that they are there."""
    return tuple(n for n in numbers(case) if _is_kept_from(as_of(case, n), party, agreement))


def _is_kept_from(case: Case, party: str, agreement: Agreement) -> bool:
    is_protected = word_of(case, FEARS) == "yes" or word_of(case, FLAG) in PROTECTED
    if party in ("", case.reporting) or not is_protected:
        return False
    facts = facts_of(case, Channel.POLICE, party, agreement)
    return facts.is_state_feared and facts.decision != "allowed"


def needs_decision(case: Case, agreement: Agreement) -> bool:
    """Whether a supervisor decides if the police of the requested side are told, or may decide anew."""
    each = (facts_of(as_of(case, n), Channel.POLICE, case.requested, agreement) for n in numbers(case))
    return any(facts.is_state_feared for facts in each)


def wants_alternative(case: Case, agreement: Agreement) -> bool:
    """Whether a supervisor decides what is done instead of the diplomatic step: its gate is closed, its clock runs."""
    deadline = case.deadline(DeadlineKind.DIPLOMATIC)
    is_running = deadline is not None and deadline.is_running
    found = verdicts(case, Channel.DIPLOMATIC, agreement) if is_running else {}
    return any(isinstance(verdict, Blocked) for verdict in found.values())


def may_be_child(case: Case) -> bool:
    """Whether anybody is a child, or nobody knows."""
    return any(confirmed(as_of(case, number), "age_group") != ADULT for number in numbers(case))


def offers_handoff(case: Case, channel: Channel, party: str, agreement: Agreement) -> bool:
    """Whether people of this side see a button to hand off.

    The other side sees one only at an open gate, so that a missing button tells nothing about why it is missing.
    """
    if party == case.reporting:
        return not is_blocked(case, channel, agreement)
    return is_open(case, channel, agreement)


def draft_state(verdict: Verdict) -> HandoffState:
    """How a hand-off stands that is not sent: blocked where only a decision can move it."""
    is_for_supervisor = isinstance(verdict, Needs) and VITAL_INTEREST in verdict.missing
    return HandoffState.BLOCKED if is_for_supervisor or isinstance(verdict, Blocked) else HandoffState.DRAFTED


def is_draft(handoff: Handoff | None) -> bool:
    """Whether a hand-off waits at its gate."""
    return handoff is not None and handoff.state in _NOT_CLEARED


def shown_state(handoff: Handoff, case: Case, party: str, agreement: Agreement) -> HandoffState:
    """How far a hand-off has come, as people of a side may know it: who is feared does not learn that it is blocked."""
    is_hidden = handoff.state is HandoffState.BLOCKED and stops_relay(case, party, agreement)
    return HandoffState.DRAFTED if is_hidden else handoff.state


def key_of(case: Case, what: str) -> str:
    """Make the dedupe key of a message about a gate, by which it is known later."""
    return f"case:{case.id}:{_KEY}:{what}"


def own_key(case: Case, party: str, what: str) -> str:
    """Make the dedupe key of a message about what only one side may know of, whichever it is."""
    return key_of(case, what) if party == case.reporting else side_key(case, party, what)


def side_key(case: Case, party: str, what: str) -> str:
    """Make the dedupe key of a message that is the matter of one side, whichever that is."""
    return f"case:{case.id}:{_SIDE}:{party}:{what}"


def is_hidden(dedupe_key: str, case: Case, party: str) -> bool:
    """Whether people of a side are not shown that such a message was sent: the other side's own matters."""
    if dedupe_key.startswith(f"case:{case.id}:{_SIDE}:"):
        return not party or not dedupe_key.startswith(side_key(case, party, ""))
    return party != case.reporting and dedupe_key.startswith(key_of(case, ""))
