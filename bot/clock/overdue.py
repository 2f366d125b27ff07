"""What is late, on which side, since when, and what was said of it beforehand: for whoever may know of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import deadlines
from bot.clock.owners import owed_by
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Deadline
from bot.domain.names import deadline_name, lateness, link, moment
from bot.language.texts import tr
from bot.protection.redaction_policy import Matter, Showing, Way, decide
from bot.protection.seen_by import seen_by
from bot.protection.standings import Reader, standing_to_all
from bot.turns.context import Context

_MOST = 20  #: lines of one message


@dataclass(frozen=True, slots=True)
class Late:
    """A deadline that has passed, as a side may know of it."""

    case: Case
    deadline: Deadline
    party: str  #: whose act is waited for


def late(cases: Iterable[Case], reader: Reader, agreement: Agreement, now: datetime) -> list[Late]:
    """Find what is late in these cases as far as the reader may know, the most urgent and oldest first."""
    found = [
        Late(seen, deadline, owed_by(seen, deadline, agreement))
        for case in cases
        if case.is_open and case.stood_down_at is None
        for seen in (seen_by(case, reader.party, agreement),)
        if decide(Matter.REFERENCE, Way.CASE, standing_to_all(seen, reader, agreement), reader) is Showing.SHOWN
        for deadline in deadlines.shown(seen)
        if deadline.due_at <= now
    ]
    return sorted(found, key=lambda each: (each.case.urgency, each.deadline.due_at, each.case.id))


def described(found: list[Late], context: Context, language: str) -> list[str]:
    """Write it, one line a deadline, under the side whose act is waited for."""
    lines: list[str] = []
    for party in dict.fromkeys(each.party for each in found[:_MOST]):
        lines.append(tr(language, "Late at {party}:", party=party))
        lines += [_line(each, context, language) for each in found[:_MOST] if each.party == party]
    if len(found) > _MOST:
        more, board = len(found) - _MOST, f"{context.public_url}/board"
        lines.append(tr(language, "and {count} more: {link}", count=more, link=board))
    return lines


def _line(each: Late, context: Context, language: str) -> str:
    case, deadline, agreement = each.case, each.deadline, context.agreement
    line = tr(
        language,
        "{urgency} · {reference} · {deadline}: since {moment} ({lateness})",
        urgency=case.urgency.value,
        reference=case.reference,
        deadline=deadline_name(deadline, language),
        moment=moment(deadline.due_at, case, agreement),
        lateness=lateness(deadline.due_at, context.now, language),
    )
    if deadline.promised_at is None:
        return line
    promised = moment(deadline.promised_at, case, agreement)
    why = link(context.public_url, case)
    return line + ". " + tr(language, "They said before that it would be met by {moment}; why is on the page: {link}",
                            moment=promised, link=why)  # fmt: skip
