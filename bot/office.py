"""What the command line does: each command as a function that returns the lines to print. Raises `BridgeError`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import storage as stores
from adapters.web.signin import new_link
from bot import app, reference
from bot.agreement import Agreement
from bot.composing import Composer
from bot.config import Settings
from bot.context import Context
from bot.enrol import CODE_ALPHABET, CODE_LENGTH, hash_of, shown_code
from bot.errors import BridgeError
from bot.export import ExportRequest
from bot.export import export as write_export
from bot.journal import GENESIS, Entry, Link, digest_details
from bot.journal import hash_of as link_hash
from bot.messages import Delivery, DeliveryState, Outgoing
from bot.people import Invite, Person, Role
from bot.plan import describe
from bot.ports import Scope, Storage
from bot.questions import word_button
from bot.receive import Line
from bot.recipients import at_desk, desk_name
from bot.report import report as make_report
from bot.report_writers import write_report
from bot.texts import tr
from bot.times import as_utc
from bot.work import Order

_SHOWN = 200
_HEARD_WITHIN = 20.0  #: seconds to wait for a test message


@dataclass(frozen=True, slots=True)
class InviteOrder:
    """Who shall be enrolled."""

    party: str
    role: str
    name: str
    desk: str
    corridor: str
    valid: timedelta
    by: str


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What shall be exported."""

    form: str
    since: datetime
    until: datetime
    reason: str
    by: str
    target: Path


def migrate(settings: Settings) -> str:
    """Bring the database to this version."""
    return stores.migrate(settings.database.url.get_secret_value())


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """Open the configured storage for the length of a block."""
    storage = app.storage_of(settings)
    await storage.start()
    try:
        yield storage
    finally:
        await storage.stop()


async def write(settings: Settings, storage: Storage, by: str, act: Callable[[Composer], None]) -> None:
    """Put one act through the line, as every message goes."""
    rules, chance = app.rules_of(settings), app.chance()

    def context() -> Context:
        return Context(
            app.clock(), rules.agreement, chance.new_id, chance.choose, chance.salt, rules.alert_after, rules.public_url
        )

    line = Line(storage, context, committed=lambda _turns, _left_out: None)
    line.start()
    try:
        await line.submit(Order(act, actor=f"cli:{by}"))
    finally:
        await line.stop()


async def invite(settings: Settings, order: InviteOrder) -> list[str]:
    """Make a one-time code; only its hash is kept."""
    _check_invite(order, settings.agreement())
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    now = app.clock()
    kept = Invite(
        id=app.chance().new_id(),
        code_hash=hash_of(code),
        party=order.party,
        role=Role(order.role),
        name=order.name,
        desk=order.desk,
        corridor=order.corridor,
        created_at=now,
        expires_at=now + order.valid,
    )

    def act(c: Composer) -> None:
        c.put_invite(kept)
        c.journal("invited", party=kept.party, role=kept.role.value, desk=kept.desk, invite=kept.id)

    async with opened(settings) as storage:
        await write(settings, storage, order.by, act)
    shown = shown_code(code)
    lines = [
        f"Code for {order.name}: {shown}",
        f"Works once, until {as_utc(kept.expires_at)}. They type: /start {shown}",
    ]
    if settings.messengers.telegram.token.get_secret_value():
        lines.append(
            f"On Telegram: open the bot and type it, or https://t.me/BOT?start={code} with the bot's name for BOT"
        )
    return lines


def _check_invite(order: InviteOrder, agreement: Agreement) -> None:
    if order.party not in agreement.parties:
        raise BridgeError(f"There is no party {order.party}. Configured: {', '.join(agreement.parties)}.")
    desk = agreement.desks.get(order.desk)
    desks = [d.id for d in agreement.desks.values() if d.party == order.party]
    if order.desk and (desk is None or desk.party != order.party):
        raise BridgeError(f"{order.party} has no desk {order.desk}. Its desks: {', '.join(desks)}.")
    if order.role == "duty" and not order.desk:
        raise BridgeError(f"A duty officer belongs to a desk: add --desk. Desks of {order.party}: {', '.join(desks)}.")
    corridors = [c.code for c in agreement.corridors_of(order.party)]
    if order.corridor and order.corridor not in corridors:
        raise BridgeError(f"{order.party} is no side of {order.corridor}. Its corridors: {', '.join(corridors)}.")
    if not order.name.strip():
        raise BridgeError("The name is empty.")


async def people(settings: Settings) -> list[str]:
    """List everybody, revoked people too."""
    async with opened(settings) as storage:
        everybody = (await storage.directory()).people.values()
    if not everybody:
        return ["Nobody is enrolled. Start with: casebridge invite --party ... --role officer --name ..."]
    return [_person_line(p) for p in sorted(everybody, key=lambda p: (p.party, p.role, p.name))]


def _person_line(person: Person) -> str:
    state = "active" if person.is_active else f"cut off {as_utc(person.revoked_at)}" if person.revoked_at else ""
    duty = "" if person.on_duty or not person.is_active else ", off duty"
    where = ", ".join(a.messenger for a in person.addresses) or "no messenger"
    desk = f" {person.desk}" if person.desk else ""
    return f"{person.id}  {person.party} {person.role.value}{desk}  {person.name}  {where}  {state}{duty}"


async def revoke(settings: Settings, person_id: int, by: str) -> str:
    """Cut a person off: bindings, sessions and links end at once."""
    async with opened(settings) as storage:
        person = await _person(storage, person_id)
        if not person.is_active:
            return f"{person.name} was cut off already."

        def act(c: Composer) -> None:
            c.put_person(replace(person, revoked_at=c.now, on_duty=False))
            c.end_sessions(person.id)
            c.journal("revoked", person=person.id)

        await write(settings, storage, by, act)
    return f"{person.name} is cut off from all messengers and sessions."


async def sign_in(settings: Settings, person_id: int, by: str) -> str:
    """Make a new one-time sign-in link."""
    async with opened(settings) as storage:
        person = await _person(storage, person_id)
        if not person.is_active:
            raise BridgeError(f"{person.name} is cut off; invite them again first.")
        path = await new_link(storage, person.id, app.clock())
        await write(settings, storage, by, lambda c: c.journal("sign_in_link", person=person.id))
    return f"{settings.server.url}{path}\nWorks once, within 10 minutes."


async def _person(storage: Storage, person_id: int) -> Person:
    person = (await storage.directory()).get(person_id)
    if person is None:
        raise BridgeError(f"There is nobody with the number {person_id}. See: casebridge people")
    return person


async def ping(settings: Settings, desk_id: str, by: str) -> list[str]:
    """Send a test message to each address of a desk, and tell what became of it."""
    agreement = settings.agreement()
    desk = agreement.desks.get(desk_id)
    if desk is None:
        raise BridgeError(f"There is no desk {desk_id}. Configured: {', '.join(agreement.desks)}.")
    async with opened(settings) as storage:
        to = at_desk(desk, await storage.directory())
        addresses = list(dict.fromkeys(a for recipient in to for a in recipient.addresses))
        if not addresses:
            raise BridgeError(f"{desk_name(desk)} would reach nobody: it has no address and nobody enrolled is on it.")
        sent: list[Outgoing] = []

        def act(c: Composer) -> None:
            sent.clear()
            for number, address in enumerate(addresses):
                words = tr(
                    "en", "Test message to {desk}. Please tap, so that we know it is read.", desk=desk_name(desk)
                )
                sent.append(
                    Outgoing(
                        id=c.context.new_id(),
                        dedupe_key=f"test:{c.inbox_id}:{number}",
                        kind="test",
                        recipient=f"desk:{desk.id}",
                        address=address,
                        text=words,
                        buttons=((word_button(tr("en", "I read it"), "heard"),),),
                        not_before=c.now,
                    )
                )
                c.send(sent[-1])
            c.journal("test_ping", desk=desk.id)

        await write(settings, storage, by, act)
        return await _watch(storage, sent)


async def _watch(storage: Storage, sent: list[Outgoing]) -> list[str]:
    """Wait a little for the running bridge to send."""
    wanted = {o.id for o in sent}
    everything = tuple(DeliveryState)
    waited = 0.0
    while True:
        rows = [d for d in await storage.outbox(everything, _SHOWN) if d.message.id in wanted]
        is_open = any(d.state is DeliveryState.QUEUED and not d.reason for d in rows)
        if not is_open or waited >= _HEARD_WITHIN:
            break
        await asyncio.sleep(0.5)
        waited += 0.5
    lines = [f"{d.message.address}: {d.state.value}{', ' + d.reason if d.reason else ''}" for d in rows]
    if is_open:
        lines.append("Stored. It goes out as soon as the bridge runs: casebridge run")
    return lines


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


async def outbox(settings: Settings) -> list[str]:
    """List what is parked or waits, newest first, without any text."""
    states = (DeliveryState.PARKED, DeliveryState.WINDOW_CLOSED, DeliveryState.QUEUED)
    async with opened(settings) as storage:
        rows = await storage.outbox(states, _SHOWN)
        counts = await storage.counts(app.clock())
    lines = [_outbox_line(d) for d in rows]
    parked = counts.inbox.get("parked", 0)
    if parked:
        lines.append(f"{parked} incoming messages could not be worked on and are kept: see the log for their ids.")
    return lines or ["Nothing is parked and nothing waits."]


def _outbox_line(d: Delivery) -> str:
    facts = [str(d.message.id), d.state.value, d.message.kind, str(d.message.address), f"tries {d.attempts}", d.reason]
    return "  ".join(filter(None, facts))


async def retry(settings: Settings, outbox_id: int) -> str:
    """Queue a parked message again."""
    async with opened(settings) as storage:
        if not await storage.retry_outbox(outbox_id, app.clock()):
            raise BridgeError(f"No parked message has the number {outbox_id}. See: casebridge outbox list")
    return "Queued; it goes out within a second while the bridge runs."


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


class Checker:
    """Follows one chain entry by entry, in flat memory."""

    def __init__(self, chain: str) -> None:
        """Start before the first entry."""
        self.chain = chain
        self.count = 0
        self._previous = GENESIS

    def take(self, link: Link) -> None:
        """Check the next entry. Raises `BridgeError` that names the first entry that does not fit."""
        place = f"Journal {self.chain}, entry {self.count + 1}"
        if link.sequence != self.count + 1 or link.previous != self._previous:
            raise BridgeError(f"{place}: an entry is missing, inserted or out of order here.")
        if link.digest != digest_details(link.entry.details, link.entry.salt):
            raise BridgeError(f"{place}: its details were changed.")
        if link.hash != link_hash(link.entry, link.sequence, link.previous, link.digest):
            raise BridgeError(f"{place}: it was changed.")
        self.count += 1
        self._previous = link.hash

    def done(self) -> str:
        """Say what was found, with the head for a witness."""
        return f"Journal {self.chain}: {self.count} entries, all in order. Head {self._previous}"
