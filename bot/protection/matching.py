"""Who may know that two cases may be one, and who may say what they are. Pure; the one place for the rule.

A likeness is told only where both halves of it may be read: on a case's reporting side, or across an open border.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case
from bot.domain.likeness import Reason
from bot.domain.people import Person, Role
from bot.domain.retention_rules import is_drill
from bot.domain.whereabouts import Whereabouts, comparable
from bot.protection import gates
from bot.protection.permissions import is_duty, may_see
from bot.protection.redaction_policy import compared
from bot.protection.secure_access import border_is_open

_DESK = frozenset({Role.DUTY, Role.SUPERVISOR})


def whereabouts(case: Case) -> Whereabouts:
    """Where and when a case is, to be compared with others. It is shown to nobody."""
    country = case.value("country")
    kinds = comparable(case.value("exploitation"))
    return Whereabouts(country if isinstance(country, str) else "", compared(case.value("area")), kinds, case.opened_at)


def are_comparable(one: Case, other: Case) -> bool:
    """Whether two cases may be one at all: both are in earnest or both drills, and a desk was told of each."""
    is_told = one.alerted_at is not None and other.alerted_at is not None
    return is_told and one.id != other.id and is_drill(one) is is_drill(other)


def is_one_corridor(one: Case, other: Case) -> bool:
    """Whether two cases are between the same two sides, whichever of them reported."""
    return bool(one.requested) and {one.reporting, one.requested} == {other.reporting, other.requested}


def sides_of_both(one: Case, other: Case) -> tuple[str, ...]:
    """The sides that are a side of both cases, that of the first one's officer first."""
    mine, theirs = (one.reporting, one.requested), {other.reporting, other.requested}
    return tuple(dict.fromkeys(party for party in mine if party and party in theirs))


def told_to(party: str, one: Case, other: Case, reasons: Iterable[Reason], agreement: Agreement) -> tuple[Reason, ...]:
    """The reasons that a side may be told, since its desk reads both cases; none where it may not know at all."""
    if party not in sides_of_both(one, other) or not all(_reads(party, case, agreement) for case in (one, other)):
        return ()
    return tuple(reason for reason in reasons if reason.only in ("", party))


def may_say(person: Person, one: Case, other: Case, agreement: Agreement) -> bool:
    """Whether somebody may say what two cases are: of a side that reads both, its duty desk or a supervisor.

    Across corridors only a supervisor.
    """
    if person.role not in _DESK or not all(may_see(person, case, agreement) for case in (one, other)):
        return False
    if not (person.role is Role.SUPERVISOR or (is_duty(person, agreement) and is_one_corridor(one, other))):
        return False
    return all(_reads(person.party, case, agreement) for case in (one, other))


def may_know(person: Person, one: Case, other: Case, agreement: Agreement) -> bool:
    """Whether the case that another is linked to is named to somebody who looks at that one."""
    return may_say(person, one, other, agreement)


def has_desk(party: str, agreement: Agreement) -> bool:
    """Whether a side has a duty desk that could be asked."""
    return bool(agreement.desks_of(party, DeskRole.DUTY))


def opens_a_gate(older: Case, younger: Case, agreement: Agreement) -> bool:
    """Whether words for the younger case would reach a State, as the older one's, that its own gate keeps off."""
    parties = (older.reporting, older.requested)
    return any(
        gates.stops_relay(younger, party, agreement) and not gates.stops_relay(older, party, agreement)
        for party in parties
        if party
    )


def may_be_joined(older: Case, younger: Case, agreement: Agreement) -> bool:
    """Whether two cases can be made one: between the same sides, and no side hears by it of what it may not read."""
    if not is_one_corridor(older, younger) or opens_a_gate(older, younger, agreement):
        return False
    if older.reporting == younger.reporting:
        return True
    return all(_reads(party, case, agreement) for party in sides_of_both(older, younger) for case in (older, younger))


def _reads(party: str, case: Case, agreement: Agreement) -> bool:
    """Whether a side's desk reads what a likeness is found in: words, coded answers, the secure case."""
    if party == case.reporting:
        return True
    is_told = party == case.requested and case.alerted_requested_at is not None
    return is_told and border_is_open(case, agreement) and not gates.stops_relay(case, party, agreement)
