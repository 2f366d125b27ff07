"""What a side's supervisors read each evening: who is there, who would hear us, and which cases reach nobody. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import escalation_plan
from bot.clock.reach import Flag, Known, flags
from bot.domain.agreement import Agreement, Desk, DeskRole
from bot.domain.case import Case
from bot.domain.closed_sets import for_each
from bot.domain.contacts import Heard
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import at_person, desk_name
from bot.domain.rings import Ring
from bot.domain.roster import stretches
from bot.domain.time_words import lap
from bot.language.texts import later, tr
from bot.protection.seen_by import seen_by
from bot.roster.gaps import gaps, keeping_desks
from bot.roster.words import local, names

RINGS_SHOWN = timedelta(days=1)  #: how far a report looks back for test rings
NIGHT = timedelta(hours=14)  #: how far a report looks ahead, from the evening to the morning after
_MOST_CASES = 20  #: named in one report


@dataclass(frozen=True, slots=True)
class Evening:
    """What a report is made of."""

    party: str
    agreement: Agreement
    directory: Directory
    known: Known
    now: datetime
    rings: tuple[Ring, ...] = ()  #: test rings of the day, oldest first

    @property
    def until(self) -> datetime:
        """The morning after."""
        return self.now + NIGHT


@dataclass(frozen=True, slots=True)
class Report:
    """What is there, and what is wanting."""

    present: tuple[str, ...]
    wanting: tuple[str, ...]

    def written(self, evening: Evening) -> str:
        """Put it into one message, what is wanting first."""
        lead = tr("en", "Readiness of {party} until {moment}", party=evening.party,
                  moment=local(evening.until, evening.party, evening.agreement))  # fmt: skip
        if not self.wanting:
            return "\n".join((tr("en", "{lead}: all is in order.", lead=lead), *self.present))
        found = tr("en", "{lead}: to put right ({count}):", lead=lead, count=len(self.wanting))
        return "\n".join((found, *(f"! {line}" for line in self.wanting), *self.present))


def report(evening: Evening, cases: Iterable[Case]) -> Report:
    """Look at the desks and people of a side, and at those of these cases that are its own."""
    desks = [desk for desk in evening.agreement.desks.values() if desk.party == evening.party]
    present = [line for desk in desks for line in _present(evening, desk)]
    wanting = [line for desk in desks for line in _wanting(evening, desk)]
    present += [_rung(evening, ring) for ring in evening.rings if _is_ours(evening, ring)]
    return Report(tuple(present), (*wanting, *_people(evening), *_unheard(evening, cases)))


def _tonight(evening: Evening, desk: Desk) -> list[Person]:
    """Who is on duty there at some moment until the morning."""
    duty = _duty(evening, desk)
    shifts = evening.directory.shifts_beside(duty[0]) if duty else ()
    moments = (moment for shift in shifts for moment in (shift.starts_at, shift.ends_at))
    begins = [begin for begin, _ in stretches(moments, evening.now, evening.until)]
    return [p for p in duty if any(evening.directory.is_on_duty(p, moment) for moment in begins)]


def _duty(evening: Evening, desk: Desk) -> list[Person]:
    return [person for person in evening.directory.members(desk.id) if person.role is Role.DUTY]


def _present(evening: Evening, desk: Desk) -> Iterator[str]:
    people = _tonight(evening, desk)
    if people:
        shown = "; ".join(_reached(person, evening) for person in people)
        yield tr("en", "{desk}: {people}", desk=desk_name(desk), people=shown)


def _reached(person: Person, evening: Evening) -> str:
    """Name somebody with the messenger by which they showed last that they read there, and when."""
    heard = ((evening.known.heard.get(address, Heard()).at, address.messenger) for address in person.in_order)
    proven = max(((at, messenger) for at, messenger in heard if at is not None), default=None)
    if proven is None:
        return tr("en", "{name} (never heard of)", name=person.name)
    return tr("en", "{name} (reached by {messenger} {moment})", name=person.name, messenger=proven[1],
              moment=local(proven[0], evening.party, evening.agreement))  # fmt: skip


def _wanting(evening: Evening, desk: Desk) -> Iterator[str]:
    members = [p for p in evening.directory.members(desk.id) if p.role is not Role.ADMIN]
    if not desk.addresses and not any(person.addresses for person in members):
        yield tr("en", "{desk}: it has no address, and nobody there is on a messenger.", desk=desk_name(desk))
        return
    if desk.role is DeskRole.SUPPORT:
        return
    if _duty(evening, desk) and not _tonight(evening, desk):
        yield tr("en", "{desk}: nobody is on duty.", desk=desk_name(desk))
    elif desk in keeping_desks(evening.agreement, evening.directory):
        yield from _gaps(evening, desk)


def _gaps(evening: Evening, desk: Desk) -> Iterator[str]:
    for begins, ends in gaps(desk, evening.directory, evening.now, evening.until):
        yield tr(
            "en",
            "{desk}: nobody is on duty from {begins} to {ends}.",
            desk=desk_name(desk),
            begins=local(begins, evening.party, evening.agreement),
            ends=local(ends, evening.party, evening.agreement),
        )


#: Why somebody may hear nothing; whoever is off duty is nothing that is wanting.
_SAYS = for_each(
    Flag,
    {
        Flag.UNBOUND: later("No messenger of theirs is known: {people}."),
        Flag.BLOCKED: later("Blocked or left us everywhere: {people}."),
        Flag.WINDOW: later("Must write to us, the reply window is closed by the morning: {people}."),
        Flag.LAPSED: later("Enrolment not confirmed: {people}."),
        Flag.OFF_DUTY: later("Off duty: {people}."),
        Flag.STALE: later("Not heard of for 30 days: {people}."),
    },
)


def _people(evening: Evening) -> Iterator[str]:
    """Those who are to hear something tonight, and may not."""
    found: dict[Flag, list[Person]] = {}
    for person in _asked(evening):
        for flag in flags(at_person(person), evening.until, evening.directory, evening.known):
            found.setdefault(flag, []).append(person)
    for flag, sentence in _SAYS.items():
        if flag in found and flag is not Flag.OFF_DUTY:
            yield tr("en", sentence, people=names(dict.fromkeys(found[flag])))


def _asked(evening: Evening) -> Iterator[Person]:
    """Whoever is on duty tonight, and the supervisors."""
    desks = (desk for desk in evening.agreement.desks.values() if desk.party == evening.party)
    yield from {p.id: p for desk in desks for p in _tonight(evening, desk)}.values()
    yield from evening.directory.supervisors(evening.party)


def _is_ours(evening: Evening, ring: Ring) -> bool:
    corridor = evening.agreement.corridors.get(ring.corridor)
    return corridor is not None and evening.party in corridor.parties


def _rung(evening: Evening, ring: Ring) -> str:
    """Say how long each desk of both sides took to answer a test ring."""
    desks = [desk for each in ring.desks if (desk := evening.agreement.desks.get(each)) is not None]
    return tr(
        "en",
        "Test ring of {moment}: {answers}",
        moment=local(ring.begun_at, evening.party, evening.agreement),
        answers="; ".join(_took(ring, desk) for desk in desks),
    )


def _took(ring: Ring, desk: Desk) -> str:
    took = ring.took(desk.id)
    if took is None:
        return tr("en", "{desk} has not answered", desk=desk_name(desk))
    return tr("en", "{desk} after {time}", desk=desk_name(desk), time=lap(took))


def _unheard(evening: Evening, cases: Iterable[Case]) -> Iterator[str]:
    found = [case.reference for case in cases if _reaches_nobody(evening, case)]
    if found:
        more = len(found) - _MOST_CASES
        shown = ", ".join(found[:_MOST_CASES])
        yield tr(
            "en",
            "Nobody of {party} would hear the next step of: {cases}",
            party=evening.party,
            cases=tr("en", "{cases} and {count} more", cases=shown, count=more) if more > 0 else shown,
        )


def _reaches_nobody(evening: Evening, case: Case) -> bool:
    if not case.is_open or evening.party not in (case.reporting, case.requested):
        return False
    seen = seen_by(case, evening.party, evening.agreement)
    following = next(iter(escalation_plan.steps(seen, evening.agreement, evening.directory)), None)
    if following is None:
        return False
    silent = escalation_plan.who_hears_nothing(following, evening.directory, evening.known)
    return evening.party in silent or following.reaches_nobody
