"""When nobody is on duty at a desk that keeps a roster, between two moments. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from bot.domain.agreement import Agreement, Desk, Party
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import has_nobody_on_duty
from bot.domain.roster import stretches

NOON = time(12)


def keeping_desks(agreement: Agreement, directory: Directory) -> list[Desk]:
    """The desks of which shifts are known."""
    return [desk for desk in agreement.desks.values() if any(map(directory.shifts_beside, duty_of(desk, directory)))]


def duty_of(desk: Desk, directory: Directory) -> list[Person]:
    """The duty officers of a desk."""
    return [person for person in directory.members(desk.id) if person.role is Role.DUTY]


def gaps(desk: Desk, directory: Directory, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The stretches between two moments in which nobody is on duty at a desk, as it is known now."""
    people = duty_of(desk, directory)
    shifts = directory.shifts_beside(people[0]) if people else ()
    moments = (moment for shift in shifts for moment in (shift.starts_at, shift.ends_at))
    found = [each for each in stretches(moments, since, until) if has_nobody_on_duty(desk, directory, each[0])]
    return _joined(found)


def noon_before(moment: datetime, party: Party) -> datetime:
    """The last noon of a side's own zone, whatever its clocks did that day."""
    local = moment.astimezone(party.zone)
    noon = datetime.combine(local.date(), NOON, party.zone)
    if noon > local:
        noon = datetime.combine(local.date() - timedelta(days=1), NOON, party.zone)
    return noon.astimezone(moment.tzinfo)


def _joined(stretched: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in stretched:
        if joined and joined[-1][1] == begins:
            joined[-1] = (joined[-1][0], ends)
        else:
            joined.append((begins, ends))
    return joined
