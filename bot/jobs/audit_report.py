"""What supervisors are told of an audit: one message for a kind, said again when there is more of it or each hour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import MOST, About, Check, Finding
from bot.domain.closed_sets import for_each
from bot.domain.journal_acts import JournalAct
from bot.domain.recipients import supervisors
from bot.language.texts import later, tr
from bot.protection.redaction_policy import Matter, Showing, Way, decide
from bot.protection.standings import Reader, standing_to_all
from bot.turns.composer import Composer

HOUR = 3600.0  #: seconds until what lasts is said again
_QUIET = 600.0  #: seconds between two messages about a kind that grows and is not put right
_NAMED = 10  #: references in a message

_CALL = later("The bridge watches itself and found: {fact}. Please call whoever runs the machine.")
_FOUND: Mapping[Check, str] = for_each(
    Check,
    {
        Check.DEADLINE: later(
            "{references}: the next deadline is lost. Please look at it yourself until it runs again."
        ),
        Check.UNWRITTEN: later(
            "{references}: a ping is due and was not written for more than a minute. Please look at it yourself, and "
            "call whoever runs the machine."
        ),
        Check.UNSENT: later(
            "{references}: a message to a desk is neither sent nor tried again. Please call that desk, and whoever "
            "runs the machine."
        ),
        Check.UNSAID: later(
            "{references}: a ping was due and there is no message of it: it is lost, or nobody can be told. Please "
            "call the desks."
        ),
        Check.TICKS: _CALL,
        Check.CLOCK: _CALL,
        Check.JOURNAL: _CALL,
        Check.WRITE: _CALL,
        Check.BACKUP: _CALL,
    },
)
_MENDED: Mapping[Check, str] = for_each(
    Check,
    {
        Check.DEADLINE: later("{references}: the next deadline was lost. It was computed anew and runs again."),
        Check.UNWRITTEN: later("{references}: a ping was held up for more than a minute. It is due again now."),
        Check.UNSENT: later("{references}: a message to a desk was stuck. It is in the queue again."),
        Check.UNSAID: later("{references}: a ping was due and there was no message of it. It is asked again now."),
    },
    but={Check.TICKS, Check.CLOCK, Check.JOURNAL, Check.WRITE, Check.BACKUP},
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told of a kind."""

    at: float  #: seconds of the clock that nobody sets
    names: frozenset[str]  #: of what, within the hour


def names_of(finding: Finding) -> frozenset[str]:
    """What tells a finding from another of its kind: its cases, or its fact without numbers."""
    return frozenset(about.reference for about in finding.cases) or frozenset({re.sub(r"\d+", "#", finding.fact)})


def is_news(finding: Finding, told: Told | None, now: float) -> bool:
    """Whether supervisors are told now."""
    if told is None or now - told.at >= HOUR:
        return True
    return not names_of(finding) <= told.names and (finding.mended or now - told.at >= _QUIET)


def noted(finding: Finding, told: Told | None, now: float) -> Told:
    """What was told, from now on."""
    before = told.names if told is not None and now - told.at < HOUR else frozenset()
    return Told(now, names_of(finding) | before)


def tell(c: Composer, finding: Finding) -> None:
    """Tell the supervisors of each side what they may know of it, and record that they were told."""
    key, told = _key(finding, c.now), []
    for party in c.context.agreement.parties:
        references = [about.reference for about in finding.cases if _may_know(c, about, party)]
        if references or not finding.cases:
            words = said(finding, references)
            told += c.tell(supervisors(c.view.directory, party), key, words)
    recipients = [recipient.name for recipient in told]
    c.journal(
        JournalAct.AUDIT_FOUND,
        check=finding.check.value,
        cases=[about.case_id for about in finding.cases],
        mended=finding.mended,
        recipients=recipients,
    )


def said(finding: Finding, references: list[str]) -> str:
    """Say a finding in a message."""
    shown = ", ".join(references[:_NAMED])
    more = len(references) - _NAMED
    if more > 0:
        least = "+" * (len(finding.cases) >= MOST)
        shown = tr("en", "{references} and {more} more", references=shown, more=f"{more}{least}")
    words = (_MENDED if finding.mended else _FOUND)[finding.check]
    return tr("en", words, references=shown, fact=finding.fact)


def _may_know(c: Composer, about: About, party: str) -> bool:
    case = c.case(about.case_id)
    if case is None or party not in about.parties:
        return False
    reader = Reader(party)
    standing = standing_to_all(case, reader, c.context.agreement)
    return decide(Matter.REFERENCE, Way.PING, standing, reader) is Showing.SHOWN


def _key(finding: Finding, now: datetime) -> str:
    """The same on every node within an hour, so that what two of them find is told once."""
    what = hashlib.sha256("\n".join(sorted(names_of(finding))).encode()).hexdigest()[:16]
    return f"audit:{finding.check.value}:{what}:{int(now.timestamp() // HOUR)}"
