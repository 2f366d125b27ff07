"""Draws a paper up: what it says, of whatever the redaction policy lets the other side have. Pure.

Nothing of the moment of drawing up is in it, so that the same case gives the same paper, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.channels.papers.dossier import Dossier, Drawn, narrowed
from bot.channels.papers.facts import Fact, facts
from bot.channels.papers.identity import Identified, identified
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.letterheads import Letterheads
from bot.channels.papers.paper import Letterhead, Paper
from bot.channels.papers.parts import sections
from bot.domain.agreement import DeskRole, Urgency
from bot.domain.case import DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.names import reasons, sides
from bot.domain.recipients import desk_name
from bot.domain.time_words import as_utc, both_times
from bot.language.texts import tr
from bot.protection.redaction_policy import Way
from bot.protection.shown_persons import persons

FORMAT = "casebridge-paper/1"  #: the attachment's; its schema is `bot/data/paper.schema.json`
_URGENT = (Urgency.U1, Urgency.U2)


def draw_up(kind: PaperKind, dossier: Dossier, letterheads: Letterheads) -> Paper:
    """Draw up a paper.

    Raises:
        NoPaper: nobody of the case may be on it now.
        EnglishMissing: it would hold a free text that is not in English and has no English version.
    """
    drawn = narrowed(kind, dossier)
    told = facts(drawn)
    known = identified(drawn) if kind is PaperKind.ANNEX else ()
    as_of = _as_of(drawn, told, known)
    reply_by = _reply_by(drawn)
    shown_reply = (
        tr("en", "by {moment}", moment=_moment(drawn, reply_by)) if reply_by else tr("en", "as soon as possible")
    )
    words = _words(drawn, as_of, shown_reply)
    head = letterheads.filled(drawn.case.reporting, drawn.rule.desk, words)
    return Paper(
        kind=kind,
        title=tr("en", drawn.rule.title),
        reference=drawn.case.reference,
        marking=drawn.rule.marking,
        urgent=_urgent(drawn),
        as_of=as_of,
        moment=_moment(drawn, as_of),
        head=_ABOVE_AND_BELOW[kind](head),
        sections=sections(drawn, told, head, shown_reply),
        record=_record(drawn, told, known, as_of, reply_by),
        number_of=words["year"] if kind in (PaperKind.NOTE_VERBALE, PaperKind.ANNEX) else "",
        is_exercise=drawn.case.exercise,
    )


def _without_formulas(head: Letterhead) -> Letterhead:
    """A note's formulas are sentences of it, not something before and after; its annex has none."""
    return Letterhead(head.letterhead, head.addressee, signatory=head.signatory)


def _back_to_us(head: Letterhead) -> Letterhead:
    """A reply goes back to whoever asks, and the other side signs it."""
    return Letterhead(addressee=tr("en", "Back to:") + "\n" + head.letterhead)


#: What of a letterhead stands before and after the sections.
_ABOVE_AND_BELOW: Mapping[PaperKind, Callable[[Letterhead], Letterhead]] = for_each(
    PaperKind,
    {
        PaperKind.POLICE_REQUEST: lambda head: head,
        PaperKind.POLICE_REPLY: _back_to_us,
        PaperKind.NOTE_VERBALE: _without_formulas,
        PaperKind.ANNEX: _without_formulas,
        PaperKind.DIPLOMATIC_REPLY: _back_to_us,
        PaperKind.SUPPORT_REFERRAL: lambda head: head,
    },
)


def _as_of(drawn: Drawn, told: Sequence[Fact], known: Sequence[Identified]) -> datetime:
    """The newest moment of what is told; never of what is not."""
    handoff = drawn.handoff
    sent = [handoff.sent_at or handoff.drafted_at] if handoff is not None else []
    return max([drawn.case.opened_at, *sent, *(f.at for f in told), *(each.entry.at for each in known)])


def _moment(drawn: Drawn, when: datetime) -> str:
    between = sides(drawn.case, drawn.agreement)
    return both_times(when, between, with_year=True, since=drawn.case.opened_at)


def _reply_by(drawn: Drawn) -> datetime | None:
    """When the channel's deadline is due, while it runs."""
    channel = drawn.rule.channel
    deadline = drawn.case.deadline(DeadlineKind(channel.value)) if channel is not None else None
    return deadline.due_at if deadline is not None and deadline.is_running else None


def _urgent(drawn: Drawn) -> str:
    """Say that it is urgent, and why where that may be told."""
    if drawn.case.urgency not in _URGENT:
        return ""
    why = reasons(drawn.case, "en") if drawn.is_told_all and drawn.rule.fields else ""
    return tr("en", "URGENT: {reasons}", reasons=why) if why else tr("en", "URGENT")


def _words(drawn: Drawn, as_of: datetime, reply_by: str) -> Mapping[str, str]:
    """What a letterhead may fill in."""
    case = drawn.case
    return {
        "party": drawn.ours.name,
        "other": drawn.theirs.name,
        "city": drawn.ours.city,
        "reference": case.reference,
        "corridor": case.corridor,
        "desk": _desk(drawn),
        "year": f"{as_of.astimezone(drawn.ours.zone):%Y}",
        "state_of": _moment(drawn, as_of),
        "message_of": _moment(drawn, case.alerted_requested_at or case.opened_at),
        "reply_by": reply_by,
    }


def _desk(drawn: Drawn) -> str:
    """The desk that it is for: of the hand-off, else the first of its kind, of the other side or, for support, ours."""
    agreement, handoff = drawn.agreement, drawn.handoff
    addressed = agreement.desks.get(handoff.desk) if handoff is not None else None
    parties = (drawn.case.requested, drawn.case.reporting)[: 1 + (drawn.rule.desk is DeskRole.SUPPORT)]
    named = [desk for party in parties for desk in agreement.desks_of(party, drawn.rule.desk) if not desk.seat]
    found = addressed or next(iter(named), None)
    return desk_name(found) if found is not None else drawn.theirs.name


def _record(
    drawn: Drawn, told: Sequence[Fact], known: Sequence[Identified], as_of: datetime, reply_by: datetime | None
) -> Mapping[str, object]:
    """The same as data, under stable names; of identity only where this is the annex."""
    case, marking = drawn.case, drawn.rule.marking
    return {
        "format": FORMAT,
        "kind": drawn.kind.value,
        "reference": case.reference,
        "exercise": case.exercise,
        "marking": {"tlp": marking.tlp, "handling": marking.handling},
        "channel": drawn.rule.channel.value if drawn.rule.channel else None,
        "reporting": {"code": drawn.ours.code, "name": drawn.ours.name},
        "requested": {"code": drawn.theirs.code, "name": drawn.theirs.name},
        "urgency": case.urgency.value,
        "state_of": as_utc(as_of),
        "reported_at": as_utc(case.opened_at),
        "reply_by": as_utc(reply_by) if reply_by else None,
        "answers": [fact.record for fact in told],
        "persons": list(_persons(drawn)) if drawn.rule.fields else [],
        **({"identity": [each.record for each in known]} if drawn.kind is PaperKind.ANNEX else {}),
    }


def _persons(drawn: Drawn) -> Iterator[Mapping[str, object]]:
    for person in persons(drawn.case, drawn.reader, Way.PACKET, drawn.agreement, "en"):
        yield {"number": person.number, "count": person.count, "facts": list(person.facts)}
