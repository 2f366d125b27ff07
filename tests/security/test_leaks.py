"""Where secrets may stand: a whole story with marked secrets, and then everything that came out is searched for them.

The table says for each secret exactly in which places it is found, so that a leak and a place that fell dry both show.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import structlog

import storage
from adapters.web.signin import new_link
from bot.export import ExportRequest, export
from bot.logs import configure
from bot.report import report, to_html, to_json
from tests.adapters.telegram_program import OFFICERS, Town
from tests.browser.web_kit import hidden
from tests.contracts.storage_engines import on_database
from tests.journeys.test_people import invited
from tests.keys import VAULT
from tests.running import SECRET, until
from tests.security.story import whole_story
from tests.security.stronghold import ADMIN, CLERK, DUTY, KH_SUPERVISOR, OFFICER, OUTSIDERS, Stronghold, besieged
from tests.security.ways_in import ROUTES, For

OWN_PAGES, OTHER_PAGES, AUTHOR = "pages of the own side", "pages of the other side", "messages to the author"
BOTH_PAGES = frozenset({OWN_PAGES, OTHER_PAGES})
NOWHERE: frozenset[str] = frozenset()

CODE = "7H4Q-M9S3-4KZX"
PHONE, DOCUMENT, NAME = "+855 10 000 777", "N00123459", "Chenda Victimname"
FIRST = "zebra-first-words"
COORDINATES = "28.683123"

#: Everything marked in the story, and where exactly it is found afterwards.
FOUND: Mapping[str, frozenset[str]] = {
    FIRST: BOTH_PAGES,
    PHONE: BOTH_PAGES,
    DOCUMENT: BOTH_PAGES,
    NAME: BOTH_PAGES,
    "walnut-note": BOTH_PAGES,
    "papaya-summary": BOTH_PAGES | {AUTHOR},
    "nutmeg-outcome": BOTH_PAGES,
    "tulip-memo": frozenset({OWN_PAGES}),
    COORDINATES: frozenset({OWN_PAGES}),
    "Sok Dara": frozenset({OWN_PAGES}),
    "Li Wei": frozenset({OTHER_PAGES}),
    CODE: NOWHERE,
    CODE.replace("-", ""): NOWHERE,
}

_WORDS = {
    "first": f"{FIRST}, call {PHONE}",
    "kept": f"her name is {NAME}, passport {DOCUMENT}",
    "note": "walnut-note",
    "summary": "papaya-summary",
    "outcome": "nutmeg-outcome",
    "memo": "tulip-memo",
}


def marked(name: str) -> str:
    return _WORDS.get(name, f"words-for-{name}")


@dataclass
class Places:
    """What came out, by where."""

    texts: dict[str, str] = field(default_factory=dict)

    def put(self, place: str, text: str) -> None:
        self.texts[place] = self.texts.get(place, "") + text + "\n"

    def of(self, secret: str) -> frozenset[str]:
        return frozenset(place for place, text in self.texts.items() if secret in text)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at the lowest level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    configure(stream=out, level=logging.DEBUG)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Stronghold]:
    """On a database in a file, so that the file can be searched."""
    url = f"sqlite:///{tmp_path / 'casebridge.db'}"
    storage.migrate(url, VAULT)
    exports = tmp_path / "exports"
    exports.mkdir()
    async with on_database(url) as kept, besieged(exports, storage=kept.storage) as bridge:
        yield bridge


async def enrols(bridge: Stronghold) -> None:
    """Somebody enrols with a code, having typed a wrong one."""
    await invited(bridge, CODE)
    await bridge.says("telegram:newcomer", "/start 0000-0000-0000")
    await bridge.says("telegram:newcomer", f"/start {CODE}")
    bridge.expect("telegram:newcomer", "You are enrolled: Pov Chenda")


async def read_pages(bridge: Stronghold, places: Places, place: str, who: str, reference: str) -> set[str]:
    """Open every page as somebody; returns the secrets of their session."""
    link = await new_link(bridge.storage, (await bridge.person(who)).id, bridge.now)
    client = bridge.browser()
    await client.post(link)
    for (method, _), way in ROUTES.items():
        if method == "GET" and way.serves is not For.MACHINES:
            answer = await client.get(way.at(reference, kept=kept))
            places.put(place, answer.text)
            places.put("headers", str(answer.headers) + str(answer.url))
    return {link.rpartition("/")[2], client.cookies["__Host-casebridge"]}


def heard(bridge: Stronghold, places: Places) -> None:
    """Sort every message by who reads it."""
    for shown in bridge.everything_heard():
        address = str(shown.address)
        others = "messages to the other side" if address.startswith("we") else "messages to the own side"
        place = AUTHOR if address == OFFICER else "messages to outsiders" if address in OUTSIDERS else others
        places.put(place, f"{shown.text} {shown.buttons}")


async def exported(bridge: Stronghold, places: Places) -> None:
    """Every form of export, and the report."""
    for form in ("csv", "jsonl", "xlsx"):
        order = ExportRequest(form, bridge.now.replace(day=1), bridge.now, ("KH",), "cli:x", "meeting")
        await export(
            bridge.storage, order, bridge.exports / f"log.{form}", clock=bridge.clock, agreement=bridge.rules.agreement
        )
    for path in contents_of(bridge.exports):
        places.put("exports", path)
    made = await report(
        bridge.storage, bridge.rules.agreement, bridge.now.replace(day=1), bridge.now, clock=bridge.clock
    )
    places.put("report", to_html(made) + to_json(made))


def contents_of(folder: Path) -> Iterator[str]:
    """The files of a folder, with what is packed in them."""
    for path in folder.iterdir():
        content = path.read_bytes()
        yield content.decode("utf-8", "replace")
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                yield from (parts.read(name).decode() for name in parts.namelist())


def database_in(folder: Path) -> str:
    """All bytes of the database and of what lies beside it."""
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.glob("casebridge.db*")))


async def test_each_secret_is_found_in_the_places_of_its_row_and_nowhere_else(
    bridge: Stronghold, log: io.StringIO, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    places = Places()
    await enrols(bridge)
    reference = await whole_story(bridge, marked)
    sessions: set[str] = set()
    for who in (OFFICER, CLERK, KH_SUPERVISOR, ADMIN):
        sessions |= await read_pages(bridge, places, OWN_PAGES, who, reference)
    for who in (DUTY, "wecom:supervisor", "wecom:detective"):
        sessions |= await read_pages(bridge, places, OTHER_PAGES, who, reference)
    for who in OUTSIDERS:
        sessions |= await read_pages(bridge, places, "pages of outsiders", who, reference)
        await bridge.answers(who, f"/case {reference}", "/cases")
    heard(bridge, places)
    await exported(bridge, places)
    places.put("metrics", (await bridge.browser("127.0.0.1").get("/metrics")).text)
    places.put("log", log.getvalue())
    places.put("output", "".join(capfd.readouterr()))
    places.put("database", database_in(tmp_path))
    assert all(places.texts[place].strip() for place in places.texts if place != "output")
    assert {"log", "metrics", "exports", "report", "messages to the other side", "messages to outsiders"} <= set(
        places.texts
    )
    assert {secret: places.of(secret) for secret in FOUND} == FOUND
    assert {session: places.of(session) for session in sessions} == dict.fromkeys(sessions, NOWHERE)


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
        await town.reports(OFFICERS[0], text=f"{FIRST}, call {PHONE}")
        async with httpx.AsyncClient(base_url=town.setup.url) as client:
            session = await _read_everything(client, token)
            places = Places()
            places.put("metrics", (await client.get("/metrics")).text)
        period = ("--since", "2026-01-01", "--until", "2036-01-01", "--reason", "meeting")
        for form in ("csv", "jsonl"):
            target = tmp_path / f"log.{form}"
            places.put("export", "".join(await town.terminal.beside("export", "--format", form, *period, "-o", target)))
            places.put("export", target.read_text("utf-8"))
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
