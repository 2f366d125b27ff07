"""Sessions: fixed beforehand, guessed, kept after the end; and the cookie that carries one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from adapters.web.site.sign_in_pages import new_link
from bot.domain.sign_in import hash_token
from bot.domain.turn import Turn
from tests.kit.site import hidden
from tests.security.stronghold import ADMIN, CLERK, OFFICER, Stronghold, besieged

COOKIE = "__Host-casebridge"


async def link_for(bridge: Stronghold, who: str) -> str:
    return await new_link(bridge.storage, (await bridge.person(who)).id, bridge.now)


async def test_a_session_planted_before_signing_in_is_worth_nothing(bridge: Stronghold) -> None:
    planted = "A" * 43
    victim = bridge.browser()
    cookie = {"cookie": f"{COOKIE}={planted}"}
    answer = await victim.post(await link_for(bridge, OFFICER), headers=cookie)
    given = SimpleCookie(answer.headers["set-cookie"])[COOKIE].value
    assert given != planted
    assert len(given) >= 43
    assert (await bridge.browser().get("/chat", headers=cookie)).status_code == 401


async def test_an_attackers_own_session_in_the_victims_browser_does_not_become_the_victims(bridge: Stronghold) -> None:
    attacker = await bridge.signed_in("telegram:vn-clerk")
    planted = {"cookie": f"{COOKIE}={attacker.cookies[COOKIE]}"}
    await bridge.browser().post(await link_for(bridge, ADMIN), headers=planted)
    assert (await attacker.get("/exports")).status_code == 401, "it ended when somebody signed in over it"


@pytest.mark.parametrize("value", ["", "x", "null", "' OR 1=1 --", "../../etc/passwd", "%00", "A" * 20_000])
async def test_a_guessed_session_is_none(bridge: Stronghold, value: str) -> None:
    await bridge.signed_in(OFFICER)
    answer = await bridge.browser().get("/chat", headers={"cookie": f"{COOKIE}={value}"})
    assert answer.status_code == 401


async def test_what_the_database_keeps_of_a_session_opens_none(bridge: Stronghold) -> None:
    client = await bridge.signed_in(OFFICER)
    kept = hash_token(client.cookies[COOKIE])
    assert (await bridge.browser().get("/chat", headers={"cookie": f"{COOKIE}={kept}"})).status_code == 401
    csrf = hidden((await client.get("/chat")).text, "csrf")
    assert (await bridge.browser().get("/chat", headers={"cookie": f"{COOKIE}={csrf}"})).status_code == 401


async def test_a_session_under_another_cookies_name_is_none(bridge: Stronghold) -> None:
    client = await bridge.signed_in(OFFICER)
    token = client.cookies[COOKIE]
    for name in ("casebridge", "__Secure-casebridge", "session", "__host-casebridge"):
        answer = await bridge.browser().get("/chat", headers={"cookie": f"{name}={token}"})
        assert answer.status_code == 401, name
    for where in ({"params": {COOKIE: token}}, {"headers": {"authorization": f"Bearer {token}"}}):
        assert (await bridge.browser().get("/chat", **where)).status_code == 401  # type: ignore[arg-type]


async def test_a_sign_in_link_works_once_for_one_person_within_ten_minutes(bridge: Stronghold) -> None:
    link = await link_for(bridge, OFFICER)
    assert (await bridge.browser().post(link)).status_code == 303
    assert (await bridge.browser().post(link)).status_code == 410
    late = await link_for(bridge, OFFICER)
    bridge.now += timedelta(minutes=10, seconds=1)
    assert (await bridge.browser().post(late)).status_code == 410


async def test_being_cut_off_ends_every_session_and_link_at_once(bridge: Stronghold) -> None:
    client, link = await bridge.signed_in(CLERK), await link_for(bridge, CLERK)
    await bridge.says(CLERK, "/lost yes")
    assert (await client.get("/cases")).status_code == 401
    assert (await bridge.browser().post(link)).status_code == 410
    assert (await bridge.browser().get(link)).status_code == 410


async def test_a_role_taken_away_counts_at_the_next_request(bridge: Stronghold) -> None:
    client = await bridge.signed_in(ADMIN)
    assert (await client.get("/exports")).status_code == 200
    officer, admin = await bridge.person(OFFICER), await bridge.person(ADMIN)
    await bridge.storage.apply([Turn(people=(replace(admin, role=officer.role),))])
    assert (await client.get("/exports")).status_code == 404


async def test_the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts(bridge: Stronghold) -> None:
    answer = await bridge.browser().post(await link_for(bridge, OFFICER))
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie.key == COOKIE
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert cookie["samesite"].lower() == "lax", "a link in a messenger must find the session"
    assert int(cookie["max-age"]) <= 12 * 3600


async def test_signing_out_takes_the_cookie_back_with_the_same_care(bridge: Stronghold) -> None:
    client = await bridge.signed_in(OFFICER)
    csrf = hidden((await client.get("/chat")).text, "csrf")
    answer = await client.post("/signout", data={"csrf": csrf})
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (cookie.value, cookie["max-age"], cookie["secure"], cookie["httponly"]) == ("", "0", True, True)


@pytest.mark.parametrize("proto", ["https", "http, https", "javascript"])
async def test_whether_the_cookie_is_secure_is_not_for_a_header_to_say(tmp_path: Path, proto: str) -> None:
    async with besieged(tmp_path, public_url="https://bridge.example") as bridge:
        link = await link_for(bridge, OFFICER)
        answer = await bridge.browser().post(link, headers={"x-forwarded-proto": "http"})
        assert "; secure" in answer.headers["set-cookie"].lower()
        link = await link_for(bridge, CLERK)
        answer = await bridge.browser().post(link, headers={"x-forwarded-proto": proto})
        assert answer.headers["set-cookie"].startswith(COOKIE)
