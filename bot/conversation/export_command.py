"""`/export`: who may ask for the case log as a file, where, and in which words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person, Role
from bot.domain.turn import ExportOrder
from bot.domain.typed_commands import Command
from bot.language.folding import begins
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.people.lapsed_enrolment import must_wait
from bot.record import export_approval
from bot.turns.composer import Composer

_SHAPE = re.compile(r"\s*(?:(csv|xlsx|jsonl|htcds)\s+)?(\d{4}-\d\d-\d\d)\s+(\d{4}-\d\d-\d\d)(?:\s+|$)", re.IGNORECASE)


def export(c: Composer, command: Command) -> None:
    """Ask for the case log as a file: `/export SINCE UNTIL reason`, by an admin."""
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
    order = _order(command.rest, person, c)
    if order is None:
        c.say(
            tr(
                c.language,
                "Type for example: /export 2026-01-01 2026-02-01 annual meeting. Dates are UTC, the second is "
                "exclusive. Put xlsx, jsonl or htcds first for another format.",
            )
        )
        return
    c.order(order)
    c.journal(
        JournalAct.EXPORT_ORDERED, since=order.since.isoformat(), until=order.until.isoformat(), format=order.format
    )
    c.say(tr(c.language, "The export is being made; the file comes here."))


def _order(text: str, person: Person, c: Composer) -> ExportOrder | None:
    found = begins(_SHAPE, text)
    if found is None or not found[1].strip() or c.message is None or c.message.place is None:
        return None
    (form, since, until), reason = found[0].groups(), found[1]
    try:
        first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (since, until))
    except ValueError:
        return None
    if last - first < timedelta(days=1):
        return None
    return ExportOrder(person.id, c.message.place, (form or "csv").lower(), first, last, reason.strip())
