"""Every page and form about a case, as everybody outside of it: the same answer and effort as for no case at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from bot.domain.case import Case
from bot.domain.guarded import Guarded
from bot.domain.people import Person, Role
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.ports.storage import Storage
from bot.protection.permissions import may_see
from bot.protection.secure_access import may_read_secure
from tests.adapters.web.test_web_secure import cleared, hidden
from tests.kit.clock import START
from tests.kit.site import (
    ADMIN,
    AGREEMENT,
    DUTY_CN,
    DUTY_KH,
    DUTY_VN,
    OFFICER,
    PEOPLE,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    keep,
    open_bridge,
    person,
    sample_case,
    starlette_of,
    text_of,
)

NOWHERE = "KC26-7H4QM-4"
SECRET = "Zebrasok"
NAMED = {"file": "1", "name": "police-request.pdf"}  #: what else a route names
FORMS: tuple[dict[str, str], ...] = (
    {"act": "note", "text": "hello"},
    {"act": "close", "code": "found_safe", "text": "home"},
    {"button": "a.jg.1.ack", "label": "Acknowledge", "message": "1"},
    {"do": "open", "purpose": "locate"},
    {"do": "add", "purpose": "locate", "field": "names", "subject": "1", "family": "x"},
    {"do": "release", "purpose": "locate", "entry": "1"},
    {},
)
SECRETARY = person(13, "Oeun Rith", "KH", Role.DUTY, "kh-secretariat")
#: One of every role and desk that there is, of all sides.
MORE = (
    person(11, "Chan Vanna", "KH", Role.OFFICER),
    person(12, "Heng Admin", "KH", Role.ADMIN, "kh-duty"),
    SECRETARY,
    person(14, "Zhou Jun", "CN", Role.DUTY, "cn-police"),
    person(15, "Liu Yang", "CN", Role.OFFICER),
    person(16, "Tran Binh", "VN", Role.SUPERVISOR, "vn-duty"),
    person(17, "Nguyen An", "VN", Role.OFFICER),
    person(18, "Pham Admin", "VN", Role.ADMIN),
    person(19, "Sun Li", "CN", Role.DUTY, "cn-support"),
)
EVERYBODY = (*PEOPLE, *MORE)


@dataclass
class Walk:
    """Goes through a site and notes what was asked of the storage."""

    bridge: Bridge
    asked: list[str]

    async def get(self, client: httpx.AsyncClient, path: str) -> tuple[object, ...]:
        self.asked.clear()
        return self._told(await client.get(path))

    async def post(self, client: httpx.AsyncClient, path: str, form: dict[str, str]) -> tuple[object, ...]:
        self.asked.clear()
        return self._told(await client.post(path, data=form))

    async def uploads(self, client: httpx.AsyncClient, path: str, form: dict[str, str]) -> tuple[object, ...]:
        self.asked.clear()
        return self._told(await client.post(path, data=form, files={"file": ("door.jpg", b"\xff\xd8\xff\xe0")}))

    def _told(self, answer: httpx.Response) -> tuple[object, ...]:
        kept = {k: v for k, v in answer.headers.items() if k != "date"}
        return (answer.status_code, answer.text, kept, tuple(self.asked))


@pytest.fixture
async def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Walk]:
    async with open_bridge(tmp_path) as bridge:
        asked: list[str] = []
        for name in [n for n in dir(Storage) if not n.startswith("_") and n not in ("start", "stop")]:
            monkeypatch.setattr(bridge.storage, name, noting(getattr(bridge.storage, name), name, asked))
        await bridge.storage.apply([Turn(people=MORE)])
        yield Walk(bridge, asked)


def noting(real: Any, name: str, asked: list[str]) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        asked.append(name)
        return real(*args, **kwargs)

    return noted


async def a_case(bridge: Bridge) -> Case:
    case = sample_case()
    await keep(bridge, case, text_of(case, 1, SECRET))
    words = Guarded(f'{{"family": "{SECRET}"}}')
    entry = SecureEntry(80, case.id, SecureField.NAMES, words, START, OFFICER.id, "KH")
    await bridge.storage.apply([Turn(secure=(entry,))])
    return case


def about_a_case(bridge: Bridge) -> Iterator[tuple[str, str]]:
    """Every route that names a case, with each method that it takes."""
    routes = [route for route in starlette_of(bridge.app).routes if isinstance(route, Route)]
    for route in routes:
        if "{reference}" in route.path:
            yield from ((method, route.path) for method in sorted(route.methods or ()) if method != "HEAD")


async def test_the_walk_knows_every_route_about_a_case(walk: Walk) -> None:
    assert sorted(about_a_case(walk.bridge)) == [
        ("GET", "/cases/{reference}"),
        ("GET", "/cases/{reference}/files/{file}"),
        ("GET", "/cases/{reference}/papers/{name}"),
        ("GET", "/cases/{reference}/secure"),
        ("POST", "/cases/{reference}"),
        ("POST", "/cases/{reference}/files"),
        ("POST", "/cases/{reference}/letter"),
        ("POST", "/cases/{reference}/secure"),
    ]


async def test_outside_its_scope_a_case_is_no_case_on_any_page_or_form(walk: Walk) -> None:
    case = await a_case(walk.bridge)
    outside = [who for who in EVERYBODY if not may_see(who, case, AGREEMENT)]
    assert {p.id for p in outside} == {ADMIN.id, DUTY_VN.id, 11, 12, 14, 15, 16, 17, 18, 19}
    for who in outside:
        client = await walk.bridge.signed_in(who)
        await same_everywhere(walk, client, who, list(about_a_case(walk.bridge)))
        for path in ("/cases", "/chat", "/board"):
            assert REFERENCE not in (await client.get(path, follow_redirects=True)).text
    assert (await walk.bridge.storage.history(case.id)).journal[-1].entry.act == "opened"
    assert walk.bridge.core.received == []


async def test_who_sees_a_case_but_reads_no_secure_case_gets_there_what_strangers_get(walk: Walk) -> None:
    case = await a_case(walk.bridge)
    without = [who for who in EVERYBODY if may_see(who, case, AGREEMENT) and not may_read_secure(who, case, AGREEMENT)]
    assert {p.id for p in without} == {DUTY_CN.id, SUPERVISOR_CN.id, SECRETARY.id}
    secure = [(method, path) for method, path in about_a_case(walk.bridge) if path.endswith("/secure")]
    for who in without:
        client = await walk.bridge.signed_in(who)
        for method, path in secure:
            for form in FORMS:
                theirs = await goes(walk, client, method, path.format(reference=REFERENCE, **NAMED), form)
                nothing = await goes(walk, client, method, path.format(reference=NOWHERE, **NAMED), form)
                assert theirs == nothing, who
                assert SECRET not in str(theirs)
    assert len(await walk.bridge.storage.secure_entries(case.id)) == 1


async def same_everywhere(walk: Walk, client: httpx.AsyncClient, who: Person, routes: list[tuple[str, str]]) -> None:
    for method, path in routes:
        for form in FORMS if method == "POST" else ({},):
            theirs = await goes(walk, client, method, path.format(reference=REFERENCE, **NAMED), form)
            nothing = await goes(walk, client, method, path.format(reference=NOWHERE, **NAMED), form)
            assert theirs == nothing, (who, method, path)
            assert theirs[0] == 404
            assert "No such case." in str(theirs[1])


async def goes(
    walk: Walk, client: httpx.AsyncClient, method: str, path: str, form: dict[str, str]
) -> tuple[object, ...]:
    walk.bridge.storage.kept.change("DELETE FROM attempts")  # else whoever asks so often waits longer each time
    if method == "GET":
        return await walk.get(client, path)
    csrf = hidden((await client.get("/cases")).text, 'name="csrf"')["csrf"]
    if path.endswith(("/files", "/letter")):
        return await walk.uploads(client, path, {"csrf": csrf, "once": "i" * 20, **form})
    return await walk.post(client, path, {"csrf": csrf, "once": "i" * 20, **form})


async def test_searching_tells_nobody_outside_more_than_that_there_is_nothing(walk: Walk) -> None:
    await a_case(walk.bridge)
    words = Guarded('{"phone": "+85510000777"}')
    phone = SecureEntry(81, 700, SecureField.PHONE, words, START, OFFICER.id, "KH")
    await walk.bridge.storage.apply([Turn(secure=(phone,))])
    for who in EVERYBODY:
        if may_read_secure(who, sample_case(), AGREEMENT):
            continue
        client = await walk.bridge.signed_in(who)
        csrf = hidden((await client.get("/cases")).text, 'name="csrf"')["csrf"]
        told = [
            await walk.post(client, "/cases", {"csrf": csrf, "kind": "phone", "wanted": number})
            for number in ("+85510000777", "+85510000778")
        ]
        theirs, nothing = (str(t).replace("+85510000777", "").replace("+85510000778", "") for t in told)
        assert theirs == nothing, who


async def test_over_an_open_border_the_requested_desk_is_inside_and_its_police_still_outside(walk: Walk) -> None:
    case = cleared(await a_case(walk.bridge))
    await walk.bridge.storage.apply([Turn(cases=(case,), answers=tuple(case.answers.values())[-2:])])
    inside = {who.id for who in EVERYBODY if may_read_secure(who, case, AGREEMENT)}
    assert inside == {OFFICER.id, DUTY_KH.id, DUTY_CN.id, SUPERVISOR_CN.id}
    for who in EVERYBODY:
        answer = await (await walk.bridge.signed_in(who)).get(f"/cases/{REFERENCE}/secure")
        assert (answer.status_code == 200) is (who.id in inside), who
