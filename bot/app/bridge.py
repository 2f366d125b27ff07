"""The running core: line, deliverer and reminder around one storage and some adapters. Knows only ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic

import structlog

from bot.clock import call_outcomes
from bot.delivery.deliverer import Deliverer
from bot.delivery.other_nodes import OtherNodes
from bot.delivery.past_outbox import PastOutbox
from bot.domain.agreement import Agreement
from bot.domain.errors import StorageError
from bot.domain.messages import Address, Capabilities, Outgoing
from bot.domain.phone_calls import PhoneCall
from bot.domain.restored import Restored
from bot.domain.retention_rules import Retention
from bot.domain.rings import Weekly
from bot.domain.turn import Turn, outgoing_of
from bot.intake.reading import first_facts
from bot.jobs.daily_overdue import DailyOverdue
from bot.jobs.due_poller import Reminder
from bot.jobs.english_drafts import EnglishDrafts
from bot.jobs.evening_report import EveningReport
from bot.jobs.export_worker import Exports
from bot.jobs.file_fetcher import Fetcher
from bot.jobs.housekeeping import Tender
from bot.jobs.journal_digest import Digester
from bot.jobs.lost_files import FileWatch
from bot.jobs.purge import NightlyPurge, Surroundings
from bot.jobs.restored import restored_of, tell_restored
from bot.jobs.ring_watch import RingWatch
from bot.jobs.roster_watch import RosterWatch
from bot.jobs.seen_before import SeenBefore
from bot.jobs.window_reminders import Closing
from bot.line.line import Line, LineRules
from bot.line.message_work import Order
from bot.line.pulse import Pulse
from bot.people import reachability
from bot.ports.messengers import Adapter, FileSource, Wakes
from bot.ports.reads import Wanted
from bot.ports.storage import Files, Storage
from bot.ports.translation import Translator
from bot.turns.composer import Composer
from bot.turns.context import Context

log = structlog.get_logger(__name__)

Lateness = Callable[[Outgoing, timedelta], None]
Sleep = Callable[[float], Awaitable[None]]


def _wakes_nobody(_message: Outgoing) -> None:
    """Wake nobody besides."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Where randomness comes from."""

    new_id: Callable[[], int]
    choose: Callable[[str], str]  #: one character of a text
    salt: Callable[[], str]  #: random hex
    jitter: Callable[[], float]  #: between 0 and 1


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings that decisions need."""

    agreement: Agreement
    alert_after: timedelta = timedelta(minutes=3)
    public_url: str = ""
    pings_per_hour: int = 12  #: to one person, but for U1
    confirm_every: timedelta = timedelta(days=90)
    exports: Path = Path("exports")
    identity: str = "never"  #: what identifiers may do on a messenger: never, masked or allowed
    digest_at: time = time(6)  #: UTC
    evening_report: time = time(18)  #: in each side's own zone
    test_ring: Weekly | None = None  #: None: only when a supervisor begins one
    retention: Retention = field(default_factory=Retention)
    answer_within: timedelta | None = None  #: what comes in is stored or refused


class Bridge:
    """Everything between the messengers and the database."""

    def __init__(  # noqa: PLR0913 - everything meets here
        self,
        storage: Storage,
        adapters: Mapping[str, Adapter],
        rules: Rules,
        chance: Chance,
        *,
        clock: Callable[[], datetime],
        files: Files | None = None,
        translator: Translator | None = None,
        sends: bool = True,
        on_lateness: Lateness = lambda _message, _late: None,
        waker: Wakes | None = None,
        sleep: Sleep = asyncio.sleep,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Take the collaborators; nothing runs before `start`. Without a place for contents no file is fetched.

        With `sends` false every message is left to other nodes.
        """
        self._storage = storage
        self._adapters = adapters
        self._rules = rules
        self._chance = chance
        self._clock = clock
        self._sends = sends
        self._translator = translator
        self._waker = waker
        self._tasks: set[asyncio.Task[None]] = set()
        self._restored: Restored | None = None
        can = {name: adapter.capabilities for name, adapter in adapters.items()}
        self._phones = {name: c for name, c in can.items() if c.phones}
        self._windows = {name: c.windows for name, c in can.items() if c.windows is not None}
        self.pulse = Pulse(storage.beat, seconds)
        self.line = self._make_line(can, sleep)
        self._exports = Exports(
            storage, self.line, rules.agreement, rules.exports, rules.public_url, chance.new_id, clock
        )
        self._make_jobs(files)
        self.deliverer = self._make_deliverer(on_lateness, sleep)
        self._others = OtherNodes(storage, self.deliverer.tick)

    def _make_line(self, can: Mapping[str, Capabilities], sleep: Sleep) -> Line:
        return Line(
            self._storage,
            self._context,
            committed=self._committed,
            capabilities=can,
            noted=self.pulse.note,
            rules=LineRules(self._rules.answer_within, sends=self._sends),
            sleep=sleep,
        )

    def _make_deliverer(self, on_lateness: Lateness, sleep: Sleep) -> Deliverer:
        return Deliverer(
            self._storage,
            self._adapters,
            clock=self._clock,
            mark=self.line.mark,
            unstored=self.line.unstored,
            new_id=self._chance.new_id,
            jitter=self._chance.jitter,
            sleep=sleep,
            on_lateness=on_lateness,
            on_unreachable=lambda address: self._spawn(self._note_unreached(address)),
            on_not_called=lambda message: self._spawn(self._note_not_called(PhoneCall.of(message))),
            on_waking=self._waker.wake if self._waker is not None else _wakes_nobody,
        )

    def _make_jobs(self, files: Files | None) -> None:
        storage, line, clock, rules, chance = self._storage, self.line, self._clock, self._rules, self._chance
        self.reminder = Reminder(storage, line, clock)
        self.seen_before = SeenBefore(storage, line, clock)
        self.tender = Tender(storage, line, clock, rules.agreement, rules.confirm_every)
        self.closing = Closing(storage, line, clock, rules.agreement, self._windows)
        sources = {name: a for name, a in self._adapters.items() if isinstance(a, FileSource)}
        self.fetcher = Fetcher(storage, sources, files, submit=line.submit, clock=clock) if files else None
        english = self._translator
        self.drafts = EnglishDrafts(storage, english, submit=line.submit, clock=clock) if english else None
        node = f"bridge:{chance.new_id()}"
        self.roster_watch = RosterWatch(storage, line, clock, rules.agreement, node)
        self.ring_watch = RingWatch(storage, line, clock, rules.test_ring, node, rules.agreement)
        self.digester = Digester(storage, line, clock, rules.digest_at, node)
        self.daily_overdue = DailyOverdue(storage, line, clock, rules.digest_at, node, rules.agreement)
        self.evening_report = EveningReport(storage, line, clock, rules.evening_report, node, rules.agreement)
        around = Surroundings(rules.retention, clock, chance.new_id, chance.salt, files=files)
        self.nightly_purge = NightlyPurge(storage, around, node)
        self.shout = PastOutbox(storage, self._adapters, chance.new_id)
        self.file_watch = FileWatch(storage, self.shout, clock)

    async def start(self) -> None:
        """Begin to write, then connect the messengers."""
        self._restored = await restored_of(self._storage)
        first_facts.prepare()
        if self._translator is not None:
            await self._translator.start()
        if self._waker is not None:
            await self._waker.start()
        self.line.start()
        await asyncio.gather(*(adapter.start(self.line.receive) for adapter in self._adapters.values()))
        await tell_restored(self._storage, lambda act: self.line.submit(Order(act, actor="restore")))
        if self._sends:
            self._others.start()

    async def stop(self) -> None:
        """Send and write what is under way, then disconnect; may be called twice."""
        for task in self._tasks:
            task.cancel()
        await self._others.stop()
        await self.deliverer.stop()
        await self.line.stop()
        for helper in (self._waker, self._translator):
            if helper is not None:
                await helper.stop()
        await asyncio.gather(*(adapter.stop() for adapter in self._adapters.values()), return_exceptions=True)

    async def order(self, act: Callable[[Composer], None]) -> None:
        """Put an act of the bridge itself in the line, for the pages. Raises `StorageError`."""
        await self.line.submit(Order(act, actor="web"))

    async def settled(self) -> None:
        """Wait until all that can be done at this moment is done."""
        for _ in range(100):
            await self.line.settled()
            await self.deliverer.drain()
            await asyncio.gather(*self._tasks)
            claimed = await self.deliverer.tick()
            if not claimed and not self._tasks:
                await self.line.settled()
                return

    def _context(self) -> Context:
        return Context(
            now=self._clock(),
            agreement=self._rules.agreement,
            new_id=self._chance.new_id,
            choose=self._chance.choose,
            salt=self._chance.salt,
            alert_after=self._rules.alert_after,
            pings_per_hour=self._rules.pings_per_hour,
            public_url=self._rules.public_url,
            identity=self._rules.identity,
            confirm_every=self._rules.confirm_every,
            drafts_english=self._translator is not None,
            windows=self._windows,
            phones=self._phones,
            restored=self._restored,
        )

    def _committed(self, turns: Sequence[Turn], left_out: frozenset[int]) -> None:
        rows = [o for o in outgoing_of(turns) if o.id not in left_out]
        if rows and self._sends:
            self.deliverer.hand_over(rows)
        for turn in turns:
            for order in turn.exports:
                self._spawn(self._exports.make(order))

    async def _note_unreached(self, address: Address) -> None:
        """Let the core know that a messenger delivers nothing to an address."""
        try:
            wanted = reachability.wants(address, await self._storage.directory())
            if wanted is not None or reachability.is_desks(address, self._rules.agreement):
                order = Order(lambda c: reachability.not_reached(c, address), actor="bridge", wanted=wanted or Wanted())
                await self.line.submit(order)
        except StorageError as error:
            log.warning("Not noted that somebody cannot be reached; the next message shows it.", error=str(error))

    async def _note_not_called(self, call: PhoneCall) -> None:
        """Let the core know that a phone call could not be made: the next rung goes at once."""
        order = Order(lambda c: call_outcomes.not_made(c, call), actor="bridge", wanted=Wanted(cases=(call.case_id,)))
        try:
            await self.line.submit(order)
        except StorageError as error:
            log.warning("Not noted that a call was not made; the next rung goes in its time.", error=str(error))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
