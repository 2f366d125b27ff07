"""What a duty desk does with a case: acknowledge, assign, snooze, change the urgency."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.acts.request import ActRequest, changed, done, duty_desks, is_allowed, prompt, shown_name
from bot.acts.why import keep
from bot.channels import waiting_steps
from bot.clock import alerts, deadlines
from bot.domain import short_ids
from bot.domain.agreement import Urgency
from bot.domain.case import Case, DeadlineKind, Status
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import moment, urgency_name
from bot.domain.people import Person, Role
from bot.domain.recipients import at_person
from bot.domain.time_words import span
from bot.intake.answers import set_by_hand
from bot.language.folding import begins
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.protection.permissions import may_be_given

_DURATION = re.compile(r"\s*(\d{1,4})\s*(m|min|minutes?|h|hours?)?\b[\s,:;.]*", re.IGNORECASE)
_LEVEL = re.compile(r"\s*(U[1-4])\b[\s,:;.]*", re.IGNORECASE)


def acknowledge(request: ActRequest) -> None:
    """Say that the requested side has the case. The clock goes on. Never refused as stale."""
    if not is_allowed(request):
        return
    case, c = request.case, request.c
    if not case.is_open:
        request.say(tr(request.language, "{reference} is closed.", reference=case.reference))
        return
    if case.acknowledged_at is not None:
        c.journal(JournalAct.STILL_ON_IT, case)
        when = moment(case.acknowledged_at, case, c.context.agreement)
        done(request, case, tr(request.language, "acknowledged already, {when}. Noted that you are on it.", when=when))
        return
    status = Status.ACKNOWLEDGED if case.status is Status.OPEN else case.status
    case = replace(changed(case, status), acknowledged_at=c.now, acknowledged_by=request.person.id,
                   lapsed_at=None, lapsed_by=None)  # fmt: skip
    case = deadlines.acknowledged(case, c.now, request.person.id)
    c.journal(JournalAct.ACKNOWLEDGED, case)
    sentence = tr(request.language, "you have acknowledged. The clock goes on until a formal channel accepts.")
    steps = waiting_steps.lines(case, request.person.party, c.context.agreement, request.language, tells="")
    done(
        request,
        case,
        "\n".join([sentence, *steps]),
        tells=tr(
            "en",
            "Acknowledged by {who}, {when}.",
            who=shown_name(request),
            when=moment(c.now, case, c.context.agreement),
        ),
    )


def assign(request: ActRequest) -> None:
    """Give the case to one person of the actor's own side."""
    if not is_allowed(request):
        return
    c, case = request.c, request.case
    agreement = c.context.agreement
    found = (p for p in c.view.directory.people.values() if may_be_given(p, request.person, agreement))
    colleagues = [p for p in found if p.role is not Role.OFFICER]
    matches = named(request.text, request.person, colleagues)
    if len(matches) != 1:
        short = c.view.directory.short
        names = ", ".join(f"{p.name} ({short(p)})" for p in sorted(colleagues, key=lambda p: p.name)[:10])
        prompt(request, tr(request.language, "To whom? Type a name or number: {names}", names=names or "me"))
        return
    chosen = matches[0]
    case = replace(case, assignees=_with(case, chosen, c.view.directory.people))
    c.journal(JournalAct.ASSIGNED, case, person=chosen.id)
    told = [at_person(chosen)] if chosen.id != request.person.id else []
    done(
        request,
        case,
        tr(request.language, "assigned to {name}.", name=chosen.name),
        tells=tr("en", "Assigned to you by {who}.", who=shown_name(request)),
        to=told,
    )


def snooze(request: ActRequest) -> None:
    """Silence the repeats for a while; first pings are never silenced, and both sides see it."""
    if not is_allowed(request):
        return
    limit = request.case.policy(request.c.context.agreement).acknowledge
    asked = _duration(request.text)
    if asked is None or not asked[1]:
        _ask_how_long(request, limit, f"{int(asked[0].total_seconds() // 60)}m" if asked else "")
        return
    duration, reason = asked
    if timedelta() < duration <= limit:
        _snooze(request, request.c.now + duration, reason)
        return
    level = urgency_name(request.case.urgency, request.language)
    request.say(
        tr(
            request.language,
            "At {urgency} repeats can be silenced for at most {limit}.",
            urgency=level,
            limit=span(limit),
        )
    )


def _ask_how_long(request: ActRequest, limit: timedelta, prefix: str) -> None:
    sentence = tr(
        request.language,
        "How long, and why? At most {limit}. Type for example: 15m waiting for the provincial office",
        limit=span(limit),
    )
    prompt(request, sentence, prefix)


def _snooze(request: ActRequest, until: datetime, reason: str) -> None:
    c = request.c
    case = deadlines.snooze(request.case, until)
    why = keep(request, case, reason)
    c.journal(JournalAct.SNOOZED, case, until=until.isoformat(), reason=reason)
    when = moment(until, case, c.context.agreement)
    done(
        request,
        case,
        tr(request.language, "repeats are silent until {when}. New deadlines still ping.", when=when),
        tells=tr(
            "en",
            "{who} silenced the repeats until {when}.",
            who=shown_name(request),
            when=when,
        ),
        why=why,
        to=duty_desks(request, case),
    )


def urgency(request: ActRequest) -> None:
    """Set the urgency by hand: up by a duty desk, down only by a supervisor, always with a reason."""
    if not is_allowed(request):
        return
    found = begins(_LEVEL, request.text)
    if found is None or not found[1].strip():
        prompt(
            request,
            tr(request.language, "Which level, and why? Type for example: U1 the person is being moved tonight"),
            found[0][1] if found else "",
        )
        return
    level, reason = Urgency(found[0][1].upper()), found[1].strip()
    case = request.case
    if level is case.urgency:
        request.say(
            tr(
                request.language,
                "{reference} is {urgency} already.",
                reference=case.reference,
                urgency=urgency_name(level, request.language),
            )
        )
        return
    if case.urgency.is_above(level) and request.person.role is not Role.SUPERVISOR:
        request.say(tr(request.language, "Only a supervisor can lower the urgency."))
        return
    _set_urgency(request, level, reason)


def _set_urgency(request: ActRequest, level: Urgency, reason: str) -> None:
    c, before = request.c, request.case
    case = set_by_hand(c, before, level)
    why = keep(request, case, reason)
    c.journal(JournalAct.URGENCY_BY_HAND, case, before=before.urgency.value, after=level.value, reason=reason)
    if case.alerted_at is not None:
        is_rise = level.is_above(before.urgency)
        case = alerts.tell(c, case if is_rise else deadlines.begin_anew(case, DeadlineKind.ALERT))
    done(
        request,
        case,
        tr(request.language, "now {urgency}.", urgency=urgency_name(level, request.language)),
        tells=tr(
            "en",
            "Urgency changed from {before} to {after} by {who}.",
            before=before.urgency.value,
            after=level.value,
            who=shown_name(request),
        ),
        why=why,
    )


def named(text: str, me: Person, colleagues: list[Person]) -> list[Person]:
    """Find whom a text names among these: by name or a part of it, by short name or id, or as me."""
    words = plain(text)
    if words in ("me", "myself"):
        return [me]
    if short_ids.is_one(text):
        number = short_ids.find(text, [p.id for p in colleagues])
        return [p for p in colleagues if p.id == number]
    parts = set(words.split())
    exact = [p for p in colleagues if set(plain(p.name).split()) == parts]
    return exact or [p for p in colleagues if parts and parts <= set(plain(p.name).split())]


def _with(case: Case, chosen: Person, people: dict[int, Person]) -> tuple[int, ...]:
    others = (i for i in case.assignees if (p := people.get(i)) is not None and p.party != chosen.party)
    return (*others, chosen.id)


def _duration(text: str) -> tuple[timedelta, str] | None:
    found = begins(_DURATION, text)
    if found is None:
        return None
    number, unit = found[0].groups()
    minutes = int(number) * (60 if (unit or "m").lower().startswith("h") else 1)
    return timedelta(minutes=minutes), found[1].strip()
