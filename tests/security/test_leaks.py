"""Where secrets may stand: a whole story with marked secrets, and then everything that came out is searched for them.

The table says for each secret exactly in which places it is found, so that a leak and a place that fell dry both show.
"""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import structlog

from adapters.web.site.sign_in_pages import new_link
from bot.app.logs import configure
from bot.channels.papers.kinds import PaperKind
from bot.domain.errors import Unavailable
from bot.protection import gates
from bot.record.export.case_log import export
from bot.record.export.manifest import ExportRequest
from bot.record.export.writers import WRITERS
from bot.record.report.period_report import report
from bot.record.report.writers import to_html, to_json
from tests.kit.engines import on_database, sqlite_in
from tests.kit.keys import RECIPIENT
from tests.kit.papers import attached, in_word, printed
from tests.kit.played import CODE, invited
from tests.kit.site import hidden
from tests.security.places import NOWHERE, Places, contents_of, database_in
from tests.security.story import sends_file, whole_story
from tests.security.stronghold import ADMIN, CLERK, DUTY, KH_SUPERVISOR, OFFICER, OUTSIDERS, Stronghold, besieged
from tests.security.ways_in import ROUTES, For

OWN_PAGES, OTHER_PAGES, DESK_PAGES = "pages of the own side", "pages of the other side", "pages of a secretariat"
OWN_SECURE, OTHER_SECURE = "secure case of the own side", "secure case of the other side"
OWN_MESSAGES, OTHER_MESSAGES = "messages to the own side", "messages to the other side"
AUTHOR, EXPORTS = "messages to the author", "exports"
PAPERS, ANNEX = "papers of the own side", "annex of the own side"
BOTH_PAGES = frozenset({OWN_PAGES, OTHER_PAGES})
ALL_PAGES = BOTH_PAGES | {DESK_PAGES}
BOTH_SECURE = frozenset({OWN_SECURE, OTHER_SECURE})

PHONE, DOCUMENT, NAME, ENTERED = "+855 10 000 777", "N00123459", "Chenda Victimname", "Kolab Enteredname"
FIRST = "zebra-first-words"
COORDINATES = "28.683123"
FILE_WORDS = "the door of the house"

#: Everything marked in the story, and where exactly it is found afterwards. The border is open to this case.
FOUND: Mapping[str, frozenset[str]] = {
    # Words stay on the pages; a message that held a number is whole in the secure case, for whoever may read that.
    FIRST: ALL_PAGES | BOTH_SECURE,
    PHONE: BOTH_SECURE,
    # Words that answered no question stay with the own side. What announces a name gives it away: its writer is asked.
    DOCUMENT: frozenset({OWN_SECURE}),
    NAME: frozenset({OWN_SECURE, AUTHOR}),
    "nutmeg-outcome": ALL_PAGES,
    # A note goes in words to the people of the case on both sides, and never back to its author.
    "walnut-note": ALL_PAGES | {OWN_MESSAGES, OTHER_MESSAGES},
    # The area and the summary are told to desks in the alert, once they may know.
    # So they are in the papers, which only the side that signs them takes.
    "papaya-summary": ALL_PAGES | {AUTHOR, OWN_MESSAGES, OTHER_MESSAGES, PAPERS},
    "pomelo-area": ALL_PAGES | {AUTHOR, OWN_MESSAGES, OTHER_MESSAGES, PAPERS},
    "tulip-memo": frozenset({OWN_PAGES}),
    "mango-interest": frozenset({OWN_PAGES}),
    "guava-guardian": frozenset({OWN_PAGES}),
    COORDINATES: BOTH_SECURE,
    # Who she is stands in the secure case and in the sealed annex, and in no other paper.
    ENTERED: BOTH_SECURE | {ANNEX},
    "quince-why": NOWHERE,  # why somebody opened the secure case is in the record only
    "lychee.jpg": BOTH_PAGES,
    FILE_WORDS: frozenset({"files of the own side", "files of the other side"}),
    "cherry-export": frozenset({OWN_PAGES, EXPORTS}),
    # What whoever has a mail claims: the number to those who may record it, the name on the page until they answer.
    "clove-77/26": frozenset({OTHER_MESSAGES}),
    "saffron-claimed": NOWHERE,
    "sorrel-order": frozenset({OWN_PAGES}),
    "Sok Dara": frozenset({OWN_PAGES, OWN_SECURE}),
    "Li Wei": frozenset({OTHER_PAGES, OTHER_SECURE, DESK_PAGES}),
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
    "interest": "mango-interest",
    "guardian": "guava-guardian",
    "file_name": "lychee.jpg",
    "area": "pomelo-area",
    "why": "quince-why",
    "export_reason": "cherry-export",
    "order_reason": "sorrel-order",
    "claimed_officer": "saffron-claimed",
    "claimed_reference": "clove-77/26",
}


def marked(name: str) -> str:
    return _WORDS.get(name, f"words-for-{name}")


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
    exports = tmp_path / "exports"
    exports.mkdir()
    async with on_database(sqlite_in(tmp_path)) as kept, besieged(exports, storage=kept.storage) as bridge:
        yield bridge


async def enrols(bridge: Stronghold) -> None:
    """Somebody enrols with a code, having typed a wrong one."""
    await invited(bridge, CODE)
    await bridge.says("telegram:newcomer", "/start 0000-0000-0000")
    await bridge.says("telegram:newcomer", f"/start {CODE}")
    bridge.expect("telegram:newcomer", "You are enrolled: Pov Chenda")


async def binds(bridge: Stronghold) -> set[str]:
    """Somebody binds a second phone, and asks for a link to the pages; returns the code and the link's token."""
    await bridge.says(CLERK, "/bind")
    code = bridge.expect(CLERK, "/start ").text.partition("/start ")[2].split()[0]
    await bridge.says("telegram:second", f"/start {code}")
    bridge.expect("telegram:second", "A further messenger was bound")
    await bridge.says(CLERK, "/bind web")
    return {code, bridge.expect(CLERK, "/signin/").text.partition("/signin/")[2].split()[0]}


async def read_pages(bridge: Stronghold, places: Places, side: str, who: str, reference: str) -> set[str]:
    """Open every page, every file and the secure case as somebody; returns the secrets of their session."""
    person = await bridge.person(who)
    link = await new_link(bridge.storage, person.id, bridge.now)
    # Each from an address of their own: from one together, so many links that are none would be guesses.
    client = bridge.browser(f"198.51.100.{person.id % 250}")
    files = (await bridge.storage.history((await bridge.case(reference)).id)).files
    await client.post(link)
    for (method, path), way in ROUTES.items():
        if method == "GET" and way.serves is not For.MACHINES:
            for number in [file.id for file in files] if "/files/" in path else [0]:
                answer = await client.get(way.at(reference, kept=number))
                places.put(f"{'files' if '/files/' in path else _kind_of(answer)} of {side}", _words_in(answer))
                places.put("headers", str(answer.headers) + str(answer.url))
    for kind in PaperKind:
        for form in ("pdf", "docx"):
            answer = await client.get(f"/cases/{reference}/papers/{kind.value}.{form}?purpose=paper")
            if answer.status_code != 200:
                break
            places.put(f"{'annex' if kind is PaperKind.ANNEX else 'papers'} of {side}", _words_in(answer))
            places.put("headers", str(answer.headers) + str(answer.url))
    answer = await bridge.posts(client, f"/cases/{reference}/secure", "/chat", do="open", purpose="locate")
    places.put(f"secure case of {side}", answer.text)
    places.put("headers", str(answer.headers) + str(answer.url))
    return {link.rpartition("/")[2], client.cookies["__Host-casebridge"]}


def _kind_of(answer: httpx.Response) -> str:
    """Whether a route answered with a page, or with the annex that was asked of it."""
    return "annex" if answer.content.startswith(b"%PDF") else "pages"


def _words_in(answer: httpx.Response) -> str:
    """What can be read in an answer, by whatever program opens it."""
    if answer.content.startswith(b"%PDF"):
        return printed(answer.content) + attached(answer.content)
    return in_word(answer.content) if answer.content.startswith(b"PK") else answer.text


async def enters(bridge: Stronghold, reference: str, number: int = 1) -> None:
    """A desk enters a name in the secure case, of one of several by their number."""
    client = await bridge.signed_in(CLERK)
    path = f"/cases/{reference}/secure"
    page = await bridge.posts(client, path, "/chat", do="open", purpose="other", why=marked("why"))
    granted = {name: hidden(page.text, name) for name in ("csrf", "once", "until", "grant", "why")}
    form = granted | {"do": "add", "purpose": "other", "field": "names", "subject": str(number), "given": ENTERED}
    assert (await client.post(path, data=form)).status_code == 200


def heard(bridge: Stronghold, places: Places) -> None:
    """Sort every message by who reads it."""
    for shown in bridge.everything_heard():
        address = str(shown.address)
        others = OTHER_MESSAGES if address.startswith(("wechat:", "wecom:")) else OWN_MESSAGES
        place = AUTHOR if address == OFFICER else "messages to outsiders" if address in OUTSIDERS else others
        places.put(place, f"{shown.text} {shown.buttons}")


async def ordered(bridge: Stronghold) -> None:
    """An admin asks for an export with names, a supervisor approves it: it lies encrypted beside the others."""
    await bridge.says(ADMIN, f"/export identified 2026-04-01 2026-05-01 {RECIPIENT} {marked('order_reason')}")
    (order,) = await bridge.storage.orders_of("KH", 10)
    await bridge.says(KH_SUPERVISOR, f"/approve {order.number}")
    assert list(bridge.exports.glob("*.age"))


async def exported(bridge: Stronghold, places: Places) -> None:
    """Every form of export, and the report."""
    for form in WRITERS:
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


async def test_each_secret_is_found_in_the_places_of_its_row_and_nowhere_else(
    bridge: Stronghold, log: io.StringIO, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    places = Places()
    await enrols(bridge)
    given = await binds(bridge)
    await bridge.change("wechat:night", desk="cn-secretariat")
    reference = await whole_story(bridge, marked)
    await bridge.says(CLERK, f"/reopen {reference} once more")
    await enters(bridge, reference)
    await ordered(bridge)
    sessions: set[str] = set()
    for who in (OFFICER, CLERK, KH_SUPERVISOR, ADMIN):
        sessions |= await read_pages(bridge, places, "the own side", who, reference)
    for who in (DUTY, "wecom:supervisor", "wecom:detective"):
        sessions |= await read_pages(bridge, places, "the other side", who, reference)
    sessions |= await read_pages(bridge, places, "a secretariat", "wechat:night", reference)
    for who in OUTSIDERS:
        sessions |= await read_pages(bridge, places, "outsiders", who, reference)
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
    assert {secret: places.of(secret) for secret in given} == dict.fromkeys(given, frozenset({OWN_MESSAGES}))
    assert {session: places.of(session) for session in sessions} == dict.fromkeys(sessions, NOWHERE)


async def test_while_the_border_is_closed_the_other_side_hears_and_reads_codes_only(bridge: Stronghold) -> None:
    """Somebody fears the State that is asked: it learns that there is a case, and what is needed, nothing else."""
    places = Places()
    reference = await bridge.opens_case(text=f"{FIRST}, call {PHONE}")
    known = ("danger now: no", "situation: locked in", "youngest person: 25", "country now: China")
    words = (f"area: {marked('area')}", f"summary: {marked('summary')}")
    await bridge.answers(OFFICER, "\n".join((*known, *words)), "\n".join(("citizenship: China", "fears: yes")))
    await bridge.shares_location(OFFICER, 28.683123, 115.857456)
    await sends_file(bridge, marked, reference)
    await bridge.answers(OFFICER, "send", "send")
    for who in (DUTY, "wecom:supervisor"):
        await bridge.answers(who, f"/ack {reference}", f"/case {reference}", f"/plan {reference}", "/cases")
    await bridge.says(OFFICER, f"/note {reference} {marked('note')}")
    await bridge.waits(3)
    for who in (OFFICER, CLERK):
        await read_pages(bridge, places, "the own side", who, reference)
    for who in (DUTY, "wecom:supervisor"):
        await read_pages(bridge, places, "the other side", who, reference)
    heard(bridge, places)
    theirs = {OTHER_PAGES, OTHER_SECURE, OTHER_MESSAGES, "files of the other side"}
    told = (FIRST, PHONE, COORDINATES, FILE_WORDS, *map(marked, ("area", "summary", "note", "file_name", "caption")))
    assert {secret: places.of(secret) & theirs for secret in told} == dict.fromkeys(told, NOWHERE)
    assert [secret for secret in told if not places.of(secret)] == [], "each is somewhere"
    assert reference in places.texts[OTHER_MESSAGES]
    assert "Locked in or held" in places.texts[OTHER_MESSAGES], "what is needed to act is told"
    assert reference in places.texts[OTHER_PAGES]


@pytest.mark.parametrize("how", ["memo", "note and ownside", "note and ownside by the desk"])
async def test_of_a_file_for_one_side_only_the_other_finds_nothing_anywhere(
    bridge: Stronghold, log: io.StringIO, how: str
) -> None:
    """The border is open, and the file is kept to its side before anything of it has arrived at the other one."""
    places = Places()
    reference = await bridge.opens_case(text="a woman is held in a flat")
    await bridge.answers(OFFICER, "no", "locked in", "25", "citizenship: Cambodia\nfears: no", "send", "send")
    for messenger in ("wechat", "wecom"):
        bridge.adapters[messenger].fail(Unavailable("It is down."), times=None)
    await sends_file(bridge, marked, reference, how.partition(" ")[0])
    if "ownside" in how:
        await bridge.says(CLERK if "desk" in how else OFFICER, f"/ownside {reference}")
    for messenger in ("wechat", "wecom"):
        bridge.adapters[messenger].recover()
    await bridge.waits(3)
    for who in (OFFICER, CLERK):
        await read_pages(bridge, places, "the own side", who, reference)
    for who in (DUTY, "wecom:supervisor", "wecom:detective"):
        await bridge.answers(who, f"/case {reference}", f"/plan {reference}", "/cases")
        await read_pages(bridge, places, "the other side", who, reference)
    heard(bridge, places)
    await exported_for(bridge, places, "CN")
    places.put("log", log.getvalue())
    assert places.of(FILE_WORDS) == frozenset({"files of the own side"})
    assert places.of(marked("file_name")) == frozenset({OWN_PAGES})
    theirs = places.texts[OTHER_PAGES] + places.texts[OTHER_MESSAGES] + places.texts[OTHER_SECURE]
    for hint in ("was added", "file stored", "file left", "file kept back", "for one side only", "/ownside"):
        assert hint not in theirs, hint


#: Of five people, before it is said that one of them is different.
FIVE = """danger now: no
situation: locked in
youngest person: 25
country now: China
people affected: 5
last contact: unknown
exploitation: unknown
assistance: rescue
safe to contact: yes
citizenship: Cambodia, China
consent to police: yes
consent to embassy: yes
fears: no"""


async def one_of_five(bridge: Stronghold) -> tuple[str, int]:
    """A case of five, of whom one fears the State that is asked; its reference, and her number."""
    reference = await bridge.opens_case(text="people are locked in a compound")
    await bridge.answers(OFFICER, FIVE, "edit 13d", "1 CN fears", "send")
    (her,) = gates.held_back(await bridge.case(reference), "CN", bridge.rules.agreement)
    return reference, her


async def exported_for(bridge: Stronghold, places: Places, side: str) -> None:
    """Every form of the case log as one side gets it."""
    for form in WRITERS:
        order = ExportRequest(form, bridge.now.replace(day=1), bridge.now, (side,), "cli:x", "meeting")
        path = bridge.exports / f"{side}.{form}"
        await export(bridge.storage, order, path, clock=bridge.clock, agreement=bridge.rules.agreement)
    for content in contents_of(bridge.exports):
        places.put("exports of the other side", content)


async def test_of_somebody_held_back_among_others_there_is_nothing_anywhere_at_that_side(
    bridge: Stronghold, log: io.StringIO, tmp_path: Path
) -> None:
    """One of five fears the State that is asked: it reads of four, and finds her nowhere, however it looks."""
    places = Places()
    reference, her = await one_of_five(bridge)
    held = f"{reference}/{her}"
    await bridge.says(CLERK, f"/protect {held} possible {marked('protect')}")
    await bridge.says(CLERK, f"/note {held} {marked('note_of_her')}")
    await bridge.says(CLERK, f"/note {reference} {marked('note_of_all')}")
    await bridge.says(CLERK, f"/memo {held} {marked('memo_of_her')}")
    await bridge.says(CLERK, f"/note {reference}/1 {marked('note_of_others')}")
    await sends_file(bridge, marked, reference)
    await enters(bridge, reference, her)
    for who in (DUTY, "wecom:supervisor"):
        await bridge.answers(who, f"/ack {reference}", f"/case {reference}", f"/plan {reference}", "/cases")
        await bridge.answers(who, f"/person {reference}", f"/person {reference} {her} safe", f"/note {held} x")
        await bridge.says(who, f"/handoff {reference} police send")
    await bridge.says(DUTY, f"/accept {reference} police 12/26")
    await bridge.waits(9)
    for who in (OFFICER, CLERK, KH_SUPERVISOR):
        await read_pages(bridge, places, "the own side", who, reference)
    for who in (DUTY, "wecom:supervisor", "wecom:detective"):
        await read_pages(bridge, places, "the other side", who, reference)
    heard(bridge, places)
    await exported_for(bridge, places, "CN")
    places.put("log", log.getvalue())
    # What the own side draws up goes to the other one.
    assert "People affected 4" in places.texts[PAPERS]
    at_their_side = {place for place in places.texts if "other side" in place} | {"log", PAPERS, ANNEX}
    secrets = (*map(marked, ("protect", "note_of_her", "note_of_all", "memo_of_her")), ENTERED)
    told = (*secrets, f"{held} ", f'{held}"', f"/{her}:")
    assert {secret: places.of(secret) & at_their_side for secret in told} == dict.fromkeys(told, NOWHERE)
    assert [secret for secret in secrets if not places.of(secret)] == [], "each is somewhere"
    assert OTHER_MESSAGES in places.of(marked("note_of_others"))
    assert "People affected: 4" in places.texts[OTHER_MESSAGES]
    for count in ("People affected: 5", "5 people"):
        assert not places.of(count) & at_their_side
