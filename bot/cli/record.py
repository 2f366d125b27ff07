"""Commands about the record: export, report, the plan of a case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import app, reference
from bot.case import Case
from bot.cli.database import opened, write
from bot.composing import Composer
from bot.config import Settings
from bot.errors import BridgeError
from bot.export import ExportRequest
from bot.export import export as write_export
from bot.plan import describe
from bot.ports import Scope, Storage
from bot.report import report as make_report
from bot.report.writers import write_report


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What shall be exported."""

    form: str
    since: datetime
    until: datetime
    reason: str
    by: str
    target: Path


async def export(settings: Settings, order: ExportOrder, *, progress: Callable[[int, int], None]) -> str:
    """Write the case log and journal that it was written."""
    request = ExportRequest(
        format=order.form, since=order.since, until=order.until, parties=(), exporter=order.by, reason=order.reason
    )
    async with opened(settings) as storage:
        manifest = await write_export(storage, request, order.target, clock=app.clock, progress=progress)

        def act(c: Composer) -> None:
            c.journal("exported", count=manifest.count, sha256=manifest.sha256, reason=order.reason)

        await write(settings, storage, order.by, act)
    return f"{manifest.count} cases written to {order.target}, SHA-256 {manifest.sha256}."


async def report(settings: Settings, since: datetime, until: datetime, target: Path) -> str:
    """Write the period report."""
    async with opened(settings) as storage:
        made = await make_report(storage, settings.agreement(), since, until, clock=app.clock)
    await asyncio.to_thread(write_report, made, target)
    return f"The report is in {target}."


async def plan(settings: Settings, text: str) -> str:
    """Tell what the clock will do for a case."""
    async with opened(settings) as storage:
        case = await case_of(storage, settings, text)
        return describe(case, settings.agreement(), await storage.directory(), "en")


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
