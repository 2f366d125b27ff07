"""The running program between a fake WeChat and a fake Telegram: officers there, the other side's desk here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.people import Role
from tests.fakes.bot_api import BotApi
from tests.fakes.people import User, group
from tests.fakes.wechat_api import WechatApi
from tests.fakes.wechat_person import Follower, Line, over_http
from tests.kit.running import Setup, person, running
from tests.kit.town import KH_DUTY, KH_GROUP, Town, introduced, reference_in
from tests.kit.wechat import table

#: Each test has officers of its own, so that the stories in one program do not meet.
OFFICERS = range(701, 711)
CN_DUTY = 31
PEOPLE = (
    *(person(number, "CN", Role.OFFICER, at="wechat") for number in OFFICERS),
    person(CN_DUTY, "CN", Role.DUTY, "cn-duty", at="wechat"),
    person(KH_DUTY, "KH", Role.DUTY, "kh-duty"),
)
DESKS = {"kh-duty": [f"telegram:{KH_GROUP}"], "cn-duty": []}


@dataclass
class Border:
    """Both sides, each on its messenger, and the program between them."""

    town: Town  #: the Telegram side
    api: WechatApi
    line: Line

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, **chosen: Any) -> AsyncIterator[Border]:
        async with BotApi() as telegram, WechatApi() as wechat:
            setup = Setup(folder, telegram.url, mode="webhook", desks=DESKS, more=table(wechat), **chosen)
            await setup.enrol(*PEOPLE)
            group(telegram, KH_GROUP)
            User(telegram, KH_DUTY)
            async with running(setup) as program:
                await introduced(telegram, setup)
                line = Line(wechat, over_http(f"{setup.url}/hooks/wechat"))
                yield cls(Town(telegram, setup, program), wechat, line)

    def officer(self, number: int) -> Follower:
        return Follower(self.line, str(number))


async def reports(officer: Follower) -> str:
    """Report and answer three questions by their numbers, all in the calls that bring them; returns the reference."""
    stored = await officer.says("somebody screams for help in a flat")
    assert "(1 of 14)" in stored
    assert "(2 of 14)" in await officer.chooses("No")
    assert "(3 of 14)" in await officer.chooses("Locked in or held")
    assert "(4 of 14)" in await officer.says("16")
    return reference_in(stored)
