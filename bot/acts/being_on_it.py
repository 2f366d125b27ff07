"""Somebody is on a case: its repeats leave them alone for a while, both sides see it, and first pings still come."""

from __future__ import annotations

from datetime import datetime

from bot.acts.request import ActRequest, done, duty_desks, is_allowed
from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.last_ping import LastPing
from bot.domain.names import moment
from bot.domain.people import Role
from bot.domain.recipients import reads_as, shown_as
from bot.language.texts import tr


def on_it(request: ActRequest) -> None:
    """Silence the repeats of this person, and of their desk's chat where that is how they are told."""
    if not is_allowed(request):
        return
    c, case, agreement = request.c, request.case, request.c.context.agreement
    if request.person.role is Role.OFFICER:
        request.say(tr(request.language, "No pings come to you. To tell the desks: /note {reference} text",
                       reference=case.reference))  # fmt: skip
        return
    until = c.now + case.policy(agreement).acknowledge
    was_quiet = any(case.pinged[name].is_quiet(c.now) for name in _names(request) if name in case.pinged)
    case = _quiet(case, _names(request), until)
    c.journal(JournalAct.ON_IT, case, until=until.isoformat())
    when = moment(until, case, agreement)
    others = [] if was_quiet else [r for r in duty_desks(request, case) if r.party != request.person.party]
    done(
        request,
        case,
        tr(
            request.language,
            "you are on it. No repeats to you until {when}; the clock goes on, and what falls due still pings.",
            when=when,
        ),
        tells=tr("en", "{who} is on it until {moment}.", who=shown_as(request.person, agreement), moment=when),
        to=others,
    )


def _names(request: ActRequest) -> list[str]:
    """The names under which this person is pinged: a desk's only where it has a chat, which is read by all of it."""
    desks = request.c.context.agreement.desks
    return [name for name in reads_as(request.person)
            if not name.startswith("desk:") or desks[name.removeprefix("desk:")].addresses]  # fmt: skip


def _quiet(case: Case, names: list[str], until: datetime) -> Case:
    quiet = {name: replace(case.pinged.get(name, LastPing()), quiet_until=until) for name in names}
    return replace(case, pinged={**case.pinged, **quiet})
