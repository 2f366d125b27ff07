"""`/export`: who may ask for the case log as a file, where, and in which words."""

from __future__ import annotations

from datetime import UTC

from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address
from bot.domain.people import Person, Role
from bot.domain.turn import ExportOrder
from bot.domain.typed_commands import Command
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.people.lapsed_enrolment import must_wait
from bot.record import export_approval
from bot.record.wanted_export import WantedExport, wanted_export
from bot.turns.composer import Composer


def export(c: Composer, command: Command) -> None:
    """Ask for the case log as a file: `/export xlsx last month reason`, by an admin."""
    person, message = c.person, c.message
    if person is None or message is None or message.place is None:
        return
    if person.role is not Role.ADMIN:
        c.say(tr(c.language, "Exports are for admins."))
        return
    if not message.in_private:
        c.say(tr(c.language, "Please ask for exports in a private chat."))
        return
    if must_wait(c, f"/export {command.rest}".strip()):
        return
    if plain(command.rest.split(" ", 1)[0]) == "identified":
        export_approval.asked(c, person, message.place, command.rest)
        return
    zone = c.context.agreement.zone_of(person.party)
    found = wanted_export(command.rest, c.now, zone, c.context.agreement.corridors)
    if found is None or not found[1]:
        c.say(
            tr(
                c.language,
                "Type for example: /export xlsx last month annual meeting. Also: this month, last quarter, this year, "
                "from 2026-01-01 to 2026-01-31 (your own days). Formats: csv, xlsx, jsonl, htcds. Before the period a "
                "corridor or a status: /export KC closed last year annual meeting",
            )
        )
        return
    _order(c, person, message.place, found)


def _order(c: Composer, person: Person, place: Address, found: tuple[WantedExport, str]) -> None:
    wanted, reason = found
    since, until = wanted.period.since, wanted.period.until
    c.order(ExportOrder(person.id, place, wanted.format, since, until, reason, wanted.only, wanted.has_mark))
    c.journal(
        JournalAct.EXPORT_ORDERED,
        since=since.isoformat(),
        until=until.isoformat(),
        format=wanted.format,
        corridor=wanted.only.corridor,
        status=wanted.only.status.value if wanted.only.status else "",
    )
    first, last = wanted.period.days
    side = c.context.agreement.parties.get(person.party)
    zone = "UTC" if wanted.period.zone is UTC or side is None else side.city
    c.say(
        tr(
            c.language,
            "The export is being made: cases opened {first} to {last} ({zone} time). The file comes here.",
            first=first,
            last=last,
            zone=zone,
        )
    )
