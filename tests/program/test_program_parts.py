"""Two running programs share the work by its kind: one is called and stores, the other runs the clock and sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from bot.domain.case import Status
from tests.fakes.bot_api import BotApi
from tests.fakes.people import User, group
from tests.fakes.wechat_api import WechatApi
from tests.fakes.wechat_person import Line, over_http
from tests.kit.engines import postgres_server
from tests.kit.running import Setup, Terminal, running
from tests.kit.site import write
from tests.kit.town import KH_DUTY, KH_GROUP, Town, introduced
from tests.kit.wechat import table
from tests.program.wechat_program import DESKS, OFFICERS, PEOPLE, Border, reports

#: Soon enough to see a ping in a test; no second one follows.
IMPATIENT = """
[urgency.U1]
acknowledge = "4s"
repeat = "10m"
"""


@dataclass
class Shared:
    border: Border  #: both messengers and the node that is called
    work: Setup


@asynccontextmanager
async def shared(folder: Path, mode: str) -> AsyncIterator[Shared]:
    """A node for each part, of which only the one that is called runs yet."""
    with postgres_server() as url:
        async with BotApi() as telegram, WechatApi() as wechat:
            more = IMPATIENT + (table(wechat) if mode == "webhook" else "")
            web, work = (
                _setup(folder / name, telegram.url, mode=mode, more=more, database=url) for name in ("web", "work")
            )
            await web.enrol(*PEOPLE)
            group(telegram, KH_GROUP)
            User(telegram, KH_DUTY)
            async with running(web, "--only", "web") as program:
                line = Line(wechat, over_http(f"{web.url}/hooks/wechat"))
                yield Shared(Border(Town(telegram, web, program), wechat, line), work)


def _setup(folder: Path, api: str, **chosen: Any) -> Setup:
    folder.mkdir(mode=0o700)
    return Setup(folder, api, desks=DESKS, **chosen)


async def _get(setup: Setup, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as client, client.get(f"{setup.url}{path}") as answer:
        return answer.status, await answer.json() if path.startswith("/health") else None


@pytest.mark.postgres
async def test_one_node_takes_messages_and_the_other_sends_answers_and_pings(tmp_path: Path) -> None:
    async with shared(tmp_path, "webhook") as nodes:
        border, town, work = nodes.border, nodes.border.town, nodes.work
        await introduced(town.api, town.setup)
        officer = border.officer(OFFICERS[0])
        reference = await reports(officer)
        assert border.api.count("/custom/send") == 0, "answers go back in the call, also from a node that sends nothing"
        assert not town.api.sent(KH_GROUP), "nobody sends yet"
        assert await _get(town.setup, "/health/ready") == (200, {"ready": True, "checks": {"database": "ok"}})

        async with running(work, "--only", "work") as program:
            alert = await town.hears(KH_GROUP, reference, "U1 immediate")
            ping = await town.hears(KH_GROUP, reference, "ping 1")
            town.user(KH_DUTY).taps("Acknowledge", on=alert)
            told = await officer.hears(reference, "Acknowledged by")
            assert not told.in_call
            await town.becomes(reference, Status.ACKNOWLEDGED)
            assert border.api.count("/custom/send") >= 1
            again = await _get(work, "/health/ready")
            assert again == (200, {"ready": True, "checks": {"database": "ok", "clock": "ok"}})
            assert [(await _get(work, path))[0] for path in ("/", "/cases", "/hooks/telegram", "/chat")] == [404] * 4
            assert "polls, runs the clock, sends" in program.output
            assert town.api.updates.webhook_url == town.setup.hook, "only who is called says where"
            assert await program.terminate() == 0

        assert "takes webhooks, pages and web chat, and stores. Other nodes must: polls" in town.program.output
        posts = [post for post in town.api.sent(KH_GROUP) if reference in post.text]
        assert [post.id for post in posts[:2]] == [alert.id, ping.id]
        assert "Nothing is late here any more." in posts[1].text, "the one ping is changed in place"
        assert ["you have acknowledged" in post.text for post in posts[2:]] == [True]
        assert len([post for post in officer.heard if "(1 of 14)" in post.text]) == 1, "what went in the call goes once"
        assert "Traceback" not in town.program.output


@pytest.mark.postgres
async def test_only_the_node_that_works_asks_telegram_for_messages(tmp_path: Path) -> None:
    async with shared(tmp_path, "polling") as nodes:
        town = nodes.border.town
        town.user(KH_DUTY).says("/cases")
        assert await _get(town.setup, "/health/ready") == (200, {"ready": True, "checks": {"database": "ok"}})
        assert not town.api.calls, "a node that is called asks nothing"
        async with running(nodes.work, "--only", "work"):
            await town.hears(KH_DUTY, "No ")


@pytest.mark.postgres
async def test_on_a_page_of_the_node_that_is_called_the_answer_stands_at_once(tmp_path: Path) -> None:
    async with shared(tmp_path, "polling") as nodes:
        web = nodes.border.town.setup
        said = " ".join(await Terminal(web.file).beside("signin", KH_DUTY))
        async with httpx.AsyncClient(base_url=web.url, timeout=None) as duty:
            assert (await duty.post(said[said.index("/signin/") :].split()[0])).status_code == 303
            assert "/handoff" not in (await duty.get("/chat")).text
            await write(duty, "/help")
            assert "/handoff" in (await duty.get("/chat")).text, "nobody sends, and nobody needs to"
            assert (await duty.get("/cases")).status_code == 200


def test_on_sqlite_one_process_does_everything(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    for part in ("web", "work"):
        assert Terminal(setup.write())("run", "--only", part, code=1) == [
            "--only needs PostgreSQL: with SQLite one process does everything. Leave it out, or set database.url."
        ]
    assert not list(tmp_path.glob("*.db")), "nothing was begun"
