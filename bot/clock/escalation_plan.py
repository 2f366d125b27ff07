"""What the clock will do for a case if nobody acts: when, to whom, and which steps would reach nobody. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.clock import allowed_time, deadlines
from bot.clock.escalation_ladder import Audience, audience
from bot.clock.rungs import ladder_of, settled_after
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Deadline, DeadlineKind
from bot.domain.names import deadline_name, moment
from bot.domain.people import Directory
from bot.language.texts import tr


@dataclass(frozen=True, slots=True)
class Step:
    """One ping to come."""

    at: datetime
    deadline: Deadline
    ping: int  #: which one it will be, from 1
    audience: Audience
    repeats: bool = False  #: from here on it repeats until somebody acts


def steps(case: Case, agreement: Agreement, directory: Directory) -> list[Step]:
    """List the pings to come, each rung of each running deadline once, in order of time."""
    found = [step for d in deadlines.shown(case) for step in _of(case, d, agreement, directory)]
    return sorted(found, key=lambda s: (s.at, s.deadline.id, s.ping))


def _of(case: Case, deadline: Deadline, agreement: Agreement, directory: Directory) -> Iterator[Step]:
    policy = case.policy(agreement)
    at = deadline.next_at or deadline.due_at
    last = max(settled_after(ladder_of(policy, deadline.kind)), deadline.pings + 1)
    for ping in range(deadline.pings + 1, last + 1):
        reached = audience(case, deadline, ping, agreement, directory)
        yield Step(at, deadline, ping, reached, repeats=ping == last and deadline.kind is not DeadlineKind.REVIEW)
        at = max(allowed_time.again(case, policy, deadline, ping, at), deadline.snoozed_until or at)


def describe(case: Case, agreement: Agreement, directory: Directory, language: str, *, party: str = "") -> str:
    """Write the plan, one step a line, both local times; of whom nothing reaches it tells their own side only.

    Without a party it is for whoever runs the program.
    """
    lines = [tr(language, "{reference}: what the clock does if nobody acts.", reference=case.reference)]
    if case.pace > 1:
        lines.append(tr(language, "Its clock runs ten times faster."))
    planned = steps(case, agreement, directory)
    if not planned:
        lines.append(tr(language, "Nothing: no deadline runs."))
    lines += [_line(step, case, agreement, language) + _left_us(step, party, language) for step in planned]
    if case.is_open and any(s.deadline.kind in (DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC) for s in planned):
        lines.append(tr(language, "Each acceptance by a channel starts a deadline for the confirming letter."))
    return "\n".join(lines)


def _line(step: Step, case: Case, agreement: Agreement, language: str) -> str:
    people = ", ".join(dict.fromkeys(r.shown for r in step.audience.recipients))
    line = tr(
        language,
        "{moment}: {deadline}, ping {number} to {people}",
        moment=moment(step.at, case, agreement),
        deadline=deadline_name(step.deadline, language),
        number=step.ping,
        people=people or tr(language, "NOBODY"),
    )
    if step.repeats:
        line += tr(language, ", then again and again until somebody acts")
    if step.audience.empty:
        missing = ", ".join(group.value for group in step.audience.empty)
        line += tr(language, " (nobody there: {missing})", missing=missing)
    return line


def _left_us(step: Step, party: str, language: str) -> str:
    """Name those whom nothing would reach, though it would be tried."""
    told = (r for r in step.audience.recipients if r.party == party or not party)
    gone = dict.fromkeys(r.shown for r in told if r.person and not r.person.is_reachable)
    return tr(language, " (blocked or left us everywhere: {people})", people=", ".join(gone)) if gone else ""
