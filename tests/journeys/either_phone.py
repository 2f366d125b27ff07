"""The same officer on Telegram, with buttons, and on WeChat, where every choice is typed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.case import Case
from bot.domain.messages import Address
from tests.fakes.memory_messenger import Shown
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

BOTH = pytest.mark.parametrize("messenger", ["telegram", "wechat"])
#: Where nobody plays an officer: the other side's desk and supervisor.
DUTY, OWN_GROUP = "wechat:duty", "telegram:kh-group"
#: All that comes before the question which help is asked for.
UP_TO_ASSISTANCE = (
    "[No]", "[Locked in or held]", "16", "China", "Nanchang", "yesterday 21:00", "[Yes, that is right]",
    "forced marriage", "1", "Cambodia",
)  # fmt: skip
REST = ("only through the reporter", "yes, not asked, no", "edit 14", "door locked")


@dataclass
class Phone:
    """An officer with a phone of one kind."""

    bridge: PlayedBridge
    who: str

    @property
    def screen(self) -> Shown:
        """What stands there last."""
        return self.bridge.phones.at(self.who)[-1]

    async def does(self, *steps: str) -> None:
        """Type words, or choose ``[Label]`` the way this phone lets one."""
        for step in steps:
            link = next((each for each in labels(self.screen) if step[1:-1] == each.partition(". ")[2]), "")
            if step.startswith("[") and (link or self.who.startswith("telegram")):
                await self.bridge.taps(self.who, link or step[1:-1])
            else:
                await self.bridge.says(self.who, self._number(step[1:-1]) if step.startswith("[") else step)

    def _number(self, label: str) -> str:
        for shown in reversed(self.bridge.phones.at(self.who)):
            choices = "\n".join((shown.text, *labels(shown)))  # as links the choices carry their numbers too
            found = re.search(rf"^(\d+)\. (?:✔ )?{re.escape(label)}$", choices, re.MULTILINE)
            if found:
                return found[1]
            if re.search(rf"^Or type:.*\b{label.casefold()}\b", shown.text, re.MULTILINE):
                return label.casefold()
        raise AssertionError(f"nothing to type for {label!r}: {self.screen.text}")

    async def reports(self, *steps: str, text: str = "somebody screams for help in a flat") -> Case:
        """Open a case and answer."""
        before = {case.id for case in await self.bridge.cases()}
        await self.bridge.says(self.who, text)
        (case,) = [case for case in await self.bridge.cases() if case.id not in before]
        await self.does(*steps)
        return await self.bridge.case(case)

    async def case(self, case: Case) -> Case:
        """The case as it stands."""
        return await self.bridge.case(case)


@asynccontextmanager
async def officer_on(messenger: str, folder: Path) -> AsyncIterator[Phone]:
    """The bridge with the officer on this messenger; WeChat has no buttons here, as in truth."""
    bridge = PlayedBridge(folder, messengers=OFFICIAL_ACCOUNT)
    await bridge.start()
    try:
        who = f"{messenger}:officer"
        await bridge.change("telegram:officer", addresses=(Address.parse(who),))
        yield Phone(bridge, who)
    finally:
        await bridge.stop()
