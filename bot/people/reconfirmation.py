"""Confirming people again, and warning in time: those who lapse, who can confirm them, desks that would fall silent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import button_data
from bot.domain.agreement import Agreement
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import rows
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import Recipient, admins, at_person, supervisors, unique
from bot.domain.time_words import both_times
from bot.domain.typed_commands import Command
from bot.intake.question_texts import word_button
from bot.language.texts import later, tr
from bot.people import lapsed_enrolment
from bot.ports.reads import Wanted
from bot.turns.composer import Composer

#: How long before the moment people are warned; the last time when it has come.
STAGES = (timedelta(days=14), timedelta(days=3), timedelta())
_STILL_SAID = timedelta(days=7)  #: after the moment; whoever was told nothing by then was not here at all
_TAPS = 8
_SAYS = {
    STAGES[0]: later("must be confirmed within two weeks, by {moment}"),
    STAGES[1]: later("must be confirmed within three days, by {moment}"),
    STAGES[2]: later("has lapsed: it had to be confirmed by {moment}"),
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """People of one side whose enrolment ends on one day, or a desk that has nobody left after it."""

    stage: timedelta
    party: str
    until: datetime  #: the earliest moment among the people; of a desk, the last
    people: tuple[Person, ...]
    desk: str = ""

    @property
    def key(self) -> str:
        """Under which it is told, once."""
        return f"lapse:{self.party}:{self.desk or '-'}:{self.until.date()}:{self.stage.days}"


def due(directory: Directory, agreement: Agreement, now: datetime, every: timedelta) -> list[Lapse]:
    """List of whom and of which desks somebody is to be warned now."""
    return [*_people(directory, now, every), *_desks(directory, agreement, now, every)]


def warn(c: Composer, lapses: list[Lapse]) -> None:
    """Warn those who lapse and whoever can confirm them; each warning goes out once, however often it is due."""
    for lapse in lapses:
        if lapse.desk:
            _warn_of_desk(c, lapse)
        else:
            for person in lapse.people:
                _warn(c, lapse, person)
            _warn_confirmers(c, lapse)


def confirm(c: Composer, command: Command) -> None:
    """Confirm somebody of the own side, by an admin or supervisor: `/confirm ID`."""
    by = c.person
    if by is None or lapsed_enrolment.must_wait(c, f"/confirm {command.rest[:20]}".strip()):
        return
    if by.role not in lapsed_enrolment.CONFIRMERS:
        c.say(tr(c.language, "Only an admin or supervisor can confirm people of their side."))
        return
    person = c.view.directory.named(command.rest)
    if person is not None and person.id == by.id:
        c.say(tr(c.language, "Nobody confirms themselves. {how}", how=lapsed_enrolment.ask_whom(c, by)))
    elif person is None or not lapsed_enrolment.may_confirm(by, person):
        c.say(tr(c.language, "There is nobody of your side with that number."))
    else:
        until = confirmed(c, person)
        c.say(tr(c.language, "{name} is confirmed until {moment}.", name=person.name, moment=until))


def confirmed(c: Composer, person: Person) -> str:
    """Confirm somebody, tell them what waited, and return until when it holds."""
    c.people.put(replace(person, confirmed_at=c.now))
    c.journal(JournalAct.CONFIRMED, person=person.id)
    until = _moment(c, person, c.now + c.context.confirm_every)
    words = tr(person.language, "Your enrolment is confirmed until {moment}.", moment=until)
    pending = c.view.conversation(person.id).pending
    waiting = pending.get("wanted")
    if isinstance(waiting, dict):
        again = str(waiting["type"])
        words += "\n" + tr(person.language, "You wanted: {again}. If that still holds, type it now.", again=again)
        c.move_other(person.id, pending={name: value for name, value in pending.items() if name != "wanted"})
    c.tell([at_person(person)], f"confirmed:{person.id}:{c.inbox_id}", words)
    return until


def whom(command: Command | None, promise: button_data.Promise | None, directory: Directory) -> int | None:
    """Whom a message would confirm."""
    if isinstance(promise, button_data.WordTap) and promise.word == "confirm":
        return button_data.from_base36(promise.argument)
    is_typed = promise is None and command is not None and command.name == "confirm"
    named = directory.named(command.rest) if is_typed and command is not None else None
    return None if named is None else named.id


def wants(person_id: int) -> Wanted:
    """Say what confirming somebody needs to know: what they wanted meanwhile."""
    return Wanted(people=(person_id,))


def _stage(until: datetime, now: datetime, every: timedelta) -> timedelta | None:
    """Which warning is due for a moment; None long before and long after it."""
    left = until - now
    reached = [stage for stage in STAGES if stage < every and left <= stage]
    return min(reached) if reached and left > -_STILL_SAID else None


def _people(directory: Directory, now: datetime, every: timedelta) -> list[Lapse]:
    together: dict[tuple[str, date, timedelta], list[tuple[datetime, Person]]] = defaultdict(list)
    for person in directory.people.values():
        until = person.confirmed_until(every)
        stage = _stage(until, now, every) if until is not None and person.is_active else None
        if until is not None and stage is not None:
            together[person.party, until.date(), stage].append((until, person))
    return [
        Lapse(stage, party, min(until for until, _ in found), tuple(person for _, person in found))
        for (party, _, stage), found in together.items()
    ]


def _desks(directory: Directory, agreement: Agreement, now: datetime, every: timedelta) -> list[Lapse]:
    """Desks whose people will all have lapsed."""
    found = []
    for desk in agreement.desks.values():
        people = tuple(p for p in directory.members(desk.id) if p.role in (Role.DUTY, Role.SUPERVISOR))
        ends = [until for p in people if (until := p.confirmed_until(every)) is not None]
        stage = _stage(max(ends), now, every) if ends and len(ends) == len(people) else None
        if stage is not None:
            found.append(Lapse(stage, desk.party, max(ends), people, desk.id))
    return found


def _warn(c: Composer, lapse: Lapse, person: Person) -> None:
    until = person.confirmed_until(c.context.confirm_every) or lapse.until
    says = tr(person.language, _SAYS[lapse.stage], moment=_moment(c, person, until))
    lines = [
        tr(person.language, "Your enrolment {says}.", says=says),
        lapsed_enrolment.ask_whom(c, person),
        lapsed_enrolment.still(person),
    ]
    c.tell([at_person(person)], lapse.key, "\n".join(lines))


def _warn_confirmers(c: Composer, lapse: Lapse) -> None:
    for recipient in _confirmers(c, lapse.party):
        others = [p for p in lapse.people if recipient.person is not None and p.id != recipient.person.id]
        if not others:
            continue
        language = recipient.language
        says = tr(language, _SAYS[lapse.stage], moment=_moment(c, others[0], lapse.until))
        lines = [tr(language, "Enrolment that {says}:", says=says)]
        lines += [f"{p.name} ({tr(language, p.role.value)}): /confirm {c.view.directory.short(p)}" for p in others]
        lines.append(
            tr(language, "Confirm whoever still does this work; cut off whoever does not: /lost and the number")
        )
        taps = [
            word_button(tr(language, "Confirm {name}", name=p.name), "confirm", button_data.to_base36(p.id))
            for p in others[:_TAPS]
        ]
        c.tell([recipient], f"{lapse.key}:others", "\n".join(lines), buttons=rows(taps))


def _warn_of_desk(c: Composer, lapse: Lapse) -> None:
    desk = c.context.agreement.desks[lapse.desk]
    for recipient in _confirmers(c, lapse.party):
        words = tr(
            recipient.language,
            "By {moment} everybody at {desk} has lapsed, and the desk can only acknowledge and read. Please confirm "
            "who still works there: type /confirm and a number. {people}",
            desk=desk.name,
            moment=_moment(c, lapse.people[0], lapse.until),
            people=", ".join(f"{p.name} {c.view.directory.short(p)}" for p in lapse.people),
        )
        c.tell([recipient], lapse.key, words)


def _confirmers(c: Composer, party: str) -> tuple[Recipient, ...]:
    return unique((*supervisors(c.view.directory, party), *admins(c.view.directory, party)))


def _moment(c: Composer, person: Person, moment: datetime) -> str:
    party = c.context.agreement.parties.get(person.party)
    return both_times(moment, [party] if party else [], with_year=True)
