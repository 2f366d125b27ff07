"""What people are told of a gate: plain sentences with the way out for the own side, no reasons for the other. Pure."""

from __future__ import annotations

from typing import assert_never

from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel
from bot.domain.closed_sets import for_each
from bot.domain.fields import field
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.gates import Blocked, Needs, Open, Reason, Verdict

_BLOCKED = for_each(
    Reason,
    {
        Reason.FEAR: later(
            "Blocked: the person fears the authorities of their own country, so no embassy or consulate is told. "
            "Think of a referral to UNHCR, IOM or an NGO. A supervisor decides: /alternative {reference} what is done "
            "instead"
        ),
        Reason.FLAG_NOT_SET: later(
            "Blocked: nobody has recorded yet whether the person needs protection from a State. The duty desk records "
            "it: /protect {reference} none_known"
        ),
        Reason.FLAG: later(
            "Blocked: the person may need protection from a State, so no embassy or consulate is told. A supervisor "
            "decides: /alternative {reference} what is done instead"
        ),
        Reason.NO_CONSENT: later(
            "Blocked: the person has not agreed. Please ask them, then: /consent {reference} diplomatic yes"
        ),
        Reason.STATE_FEARED: later(
            "Blocked: it would go to a State that the person must be protected from, and nothing more is told to that "
            "side. A supervisor decides: /decide {reference} refused reason"
        ),
        Reason.REFUSED: later(
            "Blocked: a supervisor decided that the police of the other side are not told. To decide anew: "
            "/decide {reference} allowed reason"
        ),
    },
)
_RECORDED_BY = {
    gates.GUARDIAN: later("guardian or child-protection authority (/guardian {reference} name)"),
    gates.BEST_INTERESTS: later("a best-interests reason of the duty desk (/interest {reference} reason)"),
    gates.VITAL_INTEREST: later("consent, or a vital-interest reason of a supervisor (/vital {reference} reason)"),
}


def sentence(verdict: Verdict, reference: str, language: str) -> str:
    """Say how a gate stands, and what opens it. For the reporting side only: it names the reason."""
    match verdict:
        case Open():
            return tr(language, "Open.")
        case Blocked(reason=reason):
            return tr(language, _BLOCKED[reason], reference=reference)
        case Needs(missing=missing):
            return tr(language, "Not yet: {missing}.", missing=missing_names(missing, reference, language))


def missing_names(missing: tuple[str, ...], reference: str, language: str) -> str:
    """Name what is missing, with the command that records it."""
    return "; ".join(_missing(name, reference, language) for name in missing)


def _missing(name: str, reference: str, language: str) -> str:
    if name in _RECORDED_BY:
        return tr(language, _RECORDED_BY[name], reference=reference)
    return tr(language, "{label} was not asked", label=tr(language, field(name).label))


def for_side(case: Case, channel: Channel, party: str, agreement: Agreement, language: str) -> str:
    """Say how a gate stands to people of a side; the other side hears what waits for whom, never why."""
    verdict = gates.check(case, channel, agreement)
    if party == case.reporting or isinstance(verdict, Open):
        return sentence(verdict, case.reference, language)
    if channel is Channel.DIPLOMATIC and isinstance(verdict, Blocked):
        return step_blocked(language)
    return waits(case, language)


def step_blocked(language: str) -> str:
    """Say that the diplomatic step is blocked. The words are the same for every reason and on both sides."""
    return tr(language, "Diplomatic step blocked: decide an alternative.")


def waits(case: Case, language: str) -> str:
    """Say that the reporting side has something to do first: the same words for a missing answer and a closed gate."""
    return tr(language, "It waits: {party} must answer or decide something first.", party=case.reporting)


def in_pings(case: Case, channel: Channel, party: str, agreement: Agreement) -> str:
    """Say in a ping what a gate that is not open asks of a side; empty when it is open. A ping gives no reasons."""
    verdict = gates.check(case, channel, agreement)
    if isinstance(verdict, Open):
        return ""
    is_own = party == case.reporting
    if channel is Channel.DIPLOMATIC and isinstance(verdict, Blocked):
        return f"{step_blocked('en')} {_way_out(verdict, case.reference)}" if is_own else step_blocked("en")
    if not is_own:
        return waits(case, "en")
    if isinstance(verdict, Needs):
        return tr("en", "Missing: {missing}.", missing=missing_names(verdict.missing, case.reference, "en"))
    return tr("en", "A supervisor decides: /decide {reference} allowed or refused, and why", reference=case.reference)


def _way_out(verdict: Blocked, reference: str) -> str:
    match verdict.reason:
        case Reason.FEAR:
            return tr(
                "en",
                "Think of a referral to UNHCR, IOM or an NGO: /alternative {reference} what is done instead",
                reference=reference,
            )
        case Reason.FLAG_NOT_SET:
            return tr("en", "Or record what is known: /protect {reference} none_known", reference=reference)
        case Reason.NO_CONSENT:
            return tr("en", "Or ask the person, then: /consent {reference} diplomatic yes", reference=reference)
        case Reason.FLAG | Reason.STATE_FEARED | Reason.REFUSED:
            return tr("en", "/alternative {reference} what is done instead", reference=reference)
        case _:
            assert_never(verdict.reason)
