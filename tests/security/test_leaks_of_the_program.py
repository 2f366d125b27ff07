"""Where secrets of the running program may stand: its output, its metrics, its exports, its database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.fakes.bot_api import SECRET
from tests.kit.keys import RECIPIENT
from tests.kit.site import hidden
from tests.kit.town import OFFICERS, Town
from tests.kit.waiting import until
from tests.security.places import NOWHERE, Places, database_in

FIRST, PHONE = "zebra-first-words", "+855 10 000 777"

#: The secrets of the running program, and where its files and its output hold them.
PROGRAM: Mapping[str, frozenset[str]] = {
    "bot token": NOWHERE,
    "webhook secret": NOWHERE,
    "invite code": NOWHERE,
    "sign-in link": NOWHERE,
    "session": NOWHERE,
    "first words": NOWHERE,
    "name": NOWHERE,
}


async def test_the_running_program_writes_no_secret_anywhere_but_where_its_row_says(tmp_path: Path) -> None:
    async with Town.open(tmp_path, mode="webhook") as town:
        name = "Chan Marked Name"
        code = await _invited(town, name)
        link = (await town.terminal.beside("signin", OFFICERS[0]))[0].partition(" ")[0]
        token = link.rpartition("/")[2]
        await town.reports(OFFICERS[0], text=f"somebody screams, {FIRST}, call {PHONE}")
        async with httpx.AsyncClient(base_url=town.setup.url) as client:
            session = await _read_everything(client, token)
            places = Places()
            places.put("metrics", (await client.get("/metrics")).text)
        period = ("--since", "2026-01-01", "--until", "2036-01-01", "--reason", "meeting")
        for form in ("csv", "jsonl"):
            target = tmp_path / f"log.{form}"
            places.put("export", "".join(await town.terminal.beside("export", "--format", form, *period, "-o", target)))
            places.put("export", target.read_text("utf-8"))
        backup = tmp_path / "night.backup"
        places.put("command line", "".join(await town.terminal.beside("backup", backup, "--to", RECIPIENT)))
        places.put("backup", backup.read_bytes().decode("utf-8", "replace"))
        places.put("output", town.program.output)
        for command in (("people",), ("outbox", "list"), ("journal", "verify")):
            said = "\n".join(await town.terminal.beside(*command))
            places.put("command line", said.replace(name, "") if command == ("people",) else said)
        places.put("database", database_in(tmp_path))
    secrets = {
        "bot token": town.setup.token,
        "webhook secret": SECRET,
        "invite code": code,
        "sign-in link": token,
        "session": session,
        "first words": FIRST,
        "name": name,
    }
    assert {what: places.of(secret) for what, secret in secrets.items()} == PROGRAM


async def _invited(town: Town, name: str) -> str:
    """Somebody new is enrolled by a code of the command line."""
    lines = await town.terminal.beside("invite", "--party", "KH", "--role", "officer", "--name", name)
    found = re.search(r"/start (\S+)", "\n".join(lines))
    assert found
    newcomer = town.user(777)
    await town.hears(777, f"You are enrolled: {name}", after=newcomer.says(f"/start {found[1]}"))
    return found[1]


async def _read_everything(client: httpx.AsyncClient, token: str) -> str:
    """Sign in by a link and open every page; returns the session."""
    answer = await client.post(f"/signin/{token}")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    client.headers["cookie"] = cookie  # Secure: this client would not send it over plain HTTP

    async def chat() -> str:
        return (await client.get("/chat")).text

    page = await until(chat)
    form = {name: hidden(page, name) for name in ("csrf", "once")} | {"text": "/cases"}
    assert (await client.post("/chat", data=form)).status_code == 303
    for path in ("/cases", "/exports", "/signin/none", "/nowhere"):
        await client.get(path)
    return cookie.partition("=")[2]
