"""Whoever will be late says so before the deadline: the other side sees it, and the clock asks then, once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.acts.request import ActRequest, done, duty_desks, is_allowed, prompt, shown_name
from bot.clock import allowed_time, deadlines
from bot.domain.case import Case, Deadline, DeadlineKind, TextKind
from bot.domain.journal_acts import JournalAct
from bot.domain.names import deadline_name, moment
from bot.language.folding import begins
from bot.language.texts import tr

_IN = re.compile(r"\s*(?:in\s+)?\+?(\d{1,3})\s*(m|min|minutes?|h|hours?|d|days?)\b[\s,:;.]*", re.IGNORECASE)
_AT = re.compile(r"\s*(?:at\s+|by\s+)?(?:(\d{4})-(\d{2})-(\d{2})[ T])?(\d{1,2}):(\d{2})\b[\s,;.]*", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
#: The side whose act meets a deadline; nobody says that an acknowledgment or a review will be late, they give it.
_OWED_BY_REQUESTED = {DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC, DeadlineKind.ANSWER, DeadlineKind.STOP}


def late(request: ActRequest) -> None:
    """Say by when a deadline will be met instead, and why."""
    if not is_allowed(request):
        return
    kind, rest = _kind(request.text)
    deadline = _owed(request.case, request.person.party, kind)
    if deadline is None:
        request.say(tr(request.language, "Nothing of your side is due that can be late."))
        return
    found = _when(request, rest)
    if found is None or not found[1]:
        ask = tr(request.language, "By when, and why? Type for example: 2h waiting for the provincial office")
        prompt(request, ask, deadline.kind.value)
        return
    _promise(request, deadline, *found)


def _promise(request: ActRequest, deadline: Deadline, until: datetime, reason: str) -> None:
    c, case, name = request.c, request.case, deadline_name(deadline, request.language)
    latest = deadline.due_at + allowed_time.allowed(case.policy(c.context.agreement), deadline.kind)
    if deadline.due_at <= c.now or deadline.promised_at is not None:
        request.say(tr(request.language, "{deadline}: that is said before it is due, and once.", deadline=name))
        return
    if not deadline.due_at < until <= latest:
        request.say(tr(request.language, "The new time must be after {due} and no later than {latest}.",
                       due=moment(deadline.due_at, case, c.context.agreement),
                       latest=moment(latest, case, c.context.agreement)))  # fmt: skip
        return
    case = deadlines.promised(case, deadline, until)
    c.kept.text(case, TextKind.REASON, reason)
    c.journal(JournalAct.WILL_BE_LATE, case, deadline=deadline.kind.value, until=until.isoformat())
    when = moment(until, case, c.context.agreement)
    tells = tr("en", "{who} will be late: {deadline} by {when}. The reason is on the page.",
               who=shown_name(request), deadline=deadline_name(deadline, "en"), when=when)  # fmt: skip
    sentence = tr(request.language, "{deadline} by {when}. The other side is told; the clock asks then.",
                  deadline=name, when=when)  # fmt: skip
    done(request, case, sentence, tells=tells, to=duty_desks(request, case))


def _kind(text: str) -> tuple[DeadlineKind | None, str]:
    word, _, rest = text.strip().partition(" ")
    return (DeadlineKind(word.lower()), rest) if word.lower() in _KNOWN else (None, text)


_KNOWN = frozenset(kind.value for kind in (*_OWED_BY_REQUESTED, DeadlineKind.WRITTEN, DeadlineKind.REPLY))


def _owed(case: Case, party: str, kind: DeadlineKind | None) -> Deadline | None:
    owed = (d for d in deadlines.shown(case) if _is_owed(d, case, party) and kind in (None, d.kind))
    return next(owed, None)


def _is_owed(deadline: Deadline, case: Case, party: str) -> bool:
    if deadline.kind is DeadlineKind.REPLY:
        return deadline.party == party
    if deadline.kind is DeadlineKind.WRITTEN:
        return party == case.reporting
    return deadline.kind in _OWED_BY_REQUESTED and party == case.requested


def _when(request: ActRequest, text: str) -> tuple[datetime, str] | None:
    now = request.c.now
    found = begins(_IN, text)
    if found is not None:
        return now + int(found[0][1]) * _UNITS[found[0][2][0].lower()], found[1].strip()
    found = begins(_AT, text)
    side = request.c.context.agreement.parties.get(request.person.party)
    if found is None or side is None:
        return None
    year, month, day, hour, minute = (int(part) if part else 0 for part in found[0].groups())
    local = now.astimezone(side.zone)
    try:
        at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        at = at.replace(year=year, month=month, day=day) if year else at
    except ValueError:
        return None
    at = at + timedelta(days=1) if not year and at <= local else at
    return at.astimezone(now.tzinfo), found[1].strip()
