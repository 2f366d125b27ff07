"""What happened to a case, as its page tells one reader: texts, hand-offs, deliveries, journal. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.web import case_view, words
from bot.case import Case, CaseText, Handoff, TextKind
from bot.journal import Link
from bot.messages import Delivery
from bot.people import Person
from bot.ports import History
from bot.recipients import desk_name
from bot.texts import tr
from bot.wording import channel_name, delivery_name

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
class Row:
    """Anything with a head, a line and a moment: texts, hand-offs, deliveries, journal."""

    head: str
    text: str
    when: str
    note: str = ""


def may_read(text: CaseText, case: Case, person: Person) -> bool:
    """Whether a text is for this reader: memos stay on their side, exact places on the reporting side."""
    if text.own_side_only and text.party != person.party:
        return False
    return text.kind is not TextKind.LOCATION or person.party == case.reporting


def texts(case: Case, found: Sequence[CaseText], reader: case_view.Reader) -> list[Row]:
    """List the free texts that this reader may read, oldest first."""
    readable = [t for t in found if may_read(t, case, reader.person)]
    return [
        Row(
            head=f"{words.text_name(t.kind, reader.language)} · {reader.name(t.by)}",
            text=t.text,
            when=case_view.moment(t.at, case, reader.agreement),
            note=tr(reader.language, "amends an earlier text, which stays") if t.amends else "",
        )
        for t in readable
    ]


def handoffs(case: Case, reader: case_view.Reader) -> list[Row]:
    """List the hand-offs, newest first."""
    return [_handoff(h, case, reader) for h in sorted(case.handoffs, key=lambda h: -h.id)]


def _handoff(handoff: Handoff, case: Case, reader: case_view.Reader) -> Row:
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
    return Row(head, "; ".join(said), case_view.moment(newest, case, reader.agreement))


def deliveries(case: Case, found: Sequence[Delivery], reader: case_view.Reader) -> list[Row]:
    """List who was told and whether they have it, newest first."""
    told = [d for d in found if d.message.kind in _TOLD][-_DELIVERIES:]
    return [_delivery(d, case, reader) for d in reversed(told)]


def _delivery(delivery: Delivery, case: Case, reader: case_view.Reader) -> Row:
    message = delivery.message
    when = delivery.seen_at or delivery.sent_at or message.created_at
    state = delivery_name(delivery.state, reader.language)
    return Row(
        head=f"{_recipient(message.recipient, reader)}: {state}",
        text=f"{words.message_kind(message.kind, reader.language)} · {message.address.messenger}",
        when=case_view.moment(when, case, reader.agreement) if when else "",
        note=delivery.reason,
    )


def _recipient(name: str, reader: case_view.Reader) -> str:
    kind, _, key = name.partition(":")
    if kind == "desk" and key in reader.agreement.desks:
        return desk_name(reader.agreement.desks[key])
    return reader.name(int(key)) if kind == "person" and key.isdigit() else name


def journal(case: Case, found: Sequence[Link], reader: case_view.Reader) -> list[Row]:
    """List what was done, newest first; that the other side wrote itself a memo is not told."""
    shown = [link for link in found if not _is_theirs(link, reader)][-_JOURNAL_LINES:]
    return [_entry(link, case, reader) for link in reversed(shown)]


def _is_theirs(link: Link, reader: case_view.Reader) -> bool:
    author = reader.directory.get(_person_in(link.entry.actor))
    return link.entry.act == "memo" and (author is None or author.party != reader.person.party)


def _person_in(actor: str) -> int | None:
    kind, _, key = actor.partition(":")
    return int(key) if kind == "person" and key.isdigit() else None


def actor(name: str, reader: case_view.Reader) -> str:
    """Name who did something: a person, the clock, the command line."""
    person = _person_in(name)
    return reader.name(person) if person is not None else words.actor_name(name, reader.language)


def _entry(link: Link, case: Case, reader: case_view.Reader) -> Row:
    entry = link.entry
    known = entry.details or {}
    details = [(name, known[name]) for name in _SHOWN_DETAILS if name in known]
    codes = [
        f"{name} {value}"
        for name, value in details
        if isinstance(value, str | int) and len(str(value)) <= _DETAIL_LIMIT
    ]
    return Row(
        entry.act.replace("_", " "),
        actor(entry.actor, reader),
        case_view.moment(entry.at, case, reader.agreement),
        ", ".join(codes),
    )


def page(case: Case, history: History, reader: case_view.Reader) -> dict[str, object]:
    """Gather all that the page of a case shows."""
    return {
        "case": case,
        "summary": case_view.summarise(case, reader),
        "facts": case_view.facts(case, reader),
        "unanswered": case_view.unanswered(case, reader),
        "texts": texts(case, history.texts, reader),
        "deadlines": case_view.deadlines(case, reader),
        "handoffs": handoffs(case, reader),
        "deliveries": deliveries(case, history.deliveries, reader),
        "journal": journal(case, history.journal, reader),
        "assignees": [reader.name(i) for i in case.assignees],
        "officer": reader.name(case.officer),
        "purged": case_view.moment(case.purged_at, case, reader.agreement) if case.purged_at else "",
    }
