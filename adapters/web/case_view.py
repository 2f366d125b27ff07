"""A case as its page shows it to one reader: who sees what is decided here. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.web import words
from bot import fields
from bot.agreement import Agreement, Urgency
from bot.case import Case, CaseText, Deadline, DeadlineKind, Handoff, TextKind
from bot.journal import Link
from bot.messages import Delivery
from bot.people import Directory, Person
from bot.ports import History
from bot.recipients import desk_name
from bot.texts import tr
from bot.wording import channel_name, deadline_name, lateness, sides
from bot.wording import moment as in_words

#: Details of journal entries that are codes or numbers, never what somebody wrote.
_SHOWN_DETAILS = (
    "channel",
    "urgency",
    "before",
    "after",
    "code",
    "field",
    "desk",
    "party",
    "country",
    "deadline",
    "rung",
)
_DETAIL_LIMIT = 40  #: characters
_JOURNAL_LINES = 200
_DELIVERIES = 100
_TOLD = frozenset({"alert", "ping", "told", "test"})  #: kinds of messages whose delivery is shown


@dataclass(frozen=True, slots=True)
class Fact:
    """One answered field."""

    label: str
    value: str
    when: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words."""

    name: str
    when: str
    away: str  #: how far off or how late; empty when it does not run
    state: str
    is_late: bool
    is_running: bool
    pings: int
    snoozed: str


@dataclass(frozen=True, slots=True)
class Row:
    """Anything with a head, a line and a moment: texts, hand-offs, deliveries, journal."""

    head: str
    text: str
    when: str
    note: str = ""


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

    def name(self, person_id: int | None) -> str:
        """Name a person: people of the other side by role and side only."""
        person = self.directory.get(person_id)
        if person is None:
            return tr(self.language, "somebody who is not enrolled any more")
        role = f"{person.party} {words.role_name(person.role, self.language)}"
        return f"{person.name} ({role})" if person.party == self.person.party else role


def moment(when: datetime, case: Case, agreement: Agreement) -> str:
    """Write a moment in both local times, so that a narrow page breaks it between the sides only."""
    return " / ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in in_words(when, case, agreement).split(" / "))


def summarise(case: Case, reader: Reader) -> Summary:
    """Make the line of a list."""
    shown = " → ".join(filter(None, (case.reporting, case.requested)))
    opened = moment(case.opened_at, case, reader.agreement)
    return Summary(
        case.reference,
        case.urgency,
        words.case_status(case, reader.language),
        shown,
        opened,
        next_due(case, reader),
        case.is_open,
        case.exercise,
    )


def by_urgency(cases: Iterable[Case]) -> list[Case]:
    """Sort: open first, most urgent first, what is due next first."""
    return sorted(cases, key=lambda c: (not c.is_open, c.urgency.value, _next_moment(c), -c.id))


def _running(case: Case) -> list[Deadline]:
    running = [d for d in case.deadlines if d.is_running and d.kind is not DeadlineKind.ALERT]
    return sorted(running, key=lambda d: (d.due_at, d.id))


def _next_moment(case: Case) -> float:
    running = _running(case)
    return running[0].due_at.timestamp() if running else float("inf")


def next_due(case: Case, reader: Reader) -> Due | None:
    """Say what is due next, if anything is."""
    running = _running(case)
    return _due(running[0], case, reader) if running else None


def deadlines(case: Case, reader: Reader) -> list[Due]:
    """List the deadlines, running ones first."""
    shown = [d for d in case.deadlines if d.kind is not DeadlineKind.ALERT]
    return [_due(d, case, reader) for d in sorted(shown, key=lambda d: (not d.is_running, d.due_at, d.id))]


def _due(deadline: Deadline, case: Case, reader: Reader) -> Due:
    name = deadline_name(deadline, reader.language)
    if deadline.channel:
        name = f"{name} ({channel_name(deadline.channel, reader.language)})"
    until = deadline.snoozed_until
    return Due(
        name=name,
        when=moment(deadline.due_at, case, reader.agreement),
        away=lateness(deadline.due_at, reader.now, reader.language) if deadline.is_running else "",
        state=words.deadline_state_name(deadline.state, reader.language),
        is_late=deadline.is_running and deadline.due_at <= reader.now,
        is_running=deadline.is_running,
        pings=deadline.pings,
        snoozed=moment(until, case, reader.agreement) if until and until > reader.now else "",
    )


def facts(case: Case, reader: Reader) -> list[Fact]:
    """List the answered fields in asking order."""
    shown = sides(case, reader.agreement)
    made = []
    for field in fields.FIELDS:
        answer = case.answers.get(field.id)
        if answer is not None:
            value = fields.show(field, answer.value, reader.language, shown)
            when = moment(answer.at, case, reader.agreement)
            made.append(Fact(tr(reader.language, field.label), value, when))
    return made


def unanswered(case: Case, reader: Reader) -> list[str]:
    """Name the fields that are asked and have no answer."""
    missing = [f for f in fields.FIELDS if f.id not in case.answers and fields.asked(f, case.answers)]
    return [tr(reader.language, f.label) for f in missing]


def may_read(text: CaseText, case: Case, person: Person) -> bool:
    """Whether a text is for this reader: memos stay on their side, exact places on the reporting side."""
    if text.own_side_only and text.party != person.party:
        return False
    return text.kind is not TextKind.LOCATION or person.party == case.reporting


def texts(case: Case, found: Sequence[CaseText], reader: Reader) -> list[Row]:
    """List the free texts that this reader may read, oldest first."""
    readable = [t for t in found if may_read(t, case, reader.person)]
    return [
        Row(
            head=f"{words.text_name(t.kind, reader.language)} · {reader.name(t.by)}",
            text=t.text,
            when=moment(t.at, case, reader.agreement),
            note=tr(reader.language, "amends an earlier text, which stays") if t.amends else "",
        )
        for t in readable
    ]


def handoffs(case: Case, reader: Reader) -> list[Row]:
    """List the hand-offs, newest first."""
    return [_handoff(h, case, reader) for h in sorted(case.handoffs, key=lambda h: -h.id)]


def _handoff(handoff: Handoff, case: Case, reader: Reader) -> Row:
    language = reader.language
    desk = reader.agreement.desks.get(handoff.desk)
    said = [tr(language, "to {desk}", desk=desk_name(desk) if desk else handoff.desk)]
    if handoff.formal_reference:
        said.append(tr(language, "formal reference {reference}", reference=handoff.formal_reference))
    if handoff.accepting_officer:
        said.append(tr(language, "accepted by {officer}", officer=handoff.accepting_officer))
    if handoff.return_reason:
        said.append(tr(language, "returned: {reason}", reason=handoff.return_reason))
    if handoff.letter_reference:
        said.append(tr(language, "confirmed by letter {letter}", letter=handoff.letter_reference))
    newest = handoff.letter_at or handoff.returned_at or handoff.accepted_at or handoff.sent_at or handoff.drafted_at
    head = f"{channel_name(handoff.channel, language)}: {words.handoff_name(handoff.state, language)}"
    return Row(head, "; ".join(said), moment(newest, case, reader.agreement))


def deliveries(case: Case, found: Sequence[Delivery], reader: Reader) -> list[Row]:
    """List who was told and whether they have it, newest first."""
    told = [d for d in found if d.message.kind in _TOLD][-_DELIVERIES:]
    return [_delivery(d, case, reader) for d in reversed(told)]


def _delivery(delivery: Delivery, case: Case, reader: Reader) -> Row:
    message = delivery.message
    when = delivery.seen_at or delivery.sent_at or message.created_at
    state = words.delivery_name(delivery.state, reader.language)
    return Row(
        head=f"{_recipient(message.recipient, reader)}: {state}",
        text=f"{words.message_kind(message.kind, reader.language)} · {message.address.messenger}",
        when=moment(when, case, reader.agreement) if when else "",
        note=delivery.reason,
    )


def _recipient(name: str, reader: Reader) -> str:
    kind, _, key = name.partition(":")
    if kind == "desk" and key in reader.agreement.desks:
        return desk_name(reader.agreement.desks[key])
    return reader.name(int(key)) if kind == "person" and key.isdigit() else name


def journal(case: Case, found: Sequence[Link], reader: Reader) -> list[Row]:
    """List what was done, newest first; that the other side wrote itself a memo is not told."""
    shown = [link for link in found if not _is_theirs(link, reader)][-_JOURNAL_LINES:]
    return [_entry(link, case, reader) for link in reversed(shown)]


def _is_theirs(link: Link, reader: Reader) -> bool:
    author = reader.directory.get(_person_in(link.entry.actor))
    return link.entry.act == "memo" and (author is None or author.party != reader.person.party)


def _person_in(actor: str) -> int | None:
    kind, _, key = actor.partition(":")
    return int(key) if kind == "person" and key.isdigit() else None


def actor(name: str, reader: Reader) -> str:
    """Name who did something: a person, the clock, the command line."""
    person = _person_in(name)
    return reader.name(person) if person is not None else words.actor_name(name, reader.language)


def _entry(link: Link, case: Case, reader: Reader) -> Row:
    entry = link.entry
    codes = [
        f"{name} {value}"
        for name, value in entry.details.items()
        if name in _SHOWN_DETAILS and isinstance(value, str | int) and len(str(value)) <= _DETAIL_LIMIT
    ]
    return Row(
        entry.act.replace("_", " "),
        actor(entry.actor, reader),
        moment(entry.at, case, reader.agreement),
        ", ".join(codes),
    )


def page(case: Case, history: History, reader: Reader) -> dict[str, object]:
    """Gather all that the page of a case shows."""
    return {
        "case": case,
        "summary": summarise(case, reader),
        "facts": facts(case, reader),
        "unanswered": unanswered(case, reader),
        "texts": texts(case, history.texts, reader),
        "deadlines": deadlines(case, reader),
        "handoffs": handoffs(case, reader),
        "deliveries": deliveries(case, history.deliveries, reader),
        "journal": journal(case, history.journal, reader),
        "assignees": [reader.name(i) for i in case.assignees],
        "officer": reader.name(case.officer),
    }
