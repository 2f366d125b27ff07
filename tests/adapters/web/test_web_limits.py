"""Guessing and flooding over the web, sessions that nobody uses, and people whose enrolment or role has changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from adapters.web.site import pace
from adapters.web.site.sign_in_pages import new_link
from bot.domain.messages import Address, DeliveryState
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.people import guess_limits
from tests.kit.clock import START
from tests.kit.database import KeptStorage
from tests.kit.site import (
    ADMIN,
    DUTY_CN,
    OFFICER,
    REFERENCE,
    SUPERVISOR_CN,
    Bridge,
    hidden,
    keep,
    open_bridge,
    sample_case,
    write,
)

MADE_UP = "/signin/" + "A" * 43


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


async def told(bridge: Bridge, key: str) -> list[str]:
    """Who was told something under keys that start like this."""
    rows = await bridge.storage.outbox(list(DeliveryState), 1000)
    return sorted(d.message.recipient for d in rows if d.message.dedupe_key.startswith(key))


# Sign-in links.


async def test_an_address_that_tries_link_after_link_has_to_wait_even_with_a_right_one(bridge: Bridge) -> None:
    path = await new_link(bridge.storage, OFFICER.id, bridge.clock(), timedelta(hours=1))
    guesser = bridge.browser("198.51.100.7")
    for number in range(guess_limits.LINKS // 2):
        assert (await guesser.get(f"{MADE_UP}{number}")).status_code == 410
        assert (await guesser.post(f"{MADE_UP}{number}")).status_code == 410
    for answer in (await guesser.get(path), await guesser.post(path), await guesser.post(MADE_UP)):
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "600"
        assert "Please wait a little" in answer.text
    bridge.clock.forward(minutes=10)
    assert (await guesser.post(path)).status_code == 303


async def test_somebody_elsewhere_signs_in_while_an_address_has_to_wait(bridge: Bridge) -> None:
    guesser = bridge.browser("198.51.100.7")
    for _ in range(guess_limits.LINKS + 5):
        await guesser.post(MADE_UP)
    assert (await bridge.signed_in(OFFICER)).cookies


async def test_the_admins_hear_once_a_day_of_guessed_links_and_only_the_journal_names_the_address(
    bridge: Bridge,
) -> None:
    for _ in range(3):
        guesser = bridge.browser("198.51.100.7")
        for _ in range(guess_limits.LINKS + 3):
            await guesser.get(MADE_UP)
        bridge.clock.forward(minutes=11)
    assert await told(bridge, "guesses:link") == [f"person:{ADMIN.id}"]
    rows = await bridge.storage.outbox(list(DeliveryState), 10)
    assert not any("198.51.100.7" in row.message.text for row in rows)
    entries = [link.entry async for chunk in bridge.storage.stream_journal("-") for link in chunk]
    assert {e.told["client"] for e in entries if e.act == "many_guesses"} == {"198.51.100.7"}


async def test_an_unknown_a_used_and_an_expired_link_are_answered_alike(bridge: Bridge) -> None:
    used, expired = [await new_link(bridge.storage, OFFICER.id, bridge.clock()) for _ in range(2)]
    await bridge.browser().post(used)
    bridge.clock.forward(minutes=11)
    for verb in ("get", "post"):
        pages = [await getattr(bridge.browser(), verb)(path) for path in (MADE_UP, used, expired)]
        assert {page.status_code for page in pages} == {410}
        assert len({page.text for page in pages}) == 1


# Sessions.


async def test_a_session_that_nobody_uses_for_two_hours_ends(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    for _ in range(3):
        bridge.clock.forward(hours=1, minutes=59)
        assert (await client.get("/chat")).status_code == 200
    bridge.clock.forward(hours=2)
    assert (await client.get("/chat")).status_code == 401


async def test_a_page_left_open_in_the_background_does_not_keep_a_session_alive(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    for _ in range(12):
        bridge.clock.forward(minutes=10)
        answer = await client.get("/chat/lines?away=1", headers={"hx-request": "true"})
    assert answer.status_code == 286
    assert "not signed in" in answer.text


async def test_reading_page_after_page_does_not_write_to_the_database_each_time(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    bridge.clock.forward(minutes=5)
    await client.get("/chat")
    used = bridge.storage.kept.raw("sessions")
    for _ in range(5):
        bridge.clock.forward(seconds=11)
        await client.get("/chat")
    assert bridge.storage.kept.raw("sessions") == used
    bridge.clock.forward(seconds=11)
    await client.get("/chat")
    assert bridge.storage.kept.raw("sessions") != used


async def test_signing_in_ends_the_session_that_the_browser_had_before(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    before = client.cookies["casebridge"]
    assert (await client.post(await new_link(bridge.storage, DUTY_CN.id, bridge.clock()))).status_code == 303
    assert client.cookies["casebridge"] != before
    planted = await bridge.browser().get("/chat", headers={"cookie": f"casebridge={before}"})
    assert planted.status_code == 401


async def test_a_session_token_that_somebody_planted_is_never_taken_over(bridge: Bridge) -> None:
    client = bridge.browser()
    client.cookies.set("casebridge", "planted-by-somebody-else", domain="bridge.example")
    await client.post(await new_link(bridge.storage, OFFICER.id, bridge.clock()))
    planted = await bridge.browser().get("/chat", headers={"cookie": "casebridge=planted-by-somebody-else"})
    assert planted.status_code == 401


# References.


async def test_after_ten_references_that_are_none_answers_come_after_a_wait_that_grows(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_CN)
    for number in range(guess_limits.MISSES):
        assert (await client.get(f"/cases/KC26-0000{number}-0")).status_code == 404
    waits = []
    for number in range(3):
        answer = await client.get(f"/cases/KC26-0001{number}-0")
        assert answer.status_code == 429
        waits.append(answer.headers["retry-after"])
    assert waits == ["10", "20", "40"]
    assert (await client.get(f"/cases/{REFERENCE}")).status_code == 200, "a right one always opens"
    assert await told(bridge, "guesses:reference") == [f"person:{SUPERVISOR_CN.id}", f"person:{ADMIN.id}"]
    bridge.clock.forward(minutes=10)
    assert (await client.get("/cases/KC26-00000-0")).status_code == 404


class CountingStorage(KeptStorage):
    """A storage that writes down what it is asked."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.asked: list[str] = []

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name in ("find_case", "count_attempt", "history", "attempts", "session", "directory", "transcript", "apply"):
            self.asked.append(name)
        return found


async def test_a_foreign_and_a_made_up_reference_ask_the_database_the_same_and_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.kit.site.KeptStorage", CountingStorage)
    async with open_bridge(tmp_path) as bridge:
        await keep(bridge, sample_case(reporting="VN", corridor="VC", officer=99))
        client = await bridge.signed_in(replace(OFFICER))
        seen = []
        for reference in (REFERENCE, "KC26-7H4QM-4"):
            bridge.storage.asked.clear()  # type: ignore[attr-defined]
            answer = await client.get(f"/cases/{reference}")
            seen.append((answer.status_code, answer.text, tuple(bridge.storage.asked)))  # type: ignore[attr-defined]
    assert seen[0] == seen[1]
    assert seen[0][0] == 404
    assert seen[0][2] == ("session", "directory", "find_case", "count_attempt")


# Forms.


async def _post(client: httpx.AsyncClient, times: int, csrf: str) -> list[httpx.Response]:
    return [await client.post("/chat", data={"csrf": csrf, "once": f"{n:020}", "text": "hello"}) for n in range(times)]


async def test_a_session_that_floods_is_asked_to_wait_and_gets_back_what_it_typed(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    csrf = hidden((await client.get("/chat")).text, "csrf")
    answers = await _post(client, pace.A_SESSION + 1, csrf)
    assert {answer.status_code for answer in answers[:-1]} == {303}
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "60"
    assert "hello</textarea>" in answers[-1].text
    assert len(bridge.core.received) == pace.A_SESSION
    colleague = await bridge.signed_in(DUTY_CN)
    assert (await write(colleague, "all well")).status_code == 303
    bridge.clock.forward(minutes=1)
    assert (await write(client, "once more")).status_code == 303


async def test_an_address_that_floods_is_asked_to_wait_whoever_it_says_it_is(bridge: Bridge) -> None:
    flooder = bridge.browser("198.51.100.7")
    answers = [await flooder.post("/chat", data={"text": "x"}) for _ in range(pace.AN_ADDRESS + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert answers[-1].status_code == 429
    assert (await bridge.browser("203.0.113.9").post("/chat", data={"text": "x"})).status_code == 401


async def test_ordinary_forms_are_counted_without_asking_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.kit.site.KeptStorage", CountingStorage)
    async with open_bridge(tmp_path) as bridge:
        client = await bridge.signed_in(OFFICER)
        csrf = hidden((await client.get("/chat")).text, "csrf")
        bridge.storage.asked.clear()  # type: ignore[attr-defined]
        await _post(client, 20, csrf)
        assert "count_attempt" not in bridge.storage.asked  # type: ignore[attr-defined]


# Roles and enrolment.


async def test_a_running_session_obeys_the_new_role_at_the_next_request(bridge: Bridge) -> None:
    await keep(bridge, sample_case())
    client = await bridge.signed_in(DUTY_CN)
    assert (await client.get(f"/cases/{REFERENCE}")).status_code == 200
    officer = replace(DUTY_CN, role=Role.OFFICER, desk="")
    await bridge.storage.apply([Turn(people=(officer,))])
    assert (await client.get(f"/cases/{REFERENCE}")).status_code == 404
    assert (await client.get("/exports")).status_code == 404
    await bridge.storage.apply([Turn(people=(replace(officer, role=Role.ADMIN),))])
    assert (await client.get("/exports")).status_code == 200


async def test_a_lapsed_admin_gets_no_export_and_hears_who_can_confirm_them(bridge: Bridge) -> None:
    lapsed = replace(ADMIN, confirmed_at=START - timedelta(days=90), addresses=(Address("web", str(ADMIN.id)),))
    await bridge.storage.apply([Turn(people=(lapsed,))])
    client = await bridge.signed_in(lapsed)
    for path in ("/exports", "/exports/cases.csv"):
        answer = await client.get(path)
        assert answer.status_code == 403
        assert re.search(r"Wang Fang \(supervisor\) can confirm you: they type /confirm P-\w{5}\b", answer.text)
