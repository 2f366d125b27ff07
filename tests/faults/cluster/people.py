"""Who writes while everything fails: officers who report, and a desk that acknowledges and closes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.people import Person, Role
from tests.faults.cluster.history import Ended
from tests.faults.cluster.messenger import Messenger
from tests.faults.cluster.silence import is_alert
from tests.faults.cluster.webhooks import Webhooks
from tests.faults.cluster.witness import Witness
from tests.kit.running import person
from tests.kit.story import FIRST_CHAT, MESSAGES

_NAME = re.compile(r"KC\d\d-\w{5}-\w")
OFFICERS = range(FIRST_CHAT, FIRST_CHAT + 12)
DUTY = range(21, 24)
DESKS = {"kh-duty": ["telegram:-1001"], "cn-duty": ["telegram:-1002"]}
PEOPLE: tuple[Person, ...] = (
    *(person(number, "KH", Role.OFFICER) for number in OFFICERS),
    *(person(number, "CN", Role.DUTY, "cn-duty") for number in DUTY),
    person(31, "KH", Role.SUPERVISOR, "kh-duty"),
    person(32, "CN", Role.SUPERVISOR, "cn-duty"),
)
_PAUSE = (0.5, 2.5)  #: seconds between two messages of an officer
_LOOK = 0.5  #: seconds between two looks of the desk
_HESITATES = (0.0, 8.0)  #: seconds from a look to what is done
_TOUCHED = 0.8  #: of the cases: the desk does something
_ACKNOWLEDGED, _CLOSED = 0.5, 0.9  #: of these


class People:
    """All of them, until it is enough."""

    def __init__(self, hooks: Webhooks, messenger: Messenger, witness: Witness, chance: random.Random) -> None:
        self._hooks = hooks
        self._messenger = messenger
        self._witness = witness
        self._chance = chance
        self._enough = asyncio.Event()
        self._known: set[str] = set()
        self.ended: dict[str, Ended] = {}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Let everybody work until the block ends; each ends with the message begun."""
        async with asyncio.TaskGroup() as group:
            for officer in OFFICERS:
                group.create_task(self._report(officer))
            for duty in DUTY:
                group.create_task(self._watch(duty))
            try:
                yield
            finally:
                self._enough.set()

    async def _pause(self, least: float, most: float) -> bool:
        """Wait a while; whether it goes on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._enough.wait(), self._chance.uniform(least, most))
        return not self._enough.is_set()

    async def _report(self, officer: int) -> None:
        # "/alert" opens a case whatever the officer was being asked.
        story = (f"/alert {MESSAGES[0]}", *MESSAGES[1:])
        while True:
            for text in story:
                if not await self._pause(*_PAUSE):
                    return
                await self._hooks.write(officer, text)

    async def _watch(self, duty: int) -> None:
        seen = 0
        while await self._pause(_LOOK, _LOOK):
            alerts, seen = self._messenger.arrivals[seen:], len(self._messenger.arrivals)
            for words in [alert.words for alert in alerts if is_alert(alert.words.buttons, alert.words.text)]:
                await self._react(duty, _NAME.findall(words.text)[0])

    async def _react(self, duty: int, case: str) -> None:
        if case in self._known:
            return
        self._known.add(case)
        if self._chance.random() > _TOUCHED or not await self._pause(*_HESITATES):
            return
        self.ended[case] = Ended(case, self._witness.tick)
        if self._chance.random() < _ACKNOWLEDGED:
            await self._hooks.write(duty, f"/ack {case}", is_report=False)
        if self._chance.random() < _CLOSED and await self._pause(*_HESITATES):
            await self._hooks.write(duty, f"/close {case} found_safe She is safe with the police.", is_report=False)
            self.ended[case] = replace(self.ended[case], closed=self._witness.tick)
