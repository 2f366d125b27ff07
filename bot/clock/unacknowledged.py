"""What the reporting side hears while nobody acknowledges: once a rung, when it lapses, when nobody can be reached."""

from __future__ import annotations

from collections.abc import Iterable

from bot.clock.escalation_ladder import Audience
from bot.domain.agreement import DeskRole
from bot.domain.case import Case, Deadline
from bot.domain.journal_acts import JournalAct
from bot.domain.names import link, moment, urgency_name
from bot.domain.recipients import (
    Recipient,
    at_desks,
    at_person,
    can_be_reached,
    shown_as,
    side_of_case,
    supervisors,
    unique,
)
from bot.language.texts import tr
from bot.turns.composer import Composer


def missed(c: Composer, case: Case, deadline: Deadline, reached: Audience, *, is_last: bool) -> None:
    """Tell the own desk, and at the first and the last rung the officer, who was told that it is not acknowledged."""
    if not case.requested:
        return
    is_first = deadline.pings == 0
    if is_first and case.lapsed_at is not None:
        return  # that it has lapsed was told at the same moment
    desk = at_desks(c.context.agreement, c.view.directory, case.reporting, DeskRole.DUTY)
    told = unique([*desk, *(_officer(c, case) if is_first or is_last else ())])
    pinged = {r.name for r in reached.recipients}
    key = f"case:{case.id}:unacknowledged:{deadline.id}:{deadline.pings + 1}"
    _tell(c, case, [r for r in told if r.name not in pinged], key, _missed(c, case, deadline, reached), deadline.id)


def _missed(c: Composer, case: Case, deadline: Deadline, reached: Audience) -> str:
    agreement, party = c.context.agreement, case.requested
    if case.lapsed_at is not None:
        state = tr("en", "{lapsed} {party} has not acknowledged again.", lapsed=lapsed(c, case), party=party)
    else:
        due = moment(deadline.due_at, case, agreement)
        state = tr("en", "{party} has not acknowledged yet; it was due {due}.", party=party, due=due)
    if reached.is_out_of_reach:
        return f"{state} {nobody_there(party)}"
    people = ", ".join(dict.fromkeys(r.shown for r in reached.recipients if can_be_reached([r])))
    return f"{state} {tr('en', 'Told again {moment}: {people}.', moment=moment(c.now, case, agreement), people=people)}"


def has_lapsed(c: Composer, case: Case, asked: Iterable[str]) -> None:
    """Tell everybody who follows the case that its acknowledgment has lapsed, but who is asked for another one."""
    agreement, directory = c.context.agreement, c.view.directory
    parties = filter(None, (case.reporting, case.requested))
    following = unique(r for party in parties for r in side_of_case(case, party, agreement, directory))
    again = tr("en", "Nobody answered whether they are still on it. {party} is asked again now.", party=case.requested)
    key = f"case:{case.id}:lapsed:{c.context.new_id()}"
    _tell(c, case, [r for r in following if r.name not in asked], key, f"{lapsed(c, case)} {again}")


def lapsed(c: Composer, case: Case) -> str:
    """Say whose acknowledgment has lapsed, and when it was given; empty when none has."""
    if case.lapsed_at is None:
        return ""
    agreement = c.context.agreement
    person = c.view.directory.get(case.lapsed_by)
    who = shown_as(person, agreement) if person is not None else case.requested
    when = moment(case.lapsed_at, case, agreement)
    return tr("en", "The acknowledgment of {moment} by {who} has lapsed.", moment=when, who=who)


def nobody_there(party: str) -> str:
    """Say that nobody of a side can be reached."""
    return tr("en", "At {party} nobody can be reached now. Please call them.", party=party)


def alarm(c: Composer, case: Case, party: str) -> None:
    """Tell both secretariats, all supervisors and the other duty desk that nobody of a side's desk can be reached."""
    agreement, directory = c.context.agreement, c.view.directory
    sides = tuple(filter(None, (case.reporting, case.requested)))
    watching = [r for side in sides for r in (*at_desks(agreement, directory, side, DeskRole.SECRETARIAT),
                                              *supervisors(directory, side))]  # fmt: skip
    desks = [r for side in sides if side != party for r in at_desks(agreement, directory, side, DeskRole.DUTY)]
    c.journal(JournalAct.ALERT_REACHED_NOBODY, case, party=party)
    _tell(c, case, unique([*watching, *desks]), f"case:{case.id}:nobody:{party}:{c.inbox_id}", nobody_there(party))


def _officer(c: Composer, case: Case) -> tuple[Recipient, ...]:
    officer = c.view.directory.get(case.officer)
    return (at_person(officer),) if officer is not None and officer.is_active and officer.addresses else ()


def _tell(
    c: Composer, case: Case, recipients: Iterable[Recipient], key: str, words: str, deadline_id: int | None = None
) -> None:
    lines = (f"{urgency_name(case.urgency, 'en')} · {case.reference}", words, link(c.context.public_url, case))
    c.tell(recipients, key, "\n".join(lines), case=case, deadline_id=deadline_id)
