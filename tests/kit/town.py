"""What the tests of the running program on Telegram share: the people there, and waiting until they hear something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain import reference
from bot.domain.case import Case, Status
from bot.domain.people import Role
from bot.ports.reads import Wanted
from tests.fakes.bot_api import BotApi
from tests.fakes.messages import Post
from tests.fakes.people import User, group
from tests.kit.running import Program, Setup, Terminal, person, running
from tests.kit.waiting import Stuck, until

CN_GROUP, KH_GROUP, KH_TOPIC = -1001, -1002, 7
#: Each test has officers of its own, so that the stories in one program do not meet.
OFFICERS = range(101, 121)
KH_DUTY, CN_DUTY, CN_POLICE, SUPERVISOR, ADMIN, STRANGER = 21, 22, 23, 31, 41, 99
PEOPLE = (
    *(person(number, "KH", Role.OFFICER) for number in OFFICERS),
    person(KH_DUTY, "KH", Role.DUTY, "kh-duty"),
    person(CN_DUTY, "CN", Role.DUTY, "cn-duty"),
    person(CN_POLICE, "CN", Role.DUTY, "cn-police"),
    person(SUPERVISOR, "CN", Role.SUPERVISOR, "cn-duty"),
    person(ADMIN, "KH", Role.ADMIN),
)
DESKS = {
    "kh-duty": [f"telegram:{KH_GROUP}/{KH_TOPIC}"],
    "cn-duty": [f"telegram:{CN_GROUP}"],
    "cn-police": [],
}


@dataclass
class Town:
    """Everybody on the fake Telegram, and the program that they talk with."""

    api: BotApi
    setup: Setup
    program: Program

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, **chosen: Any) -> AsyncIterator[Town]:
        async with BotApi() as api:
            setup = Setup(folder, api.url, **{"desks": DESKS} | chosen)
            await setup.enrol(*PEOPLE)
            group(api, CN_GROUP)
            group(api, KH_GROUP, topics=(KH_TOPIC,))
            for each in PEOPLE:
                User(api, each.id)
            User(api, STRANGER)
            async with running(setup) as program:
                await introduced(api, setup)
                yield cls(api, setup, program)

    @property
    def terminal(self) -> Terminal:
        return Terminal(self.setup.file)

    def user(self, number: int) -> User:
        return User(self.api, number)

    async def reports(self, officer: int, *, text: str = "somebody screams for help in a flat") -> str:
        """An officer reports and answers three questions; returns the reference."""
        dara = self.user(officer)
        stored = await self.hears(officer, "(1 of 14)", after=dara.says(text))
        dara.taps("No")
        await self.hears(officer, "(2 of 14)", after=stored)
        dara.taps("Locked in or held")
        await self.hears(officer, "(3 of 14)", after=stored)
        await self.hears(officer, "(4 of 14)", after=dara.says("16"))
        return reference_in(stored.text)

    async def case(self, reference: str) -> Case:
        """A case as it stands in the database."""
        async with self.setup.storage() as storage:
            found = (await storage.load(Wanted(references=(reference,)))).cases
        assert found, reference
        return next(iter(found.values()))

    async def becomes(self, reference: str, status: Status) -> Case:
        """Wait until a case stands so."""

        async def look() -> Case | None:
            case = await self.case(reference)
            return case if case.status is status else None

        case: Case = await until(look)
        return case

    async def outbox(self, *words: str) -> list[str]:
        """Wait until `casebridge outbox list` has lines with all this; those lines."""

        async def look() -> list[str]:
            lines = await self.terminal.beside("outbox", "list")
            return [line for line in lines if all(word in line for word in words)]

        lines: list[str] = await until(look)
        return lines

    async def hears(self, chat: int, *words: str, after: Post | None = None) -> Post:
        """Wait for a message in a chat that contains all this."""

        def found() -> Post | None:
            return next((p for p in self.api.sent(chat) if all(w in p.text for w in words) and p.id > since), None)

        since = after.id if after else 0
        try:
            await self.api.until(found)
        except Stuck:
            raise AssertionError(f"{chat} did not hear {words}\n{self.told()}\n{self.program.output}") from None
        post = found()
        assert post
        return post

    def told(self) -> str:
        """Everything that stands in any chat, for tests that fail."""
        posts = sorted((p for chat in self.api.chats._posts for p in self.api.posts(chat)), key=lambda p: p.id)
        return "\n".join(
            f"{p.id} in {p.chat} by {'bot' if p.by_bot else p.author}: {p.text!r} {p.labels}" for p in posts
        )


async def introduced(api: BotApi, setup: Setup) -> None:
    """Wait until the program and Telegram know each other. The https address of the webhook is that of a proxy."""
    await api.until(lambda: api.commands)
    if api.updates.webhook_url:
        assert api.updates.webhook_url == "https://bridge.example/hooks/telegram"
        api.updates.webhook_url = setup.hook


def reference_in(text: str) -> str:
    found = reference.find_in(text)
    assert found, text
    return found[0]
