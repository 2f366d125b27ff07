"""A case as its page shows it to one reader: who sees what is decided here. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from adapters.web.site import page_words
from bot.clock.deadlines import shown
from bot.domain import fields
from bot.domain.agreement import Agreement, Urgency
from bot.domain.case import Case, Deadline
from bot.domain.names import channel_name, deadline_name, lateness, sides
from bot.domain.names import moment as in_words
from bot.domain.people import Directory, Person
from bot.domain.understood import doubt
from bot.language.texts import tr
from bot.protection import redaction_policy, shown_persons, standings
from bot.protection.in_english import beside
from bot.protection.redaction_policy import Way, answer_for, may_read
from bot.protection.seen_by import seen_by


@dataclass(frozen=True, slots=True)
class Fact:
    """One answered field."""

    label: str
    value: str
    when: str
    english: str = ""  #: what goes with an answer in another script: its English, or that it has none


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words."""

    name: str
    at: datetime
    when: str
    away: str  #: how far off or how late; empty when it does not run
    state: str
    is_late: bool
    is_running: bool
    pings: int
    snoozed: str
    promised: str  #: when it will be met, as whoever is late said


@dataclass(frozen=True, slots=True)
class Summary:
    """A case in a list."""

    reference: str
    urgency: Urgency
    status: str
    sides: str
    opened: str
    due: Due | None
    is_open: bool
    exercise: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Anything with a head, a line and a moment: texts, hand-offs, referrals, deliveries, journal."""

    head: str
    text: str
    when: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, with what is needed to put things into words for them."""

    person: Person
    agreement: Agreement
    directory: Directory
    now: datetime

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.person.language

    @property
    def policy(self) -> standings.Reader:
        """The reader as the policy knows them."""
        return standings.Reader.of(self.person, self.agreement)

    def seen(self, case: Case) -> Case:
        """The case as the reader's side may know it."""
        return seen_by(case, self.person.party, self.agreement)

    def name(self, person_id: int | None) -> str:
        """Name a person: people of the other side by role and side only."""
        person = self.directory.get(person_id)
        if person is None:
            return tr(self.language, "somebody who is not enrolled any more")
        role = f"{person.party} {page_words.role_name(person.role, self.language)}"
        name = redaction_policy.name_for(person, self.policy, Way.PAGE)
        return f"{name} ({role})" if name else role


def moment(when: datetime, case: Case, agreement: Agreement) -> str:
    """Write a moment in both local times, so that a narrow page breaks it between the sides only."""
    return " / ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in in_words(when, case, agreement).split(" / "))


def summarise(case: Case, reader: Reader) -> Summary:
    """Make the line of a list."""
    both = " → ".join(filter(None, (case.reporting, case.requested)))
    opened = moment(case.opened_at, case, reader.agreement)
    return Summary(
        case.reference,
        case.urgency,
        page_words.case_status(case, reader.language),
        both,
        opened,
        next_due(case, reader),
        case.is_open,
        case.exercise,
    )


def by_urgency(cases: Iterable[Case]) -> list[Case]:
    """Sort: open first, most urgent first, what is due next first."""
    return sorted(cases, key=lambda c: (not c.is_open, c.urgency.value, _next_moment(c), -c.id))


def _next_moment(case: Case) -> float:
    return running[0].due_at.timestamp() if (running := shown(case)) else float("inf")


def next_due(case: Case, reader: Reader) -> Due | None:
    """Say what is due next, if anything is."""
    return _due(running[0], case, reader) if (running := shown(case)) else None


def deadlines(case: Case, reader: Reader) -> list[Due]:
    """List the deadlines, running ones first."""
    told = [d for d in case.deadlines if not d.is_timer]
    return [_due(d, case, reader) for d in sorted(told, key=lambda d: (not d.is_running, d.due_at, d.id))]


def _due(deadline: Deadline, case: Case, reader: Reader) -> Due:
    name = deadline_name(deadline, reader.language)
    if deadline.channel:
        name = f"{name} ({channel_name(deadline.channel, reader.language)})"
    until = deadline.snoozed_until
    return Due(
        name=name,
        at=deadline.due_at,
        when=moment(deadline.due_at, case, reader.agreement),
        away=lateness(deadline.due_at, reader.now, reader.language) if deadline.is_running else "",
        state=page_words.deadline_state_name(deadline.state, reader.language),
        is_late=deadline.is_running and deadline.due_at <= reader.now,
        is_running=deadline.is_running,
        pings=deadline.pings,
        snoozed=moment(until, case, reader.agreement) if until and until > reader.now else "",
        promised=moment(deadline.promised_at, case, reader.agreement) if deadline.promised_at else "",
    )


def facts(case: Case, reader: Reader) -> list[Fact]:
    """List the answered fields that this reader may read, in asking order."""
    parties = sides(case, reader.agreement)
    made = []
    for field in fields.FIELDS:
        answer = case.answers.get(field.id)
        value = answer_for(field, case, reader.policy, Way.PAGE, reader.agreement)
        if answer is not None and value is not None:
            words = fields.show(field, value, reader.language, parties) + doubt(case, field, reader.language)
            when = moment(answer.at, case, reader.agreement)
            english = beside(field, case, reader.policy, Way.PAGE, reader.agreement, reader.language)
            made.append(Fact(tr(reader.language, field.label), words, when, english))
    return made


def persons(case: Case, reader: Reader) -> list[tuple[str, str]]:
    """List the persons and groups that this reader may know of: number and reference of each, and what is known."""
    found = shown_persons.persons(case, reader.policy, Way.PAGE, reader.agreement, reader.language)
    return [
        (
            f"{case.reference}/{each.number}",
            " · ".join((shown_persons.people(each.count, reader.language), *each.facts)),
        )
        for each in found
    ]


def unanswered(case: Case, reader: Reader) -> list[str]:
    """Name the fields that are asked and have no answer."""
    readable = [f for f in fields.FIELDS if may_read(f, case, reader.policy, Way.PAGE, reader.agreement)]
    missing = [f for f in readable if f.id not in case.answers and fields.asked(f, case.answers)]
    return [tr(reader.language, f.label) for f in missing]
