"""Signing in: one link, one use, one session."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web.settings import WebSettings
from adapters.web.site.sign_in_pages import new_link
from bot.domain.messages import Address
from bot.domain.turn import Turn
from tests.kit.site import ADMIN, DUTY_CN, OFFICER, Bridge, hidden, open_bridge, write


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


async def test_looking_at_a_link_does_not_use_it_up(bridge: Bridge) -> None:
    path = await new_link(bridge.storage, OFFICER.id, bridge.clock())
    preview = bridge.browser()
    for _ in range(3):
        shown = await preview.get(path)
        assert shown.status_code == 200
        assert shown.text.count("<button") == 1
        assert "set-cookie" not in shown.headers
    await preview.head(path)
    assert (await bridge.browser().post(path)).status_code == 303


async def test_a_link_works_once_and_then_says_so(bridge: Bridge) -> None:
    path = await new_link(bridge.storage, OFFICER.id, bridge.clock())
    assert (await bridge.browser().post(path)).headers["location"] == "/chat"
    again = await bridge.browser().post(path)
    assert again.status_code == 410
    assert "used already or has expired" in again.text
    assert "set-cookie" not in again.headers
    assert "used already or has expired" in (await bridge.browser().get(path)).text


async def test_a_link_expires_after_ten_minutes_unless_told_otherwise(bridge: Bridge) -> None:
    short = await new_link(bridge.storage, OFFICER.id, bridge.clock())
    long = await new_link(bridge.storage, OFFICER.id, bridge.clock(), timedelta(hours=12))
    bridge.clock.forward(minutes=10, seconds=1)
    assert (await bridge.browser().post(short)).status_code == 410
    assert (await bridge.browser().post(long)).status_code == 303


async def test_a_made_up_link_is_refused(bridge: Bridge) -> None:
    assert (await bridge.browser().get("/signin/" + "A" * 43)).status_code == 410
    assert (await bridge.browser().post("/signin/" + "A" * 43)).status_code == 410


async def test_only_a_hash_of_the_token_is_kept(bridge: Bridge) -> None:
    path = await new_link(bridge.storage, OFFICER.id, bridge.clock())
    token = path.rpartition("/")[2]
    assert len(token) >= 43
    assert not await bridge.storage.peek_sign_in(token, bridge.clock())
    assert await bridge.storage.peek_sign_in(hashlib.sha256(token.encode()).hexdigest(), bridge.clock())


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(bridge: Bridge) -> None:
    path = await new_link(bridge.storage, OFFICER.id, bridge.clock())
    cookie = (await bridge.browser().post(path)).headers["set-cookie"].lower()
    assert cookie.startswith("casebridge=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain=" not in cookie
    assert "secure" not in cookie


async def test_over_tls_the_cookie_is_secure_and_host_only(tmp_path: Path) -> None:
    async with open_bridge(tmp_path, settings=WebSettings("https://bridge.example", tmp_path)) as bridge:
        path = await new_link(bridge.storage, OFFICER.id, bridge.clock())
        answer = await bridge.browser(scheme="https").post(path)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-casebridge=")
        assert "; secure" in cookie.lower()
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_without_a_session_every_page_asks_for_a_link(bridge: Bridge) -> None:
    for path in ("/chat", "/chat/lines", "/cases", "/cases/KC26-M9S34-4", "/board", "/exports", "/exports/a.csv"):
        answer = await bridge.browser().get(path)
        assert answer.status_code == 401, path
        assert "Write /board to the bridge in private" in answer.text
    assert "Write /board to the bridge in private" in (await bridge.browser().get("/")).text


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    for _ in range(11):
        bridge.clock.forward(hours=1, minutes=5)
        assert (await client.get("/chat")).status_code == 200
    bridge.clock.forward(minutes=6)
    assert (await client.get("/chat")).status_code == 401


async def test_signing_out_ends_the_session_on_the_server_too(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    stolen = dict(client.cookies)
    csrf = hidden((await client.get("/chat")).text, "csrf")
    assert (await client.post("/signout", data={"csrf": csrf})).headers["location"] == "/"
    assert not client.cookies
    assert (
        await bridge.browser().get("/chat", headers={"cookie": f"casebridge={stolen['casebridge']}"})
    ).status_code == 401


async def test_a_revoked_person_is_out_at_once_and_their_links_too(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    path = await new_link(bridge.storage, DUTY_CN.id, bridge.clock())
    await bridge.storage.apply([Turn(people=(replace(DUTY_CN, revoked_at=bridge.clock()),))])
    assert (await client.get("/cases")).status_code == 401
    assert (await bridge.browser().post(path)).status_code == 410


async def test_a_link_cannot_be_used_from_another_site(bridge: Bridge) -> None:
    path = await new_link(bridge.storage, OFFICER.id, bridge.clock())
    assert (await bridge.browser().post(path, headers={"origin": "https://evil.example"})).status_code == 403
    cross = {"origin": "null", "sec-fetch-site": "cross-site"}
    assert (await bridge.browser().post(path, headers=cross)).status_code == 403
    same = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert (await bridge.browser().post(path, headers=same)).status_code == 303


async def test_whoever_signs_in_can_be_written_to_in_web_chat_and_the_journal_knows(bridge: Bridge) -> None:
    elsewhere = replace(ADMIN, addresses=(Address("telegram", "44"),))
    await bridge.storage.apply([Turn(people=(elsewhere,))])
    await bridge.signed_in(elsewhere)
    person = (await bridge.storage.directory()).get(ADMIN.id)
    assert person
    assert person.addresses == (Address("telegram", "44"), Address("web", str(ADMIN.id)))
    links = [link async for chunk in bridge.storage.stream_journal("-") for link in chunk]
    assert [(link.entry.actor, link.entry.act) for link in links] == [(f"person:{ADMIN.id}", "signin")]


async def test_what_was_typed_before_the_session_ended_is_handed_back(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    bridge.clock.forward(hours=13)
    form = {"csrf": hidden(page, "csrf"), "once": "x" * 20, "text": "She is in <flat> 4"}
    answer = await client.post("/chat", data=form)
    assert answer.status_code == 401
    assert "She is in &lt;flat&gt; 4</textarea>" in answer.text
    assert bridge.core.received == []


async def test_somebody_signed_in_starts_at_the_chat(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    assert (await client.get("/")).headers["location"] == "/chat"
    assert (await write(client, "hello")).status_code == 303
