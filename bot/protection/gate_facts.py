"""What the tables of the gates look at: the facts of one person, read off a case. Pure.

An answer that was never given counts as the worse case, and what was only understood as not given.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.agreement import Agreement
from bot.domain.case import Answer, Case, Channel
from bot.domain.closed_sets import for_each
from bot.domain.understood import confirmed

CONSENT = for_each(Channel, {Channel.POLICE: "consent_police", Channel.DIPLOMATIC: "consent_diplomatic"})
FEARS, FLAG = "fears_own_authorities", "protection_flag"
GUARDIAN, BEST_INTERESTS, VITAL_INTEREST = "guardian", "best_interests", "vital_interest"
DECISION, ALTERNATIVE = "police_decision", "diplomatic_alternative"

#: Flags that say that the person may need protection from a State.
PROTECTED = frozenset({"possible", "asylum_seeker_or_refugee", "stateless"})

_UNKNOWN = "unknown"
ADULT = "18_or_over"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables look at; an empty text stands for "not answered"."""

    fears: str = ""
    flag: str = ""
    consent: str = ""  #: to the channel in question
    is_adult: bool = False  #: False for a child and for an unknown age
    is_own_state: bool = True  #: whether it goes to a State of the person's citizenship, or that is not known
    has_guardian: bool = False
    has_best_interests: bool = False
    has_vital_interest: bool = False
    decision: str = ""  #: of a supervisor, about a State that is feared

    @property
    def is_state_feared(self) -> bool:
        """Whether the person must be protected from the side that would be told."""
        return self.is_own_state and (self.fears == "yes" or self.flag in PROTECTED)


def facts_of(case: Case, channel: Channel, party: str, agreement: Agreement) -> Facts:
    """Read what the tables look at off a case, for a channel of this side."""
    return Facts(
        fears=word_of(case, FEARS),
        flag=word_of(case, FLAG),
        consent=word_of(case, CONSENT[channel]),
        is_adult=confirmed(case, "age_group") == ADULT,
        is_own_state=_is_own_state(case, party, agreement),
        has_guardian=GUARDIAN in case.answers,
        has_best_interests=BEST_INTERESTS in case.answers,
        has_vital_interest=_has_vital_interest(case),
        decision=decision_of(case),
    )


def word_of(case: Case, field_id: str) -> str:
    """The code of an answer; empty when it was not given."""
    value = case.value(field_id)
    return "" if value is None else str(value)


def _is_own_state(case: Case, party: str, agreement: Agreement) -> bool:
    citizenship = confirmed(case, "citizenship")
    states = set(citizenship) if isinstance(citizenship, tuple) else {str(citizenship or _UNKNOWN)}
    side = agreement.parties.get(party)
    return _UNKNOWN in states or side is None or bool(states & set(side.countries))


def _has_vital_interest(case: Case) -> bool:
    """A person who said no after the reason was written is not overruled by it."""
    reason, consent = case.answers.get(VITAL_INTEREST), case.answers.get(CONSENT[Channel.POLICE])
    return reason is not None and not (consent is not None and consent.value == "no" and _is_newer(consent, reason))


def decision_of(case: Case) -> str:
    """A decision is about what was known when it was taken: a newer fear, flag or citizenship asks for a new one."""
    decision = case.answers.get(DECISION)
    known = [answer for name in (FEARS, FLAG, "citizenship") if (answer := case.answers.get(name)) is not None]
    if decision is None or any(_is_newer(answer, decision) for answer in known):
        return ""
    return str(decision.value)


def _is_newer(answer: Answer, other: Answer) -> bool:
    return answer.id > other.id
