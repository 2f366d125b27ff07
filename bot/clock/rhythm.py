"""Whether a repeat reaches somebody: each hears of a case once in each `repeat`, whatever of it is late. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.clock.deadline_warnings import is_warning
from bot.clock.escalation_ladder import audience
from bot.domain.case import Case, Deadline, DeadlineKind
from bot.domain.recipients import Recipient
from bot.protection.seen_by import seen_by
from bot.turns.composer import Composer


def wants_repeat(c: Composer, case: Case, reader: Recipient, about: Deadline) -> bool:
    """Whether a repeat about one deadline is to reach somebody, or they hear all of it in time by another one."""
    last = case.pinged.get(reader.name)
    if last is None or last.at is None:
        return last is None or not last.is_quiet(c.now)
    if last.is_quiet(c.now):
        return False
    latest = last.at + case.policy(c.context.agreement).repeat
    known = seen_by(case, reader.party, c.context.agreement).deadlines  # of others they will hear nothing
    return c.now >= latest or not any(_reaches(c, case, reader, d, latest) for d in known if d.id != about.id)


def _reaches(c: Composer, case: Case, reader: Recipient, deadline: Deadline, latest: datetime) -> bool:
    """Whether somebody is pinged about a deadline by then."""
    if not deadline.is_running or deadline.is_timer or deadline.next_at is None or deadline.next_at > latest:
        return False
    if is_warning(deadline, deadline.next_at) or (deadline.kind is DeadlineKind.REVIEW and deadline.pings):
        return False  # only its owner is warned; a review that is not answered lapses
    reached = audience(case, deadline, deadline.pings + 1, c.context.agreement, c.view.directory)
    return any(each.name == reader.name for each in reached.recipients)
