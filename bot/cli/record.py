"""Commands about the record: export, report, the plan of a case, the journal's check."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import app, reference
from bot.cli.database import opened, write
from bot.composing import Composer
from bot.config import Settings
from bot.errors import BridgeError
from bot.export import ExportRequest
from bot.export import export as write_export
from bot.journal import Checker, Entry, Link
from bot.plan import describe
from bot.ports import Scope
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
    canonical = reference.parse(text)
    if canonical is None:
        raise BridgeError(f"{text} is not a case reference; one looks like KC26-M9S34-4. Check it for a typing error.")
    agreement = settings.agreement()
    async with opened(settings) as storage:
        directory = await storage.directory()
        for party in agreement.parties:
            case = await storage.find_case(canonical, Scope(0, party, sees_party=True))
            if case is not None:
                return describe(case, agreement, directory, "en")
    raise BridgeError(f"There is no case {canonical}.")


async def verify(settings: Settings) -> list[str]:
    """Check every chain of the database."""
    lines: list[str] = []
    async with opened(settings) as storage:
        for chain in await storage.chains():
            checker = Checker(chain)
            async for chunk in storage.stream_journal(chain):
                for link in chunk:
                    checker.take(link)
            lines.append(checker.done())
    return lines or ["The journal is empty."]


def verify_file(file: Path) -> list[str]:
    """Check exported chains: one JSON object a line, as `Link`."""
    checkers: dict[str, Checker] = {}
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            link = _link_of(line, number)
            checkers.setdefault(link.entry.chain, Checker(link.entry.chain)).take(link)
    return [checker.done() for checker in checkers.values()] or ["The file holds no entries."]


def _link_of(line: str, number: int) -> Link:
    try:
        row = json.loads(line)
        entry = Entry(
            row["id"],
            row["chain"],
            datetime.fromisoformat(row["at"]),
            row["actor"],
            row["act"],
            row["case_id"],
            row["address"],
            row["details"],
            row["salt"],
        )
        return Link(entry, row["sequence"], row["previous"], row["digest"], row["hash"])
    except (ValueError, KeyError, TypeError) as error:
        raise BridgeError(f"Line {number} is no journal entry.") from error
