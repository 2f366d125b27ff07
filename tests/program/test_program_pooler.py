"""The running program behind a real PgBouncer that hands sessions on after each transaction."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.case import Status
from tests.kit.engines import postgres_server
from tests.kit.processes import cpu_seconds, free_port, gone_after
from tests.kit.running import Setup, running
from tests.kit.town import CN_DUTY, CN_GROUP, DESKS, OFFICERS, Town
from tests.kit.waiting import until
from tests.kit.way import Way, way_to

#: Fewer sessions than the two programs have connections; soon enough a ping, and no second one.
_SESSIONS = 3
_IMPATIENT = '[urgency.U1]\nacknowledge = "4s"\nrepeat = "10m"\n'
_SETTINGS = """
[databases]
postgres = host=127.0.0.1 port={server} dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
ignore_startup_parameters = extra_float_digits
"""


@asynccontextmanager
async def pooler(folder: Path, server: Way) -> AsyncIterator[str]:
    """A pooler before the server; the URL of the database through it."""
    port = free_port()
    (folder / "pgbouncer.ini").write_text(_SETTINGS.format(server=server.port, port=port, sessions=_SESSIONS), "utf-8")
    process = _spawned(folder)
    async with gone_after(process):
        await until(lambda: _is_open(port), moves=lambda: cpu_seconds(process))
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _spawned(folder: Path) -> subprocess.Popen[bytes]:
    as_nobody = [] if os.geteuid() else ["-u", "nobody"]
    command = [shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", *as_nobody, str(folder / "pgbouncer.ini")]
    with (folder / "pgbouncer.txt").open("ab") as written:
        return subprocess.Popen(command, stdout=written, stderr=written)


@pytest.mark.postgres
@pytest.mark.needs("pgbouncer")
async def test_two_programs_behind_a_pooler_answer_once_and_ping_once(tmp_path: Path) -> None:
    one, two, between = (tmp_path / name for name in ("one", "two", "between"))
    for folder in (one, two, between):
        folder.mkdir(mode=0o700)
    with postgres_server() as server:
        async with (
            way_to(server) as way,
            pooler(between, way) as url,
            Town.open(one, database=url, more=_IMPATIENT) as town,
        ):
            other = Setup(two, town.api.url, database=url, desks=DESKS, more=_IMPATIENT)
            async with running(other) as second:
                references = await asyncio.gather(*(town.reports(officer) for officer in OFFICERS[:6]))
                for reference in references:
                    await town.hears(CN_GROUP, reference, "ping 1")
                alert = await town.hears(CN_GROUP, references[0], "U1 immediate")
                pings = [post.id for post in town.api.sent(CN_GROUP) if "ping 1" in post.text]
                assert len(pings) == len(references)
                town.user(CN_DUTY).taps("Acknowledge", on=alert)
                await town.becomes(references[0], Status.ACKNOWLEDGED)
                posts = town.api.sent(CN_GROUP)
                assert [post.id for post in posts if "ping 1" in post.text or post.id in pings] == pings
                assert "Traceback" not in town.program.output + second.output
