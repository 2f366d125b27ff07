"""What happened to a case, as its page tells one reader: texts, deliveries, journal. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import assert_never

from adapters.web.cases import case_view, english_view, handoff_view, joint_work_view
from adapters.web.cases.case_view import Row
from adapters.web.site import page_words
from bot.channels import states_not_told
from bot.clock.call_record import call_words
from bot.domain.attachments import StoredFile
from bot.domain.case import Answer, Case, CaseText, Channel
from bot.domain.fields import DESK_FIELDS, field, show
from bot.domain.journal import Link
from bot.domain.journal_acts import JournalAct, Seen
from bot.domain.messages import Delivery
from bot.domain.names import channel_name, delivery_name
from bot.domain.recipients import desk_name, named
from bot.domain.subjects import all_current, numbers
from bot.language.texts import tr
from bot.ports.reads import History
from bot.protection import gates
from bot.protection.gate_words import for_side
from bot.protection.in_english import english_of_text
from bot.protection.redaction_policy import Way, may_read, text_for
from bot.protection.secure_access import is_held, may_open_file, may_read_secure, readable
from bot.protection.shown_persons import in_place_of
from bot.relay import added

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
    "purpose",
    "entries",
    "paper",
    "result",
)
#: Whoever reads that these were answered learns what they are about.
_OWN_IDS = frozenset({*(f.id for f in DESK_FIELDS), "differs"})
_DETAIL_LIMIT = 40  #: characters
_JOURNAL_LINES = 200
_DELIVERIES = 100
_TOLD = frozenset({"alert", "ping", "told", "relay", "test", "call"})  #: kinds of messages whose delivery is shown


def texts(case: Case, found: Sequence[CaseText], reader: case_view.Reader, moved: Set[int] = frozenset()) -> list[Row]:
    """List the free texts that this reader may read, oldest first; of some the original is in the secure case."""
    opened = ((t, text_for(t, case, reader.policy, Way.PAGE, reader.agreement)) for t in found)
    return [
        Row(
            head=f"{page_words.text_name(t.kind, reader.language)} · {reader.name(t.by)}",
            text="\n".join(filter(None, (text, _english(t, case, reader)))),
            when=case_view.moment(t.at, case, reader.agreement),
            note=_note(t, moved, reader.language),
        )
        for t, text in opened
        if text is not None
    ]


def _english(text: CaseText, case: Case, reader: case_view.Reader) -> str:
    version = english_of_text(text, case, reader.policy, Way.PAGE, reader.agreement)
    said = version and english_view.said(version, case, reader)
    return tr(reader.language, "In English: {said}", said=said) if said else ""


def _note(text: CaseText, moved: Set[int], language: str) -> str:
    if text.id in moved:
        return tr(language, "moved to the secure case")
    return tr(language, "amends an earlier text, which stays") if text.amends else ""


def deliveries(case: Case, history: History, reader: case_view.Reader) -> list[Row]:
    """List who was told and whether they have it, newest first."""
    party, agreement = reader.person.party, reader.agreement
    found = (d for d in history.deliveries if d.message.kind in _TOLD)
    told = [d for d in found if not added.is_hidden(d.message, case, history.files, party, agreement)]
    return [_delivery(d, case, reader) for d in reversed(told[-_DELIVERIES:])]


def _delivery(delivery: Delivery, case: Case, reader: case_view.Reader) -> Row:
    message = delivery.message
    when = delivery.seen_at or delivery.sent_at or message.created_at
    called = call_words(delivery, case, reader.agreement, reader.language)
    state = called or delivery_name(delivery.state, reader.language)
    return Row(
        head=f"{_recipient(message.recipient, reader)}: {state}",
        text=f"{page_words.message_kind(message.kind, reader.language)} · {message.address.messenger}",
        when=case_view.moment(when, case, reader.agreement) if when else "",
        note=delivery.reason,
    )


def _recipient(name: str, reader: case_view.Reader) -> str:
    kind, _, key = name.partition(":")
    if kind == "desk" and key in reader.agreement.desks:
        return desk_name(reader.agreement.desks[key])
    return reader.name(int(key)) if kind == "person" and key.isdigit() else name


def gate_rows(case: Case, reader: case_view.Reader) -> list[Row]:
    """List how the gates stand and, to the own side, what was recorded for them, when and by whom."""
    if not case.requested:
        return []
    language, party, agreement = reader.language, reader.person.party, reader.agreement
    each = [in_place_of(case, number) for number in numbers(case)]
    stand = [
        Row(_of_whom(one, case, channel_name(k, language)), for_side(one, k, party, agreement, language), "")
        for k in Channel
        for one in each
    ]
    untold = states_not_told.sentence(case, reader.policy, Way.PAGE, agreement, language)
    stand += [Row(channel_name(Channel.DIPLOMATIC, language), untold, "")] if untold else []
    may = (f for f in DESK_FIELDS if may_read(f, case, reader.policy, Way.PAGE, reader.agreement))
    known = {f.id for f in may}
    kept = [answer for answer in all_current(case).values() if answer.field in known]
    return stand + [_recorded(answer, case, reader) for answer in kept]


def _of_whom(one: Case, case: Case, words: str) -> str:
    return words if one.reference == case.reference else f"{words} · {one.reference.removeprefix(case.reference)}"


def _recorded(answer: Answer, case: Case, reader: case_view.Reader) -> Row:
    asked = field(answer.field)
    value = show(asked, answer.value, reader.language)
    when = case_view.moment(answer.at, case, reader.agreement)
    whom = f" · /{answer.subject}" if answer.subject else ""
    return Row(f"{tr(reader.language, asked.label)}: {value}{whom}", reader.name(answer.by), when)


def journal(case: Case, found: Sequence[Link], reader: case_view.Reader, files: Sequence[StoredFile] = ()) -> list[Row]:
    """List what was done, newest first; what the other side wrote to itself, read or protects is not told.

    Of a file nothing is told to whoever may not open it; of one that is gone, to nobody but its own side.
    """
    opens = may_read_secure(reader.person, case, reader.agreement) and not reader.seen(case).is_partial
    theirs = {file.id for file in files if may_open_file(reader.person, file, case, reader.agreement)}
    shown = [link for link in found if _is_told(link, case, reader, opens=opens, theirs=theirs)][-_JOURNAL_LINES:]
    return [_entry(link, case, reader) for link in reversed(shown)]


def _is_told(link: Link, case: Case, reader: case_view.Reader, *, opens: bool, theirs: Set[int]) -> bool:
    entry, party = link.entry, reader.person.party
    if side := entry.told.get("side"):
        return side == party  # the matter of one side, whoever did it
    act = JournalAct.known(entry.act)
    if act is not None and act.seen is Seen.SECURE:
        return opens
    if act is not None and act.seen is Seen.FILE and entry.told.get("file") in theirs:
        return True
    author = reader.directory.get(_person_in(entry.actor))
    if author is not None and author.party == party:
        return True
    if entry.told.get("field") in _OWN_IDS or entry.told.get("subject"):
        return party == case.reporting
    if act is not None and act.seen is Seen.TOLD:
        return party == case.reporting or _has_told(entry.told.get("recipients"), party, reader)
    return _crosses(act.seen if act else Seen.OWN, case, reader)


def _has_told(recipients: object, party: str, reader: case_view.Reader) -> bool:
    """Whether somebody of a side is among the recipients of a ping, by their names."""
    names = recipients if isinstance(recipients, list) else []
    told = (named(str(name), reader.agreement, reader.directory) for name in names)
    return any(recipient is not None and recipient.party == party for recipient in told)


def _crosses(seen: Seen, case: Case, reader: case_view.Reader) -> bool:
    match seen:
        case Seen.BOTH | Seen.NOWHERE:
            return True
        case Seen.SAID:
            return not gates.stops_relay(case, reader.person.party, reader.agreement)
        case Seen.OWN | Seen.SECURE | Seen.FILE | Seen.TOLD:
            return False
        case Seen.PROTECTION:
            return reader.person.party == case.reporting
        case _:
            assert_never(seen)


def _person_in(actor: str) -> int | None:
    kind, _, key = actor.partition(":")
    return int(key) if kind == "person" and key.isdigit() else None


def actor(name: str, reader: case_view.Reader) -> str:
    """Name who did something: a person, the clock, the command line."""
    person = _person_in(name)
    return reader.name(person) if person is not None else page_words.actor_name(name, reader.language)


def _entry(link: Link, case: Case, reader: case_view.Reader) -> Row:
    entry = link.entry
    known = entry.told
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


def _secured(case: Case, history: History, reader: case_view.Reader) -> int | None:
    """How many entries of the secure case this reader may read; None when there is no secure case for them."""
    if not may_read_secure(reader.person, case, reader.agreement):
        return None
    return len(readable(history.secured, history.texts, reader.person, case, reader.agreement))


def page(case: Case, history: History, reader: case_view.Reader) -> dict[str, object]:
    """Gather all that the page of a case shows."""
    seen = reader.seen(case)
    return {
        "case": seen,
        "summary": case_view.summarise(seen, reader),
        "facts": case_view.facts(seen, reader),
        "persons": case_view.persons(case, reader),
        "unanswered": case_view.unanswered(seen, reader),
        "texts": texts(case, history.texts, reader, {e.text_id for e in history.secured if is_held(e) and e.text_id}),
        "english": english_view.lines(case, history.texts, reader),
        "secured": _secured(case, history, reader),
        "liaisons": [reader.name(i) for i in case.liaisons],
        "plan": joint_work_view.plan(seen, reader),
        "referrals": joint_work_view.referrals(seen, reader),
        "deadlines": case_view.deadlines(seen, reader),
        "handoffs": handoff_view.handoffs(seen, reader),
        "gates": gate_rows(seen, reader),
        "deliveries": deliveries(case, history, reader),
        "journal": journal(case, history.journal, reader, history.files),
        "assignees": [reader.name(i) for i in case.assignees],
        "officer": reader.name(case.officer),
        "purged": case_view.moment(case.purged_at, case, reader.agreement) if case.purged_at else "",
    }
