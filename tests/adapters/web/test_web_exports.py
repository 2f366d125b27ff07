"""Downloads: finished exports, for those who may have them, and nothing else of the disk; and who may decide orders."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.export_orders import IdentifiedOrder, OrderState
from bot.domain.messages import Address
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from bot.record.export.progress import ProgressFile
from tests.kit.clock import START
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    DUTY_VN,
    SUPERVISOR_CN,
    Bridge,
    hidden,
    keep,
    open_bridge,
    person,
    sample_case,
)

SECOND = person(14, "Sun Li", "CN", Role.ADMIN)
OTHER_SIDE = person(15, "Heng Sok", "KH", Role.SUPERVISOR, "kh-duty")
ORDER = IdentifiedOrder(
    id=123456,
    person_id=ADMIN.id,
    party="CN",
    format="csv",
    since=START - timedelta(days=30),
    until=START,
    recipient="age1made-up",
    reason="<b>the prosecutor</b> asks",
    place=Address("web", "4"),
    asked_at=START,
    expires_at=START + timedelta(days=1),
)


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


def put_export(folder: Path, name: str = "cases-2026-04-18.csv", **manifest: object) -> None:
    (folder / name).write_text("reference\nKC26-M9S34-4\n")
    said = {
        "count": 1,
        "sha256": "ab" * 32,
        "exporter": "person:4",
        "reason": "meeting",
        "made_at": "2026-04-18T07:00:00Z",
        "filter": {"parties": ["CN"]},
    } | manifest
    (folder / f"{name}.manifest.json").write_text(json.dumps(said))


async def test_an_admin_lists_and_downloads_a_finished_export(bridge: Bridge) -> None:
    put_export(bridge.exports)
    client = await bridge.signed_in(ADMIN)
    page = (await client.get("/exports")).text
    assert "ab" * 32 in page
    assert "Cases: 1, asked for by Zhao Min (CN admin)" in page
    answer = await client.get("/exports/cases-2026-04-18.csv")
    assert answer.status_code == 200
    assert answer.text.startswith("reference\n")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases-2026-04-18.csv"'
    assert answer.headers["cache-control"] == "no-store"


async def test_nobody_but_an_admin_knows_of_exports(bridge: Bridge) -> None:
    put_export(bridge.exports)
    client = await bridge.signed_in(DUTY_CN)
    assert (await client.get("/exports")).status_code == 404
    assert (await client.get("/exports/cases-2026-04-18.csv")).status_code == 404
    assert "Exports" not in (await client.get("/chat")).text


async def test_an_admin_gets_what_they_ordered_and_nothing_of_anybody_elses(bridge: Bridge) -> None:
    put_export(bridge.exports, "theirs.csv", filter={"parties": ["KH"]}, exporter="person:99")
    put_export(bridge.exports, "all.csv", filter={"parties": []}, exporter="cli:root")
    put_export(bridge.exports, "ours.csv", exporter="person:98")
    put_export(bridge.exports, "mine.csv", filter={"parties": ["KH", "CN"]})
    client = await bridge.signed_in(ADMIN)
    page = (await client.get("/exports")).text
    assert ["theirs.csv" in page, "all.csv" in page, "ours.csv" in page, "mine.csv" in page] == [
        False,
        False,
        False,
        True,
    ]
    assert (await client.get("/exports/theirs.csv")).status_code == 404
    assert (await client.get("/exports/mine.csv")).status_code == 200


async def test_only_whole_exports_in_the_folder_itself_are_sent(bridge: Bridge, tmp_path: Path) -> None:
    put_export(bridge.exports)
    (bridge.exports / "half.csv").write_text("x")
    secret = tmp_path.parent / "secret.csv"
    secret.write_text("secret")
    (bridge.exports / "link.csv").symlink_to(secret)
    (bridge.exports / "link.csv.manifest.json").write_text('{"filter": {"parties": ["CN"]}}')
    client = await bridge.signed_in(ADMIN)
    tricks = [
        "half.csv", "link.csv", "../secret.csv", "..%2fsecret.csv", "%2e%2e%2fsecret.csv", "..%5csecret.csv", ".csv",
        "cases-2026-04-18.csv%00.csv", "cases-2026-04-18.csv.manifest.json", "cases-2026-04-18.csv%0a", "a/b.csv",
        "%2fetc%2fpasswd", "x" * 300 + ".csv",
    ]  # fmt: skip
    for trick in tricks:
        answer = await client.get(f"/exports/{trick}")
        assert answer.status_code == 404, trick
        assert "secret" not in answer.text
    assert "link.csv" not in (await client.get("/exports")).text


async def test_a_manifest_that_cannot_be_read_hides_nothing_else(bridge: Bridge) -> None:
    put_export(bridge.exports)
    put_export(bridge.exports, "other.jsonl")
    (bridge.exports / "other.jsonl.manifest.json").write_text("[")
    page = (await (await bridge.signed_in(ADMIN)).get("/exports")).text
    assert "other.jsonl" not in page
    assert "cases-2026-04-18.csv" in page


async def test_before_the_first_export_the_page_says_how_to_make_one(bridge: Bridge) -> None:
    assert "There is no file of yours" in (await (await bridge.signed_in(ADMIN)).get("/exports")).text


async def asked(bridge: Bridge, *orders: IdentifiedOrder) -> None:
    await bridge.storage.apply([Turn(people=(SECOND, OTHER_SIDE), orders=orders or (ORDER,))])


async def test_an_identified_export_is_fetched_by_who_asked_for_it_and_by_nobody_else(bridge: Bridge) -> None:
    await asked(bridge)
    name = "casebridge-20260401-20260501-7.htcds.csv.age"
    put_export(bridge.exports, name, identified=True, recipient="age1made-up", approved_by="person:3")
    mine = await bridge.signed_in(ADMIN)
    page = (await mine.get("/exports")).text
    assert "Identified, approved by Wang Fang (CN supervisor)" in page
    assert "age1made-up" in page
    answer = await mine.get(f"/exports/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    for who in (SECOND, SUPERVISOR_CN, DUTY_CN, OTHER_SIDE):
        client = await bridge.signed_in(who)
        assert (await client.get(f"/exports/{name}")).status_code == 404, who.name
        assert name not in (await client.get("/exports")).text


async def test_a_sealed_file_whose_manifest_does_not_say_so_is_no_more_open(bridge: Bridge) -> None:
    await asked(bridge)
    put_export(bridge.exports, "log.csv.age")
    client = await bridge.signed_in(SECOND)
    assert (await client.get("/exports/log.csv.age")).status_code == 404


@pytest.mark.parametrize("who", [SUPERVISOR_CN, SECOND], ids=lambda p: p.name)
async def test_a_second_person_reads_why_and_decides_on_the_page(bridge: Bridge, who: Person) -> None:
    await asked(bridge)
    client = await bridge.signed_in(who)
    page = (await client.get("/exports")).text
    assert "Zhao Min (CN admin), cases from 2026-03-19 to 2026-04-18, as csv: waits for a second person" in page
    assert "Why: &lt;b&gt;the prosecutor&lt;/b&gt; asks" in page
    form = {name: hidden(page, name) for name in ("csrf", "once", "order", "act")}
    assert (form["act"], form["order"]) == ("approve", ORDER.number)
    answer = await client.post("/exports", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/chat#end")
    await client.post("/exports", data={**form, "act": "refuse", "once": "x" * 20, "reason": " no  need "})
    assert [m.text for m in bridge.core.received] == [f"/approve {ORDER.number}", f"/refuse {ORDER.number} no  need"]


async def test_who_asked_sees_how_it_stands_and_cannot_decide(bridge: Bridge) -> None:
    refused = replace(ORDER, id=123457, state=OrderState.REFUSED, decided_by=3, decided_at=START, refusal="too much")
    await asked(bridge, ORDER, refused)
    page = (await (await bridge.signed_in(ADMIN)).get("/exports")).text
    assert "waits for a second person" in page
    assert "refused by Wang Fang" in page
    assert "Why refused: too much" in page
    assert 'value="approve"' not in page


async def test_an_order_whose_time_is_over_offers_no_decision(bridge: Bridge) -> None:
    await asked(bridge, replace(ORDER, expires_at=START))
    assert 'value="approve"' not in (await (await bridge.signed_in(SUPERVISOR_CN)).get("/exports")).text


async def test_the_other_side_and_desks_know_of_no_order(bridge: Bridge) -> None:
    await asked(bridge)
    assert "prosecutor" not in (await (await bridge.signed_in(OTHER_SIDE)).get("/exports")).text
    for who in (DUTY_CN, DUTY_VN):
        assert (await (await bridge.signed_in(who)).get("/exports")).status_code == 404


@pytest.mark.parametrize("changes", [{"act": "make"}, {"order": "../x"}, {"order": ""}, {"once": ""}])
async def test_a_form_that_is_not_ours_decides_nothing(bridge: Bridge, changes: dict[str, str]) -> None:
    await asked(bridge)
    client = await bridge.signed_in(SUPERVISOR_CN)
    page = (await client.get("/exports")).text
    form = {name: hidden(page, name) for name in ("csrf", "once", "order", "act")} | changes
    assert (await client.post("/exports", data=form)).status_code == 400
    assert (await client.post("/exports", data={**form, "csrf": "stolen"})).status_code == 403
    assert bridge.core.received == []


def counted(page: str) -> dict[str, str]:
    """What the form holds that stands below the count."""
    names = ("csrf", "once", "act", "period", "first", "last", "corridor", "status", "format", "mark")
    return {name: hidden(page.partition('id="counted"')[2], name) for name in names}


async def test_a_file_can_be_fetched_for_a_day(bridge: Bridge) -> None:
    put_export(bridge.exports, made_at=f"{START:%Y-%m-%dT%H:%M:%SZ}")
    put_export(bridge.exports, "undated.csv", made_at="soon")
    client = await bridge.signed_in(ADMIN)
    assert "undated.csv" not in (await client.get("/exports")).text
    bridge.clock.now = START + timedelta(hours=23)
    client = await bridge.signed_in(ADMIN)
    assert (await client.get("/exports/cases-2026-04-18.csv")).status_code == 200
    bridge.clock.now = START + timedelta(hours=24)
    client = await bridge.signed_in(ADMIN)
    assert (await client.get("/exports/cases-2026-04-18.csv")).status_code == 404
    assert "cases-2026-04-18.csv" not in (await client.get("/exports")).text


async def test_the_count_is_seen_before_a_file_is_asked_for_and_the_chat_gets_the_same_words(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(ADMIN)
    assert "Make the file" not in (await client.get("/exports")).text
    page = (await client.get("/exports?period=this+month&format=csv&mark=no&corridor=KC&status=open")).text
    assert "Cases: 1, opened 2026-04-01 to 2026-04-30" in page
    form = counted(page)
    answer = await client.post("/exports", data={**form, "reason": " the annual\nmeeting "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/exports?asked={int(START.timestamp())}")
    await client.post("/exports", data={**form, "reason": "the annual meeting"})
    assert [m.text for m in bridge.core.received] == [
        "/export csv nobom KC open from 2026-04-01 to 2026-04-30 the annual meeting"
    ], "once, however often it is sent"


@pytest.mark.parametrize(
    ("chosen", "count"),
    [("period=last+month", 0), ("period=this+month&status=closed", 0), ("period=this+month&corridor=VC", 0),
     ("period=days&first=2026-04-18&last=2026-04-18", 1),
     ("period=last+month&was=last+month&first=2026-04-18&last=2026-04-18", 1),
     ("period=last+month&was=days&first=2026-04-18&last=2026-04-18", 0),
     ("period=this+month&corridor=%3Cb%3E&format=pdf", 1)],
)  # fmt: skip
async def test_what_is_counted_is_what_was_chosen(bridge: Bridge, chosen: str, count: int) -> None:
    await keep(bridge, sample_case())
    assert f"Cases: {count}, opened" in (await (await bridge.signed_in(ADMIN)).get(f"/exports?{chosen}")).text


@pytest.mark.parametrize("days", ["", "&first=2026-04-18", "&first=2026-04-18&last=2026-04-17", "&first=x&last=y"])
async def test_days_that_are_none_are_said_and_what_was_chosen_stays(bridge: Bridge, days: str) -> None:
    answer = await (await bridge.signed_in(ADMIN)).get(f"/exports?period=days&status=closed{days}")
    assert answer.status_code == 200
    assert "the first may not come after the last" in answer.text
    assert '<option value="closed" selected>' in answer.text
    assert "Make the file" not in answer.text


async def test_without_a_reason_nothing_is_made(bridge: Bridge) -> None:
    client = await bridge.signed_in(ADMIN)
    page = (await client.get("/exports?period=this+month")).text
    form = counted(page)
    answer = await client.post("/exports", data={**form, "reason": "  "})
    assert (answer.status_code, bridge.core.received) == (422, [])
    assert "Say why" in answer.text


async def test_more_cases_than_an_excel_sheet_holds_are_said_before_anything_is_made(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.web.exports.export_pages.ROWS", 0)
    await keep(bridge, sample_case())
    client = await bridge.signed_in(ADMIN)
    page = (await client.get("/exports?period=this+month&format=xlsx")).text
    assert "An Excel sheet cannot hold so many cases" in page
    assert "Make the file" not in page
    assert "Make the file" in (await client.get("/exports?period=this+month&format=csv")).text


async def test_only_an_admin_counts_or_makes_exports(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(SUPERVISOR_CN)
    page = (await client.get("/exports?period=this+month")).text
    assert "Cases:" not in page
    csrf = hidden(page, "csrf")
    answer = await client.post("/exports", data={"csrf": csrf, "once": "x" * 20, "act": "export", "reason": "why"})
    assert (answer.status_code, bridge.core.received) == (404, [])


REFRESH = '<meta http-equiv="refresh"'


async def test_the_page_shows_how_far_it_is_and_loads_itself_again_until_the_file_is_there(bridge: Bridge) -> None:
    client, address = await bridge.signed_in(ADMIN), f"/exports?asked={int(START.timestamp())}"
    begins = (await client.get(address)).text
    assert REFRESH in begins
    assert "Your export begins." in begins
    file = ProgressFile(bridge.exports, 7, ADMIN.id, START)
    file.told(500, 2000, START)
    page = (await client.get(address)).text
    assert REFRESH in page
    assert "500 of 2000 cases read" in page
    assert 'value="25"' in page
    assert REFRESH not in (await client.get("/exports")).text, "what is being typed there stays"
    await bridge.storage.apply([Turn(people=(SECOND,))])
    assert "of 2000" not in (await (await bridge.signed_in(SECOND)).get("/exports")).text
    file.finished()
    put_export(bridge.exports, made_at=f"{START:%Y-%m-%dT%H:%M:%SZ}")
    done = (await client.get(address)).text
    assert REFRESH not in done
    assert "cases-2026-04-18.csv" in done


async def test_an_export_that_failed_or_never_began_is_waited_for_no_more(bridge: Bridge) -> None:
    client, address = await bridge.signed_in(ADMIN), f"/exports?asked={int(START.timestamp())}"
    bridge.clock.now = START + timedelta(seconds=30)
    assert REFRESH not in (await client.get(address)).text
    ProgressFile(bridge.exports, 7, ADMIN.id, START).failed(bridge.clock.now)
    page = (await client.get(address)).text
    assert REFRESH not in page
    assert "Nothing came of the export" in page
