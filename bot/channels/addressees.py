"""Which desk a hand-off is for, and which have it in copy, by the person's State and where the person is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.agreement import Agreement, Desk, DeskRole
from bot.domain.case import Case, Channel
from bot.domain.people import Directory
from bot.domain.recipients import at_desk
from bot.domain.subjects import as_of, numbers
from bot.domain.understood import confirmed
from bot.protection.gate_facts import FEARS, FLAG, PROTECTED, word_of


@dataclass(frozen=True, slots=True)
class Addressees:
    """Where a hand-off goes."""

    desk: Desk
    copies: tuple[Desk, ...] = ()


def addressees(
    case: Case, channel: Channel, covers: Collection[int], agreement: Agreement, directory: Directory
) -> Addressees | None:
    """Find them for those whom the hand-off covers (empty: everybody); None while the requested side is not known.

    The requested side's desk of the channel answers: abroad its embassy there, when it is the person's own. Where
    nobody can be reached its duty desk stands in. The embassy of the person's State where the person is has it in
    copy: it visits, issues travel documents and brings home. No State that anybody in the case fears has anything.
    """
    if not case.requested:
        return None
    whom = [as_of(case, number) for number in numbers(case) if not covers or number in covers]
    embassies = _embassies(case, whom, agreement) if channel is Channel.DIPLOMATIC else []
    at_home = [d for d in agreement.desks_of(case.requested, DeskRole(channel.value)) if not d.seat]
    theirs = [desk for desk in embassies if desk.party == case.requested]
    duty = agreement.desks_of(case.requested, DeskRole.DUTY)
    desks = [*theirs, *at_home] or list(duty)
    reachable = (desk for desk in desks if at_desk(desk, directory))
    desk = next(reachable, None) or next(iter(duty), None) or next(iter(desks), None)
    if desk is None:
        return None
    copies = tuple(each for each in embassies if each.party == case.reporting and at_desk(each, directory))
    return Addressees(desk, copies)


def _embassies(case: Case, whom: Iterable[Case], agreement: Agreement) -> list[Desk]:
    """The embassies of the persons' States in the country where they are, but of a State that somebody fears."""
    here = str(case.value("country") or "")
    states = {code for one in whom for code in _citizenship(one)}
    found = (d for d in agreement.desks.values() if d.role is DeskRole.DIPLOMATIC and d.seat and d.seat == here)
    return [d for d in found if _is_state_of(d, states, agreement) and not _is_feared(case, d, agreement)]


def _is_state_of(desk: Desk, states: Collection[str], agreement: Agreement) -> bool:
    return not set(agreement.parties[desk.party].countries).isdisjoint(states)


def _is_feared(case: Case, desk: Desk, agreement: Agreement) -> bool:
    """Whether anybody in the case, covered or not, needs protection from the State of an embassy, or may need it."""
    each = (as_of(case, number) for number in numbers(case))
    protected = (one for one in each if word_of(one, FEARS) == "yes" or word_of(one, FLAG) in PROTECTED)
    return any(not _citizenship(one) or _is_state_of(desk, _citizenship(one), agreement) for one in protected)


def _citizenship(one: Case) -> set[str]:
    """The States of a person; empty while nobody knows."""
    value = confirmed(one, "citizenship")
    return (set(value) if isinstance(value, tuple) else {str(value or "")}) - {"", "unknown"}
