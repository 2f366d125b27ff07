"""The running program starts and stops: without Telegram, in the middle of work, and again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

import aiohttp

from bot.domain.people import Role
from tests.fakes.bot_api import BotApi
from tests.fakes.people import User
from tests.kit.processes import free_port
from tests.kit.running import Setup, Terminal, person, running
from tests.kit.town import OFFICERS, Town, introduced, reference_in
from tests.kit.waiting import until

OFFICER = 11


async def test_without_telegram_the_program_starts_serves_its_pages_and_sends_later(tmp_path: Path) -> None:
    api = BotApi(port=free_port())
    setup = Setup(tmp_path, f"http://127.0.0.1:{api._server.port}", desks={"kh-duty": [], "cn-duty": []})
    await setup.enrol(person(OFFICER, "KH", Role.OFFICER), person(21, "KH", Role.DUTY, "kh-duty"))
    async with running(setup) as program:
        async with aiohttp.ClientSession() as client:
            async with client.get(f"{setup.url}/health/ready") as ready:
                assert (ready.status, await ready.json()) == (
                    200,
                    {"ready": True, "checks": {"database": "ok", "clock": "ok"}},
                )
            async with client.get(f"{setup.url}/") as page:
                assert page.status == 200
        pinging = asyncio.create_task(Terminal(setup.file).beside("ping", "kh-duty"))
        await until(lambda: setup.query("SELECT state FROM outbox WHERE kind = 'test'") == [("queued",)])
        User(api, 21)
        async with api:
            officer = User(api, OFFICER)
            await introduced(api, setup)
            await api.until(lambda: any("Test message" in post.text for post in api.sent(21)))
            officer.says("girl locked in a flat")
            await api.until(lambda: any("(1 of 14)" in post.text for post in api.sent(OFFICER)))
            assert (await pinging)[0].startswith("telegram:21: ")
            assert await program.terminate() == 0


async def test_a_termination_in_the_middle_of_work_is_quick_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    slow, *others = OFFICERS
    async with Town.open(tmp_path) as town:
        town.api.fail("timeout", chat=slow)
        for officer in (slow, *others):
            town.user(officer).says("girl locked in a flat")
        await town.api.until(lambda: town.api.sent(others[0]))
        began = monotonic()
        assert await town.program.terminate() == 0
        assert monotonic() - began < 20, "nobody waited for the call that hangs: it would be given up after 25 seconds"
        assert "Traceback" not in town.program.output
        assert town.setup.query("SELECT DISTINCT state FROM inbox") == [("done",)]
        cases = [await town.case(reference) for (reference,) in town.setup.query("SELECT reference FROM cases")]
        assert all(len(case.deadlines) >= 3 for case in cases)

        async with running(town.setup):
            for officer in (slow, *others):
                await town.hears(officer, "(1 of 14)")
            copies = {officer: len({reference_in(p.text) for p in town.api.sent(officer)}) for officer in OFFICERS}
            assert set(copies.values()) == {1}, "one case each"
            again = [officer for officer in others if len(town.api.sent(officer)) > 1]
            assert not again, "only what hung at the end may come twice"
