"""The running core: line, deliverer and reminder around one storage and some adapters. Knows only ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import structlog

from bot.agreement import Agreement
from bot.composing import Composer
from bot.context import Context
from bot.deliver import Deliverer
from bot.digest import Digester
from bot.errors import BridgeError, StorageError
from bot.export import ExportRequest, Manifest, export, file_name
from bot.messages import Outgoing
from bot.ports import Adapter, Storage
from bot.purging import NightlyPurge, Surroundings
from bot.receive import Line
from bot.remind import Reminder
from bot.retention import Retention
from bot.texts import tr
from bot.turn import ExportOrder, Turn
from bot.work import Order

log = structlog.get_logger(__name__)

Lateness = Callable[[Outgoing, timedelta], None]


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
    exports: Path = Path("exports")
    digest_at: time = time(6)  #: UTC
    retention: Retention = field(default_factory=Retention)


class Bridge:
    """Everything between the messengers and the database."""

    def __init__(
        self,
        storage: Storage,
        adapters: Mapping[str, Adapter],
        rules: Rules,
        chance: Chance,
        *,
        clock: Callable[[], datetime],
        on_lateness: Lateness = lambda _message, _late: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the collaborators; nothing runs before `start`."""
        self._storage = storage
        self._adapters = adapters
        self._rules = rules
        self._chance = chance
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self.line = Line(storage, self._context, committed=self._committed)
        self.reminder = Reminder(storage, self.line, clock)
        node = f"bridge:{chance.new_id()}"
        self.digester = Digester(storage, self.line, clock, rules.digest_at, node)
        around = Surroundings(rules.retention, clock, chance.new_id, chance.salt)
        self.nightly_purge = NightlyPurge(storage, around, node)
        self.deliverer = Deliverer(
            storage,
            adapters,
            clock=clock,
            mark=self.line.mark,
            new_id=chance.new_id,
            jitter=chance.jitter,
            sleep=sleep,
            on_lateness=on_lateness,
        )

    async def start(self) -> None:
        """Begin to write, then connect the messengers."""
        self.line.start()
        await asyncio.gather(*(adapter.start(self.line.receive) for adapter in self._adapters.values()))

    async def stop(self) -> None:
        """Send and write what is under way, then disconnect; may be called twice."""
        for task in self._tasks:
            task.cancel()
        await self.deliverer.stop()
        await self.line.stop()
        await asyncio.gather(*(adapter.stop() for adapter in self._adapters.values()), return_exceptions=True)

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
            public_url=self._rules.public_url,
        )

    def _committed(self, turns: Sequence[Turn], left_out: frozenset[int]) -> None:
        rows = [o for turn in turns for o in turn.outgoing if o.id not in left_out]
        if rows:
            self.deliverer.hand_over(rows)
        for turn in turns:
            for order in turn.exports:
                self._spawn(self._export(order))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _export(self, order: ExportOrder) -> None:
        """Make the file an admin asked for and send it, or say why not."""
        person = (await self._storage.directory()).get(order.person_id)
        language = person.language if person else "en"
        request = ExportRequest(
            format=order.format,
            since=order.since,
            until=order.until,
            parties=(person.party,) if person else (),
            exporter=f"person:{order.person_id}",
            reason=order.reason,
        )
        name = file_name(request, self._chance.new_id())
        try:
            manifest = await export(self._storage, request, self._rules.exports / name, clock=self._clock)
            words, file = self._exported(manifest, name, language), name
        except BridgeError as error:
            words, file = tr(language, "The export failed, nothing was made: {reason}", reason=str(error)), ""
        except Exception as error:  # noqa: BLE001 - the admin is told; the error's text may hold data, so only its type is logged
            log.error("export failed", error=type(error).__name__)  # noqa: TRY400 - see above
            words, file = tr(language, "The export failed, nothing was made. Please try again."), ""
        await self._send_export(order, words, file)

    def _exported(self, manifest: Manifest, name: str, language: str) -> str:
        return tr(
            language,
            "Cases in the file: {count}. De-identified. SHA-256 {digest}. {link}",
            count=manifest.count,
            digest=manifest.sha256,
            link=f"{self._rules.public_url.rstrip('/')}/exports/{name}",
        )

    async def _send_export(self, order: ExportOrder, words: str, file: str) -> None:
        def act(c: Composer) -> None:
            if file:
                c.journal("exported", file=file, person=order.person_id, reason=order.reason)
            c.send(
                Outgoing(
                    id=c.context.new_id(),
                    dedupe_key=f"export:{c.inbox_id}",
                    kind="file" if file else "reply",
                    recipient=f"person:{order.person_id}",
                    address=order.place,
                    text=words,
                    file=file,
                )
            )

        try:
            await self.line.submit(Order(act, actor=f"person:{order.person_id}"))
        except StorageError:
            log.exception("export made, but its message was not stored")
