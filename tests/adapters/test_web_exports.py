"""Downloads: finished exports, for those who may have them, and nothing else of the disk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.web_kit import ADMIN, DUTY_CN, Bridge, open_bridge


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
        "filter": {"parties": ["CN"]},
    } | manifest
    (folder / f"{name}.manifest.json").write_text(json.dumps(said))


async def test_an_admin_lists_and_downloads_a_finished_export(bridge: Bridge) -> None:
    put_export(bridge.exports)
    client = await bridge.signed_in(ADMIN)
    page = (await client.get("/exports")).text
    assert "ab" * 32 in page
    assert "1 cases, asked for by Zhao Min (CN admin)" in page
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


async def test_an_admin_gets_their_own_sides_exports_and_what_they_ordered(bridge: Bridge) -> None:
    put_export(bridge.exports, "theirs.csv", filter={"parties": ["KH"]}, exporter="person:99")
    put_export(bridge.exports, "all.csv", filter={"parties": []}, exporter="cli:root")
    put_export(bridge.exports, "ours.csv", exporter="person:98")
    put_export(bridge.exports, "mine.csv", filter={"parties": ["KH", "CN"]})
    client = await bridge.signed_in(ADMIN)
    page = (await client.get("/exports")).text
    assert ["theirs.csv" in page, "all.csv" in page, "ours.csv" in page, "mine.csv" in page] == [
        False,
        False,
        True,
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
    assert "No export has been made yet" in (await (await bridge.signed_in(ADMIN)).get("/exports")).text
