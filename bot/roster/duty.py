"""Going on and off duty by hand, and who is on duty: what people type. Decides, does no I/O."""

from __future__ import annotations

from datetime import datetime

from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person, Role
from bot.domain.recipients import supervisors
from bot.domain.roster import Shift
from bot.domain.typed_commands import Command
from bot.language.texts import tr
from bot.people.lapsed_enrolment import must_wait
from bot.roster import hand_over
from bot.roster.words import local, name_of, names, shown_desk, span_of
from bot.turns.composer import Composer

_SHOWN = 6  #: coming shifts


def on_duty(c: Composer, _command: Command) -> None:
    """Go on duty: within an own shift the roster counts again, outside one until the next shift of the desk begins."""
    person = _who(c, "/onduty")
    if person is None:
        return
    running = _running(c, person)
    said = replace(person, on_duty=True, duty_said_at=None if running else c.now)
    c.people.put(said)
    c.journal(JournalAct.ON_DUTY)
    has_back = hand_over.take_back(c, person)
    words = tr(c.language, "You are on duty. Alerts and pings of your desk come to you.")
    until = running.ends_at if running is not None else _next(c.view.directory.shifts_beside(person), c)
    if until is not None:
        when = local(until, person.party, c.context.agreement)
        words += " " + tr(c.language, "By the roster until {moment}.", moment=when)
    if has_back:
        words += " " + tr(c.language, "What you had begun to hand over stays with you.")
    c.say(words)


def off_duty(c: Composer, _command: Command) -> None:
    """Go off duty until the next own shift begins; what is open is handed over first."""
    person = _who(c, "/offduty")
    if person is None:
        return
    was_on = c.view.directory.is_on_duty(person)
    is_kept = bool(c.view.directory.shifts_beside(person))
    said = replace(person, on_duty=False, duty_said_at=c.now if not is_kept or _running(c, person) or was_on else None)
    c.people.put(said)
    c.journal(JournalAct.OFF_DUTY)
    directory = c.view.directory.having(said)
    group = directory.supervisors(person.party) if person.role is Role.SUPERVISOR else directory.members(person.desk)
    others = [p for p in group if p.id != person.id and p.role is person.role and directory.is_on_duty(p)]
    lines = [_said_off(c, others)]
    following = _next(directory.roster.of(person.id, person.desk), c)
    if following is not None:
        when = local(following, person.party, c.context.agreement)
        lines.append(
            tr(c.language, "Your next shift begins {moment}. If you cannot take it, tell your supervisor.", moment=when)
        )
    if not others and person.role is Role.DUTY:
        _tell_supervisors(c, person)
    if was_on and person.role is Role.DUTY:
        lines += _hand_over(c, person)
    c.say("\n".join(lines))


def show(c: Composer, _command: Command) -> None:
    """Say who of the own desk is on duty now, who comes next, and what waits to be taken over."""
    person = c.person
    if person is None or person.role not in (Role.DUTY, Role.SUPERVISOR):
        c.say(tr(c.language, "The roster is for duty officers and supervisors."))
        return
    directory, agreement = c.view.directory, c.context.agreement
    here = [p for p in directory.members(person.desk) if p.role is Role.DUTY]
    on = [p for p in here if directory.is_on_duty(p)]
    desk = shown_desk(person.desk, person.party, agreement)
    lines = [
        tr(c.language, "On duty at {desk}: {names}.", desk=desk, names=names(on))
        if on
        else tr(c.language, "Nobody is on duty at {desk}: alerts and pings go to everybody there.", desk=desk)
    ]
    coming = sorted(
        (s for p in here for s in directory.roster.of(p.id, p.desk) if s.ends_at > c.now), key=lambda s: s.starts_at
    )
    lines += [
        f"{span_of(s, person.party, agreement)}: {name_of(s.person_id, directory, c.language)}" for s in coming[:_SHOWN]
    ]
    waiting = [h for h in directory.roster.hand_overs if h.is_open and h.desk == person.desk and h.ends_at <= c.now]
    for begun in waiting:
        who = name_of(begun.person_id, directory, c.language)
        lines.append(tr(c.language, "{name} has left, and nobody has taken over yet: /takeover", name=who))
    lines.append(tr(c.language, "The roster: {link}", link=f"{c.context.public_url}/roster"))
    c.say("\n".join(lines))


def _who(c: Composer, typed: str) -> Person | None:
    """Whoever may go on and off duty; None once they were told why not."""
    person = c.person
    if person is None or person.role not in (Role.DUTY, Role.SUPERVISOR):
        c.say(tr(c.language, "The roster is for duty officers and supervisors."))
        return None
    return None if must_wait(c, typed) else person


def _running(c: Composer, person: Person) -> Shift | None:
    own = c.view.directory.roster.of(person.id, person.desk)
    return next((shift for shift in own if shift.runs_at(c.now)), None)


def _next(shifts: tuple[Shift, ...], c: Composer) -> datetime | None:
    return min((shift.starts_at for shift in shifts if shift.starts_at > c.now), default=None)


def _said_off(c: Composer, others: list[Person]) -> str:
    if others:
        return tr(c.language, "You are off duty. {count} others of your desk are on duty.", count=len(others))
    return tr(
        c.language,
        "You are off duty, but nobody else of your desk is on: pings still come to all of you until somebody is.",
    )


def _hand_over(c: Composer, person: Person) -> list[str]:
    """Begin to hand over, and ask whoever is on duty to take it."""
    cases = hand_over.open_cases(c, person)
    begun = hand_over.begin(c, person, c.now, cases)
    if begun is None:
        return []
    hand_over.give_list(c, person, begun, cases)
    told = hand_over.ask_to_take(c, begun, cases, {})
    asked = names(r.person for r in told if r.person is not None)
    if not asked:
        return [tr(c.language, "Nobody can be asked to take over your open cases: call your supervisor.")]
    return [tr(c.language, "{names} is asked to take over your open cases; until then you are told too.", names=asked)]


def _tell_supervisors(c: Composer, person: Person) -> None:
    """Nobody is on duty any more: the supervisors hear it at once."""
    desk = shown_desk(person.desk, person.party, c.context.agreement)
    for recipient in supervisors(c.view.directory, person.party):
        words = tr(
            recipient.language,
            "{name} went off duty, and nobody is on duty at {desk} now: alerts and pings go to everybody there and to "
            "you. Please find somebody.",
            name=person.name,
            desk=desk,
        )
        c.tell([recipient], f"roster:{person.desk}:left:{c.inbox_id}", words)
