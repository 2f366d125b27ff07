"""Commands about the record: export, report, the plan of a case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.app import essentials
from bot.app.messengers import windows_of
from bot.cli.database import opened, write
from bot.clock.escalation_plan import describe
from bot.clock.reach import Known, heard_of
from bot.config.model import Settings
from bot.domain import reference
from bot.domain.case import Case
from bot.domain.errors import BridgeError
from bot.domain.export_orders import may_ask
from bot.domain.journal_acts import JournalAct
from bot.domain.time_words import as_utc
from bot.ports.reads import Scope, Wanted
from bot.ports.storage import Storage
from bot.record import export_approval
from bot.record.export.case_log import export as write_export
from bot.record.export.manifest import ExportRequest
from bot.record.export_request import Wish
from bot.record.report.period_report import report as make_report
from bot.record.report.writers import write_report
from bot.roster.evening import RINGS_SHOWN, Evening, report
from bot.turns.composer import Composer

_LOOKED_THROUGH = 100_000  #: open cases of a side


@dataclass(frozen=True, slots=True)
class ExportCommand:
    """What shall be exported."""

    form: str
    since: datetime
    until: datetime
    reason: str
    by: str
    target: Path
    has_mark: bool = True  #: of a CSV file


async def export(settings: Settings, order: ExportCommand, *, progress: Callable[[int, int], None]) -> str:
    """Write the case log and journal that it was written."""
    request = ExportRequest(
        format=order.form,
        since=order.since,
        until=order.until,
        parties=(),
        exporter=order.by,
        reason=order.reason,
        has_mark=order.has_mark,
    )
    async with opened(settings) as storage:
        manifest = await write_export(
            storage, request, order.target, clock=essentials.clock, agreement=settings.agreement(), progress=progress
        )

        def act(c: Composer) -> None:
            c.journal(JournalAct.EXPORTED, count=manifest.count, sha256=manifest.sha256, reason=order.reason)

        await write(settings, storage, order.by, act)
    return f"{manifest.count} cases written to {order.target}, SHA-256 {manifest.sha256}."


@dataclass(frozen=True, slots=True)
class IdentifiedCommand:
    """What shall be exported with what points to people."""

    form: str
    since: datetime
    until: datetime
    reason: str
    by: str  #: number of the admin who gets it
    recipient: str


async def ask(settings: Settings, order: IdentifiedCommand, operator: str) -> str:
    """Store an order for an identified export; the running bridge tells those who may approve it, and makes it."""
    wish = Wish(order.form, order.since, order.until, order.recipient, order.reason.strip())
    if wish.mistake:
        raise BridgeError(wish.mistake)
    if not (wish.since < wish.until and wish.reason):
        raise BridgeError("An export needs a period whose first day comes before its last, and a reason.")
    async with opened(settings) as storage:
        directory = await storage.directory()
        person = directory.named(order.by)
        if person is None or not may_ask(person):
            raise BridgeError(
                "An identified export is for an enrolled admin: --as ID, with an ID of casebridge people."
            )
        if not export_approval.reachable(directory, person):
            raise BridgeError(export_approval.NOBODY)
        asker, made = person, []

        def act(c: Composer) -> None:
            made.append(export_approval.ask(c, asker, wish, None))

        await write(settings, storage, operator, act)
    return (
        f"Order {made[-1].number} is stored. A supervisor or another admin of {person.party} must approve it until "
        f"{as_utc(made[-1].expires_at)}; then {person.name} alone can fetch it at {settings.server.url}/exports."
    )


async def period_report(settings: Settings, since: datetime, until: datetime, target: Path) -> str:
    """Write the period report."""
    async with opened(settings) as storage:
        made = await make_report(storage, settings.agreement(), since, until, clock=essentials.clock)
    await asyncio.to_thread(write_report, made, target)
    return f"The report is in {target}."


async def plan(settings: Settings, text: str) -> str:
    """Tell what the clock will do for a case."""
    async with opened(settings) as storage:
        case = await case_of(storage, settings, text)
        known = await _known(storage, settings)
        return describe(case, settings.agreement(), await storage.directory(), "en", known=known)


async def plan_all(settings: Settings) -> str:
    """Tell of each side who is there until the morning, what is wanting, and which cases reach nobody."""
    agreement, now = settings.agreement(), essentials.clock()
    async with opened(settings) as storage:
        directory, known = await storage.directory(), await _known(storage, settings)
        rings, found = tuple(await storage.rings(now - RINGS_SHOWN)), []
        for party in agreement.parties:
            cases = await storage.list_cases(Scope(0, party, sees_party=True), open_only=True, limit=_LOOKED_THROUGH)
            evening = Evening(party, agreement, directory, known, now, rings)
            found.append(report(evening, cases).written(evening))
    return "\n\n".join(found)


async def _known(storage: Storage, settings: Settings) -> Known:
    directory = await storage.directory()
    heard = (await storage.load(Wanted(heard=heard_of(directory, essentials.clock())))).heard
    return Known(essentials.rules_of(settings).confirm_every, windows_of(settings), heard)


async def case_of(storage: Storage, settings: Settings, text: str) -> Case:
    """Find the case that a typed reference names, whichever side it is of. Raises `BridgeError`."""
    canonical = reference.parse(text)
    if canonical is None:
        raise BridgeError(f"{text} is not a case reference; one looks like KC26-M9S34-4. Check it for a typing error.")
    for party in settings.agreement().parties:
        case = await storage.find_case(canonical, Scope(0, party, sees_party=True))
        if case is not None:
            return case
    raise BridgeError(f"There is no case {canonical}.")
