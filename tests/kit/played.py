"""The whole bridge with people who play it: messengers in memory, a database, a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app.bridge import Bridge, Chance, Rules
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Deadline, DeadlineKind, TextKind
from bot.domain.ids import Ids
from bot.domain.journal import Entry
from bot.domain.messages import Address, Attachment, Capabilities, Delivery, Inbound, Kind
from bot.domain.people import Invite, Person, Role
from bot.domain.secure_entry import SecureField
from bot.domain.turn import InboxRow, Turn
from bot.line.message_work import Order, PageAct
from bot.people.enrolment import hash_of
from bot.ports.messengers import Wakes
from bot.ports.reads import Scope, Wanted
from bot.ports.translation import Translator
from bot.protection.permissions import scope_of
from tests.fakes.files import MemoryFiles
from tests.fakes.memory_messenger import MemoryAdapter, Shown
from tests.kit.clock import START
from tests.kit.database import KeptStorage
from tests.kit.phones import Phones
from tests.kit.world import MESSENGERS, PEOPLE, WINDOWS, Somebody, agreement, enrolled

_SECOND = timedelta(seconds=1)
#: An invite's.
CODE = "7H4Q-M9S3-4KZX"
#: How long before a reply window closes its person is asked to write.
ASKED_BEFORE = WINDOWS.ask_before


@dataclass(frozen=True)
class Written:
    """A free text of a case."""

    id: int
    kind: TextKind
    text: str
    by: int
    party: str
    own_side_only: bool
    amends: int | None


class PlayedBridge:
    """Steps that people take, and what they then hear."""

    def __init__(
        self,
        folder: Path,
        *,
        agreed: Agreement | None = None,
        identity: str = "never",
        messengers: Mapping[str, Capabilities] = MESSENGERS,
        storage: KeptStorage | None = None,
        translator: Translator | None = None,
        waker: Wakes | None = None,
        node: int = 1,
    ) -> None:
        self.now = START
        self.storage = storage or KeptStorage()
        self.storage.follow(self.clock)
        self.adapters = {
            name: MemoryAdapter(name, clock=self.clock, capabilities=can) for name, can in messengers.items()
        }
        self.phones = Phones(self.adapters)
        self.exports = folder
        self.files = MemoryFiles()
        self._translator = translator
        self._waker = waker
        self._chance = random.Random(7)
        self._new_id = Ids(self.clock, node)
        self.rules = Rules(
            agreed or agreement(), public_url="https://bridge.example", exports=folder, identity=identity
        )
        self._bridge = self._made()

    def clock(self) -> datetime:
        return self.now

    def _made(self) -> Bridge:
        chance = Chance(
            new_id=self._new_id,
            choose=self._chance.choice,
            salt=lambda: f"{self._chance.getrandbits(64):016x}",
            jitter=lambda: 0.0,
        )
        return Bridge(
            self.storage,
            self.adapters,
            self.rules,
            chance,
            clock=self.clock,
            files=self.files,
            translator=self._translator,
            waker=self._waker,
        )

    async def start(self) -> None:
        await self.storage.start()
        await self.enrol(*PEOPLE)
        await self._bridge.start()

    async def stop(self) -> None:
        await self._bridge.stop()

    async def enrol(self, *people: Somebody) -> None:
        await self.storage.apply([enrolled(people, self._new_id, self.now)])

    async def change(self, address: str, **changes: object) -> None:
        """Change an enrolled person behind the bridge's back, as the command line would."""
        person = replace(await self.person(address), **changes)  # type: ignore[arg-type]
        await self.storage.apply([Turn(people=(person,))])

    async def orders(self, order: Order | PageAct) -> None:
        """Give an order as the command line does, or act on a page."""
        await self._bridge.line.submit(order)

    # What people do.

    async def says(self, who: str, text: str, *, at: str = "", reply_to: str = "") -> Inbound:
        """Somebody writes, privately or in a group."""
        sent = await self._phone(who).says(who, text, at=at, reply_to=reply_to)
        await self._settled()
        return sent

    async def says_at_once(self, who: str, *texts: str) -> None:
        """Somebody writes several messages before any of them is answered."""
        await asyncio.gather(*(self._phone(who).says(who, text) for text in texts))
        await self._settled()

    async def say_at_once(self, *said: tuple[str, str]) -> None:
        """Several people write before any of them is answered."""
        await asyncio.gather(*(self._phone(who).says(who, text) for who, text in said))
        await self._settled()

    async def replies(self, who: str, text: str, *, at: str) -> Inbound:
        """Somebody replies to the newest message of a group."""
        return await self.says(who, text, at=at, reply_to=self.phones.at(at)[-1].id)

    async def taps(self, who: str, label: str, *, at: str = "", of: Shown | None = None) -> Inbound:
        """Somebody taps a button of the newest message that has it, or of an older message."""
        message = of or self.phones.newest_with(at or who, label)
        sent = await self._phone(who).taps_data(who, message.data(label), message.id, at=at)
        await self._settled()
        return sent

    async def edits(self, original: Inbound, text: str) -> None:
        """Somebody changes what they wrote."""
        await self.adapters[original.messenger].edits(original, text)
        await self._settled()

    async def deletes(self, original: Inbound) -> None:
        """Somebody deletes what they wrote."""
        await self.adapters[original.messenger].deletes(original)
        await self._settled()

    async def shares_location(self, who: str, latitude: float, longitude: float) -> None:
        await self._phone(who).shares_location(who, latitude, longitude)
        await self._settled()

    async def sends_photo(self, who: str, caption: str = "", *, file_id: str = "file-1") -> None:
        place = Address.parse(who)
        name = f"photo-{self._new_id()}"
        photo = Attachment(file_id, "", "image/jpeg", 48_000)
        message = Inbound(place.messenger, "1", name, Kind.PHOTO, self.now, place, place, caption)
        await self.redelivers(replace(message, message_id=name, attachment=photo))

    async def sends(self, who: str, kind: Kind, *, at: str = "", **content: object) -> Inbound:
        """Somebody sends whatever a phone can send."""
        sent = await self._phone(who).sends(who, kind, at=at, **content)
        await self._settled()
        return sent

    async def redelivers(self, message: Inbound) -> None:
        """A messenger hands a message over, perhaps not for the first time."""
        await self.adapters[message.messenger].receive(message)
        await self._settled()

    async def answers(self, who: str, *steps: str) -> None:
        """Somebody answers question after question; ``[Label]`` is a tap, anything else is typed."""
        for step in steps:
            if step.startswith("["):
                await self.taps(who, step[1:-1])
            else:
                await self.says(who, step)

    async def report_case(
        self, *steps: str, from_: str = "telegram:officer", text: str = "somebody screams for help in a flat"
    ) -> Case:
        """An officer opens a case and gives the first three answers (or other steps)."""
        before = self.storage.kept.cases
        await self.says(from_, text)
        (opened,) = self.storage.kept.cases.keys() - before
        await self.answers(from_, *(steps or ("[No]", "[Locked in or held]", "16")))
        return self.storage.kept.cases[opened]

    # Time.

    async def fast_forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass, stopping wherever the clock has something to do."""
        until = self.now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        await self.tick()
        while self.now < until:
            self.now = min(max(self._next_moment(), self.now + _SECOND), until)
            await self.tick()

    async def tick(self) -> None:
        """Let the clock look, as it does every second."""
        await self._bridge.reminder.tick()
        await self._bridge.seen_before.tick()
        assert self._bridge.fetcher
        await self._bridge.fetcher.tick()
        await self._bridge.closing.tick()
        await self._bridge.roster_watch.tick()
        await self._bridge.ring_watch.tick()
        if self._bridge.drafts is not None:
            await self._bridge.drafts.tick()
        await self._settled()

    async def fetches(self, messenger: str) -> None:
        """Let the bridge look for files of one messenger, as it does every second."""
        assert self._bridge.fetcher
        await self._bridge.fetcher.tick(messenger)

    async def tended(self) -> None:
        """Let the bridge look after people, as it does every quarter of an hour."""
        await self._bridge.tender.tick()
        await self._settled()

    async def daily_tick(self) -> None:
        """Let the bridge look whether something is due that happens once a day, as it does every minute."""
        await self._bridge.digester.tick()
        await self._bridge.daily_overdue.tick()
        await self._settled()

    async def evening_tick(self) -> None:
        """Let the bridge look whether it is evening somewhere, as it does every minute."""
        await self._bridge.evening_report.tick()
        await self._settled()

    async def nightly_tick(self) -> None:
        """Let the bridge look whether something is kept no longer, as it does every minute."""
        await self._bridge.nightly_purge.tick()
        await self._settled()

    async def down_for(self, *, hours: float = 0, minutes: float = 0) -> None:
        """The bridge stops, time passes, and it starts again."""
        await self._bridge.stop()
        self.now += timedelta(hours=hours, minutes=minutes)
        self._bridge = self._made()
        await self._bridge.start()
        await self.tick()

    async def reconfigured(self, agreed: Agreement) -> None:
        """The bridge stops, somebody changes the configuration, and it starts again."""
        self.rules = replace(self.rules, agreement=agreed)
        await self.restart()

    async def restart(self) -> None:
        """The bridge stops and starts again on the same database."""
        await self.down_for()

    def _next_moment(self) -> datetime:
        return self.storage.kept.next_moment(self.now, ASKED_BEFORE) or datetime.max.replace(tzinfo=UTC)

    async def _settled(self) -> None:
        await self._bridge.settled()
        if self._waker is not None:
            await self._waker.settled()

    def _phone(self, who: str) -> MemoryAdapter:
        return self.adapters[Address.parse(who).messenger]

    # What is kept.

    async def case(self, case: Case | str) -> Case:
        """A case as it stands now."""
        reference = case if isinstance(case, str) else case.reference
        found = (await self.storage.load(Wanted(references=(reference,)))).cases
        assert found, f"there is no case {reference}"
        return next(iter(found.values()))

    async def cases(self) -> list[Case]:
        """All cases, oldest first."""
        return list(self.storage.kept.cases.values())

    async def only_case(self) -> Case:
        (case,) = await self.cases()
        return case

    async def due(self, case: Case, kind: DeadlineKind) -> Deadline:
        """The newest deadline of a kind."""
        found = (await self.case(case)).deadline(kind)
        assert found is not None, f"{case.reference} has no {kind} deadline"
        return found

    async def texts(self, case: Case) -> list[Written]:
        """The free texts of a case as they are stored, whoever may read them."""
        kept = (await self.storage.history(case.id)).texts
        return [Written(t.id, t.kind, t.text.reveal(), t.by, t.party, t.own_side_only, t.amends) for t in kept]

    async def secure(self, case: Case) -> list[tuple[SecureField, str]]:
        """The secure case as it is stored, whoever may read it."""
        return [(e.field, e.value.reveal()) for e in await self.storage.secure_entries(case.id)]

    async def acts(self, case: Case) -> list[Entry]:
        """The journal of a case."""
        return [link.entry for link in (await self.storage.history(case.id)).journal]

    async def deliveries(self, case: Case) -> list[Delivery]:
        return list((await self.storage.history(case.id)).deliveries)

    async def person(self, address: str) -> Person:
        found = (await self.storage.directory()).at(Address.parse(address))
        assert found is not None, f"nobody is enrolled at {address}"
        return found

    async def scope(self, address: str) -> Scope:
        person = await self.person(address)
        return scope_of(person, self.rules.agreement)

    def inbox(self) -> list[InboxRow]:
        return self.storage.kept.inbox

    # What people hear.

    def expect(self, address: str, *contains: str) -> Shown:
        """Somebody was told, since they were last looked at, something that contains all this."""
        return self.phones.expect(address, contains)

    def expect_nothing(self, *addresses: str, containing: str = "") -> None:
        """Nobody there was told anything (with these words) since they were last looked at."""
        for address in addresses:
            self.phones.expect_nothing(address, containing)

    def heard(self, address: str) -> list[str]:
        """All that an address was told since it was last looked at; then it is looked at."""
        return [shown.text for shown in self.phones.take(address)]

    def forget(self, *addresses: str) -> None:
        """Everybody (or these) has read everything so far."""
        self.phones.forget(addresses)

    def everything_heard(self, addresses: Iterable[str] = ()) -> list[Shown]:
        """Every message of the journey, at these addresses or anywhere."""
        return self.phones.everything(addresses)


async def invited(bridge: PlayedBridge, code: str = CODE, **changes: object) -> None:
    """Make an invite, as the command line does."""
    values = {"party": "KH", "role": Role.OFFICER, "name": "Pov Chenda", "desk": "", "corridor": ""} | changes
    invite = Invite(
        bridge._new_id(),
        hash_of(code),
        created_at=bridge.now,
        expires_at=bridge.now + timedelta(hours=24),
        **values,  # type: ignore[arg-type]
    )
    await bridge.storage.apply([Turn(invites=(invite,))])
