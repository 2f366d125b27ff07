"""What the clock will do for a case if nobody acts: when, to whom, and which steps would reach nobody. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.clock import allowed_time, deadlines
from bot.clock.escalation_ladder import Audience, audience, members
from bot.clock.reach import SILENT, Flag, Known, as_if_bound, flags, is_unbound
from bot.clock.rungs import ladder_of, settled_after
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Deadline, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.names import deadline_name, moment
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, unique
from bot.language.texts import later, tr

_NOTHING_MORE = Known()


@dataclass(frozen=True, slots=True)
class Step:
    """One ping to come."""

    at: datetime
    deadline: Deadline
    ping: int  #: which one it will be, from 1
    audience: Audience
    repeats: bool = False  #: from here on it repeats until somebody acts
    unbound: tuple[Recipient, ...] = ()  #: whom it would reach too if any messenger of theirs were known

    @property
    def reaches_nobody(self) -> bool:
        """Whether it is addressed to nobody at all."""
        return not self.audience.recipients

    @property
    def meant(self) -> tuple[Recipient, ...]:
        """Everybody it is meant for."""
        return unique((*self.audience.recipients, *self.unbound))


def steps(case: Case, agreement: Agreement, directory: Directory) -> list[Step]:
    """List the pings to come, each rung of each running deadline once, in order of time."""
    found = [step for d in deadlines.shown(case) for step in _of(case, d, agreement, directory)]
    return sorted(found, key=lambda s: (s.at, s.deadline.id, s.ping))


def _of(case: Case, deadline: Deadline, agreement: Agreement, directory: Directory) -> Iterator[Step]:
    policy = case.policy(agreement)
    at = max(deadline.next_at or deadline.due_at, deadline.due_at)  # before that its owner is warned
    last = max(settled_after(ladder_of(policy, deadline.kind)), deadline.pings + 1)
    for ping in range(deadline.pings + 1, last + 1):
        then = directory.as_of(at)
        reached, everybody = audience(case, deadline, ping, agreement, then), as_if_bound(then)
        meant = (r for group in reached.groups for r in members(case, group, agreement, everybody, deadline))
        repeats = ping == last and deadline.kind is not DeadlineKind.REVIEW
        yield Step(at, deadline, ping, reached, repeats, unique(filter(is_unbound, meant)))
        at = max(allowed_time.again(case, policy, deadline, ping, at), deadline.snoozed_until or at)


def describe(
    case: Case,
    agreement: Agreement,
    directory: Directory,
    language: str,
    *,
    party: str = "",
    known: Known = _NOTHING_MORE,
) -> str:
    """Write the plan, one step a line, both local times; of whom nothing reaches it tells their own side only.

    Without a party it is for whoever runs the program.
    """
    lines = [tr(language, "{reference}: what the clock does if nobody acts.", reference=case.reference)]
    if case.pace > 1:
        lines.append(tr(language, "Its clock runs ten times faster."))
    planned = steps(case, agreement, directory)
    if not planned:
        lines.append(tr(language, "Nothing: no deadline runs."))
    lines += [
        _line(step, case, agreement, language) + _unheard(step, party, directory, known, language) for step in planned
    ]
    if case.is_open and any(s.deadline.kind in (DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC) for s in planned):
        lines.append(tr(language, "Each acceptance by a channel starts a deadline for the confirming letter."))
    return "\n".join(lines)


def _line(step: Step, case: Case, agreement: Agreement, language: str) -> str:
    line = tr(
        language,
        "{moment}: {deadline}, ping {number} to {people}",
        moment=moment(step.at, case, agreement),
        deadline=deadline_name(step.deadline, language),
        number=step.ping,
        people=_shown(step.audience.recipients) or tr(language, "NOBODY"),
    )
    if step.audience.called:
        line += tr(language, ", with a call to {people}", people=_shown(step.audience.called))
    if step.repeats:
        line += tr(language, ", then again and again until somebody acts")
    if step.audience.empty:
        missing = ", ".join(group.value for group in step.audience.empty)
        line += tr(language, " (nobody there: {missing})", missing=missing)
    return line


def _shown(people: tuple[Recipient, ...]) -> str:
    return ", ".join(dict.fromkeys(recipient.shown for recipient in people))


#: Why whom a ping is meant for may hear nothing of it.
_SAYS = for_each(
    Flag,
    {
        Flag.UNBOUND: later(" (no messenger of theirs is known: {people})"),
        Flag.BLOCKED: later(" (blocked or left us everywhere: {people})"),
        Flag.WINDOW: later(" (must write to us first, the reply window is closed by then: {people})"),
        Flag.LAPSED: later(" (enrolment not confirmed by then: {people})"),
        Flag.OFF_DUTY: later(" (off duty: {people})"),
        Flag.STALE: later(" (not heard of for 30 days by then: {people})"),
    },
)


def _unheard(step: Step, party: str, directory: Directory, known: Known, language: str) -> str:
    """Name those who may hear nothing of a step, and the sides of which nobody would."""
    meant = [r for r in step.meant if party in ("", r.party)]
    found = {recipient.name: flags(recipient, step.at, directory, known) for recipient in meant}
    said = [
        tr(language, sentence, people=_some_of([r for r in meant if flag in found[r.name]], meant))
        for flag, sentence in _SAYS.items()
        if any(flag in each for each in found.values())
    ]
    silent = [side for side in who_hears_nothing(step, directory, known) if party in ("", side)]
    said += [tr(language, " Nobody of {party} would hear it.", party=side) for side in silent]
    return "".join(said)


def who_hears_nothing(step: Step, directory: Directory, known: Known) -> list[str]:
    """Name the sides for whose people a step is meant, and of which nobody would hear it."""
    heard = {r.party for r in step.meant if not SILENT & set(flags(r, step.at, directory, known))}
    return [side for side in dict.fromkeys(r.party for r in step.meant) if side not in heard]


def _some_of(some: list[Recipient], everybody: list[Recipient]) -> str:
    """Name desks and roles, and of several there that are named alike, how many it is."""
    whole, found = Counter(r.shown for r in everybody), Counter(r.shown for r in some)
    return ", ".join(name if n == whole[name] else f"{name} ({n}/{whole[name]})" for name, n in found.items())
