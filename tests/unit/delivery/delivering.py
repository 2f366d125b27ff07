"""A small world for tests of delivery: scripted messengers, a database, and a clock that tests move."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from bot.delivery.deliverer import Deliverer
from bot.delivery.marking import USUAL, Limits
from bot.domain.case import Case, Deadline, DeadlineKind, DeadlineState
from bot.domain.errors import StorageError
from bot.domain.messages import (
    Address,
    Capabilities,
    Delivery,
    DeliveryState,
    Grant,
    Outgoing,
    OutgoingKind,
    Priority,
    WindowRules,
)
from bot.domain.reply_windows import Window
from bot.domain.turn import Mark, Turn
from bot.ports.messengers import Receive
from tests.kit.database import KeptStorage

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
WINDOWS = WindowRules(Grant(5, timedelta(hours=48)), Grant(3, timedelta(minutes=1)))
WINDOWED = Capabilities(text_limit=2048, text_unit="bytes", windows=WINDOWS, knocks=True)
PLAIN = Capabilities(text_limit=4096, edits=True, files=True)

#: What a scripted messenger does with the next message: takes it when nothing is planned.
Plan = Exception | asyncio.Event


class Time:
    """A clock and a sleep that move only when told to."""

    def __init__(self) -> None:
        self.now = NOON
        self.alarms: list[tuple[datetime, int, asyncio.Event]] = []
        self._numbers = count()

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        rung = asyncio.Event()
        heappush(self.alarms, (self.now + timedelta(seconds=seconds), next(self._numbers), rung))
        await rung.wait()

    def move_to(self, moment: datetime) -> None:
        self.now = moment
        while self.alarms and self.alarms[0][0] <= moment:
            heappop(self.alarms)[2].set()


class Messenger:
    """An adapter that notes what it was given, and does what the test planned."""

    def __init__(self, name: str, time: Time, capabilities: Capabilities = PLAIN) -> None:
        self.messenger = name
        self.capabilities = capabilities
        self.sent: list[tuple[datetime, Delivery, str]] = []
        self.lasts: list[bool] = []
        self.tries: list[datetime] = []
        self.plans: dict[str, deque[Plan]] = {}  #: by peer
        self.always: dict[str, Exception] = {}  #: by peer, ``*`` for all
        self.knocks: list[tuple[datetime, int, str]] = []  #: when, for which outbox row, saying what
        self.knock_plans: deque[Plan] = deque()
        self.has_ids = True  #: whether a knock has one
        self.under_way = 0
        self.most_under_way = 0
        self._time = time
        self._ids = count(1)

    async def start(self, receive: Receive) -> None: ...

    async def stop(self) -> None: ...

    def plan(self, peer: str, *plans: Plan) -> None:
        self.plans.setdefault(peer, deque()).extend(plans)

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        peer = delivery.message.address.peer
        self.tries.append(self._time.now)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self._follow_plan(peer)
        finally:
            self.under_way -= 1
        self.sent.append((self._time.now, delivery, text))
        self.lasts.append(is_last)
        return f"{self.messenger}-{next(self._ids)}"

    async def knock(self, delivery: Delivery, headline: str) -> str:
        await self._follow(self.knock_plans.popleft() if self.knock_plans else None, "")
        self.knocks.append((self._time.now, delivery.message.id, headline))
        return f"knock-{len(self.knocks)}" if self.has_ids else ""

    async def _follow_plan(self, peer: str) -> None:
        planned = self.plans.get(peer)
        await self._follow(planned.popleft() if planned else None, peer)

    async def _follow(self, plan: Plan | None, peer: str) -> None:
        if isinstance(plan, asyncio.Event):
            await plan.wait()
        error = plan if isinstance(plan, Exception) else self.always.get(peer) or self.always.get("*")
        if error is not None:
            raise error

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.sent]

    @property
    def seconds(self) -> list[float]:
        """When each message was taken, in seconds since the beginning."""
        return [(moment - NOON).total_seconds() for moment, _, _ in self.sent]


class Watched(KeptStorage):
    """The storage, with a note of every recheck; it can be told to fail them."""

    def __init__(self) -> None:
        super().__init__()
        self.checks: list[tuple[int, ...]] = []
        self.stood_still: Callable[[], None] = lambda: None  #: called after each recheck
        self.is_out = False

    async def superseded(self, ids: Sequence[int]) -> dict[int, str]:
        if self.is_out:
            raise StorageError("The disk is full.")
        self.checks.append(tuple(ids))
        found = await super().superseded(ids)
        self.stood_still()
        return found

    async def reread(self, ids: Sequence[int]) -> dict[int, Outgoing]:
        if self.is_out:
            raise StorageError("The disk is full.")
        return await super().reread(ids)

    async def count_attempt(self, kind: str, key: str, now: datetime, window: timedelta) -> int:
        if self.is_out:
            raise StorageError("The disk is full.")
        return await super().count_attempt(kind, key, now, window)

    async def readdress(self, old: Address, new: Address) -> None:
        if self.is_out:
            raise StorageError("The disk is full.")
        await super().readdress(old, new)


class Postroom:
    """Storage, messengers and a deliverer; marks are committed whenever time moves."""

    def __init__(
        self,
        *,
        storage: Watched | None = None,
        limits: Limits = USUAL,
        time: Time | None = None,
        messengers: Mapping[str, Messenger] | None = None,
        holds_what_it_owes: bool = True,
        **capabilities: Capabilities,
    ) -> None:
        self.time = time or Time()
        self.storage = storage or Watched()
        self.ids = count(1000)
        self.messengers = messengers or {
            name: Messenger(name, self.time, capabilities.get(name, PLAIN)) for name in ("telegram", "wechat", "web")
        }
        self.marks: list[Mark] = []  #: not committed yet
        self.all_marks: list[Mark] = []
        self.late: list[tuple[int, timedelta]] = []
        self.is_meter_broken = False
        self.deliverer = Deliverer(
            self.storage,
            self.messengers,
            clock=self.time,
            mark=self._mark,
            unstored=lambda: {mark.outbox_id: mark for mark in self.marks if holds_what_it_owes},
            new_id=lambda: next(self.ids),
            jitter=lambda: 0.0,
            sleep=self.time.sleep,
            on_lateness=self._note_lateness,
            limits=limits,
        )

    def _mark(self, mark: Mark) -> None:
        self.marks.append(mark)
        self.all_marks.append(mark)

    def _note_lateness(self, message: Outgoing, late: timedelta) -> None:
        if self.is_meter_broken:
            raise RuntimeError("the meter is broken")
        self.late.append((message.id, late))

    def __getitem__(self, messenger: str) -> Messenger:
        return self.messengers[messenger]

    async def store(self, *messages: Outgoing) -> frozenset[int]:
        """Commit messages; returns those that wait for a claim."""
        return await self.storage.apply([Turn(outgoing=messages)])

    async def post(self, *messages: Outgoing) -> None:
        """Commit messages and hand them over, as the writer does."""
        left = await self.store(*messages)
        self.deliverer.hand_over([one for one in messages if one.id not in left])
        await self.settle()

    async def settle(self, rounds: int = 200) -> None:
        """Let everything run that can run without time moving."""
        for _ in range(rounds):
            await asyncio.sleep(0)

    async def commit(self) -> None:
        marks, self.marks = self.marks, []
        await self.storage.apply([], marks)

    async def tick(self) -> None:
        await self.commit()
        await self.deliverer.tick()
        await self.settle(40)

    async def wait(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass, with a commit and a tick at every step."""
        end = self.time.now + timedelta(seconds=seconds)
        while self.time.now < end:
            self.time.move_to(min(end, self.time.now + timedelta(seconds=step)))
            await self.settle(40)
            await self.tick()

    async def row(self, outbox_id: int) -> Delivery:
        await self.commit()
        rows = await self.storage.outbox(list(DeliveryState), 1000)
        return next(row for row in rows if row.message.id == outbox_id)

    async def state(self, outbox_id: int) -> DeliveryState:
        return (await self.row(outbox_id)).state

    async def opens(self, address: str, *, by_tap: bool = False) -> Window:
        """Somebody wrote, or tapped a menu: the window that this opens is stored with their message."""
        grant = WINDOWS.tap if by_tap else WINDOWS.message
        now = self.time.now
        window = Window(Address.parse(address), now, now + grant.span, grant.count, by_tap=by_tap)
        await self.storage.apply([Turn(windows=(window,))])
        return window

    async def left(self, address: str) -> int:
        """How many messages may still be sent there."""
        windows = await self.storage.open_windows(Address.parse(address), self.time.now)
        return sum(window.left for window in windows)

    async def case_with_deadline(self, state: DeadlineState = DeadlineState.RUNNING) -> Case:
        """Store a case with a deadline, id 70, and one that keeps it watched."""
        deadline = Deadline(70, 7, DeadlineKind.ACKNOWLEDGE, NOON, NOON + timedelta(days=1), state)
        review = Deadline(71, 7, DeadlineKind.REVIEW, NOON, NOON + timedelta(days=1))
        officer = Address("telegram", "1")
        case = Case(7, "KC26-M9S34-4", "KC", "KH", "CN", 1, officer, NOON, NOON, deadlines=(deadline, review))
        await self.storage.apply([Turn(cases=(case,), new_cases=frozenset({7}))])
        return case

    async def meet(self, case: Case) -> None:
        """Meet the deadline of the case."""
        first, *others = case.deadlines
        met = (replace(first, state=DeadlineState.MET, next_at=None), *others)
        await self.storage.apply([Turn(cases=(replace(case, version=case.version + 1, deadlines=met),))])


def message(
    outbox_id: int,
    to: str = "telegram:1",
    *others: str,
    priority: Priority = Priority.U1,
    text: str = "",
    created_at: datetime = NOON,
) -> Outgoing:
    """An alert of highest urgency, unless said otherwise."""
    return Outgoing(
        outbox_id,
        f"key:{outbox_id}",
        OutgoingKind.ALERT,
        "desk:cn-duty",
        Address.parse(to),
        tuple(Address.parse(other) for other in others),
        text or f"message {outbox_id}",
        priority=priority,
        created_at=created_at,
    )


def ping(outbox_id: int, to: str = "telegram:1") -> Outgoing:
    """A ping about the deadline of `Postroom.case_with_deadline`."""
    return replace(message(outbox_id, to), kind=OutgoingKind.PING, case_id=7, deadline_id=70)


def edit(outbox_id: int, of: int, to: str = "telegram:1") -> Outgoing:
    """An edit of an earlier message."""
    return replace(
        message(outbox_id, to, priority=Priority.EDIT), kind=OutgoingKind.EDIT, replaces=f"key:{of}", case_id=7
    )


def answer(outbox_id: int, to: str = "telegram:1") -> Outgoing:
    """The answer to a person's own message."""
    return replace(message(outbox_id, to, priority=Priority.ANSWER), kind=OutgoingKind.REPLY)
