"""The roster at a terminal: a plan read from a file, the roster as a calendar, and how it stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.app import essentials
from bot.cli.database import opened, write
from bot.config.model import Settings
from bot.domain.agreement import Agreement
from bot.domain.errors import BridgeError
from bot.domain.people import Directory
from bot.domain.roster import Shift
from bot.record.atomic_files import new_file
from bot.roster import calendar_file, plan_file
from bot.roster.changes import Changes, after, carry_out, compared
from bot.roster.gaps import duty_of, gaps, keeping_desks
from bot.roster.words import local, names, span_of
from bot.turns.composer import Composer

_AHEAD = timedelta(days=14)
_LISTED = 40  #: lines of one kind


async def take(settings: Settings, name: str, content: bytes, by: str, *, is_meant: bool) -> list[str]:
    """Read a plan and say what it changes; change it when that is meant. Raises `BridgeError` with all mistakes."""
    agreement = settings.agreement()
    async with opened(settings) as storage:
        directory = await storage.directory()
        plan = plan_file.read(content, name, directory, agreement)
        if plan.mistakes:
            count = len(plan.mistakes)
            last = f"{count} {'mistake' if count == 1 else 'mistakes'} in {name}; nothing was changed."
            raise BridgeError("\n".join([*plan.mistakes, last]))
        now = essentials.clock()
        changes = compared(plan.shifts, directory, now)
        lines = _summary(changes, directory, agreement, now)
        if not changes:
            return [*lines, "Nothing to change."]
        if not is_meant:
            return [*lines, "Nothing was changed yet. To do it: add --yes"]

        def act(c: Composer) -> None:
            carry_out(c, compared(plan.shifts, c.view.directory, c.now), "import")

        await write(settings, storage, by, act)
    return [*lines, "Done."]


async def give(settings: Settings, output: Path | None) -> str:
    """Write the shifts that are not over as a calendar, to a file or as text."""
    async with opened(settings) as storage:
        directory = await storage.directory()
    now = essentials.clock()
    kept = [shift for shift in directory.roster.shifts if shift.ends_at > now]
    content = calendar_file.write(kept, directory, now)
    if output is None:
        return content.decode()
    with new_file(output) as file:
        file.write(content)
    return f"{len(kept)} shifts in {output}.\n"


async def show(settings: Settings) -> list[str]:
    """Say who is on duty, what comes, and when nobody is, desk by desk."""
    agreement, now = settings.agreement(), essentials.clock()
    async with opened(settings) as storage:
        directory = (await storage.directory()).as_of(now)
    desks = keeping_desks(agreement, directory)
    if not desks:
        return [
            "No shifts are known: who is on duty goes by /onduty and /offduty. See: casebridge roster import --help"
        ]
    lines: list[str] = []
    for desk in desks:
        on = [person for person in duty_of(desk, directory) if directory.is_on_duty(person, now)]
        lines.append(f"{desk.id}: on duty now: {names(on) or 'nobody'}")
        coming = sorted((s for s in directory.roster.shifts if s.desk == desk.id and s.ends_at > now), key=_by_time)
        lines += _listed("  ", coming, directory, agreement)
        lines += _gaps(desk.id, directory, agreement, now)
    return lines


def _summary(changes: Changes, directory: Directory, agreement: Agreement, now: datetime) -> list[str]:
    lines = _listed("+ ", changes.added, directory, agreement) + _listed("- ", changes.gone, directory, agreement)
    over = f", {changes.over} over already" if changes.over else ""
    lines.append(f"{len(changes.added)} added, {len(changes.gone)} taken out, {changes.kept} as they are{over}.")
    new = after(directory, changes)
    for desk in keeping_desks(agreement, new):
        lines += _gaps(desk.id, new, agreement, now)
    return lines


def _gaps(desk: str, directory: Directory, agreement: Agreement, now: datetime) -> list[str]:
    """Say when nobody is on duty in the coming days; after the last shift that is one gap, which is not told."""
    found = agreement.desks[desk]
    ends = max((s.ends_at for s in directory.roster.shifts if s.desk == desk), default=now)
    until = min(ends, now + _AHEAD)
    spans = gaps(found, directory, now, until) if until > now else []
    lines = [
        f"  nobody at {desk}: {local(a, found.party, agreement)} - {local(b, found.party, agreement)}" for a, b in spans
    ]
    if ends < now + _AHEAD:
        lines.append(f"  nobody at {desk} from {local(max(ends, now), found.party, agreement)} on")
    return lines


def _listed(
    mark: str, shifts: tuple[Shift, ...] | list[Shift], directory: Directory, agreement: Agreement
) -> list[str]:
    lines = [f"{mark}{_line(shift, directory, agreement)}" for shift in shifts[:_LISTED]]
    return [*lines, f"{mark}and {len(shifts) - _LISTED} more"] if len(shifts) > _LISTED else lines


def _line(shift: Shift, directory: Directory, agreement: Agreement) -> str:
    person, desk = directory.get(shift.person_id), agreement.desks.get(shift.desk)
    name = person.name if person is not None else str(shift.person_id)
    return f"{shift.desk}  {span_of(shift, desk.party if desk is not None else '', agreement)}  {name}"


def _by_time(shift: Shift) -> tuple[datetime, int]:
    return (shift.starts_at, shift.id)
