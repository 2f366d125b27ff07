"""The gate before a support desk: whether it may be told of somebody, and what is missing before it may. Pure.

A support desk is asked for what the person wants, so an adult says yes to this very desk, and for a child there is a
named guardian and a best-interests reason. A desk of a State that the person must be protected from is told nothing.
"""

from __future__ import annotations

from bot.domain.agreement import Agreement, Desk
from bot.domain.case import Case, Channel
from bot.domain.referral import Ground, Referral
from bot.domain.subjects import as_of, numbers
from bot.protection import gates
from bot.protection.gate_facts import BEST_INTERESTS, FEARS, GUARDIAN, PROTECTED, Facts, facts_of
from bot.protection.gates import Blocked, Needs, Open, Reason, Verdict

CONSENT = "consent"  #: as what is missing: the yes of an adult, which is typed with the act

_FEARED, _WAITS, _CHILD, _ADULT = range(1, 5)  #: the rows of the table; the first one that matches decides


def check(case: Case, number: int, desk: Desk, agreement: Agreement, *, has_consent: bool) -> Verdict:
    """Ask whether a support desk may be told of one person or group of a case now."""
    facts = _facts(case, number, desk, agreement)
    if is_feared(case, number, desk, agreement):
        return Blocked(_FEARED, Reason.STATE_FEARED)
    missing = [FEARS] if facts.is_own_state and not desk.is_independent and not facts.fears else []
    if facts.is_adult:
        missing += [] if has_consent else [CONSENT]
        row = _ADULT
    else:
        recorded = {GUARDIAN: facts.has_guardian, BEST_INTERESTS: facts.has_best_interests}
        missing += [name for name, is_there in recorded.items() if not is_there]
        row = _CHILD
    return Needs(row if missing != [FEARS] else _WAITS, tuple(missing)) if missing else Open(row)


def is_feared(case: Case, number: int, desk: Desk, agreement: Agreement) -> bool:
    """Whether somebody must be protected from whoever runs a desk, or their side knows nothing of them.

    A decision that the police of that side are told after all is about the police, and lifts nothing here.
    """
    if gates.stops_relay(case, desk.party, agreement, (number,)):
        return True
    facts = _facts(case, number, desk, agreement)
    return not desk.is_independent and facts.is_own_state and (facts.fears == "yes" or facts.flag in PROTECTED)


def ground_of(case: Case, number: int, desk: Desk, agreement: Agreement) -> Ground:
    """What would allow to refer somebody."""
    return Ground.CONSENT if _facts(case, number, desk, agreement).is_adult else Ground.BEST_INTERESTS


def still_for(case: Case, referral: Referral, agreement: Agreement) -> tuple[int, ...]:
    """Of whom a referral still may tell its desk: none of those who must be protected from it by now."""
    desk = agreement.desks.get(referral.desk)
    if desk is None or desk.party != referral.party:
        return ()
    left = [number for number in referral.covers if number in numbers(case)]
    return tuple(number for number in left if not is_feared(case, number, desk, agreement))


def _facts(case: Case, number: int, desk: Desk, agreement: Agreement) -> Facts:
    return facts_of(as_of(case, number), Channel.POLICE, desk.party, agreement)
