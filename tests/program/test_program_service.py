"""The running program tells systemd, over a real socket, that it is ready, that it lives and that it stops."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.domain.people import Role
from tests.kit.running import Setup, person, running, started
from tests.kit.waiting import until


@dataclass
class Manager:
    """What systemd hears."""

    name: str  #: as it stands in ``$NOTIFY_SOCKET``
    ear: socket.socket
    heard: list[str] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.name}

    def listen(self) -> list[str]:
        """All lines so far, in order."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard += self.ear.recv(4096).decode().splitlines()
        return self.heard


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = f"@casebridge/{tmp_path.name}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        ear.setblocking(False)
        yield Manager(name, ear)


@pytest.fixture
async def setup(tmp_path: Path) -> Setup:
    setup = Setup(tmp_path)
    await setup.enrol(person(11, "KH", Role.OFFICER))
    return setup


async def test_systemd_hears_that_it_is_ready_that_it_lives_and_that_it_stops(setup: Setup, manager: Manager) -> None:
    async with started(setup.folder, "run", "--config", str(setup.write()), variables=manager.variables) as program:
        await until(lambda: "READY=1" in manager.listen(), moves=lambda: program.output)
        async with aiohttp.ClientSession() as client, client.get(f"{setup.url}/health/ready") as ready:
            assert ready.status == 200, "it was ready when it said so"
        status = next(line for line in manager.heard if line.startswith("STATUS="))
        assert status.startswith("STATUS=Ready: takes webhooks, pages and web chat, and stores; polls")
        await until(lambda: manager.listen().count("WATCHDOG=1") >= 3, moves=lambda: len(manager.heard))
        assert "STOPPING=1" not in manager.heard
        assert await program.terminate() == 0
    said = [line for line in manager.listen() if line in ("READY=1", "STOPPING=1")]
    assert said == ["READY=1", "STOPPING=1"]


async def test_who_cannot_write_is_never_ready(setup: Setup, manager: Manager) -> None:
    (setup.folder / "casebridge.db").chmod(0o400)
    command = ("run", "--config", str(setup.write()))
    async with started(setup.folder, *command, variables=manager.variables, is_root=False) as program:
        assert await program.ended() == 1, program.output
    assert "READY=1" not in manager.listen()


async def test_a_manager_that_is_gone_holds_nothing_up(setup: Setup, tmp_path: Path) -> None:
    async with running(setup, variables={"NOTIFY_SOCKET": str(tmp_path / "nobody")}) as program:
        async with aiohttp.ClientSession() as client, client.get(f"{setup.url}/health/ready") as ready:
            assert ready.status == 200
        assert await program.terminate() == 0
    assert program.output.count("The service manager is not reached.") == 1
