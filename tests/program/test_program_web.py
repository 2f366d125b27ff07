"""The program without a configuration, and programs that cannot start: in a browser and at a terminal."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.kit.processes import free_port
from tests.kit.running import Program, Setup, Terminal, embedded, running, started
from tests.kit.site import write
from tests.kit.waiting import Stuck, until

LINK = re.compile(r"^  (\w+) (KH|CN) +(http://127\.0\.0\.1:(\d+)/signin/\S+)$", re.MULTILINE)


def links_of(program: Program) -> dict[str, str]:
    """The newest link of each sample person."""
    return {f"{role} {party}": url for role, party, url, _ in LINK.findall(program.output)}


@asynccontextmanager
async def signed_in(link: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=link.partition("/signin/")[0], timeout=None) as client:
        assert (await client.post(link)).headers["location"] == "/chat"
        yield client


async def sees(client: httpx.AsyncClient, *words: str, page: str = "/chat") -> str:
    """Wait until a page shows all this."""
    text = ""

    async def shows() -> bool:
        nonlocal text
        text = (await client.get(page)).text
        return all(word in text for word in words)

    try:
        await until(shows)
    except Stuck:
        raise AssertionError(f"{page} does not show {words}, but:\n{re.sub('<[^>]*>', ' ', text)}") from None
    return text


async def test_without_a_configuration_two_windows_play_the_story_and_a_second_start_keeps_it(tmp_path: Path) -> None:
    port = free_port()
    async with embedded(tmp_path, port) as program:
        links = links_of(program)
        assert list(links)[:4] == ["officer KH", "duty CN", "supervisor CN", "admin KH"]
        async with signed_in(links["officer KH"]) as officer, signed_in(links["duty CN"]) as duty:
            await write(officer, "somebody screams for help in a flat")
            named = re.search(r"KC\d\d-\w{5}-\w", await sees(officer, "Your alert is stored"))
            assert named
            for number, answer in enumerate(("no", "locked in", "16"), start=2):
                await write(officer, answer)
                await sees(officer, f"({number} of 14)")
            await sees(duty, named[0], "U1 immediate", "Acknowledge by")
            await write(duty, f"/ack {named[0]}")
            await sees(officer, "Acknowledged by CN")
            await sees(duty, named[0], "acknowledged", page="/cases")
        assert await program.terminate() == 0

    async with embedded(tmp_path, port) as program:
        again = links_of(program)
        assert not set(again.values()) & set(links.values())
        async with signed_in(again["supervisor CN"]) as supervisor:
            await sees(supervisor, named[0], page="/cases")
    assert (tmp_path / "casebridge-data" / "casebridge.db").exists()


async def _reported(officer: httpx.AsyncClient, *answers: str) -> str:
    """The officer reports somebody and answers; the reference."""
    await write(officer, "somebody screams for help in a flat")
    named = re.search(r"KC\d\d-\w{5}-\w", await sees(officer, "Your alert is stored"))
    assert named
    for answer in answers:
        await write(officer, answer)
    await sees(officer, "is sent. The desks are told")
    return named[0]


_NOBODY = "Nobody can be reached who is asked now"


async def test_a_childs_hand_off_reaches_somebody_at_every_step_with_the_sample_people(tmp_path: Path) -> None:
    async with embedded(tmp_path, free_port()) as program:
        links = links_of(program)
        names = ("officer KH", "duty CN", "duty KH", "police CN")
        async with AsyncExitStack() as stack:
            each = [await stack.enter_async_context(signed_in(links[name])) for name in names]
            officer, duty, own, police = each
            block = "danger now: no\nsituation: locked in\nyoungest person: 12-17\ncitizenship: Cambodia\nfears: no"
            reference = await _reported(officer, block, "send", "send")
            await sees(duty, reference, "Acknowledge by")
            await write(duty, f"/ack {reference}")
            await write(duty, f"/handoff {reference} police")
            await sees(own, reference, "a best-interests reason of the duty desk")
            await write(own, f"/interest {reference} She asked to be fetched.")
            await sees(own, "Only your side is told.")
            await write(duty, f"/handoff {reference} police")
            await sees(duty, "ready for the police channel, not sent yet.")
            await write(duty, f"/handoff {reference} police send")
            await sees(police, reference)
            await write(police, f"/accept {reference} police 123/26")
            await sees(duty, "Accepted by the police channel.")
            assert not [1 for client in each if _NOBODY in (await client.get("/chat")).text]


async def test_a_diplomatic_hand_off_reaches_the_embassy_with_the_sample_people(tmp_path: Path) -> None:
    async with embedded(tmp_path, free_port()) as program:
        links = links_of(program)
        names = ("officer KH", "duty CN", "duty KH", "diplomatic CN", "diplomatic KH")
        async with AsyncExitStack() as stack:
            each = [await stack.enter_async_context(signed_in(links[name])) for name in names]
            officer, duty, own, diplomat, embassy = each
            block = "danger now: no\nsituation: locked in\nyoungest person: 25\ncitizenship: Cambodia\nfears: no"
            block += "\ncountry: China\nconsent to embassy: yes"
            reference = await _reported(officer, block, "send", "send")
            await write(duty, f"/ack {reference}")
            await write(own, f"/handoff {reference} diplomatic")
            await sees(own, "nobody has recorded yet whether the person needs protection")
            await write(own, f"/protect {reference} none_known")
            await sees(own, "Only your side is told.")
            await write(duty, f"/handoff {reference} diplomatic")
            await sees(duty, "ready for the diplomatic channel, not sent yet.", "In copy: KH Embassy in Beijing")
            await write(duty, f"/handoff {reference} diplomatic send")
            await sees(diplomat, reference)
            await sees(embassy, reference, "In copy: handed to the diplomatic channel, CN Foreign ministry")
            await write(diplomat, f"/accept {reference} diplomatic N-7")
            await sees(duty, "Accepted by the diplomatic channel.")
            await sees(embassy, "Accepted by the diplomatic channel.")
            assert not [1 for client in each if _NOBODY in (await client.get("/chat")).text]


async def test_a_sample_of_an_earlier_version_gets_the_people_that_it_lacks(tmp_path: Path) -> None:
    port = free_port()
    async with embedded(tmp_path, port) as program:
        names = list(links_of(program))
    with sqlite3.connect(tmp_path / "casebridge-data" / "casebridge.db") as database:
        database.execute("DELETE FROM bindings WHERE person_id IN (SELECT id FROM people WHERE desk = 'cn-police')")
        database.execute("DELETE FROM people WHERE desk = 'cn-police'")
    async with embedded(tmp_path, port) as program:
        assert sorted(links_of(program)) == sorted(names)


async def test_each_link_signs_in_once_and_looking_at_it_does_not_use_it_up(tmp_path: Path) -> None:
    port = free_port()
    async with embedded(tmp_path, port) as program, httpx.AsyncClient() as client:
        for link in links_of(program).values():
            for _ in range(2):
                assert (await client.get(link)).status_code == 200, "a preview"
            assert (await client.post(link)).status_code == 303
            client.cookies.clear()
            assert (await client.post(link)).status_code == 410
        ready = await client.get(f"http://127.0.0.1:{port}/health/ready")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        assert "casebridge_open_cases" in (await client.get(f"http://127.0.0.1:{port}/metrics")).text


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with started(tmp_path, "run", port=port) as program:
            assert await program.ended() == 1
    sentence = (
        f"Cannot listen on 127.0.0.1:{port}: Address already in use. Stop what uses it, or set CASEBRIDGE_SERVER__PORT."
    )
    assert program.output.splitlines()[-1] == sentence
    assert "Traceback" not in program.output


async def test_a_database_of_another_version_is_refused_with_the_remedy(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    terminal = Terminal(setup.write())
    assert await terminal.beside("run", code=1) == ["The database has no tables yet: run `casebridge migrate`."]
    (made,) = await terminal.beside("migrate")
    assert made.startswith("The database was made at version ")
    (done,) = await terminal.beside("migrate")
    assert done.endswith("already; nothing was changed.")
    async with running(setup) as program:
        assert await program.terminate() == 0
    setup.change("UPDATE alembic_version SET version_num = '9999'")
    newer = ["The database was made by a newer program: use a newer program."]
    assert await terminal.beside("run", code=1) == newer
    assert await terminal.beside("migrate", code=1) == newer
    assert await terminal.beside("people", code=1) == newer


async def test_where_nothing_can_be_written_the_program_says_so_in_one_sentence(tmp_path: Path) -> None:
    bare, data, readonly = (tmp_path / name for name in ("bare", "data", "readonly"))
    for folder in (bare, data, readonly):
        folder.mkdir()
    setups = [Setup(data), Setup(readonly)]
    for setup in setups:
        Terminal(setup.write()).result("migrate")
    (readonly / "casebridge.db").chmod(0o444)
    (data / "data").rmdir()
    for folder in (bare, data):
        folder.chmod(0o555)
    outputs = await asyncio.gather(
        _refused(bare), *(_refused(setup.folder, "--config", str(setup.file)) for setup in setups)
    )
    assert outputs[:2] == [
        "Cannot read or write casebridge-data: Permission denied.",
        f"Cannot read or write {data / 'data'}: Permission denied.",
    ]
    assert outputs[2] == (
        "The database may not be written to: check the permissions of its file and folder, or if its server only reads."
    )


async def _refused(folder: Path, *options: str) -> str:
    file = folder.with_suffix(".txt")
    async with started(folder, "run", *options, file=file, is_root=False) as program:
        assert await program.ended() == 1
    assert "Traceback" not in program.output
    assert '"error"' not in program.output, "nothing is left open"
    return program.output.splitlines()[-1]
