"""The database vanishes under the running program: nothing more is acknowledged, all hear of it, it can be rescued."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.fakes.bot_api import SECRET
from tests.fakes.updates import update
from tests.kit.keys import RECIPIENT
from tests.kit.running import running
from tests.kit.town import ADMIN, OFFICERS, SUPERVISOR, Town
from tests.kit.waiting import until

DARA, THIDA = OFFICERS[0], OFFICERS[1]
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Town.open(tmp_path, mode="webhook", more=f'\n[backup]\nrecipient = "{RECIPIENT}"\n') as town:
        yield town


async def _calls(client: httpx.AsyncClient, number: int) -> int:
    """Telegram brings a message; what it is answered."""
    body = update(number, THIDA, "a boy is held")
    return (await client.post("/hooks/telegram", content=body, headers=HEADERS)).status_code


def _held(pid: int) -> dict[str, Path]:
    """What the program still has open of files that are gone, by the ends of their names."""
    links = [(link, link.readlink().name) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    gone = {name.removesuffix(" (deleted)"): link for link, name in links if name.endswith(" (deleted)")}
    return {name.removeprefix("casebridge.db"): link for name, link in gone.items() if name.startswith("casebridge.db")}


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
async def test_a_file_of_the_database_is_removed(town: Town, tmp_path: Path, end: str) -> None:
    reference = await town.reports(DARA)
    (tmp_path / f"casebridge.db{end}").unlink()
    async with httpx.AsyncClient(base_url=town.setup.url) as client:
        assert await _calls(client, 900_001) == 503, "what cannot be kept is not acknowledged"
        ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json()["checks"]["database"].startswith(f"casebridge.db{end} was removed or replaced while")
    for who in (ADMIN, SUPERVISOR):
        await town.hears(who, "The bridge cannot store anything and takes no messages", "/fd")
    await until(lambda: "The database is not at its place any more." in town.program.output)

    held = _held(town.program.process.pid)
    rescued = {name: held.get(name, tmp_path / f"casebridge.db{name}").read_bytes() for name in ("", "-wal")}
    await town.program.terminate()
    for name, content in rescued.items():
        (tmp_path / f"casebridge.db{name}").write_bytes(content)
    (tmp_path / "casebridge.db-shm").unlink(missing_ok=True)
    async with running(town.setup):
        await town.case(reference)
        await town.terminal.beside("journal", "verify")


async def test_a_database_that_is_put_back_goes_on_by_itself(town: Town, tmp_path: Path) -> None:
    file, aside = tmp_path / "casebridge.db", tmp_path / "aside.db"
    file.rename(aside)
    async with httpx.AsyncClient(base_url=town.setup.url) as client:
        assert (
            await client.post("/hooks/telegram", content=update(900_002, THIDA, "a boy is held"), headers=HEADERS)
        ).status_code == 503
        aside.rename(file)
        assert (
            await client.post("/hooks/telegram", content=update(900_002, THIDA, "a boy is held"), headers=HEADERS)
        ).status_code == 200
        ready = (await client.get("/health/ready")).json()
    assert (ready["ready"], ready["notes"]) == (True, {"backup": "WARNING: there is no good one yet"})
    await town.hears(THIDA, "(1 of 14)")


async def test_another_file_in_its_place_is_not_written_to(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "casebridge.db"
    beside = tmp_path / "beside.db"
    beside.write_bytes(file.read_bytes())
    beside.replace(file)
    before = file.read_bytes()
    async with httpx.AsyncClient(base_url=town.setup.url) as client:
        assert (
            await client.post("/hooks/telegram", content=update(900_003, THIDA, "a boy is held"), headers=HEADERS)
        ).status_code == 503
    assert file.read_bytes() == before
