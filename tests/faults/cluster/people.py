"""Who writes while everything fails: officers who report, and a desk that acknowledges and closes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.people import Person, Role
from tests.faults.cluster.history import Ended
from tests.faults.cluster.messenger import Messenger
from tests.faults.cluster.silence import is_alert
from tests.faults.cluster.webhooks import Webhooks
from tests.faults.cluster.wechat import Followers
from tests.faults.cluster.witness import Witness
from tests.kit.running import person
from tests.kit.story import FIRST_CHAT, MESSAGES

_NAME = re.compile(r"KC\d\d-\w{5}-\w")
OFFICERS = range(FIRST_CHAT, FIRST_CHAT + 10)
FOLLOWERS = range(701, 705)
DUTY = range(21, 24)
_CHATS = frozenset(map(str, (*OFFICERS, *FOLLOWERS)))
DESKS = {"kh-duty": ["telegram:-1001"], "cn-duty": ["telegram:-1002"]}
PEOPLE: tuple[Person, ...] = (
    *(person(number, "CN", Role.OFFICER, at="wechat") for number in FOLLOWERS),
    *(person(number, "KH", Role.OFFICER) for number in OFFICERS),
    *(person(number, "CN", Role.DUTY, "cn-duty") for number in DUTY),
    person(31, "KH", Role.SUPERVISOR, "kh-duty"),
    person(32, "CN", Role.SUPERVISOR, "cn-duty"),
)
#: "/alert" opens a case whatever the officer was being asked.
_STORY = (f"/alert {MESSAGES[0]}", *MESSAGES[1:])
_PAUSE = (0.5, 2.5)  #: seconds between two messages of an officer
_LOOK = (0.5, 0.5)  #: seconds between two looks of the desk
_HESITATES = (0.0, 8.0)  #: seconds until something is done
_TOUCHED = 0.8  #: of the cases: the desk does something
_ACKNOWLEDGED, _CLOSED = 0.5, 0.9  #: of these


class People:
    """All of them, until it is enough."""

    def __init__(
        self,
        hooks: Webhooks,
        followers: Followers,
        messenger: Messenger,
        witness: Witness,
        chance: random.Random,
    ) -> None:
        self._hooks = hooks
        self._followers = followers
        self._messenger = messenger
        self._witness = witness
        self._chance = chance
        self._enough = asyncio.Event()
        self._seen = 0  #: of the arrivals
        self._known: set[str] = set()
        self._told: dict[str, dict[str, None]] = {}  #: the references that each officer was told, in their order
        self._writes: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.ended: dict[str, Ended] = {}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Let everybody work until the block ends; each ends with the message begun."""
        async with asyncio.TaskGroup() as group:
            for officer in OFFICERS:
                group.create_task(self._report(officer))
            for officer in FOLLOWERS:
                group.create_task(self._report_on_wechat(officer))
            group.create_task(self._watch(group))
            try:
                yield
            finally:
                self._enough.set()

    async def _pause(self, span: tuple[float, float]) -> bool:
        """Wait a while; whether it goes on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._enough.wait(), self._chance.uniform(*span))
        return not self._enough.is_set()

    async def _report(self, officer: int) -> None:
        while True:
            for text in _STORY:
                if not await self._pause(_PAUSE):
                    return
                await self._hooks.write(officer, text)

    async def _report_on_wechat(self, officer: int) -> None:
        while not self._enough.is_set():
            for text in _STORY:
                # Whoever reads that the account is out of order begins anew: what was asked last is not known.
                if not await self._pause(_PAUSE) or (answer := await self._followers.write(officer, text)) is None:
                    break
                self._note(str(officer), answer)

    async def _watch(self, group: asyncio.TaskGroup) -> None:
        while await self._pause(_LOOK):
            for case in self._look():
                group.create_task(self._react(case, self._chance.choice(DUTY)))

    def _look(self) -> list[str]:
        """Take in what arrived since; the cases that the desk was told of first."""
        new, self._seen = self._messenger.arrivals[self._seen :], len(self._messenger.arrivals)
        found = []
        for words in (arrival.words for arrival in new):
            if is_alert(words.buttons, words.text) and (case := _NAME.findall(words.text)[0]) not in self._known:
                self._known.add(case)
                found.append(case)
            if words.chat in _CHATS:
                self._note(words.chat, words.text)
        return found

    def _note(self, chat: str, text: str) -> None:
        if told := _NAME.match(text):
            self._told.setdefault(chat, {})[told[0]] = None

    async def _react(self, case: str, duty: int) -> None:
        if self._chance.random() > _TOUCHED or not await self._pause(_HESITATES):
            return
        self.ended[case] = Ended(case, self._witness.tick)
        if self._chance.random() < _ACKNOWLEDGED:
            await self._write(duty, f"/ack {case}")
        if self._chance.random() < _CLOSED and await self._is_reported(case):
            await self._write(duty, f"/close {case} found_safe She is safe with the police.")
            self.ended[case] = replace(self.ended[case], closed=self._witness.tick)

    async def _is_reported(self, case: str) -> bool:
        """Wait until its officer has begun the next one: what is said to a case that is closed belongs to none."""
        while await self._pause(_HESITATES):
            if any(case in told and told[-1] != case for told in map(list, self._told.values())):
                return True
        return False

    async def _write(self, duty: int, text: str) -> None:
        async with self._writes[duty]:
            await self._hooks.write(duty, text, is_report=False)
