"""Whoever will be late says so before the deadline: the other side sees it, and the clock asks then, once."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.acts.request import ActRequest, done, duty_desks, is_allowed, prompt, shown_name
from bot.acts.why import keep
from bot.clock import allowed_time, deadlines
from bot.domain.case import Case, Deadline, DeadlineKind
from bot.domain.journal_acts import JournalAct
from bot.domain.names import deadline_name, moment
from bot.intake.reading.leading_time import leading_time
from bot.language.texts import tr

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
    c = request.c
    found = leading_time(rest, c.now, c.context.agreement.zone_of(request.person.party))
    if found is None:
        ask = tr(
            request.language,
            "By when, and why? Type for example: 2h waiting for the provincial office; or: tomorrow 12:00, the office "
            "opens then",
        )
        prompt(request, ask, deadline.kind.value)
    elif not found[1]:
        when = moment(found[0], request.case, c.context.agreement)
        read = f"{found[0].astimezone(UTC):%Y-%m-%dT%H:%M}Z,"
        prompt(request, tr(request.language, "By {when}. Why? One line.", when=when), f"{deadline.kind.value} {read}")
    else:
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
    why = keep(request, case, reason)
    c.journal(JournalAct.WILL_BE_LATE, case, deadline=deadline.kind.value, until=until.isoformat())
    when = moment(until, case, c.context.agreement)
    tells = tr("en", "{who} will be late: {deadline} by {when}.",
               who=shown_name(request), deadline=deadline_name(deadline, "en"), when=when)  # fmt: skip
    sentence = tr(request.language, "{deadline} by {when}. The other side is told; the clock asks then.",
                  deadline=name, when=when)  # fmt: skip
    done(request, case, sentence, tells=tells, why=why, to=duty_desks(request, case))


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
