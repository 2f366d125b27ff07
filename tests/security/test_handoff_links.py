"""Links about a hand-off in the wrong hands: a mail stops no clock, and a link reads no more than it is for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.domain.case import Case, DeadlineKind, HandoffState
from bot.domain.messages import Address
from tests.journeys.gated import WILLING as WILLS
from tests.journeys.gated import adult_case
from tests.kit.site import hidden
from tests.kit.world import agreement
from tests.security.stronghold import CLERK, DETECTIVE, Stronghold, besieged

BOX = "email:police@example.cn"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Stronghold]:
    """The police desk of CN has a mailbox behind its group."""
    agreed = agreement()
    police = agreed.desks["cn-police"]
    police = replace(police, addresses=(*police.addresses, Address.parse(BOX)))
    async with besieged(tmp_path, agreed=replace(agreed, desks={**agreed.desks, police.id: police})) as bridge:
        yield bridge


async def handed(bridge: Stronghold) -> Case:
    case = await adult_case(bridge, WILLS)
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    return await bridge.case(case)


async def mailed(bridge: Stronghold, case: Case) -> str:
    """The link that stands in the mail to the police desk."""
    texts = [d.message.text for d in await bridge.deliveries(case) if str(d.message.address) == BOX]
    found = re.search(r"/receipt/[A-Za-z0-9_-]{43}", " ".join(texts))
    assert found
    return found[0]


async def opened(bridge: Stronghold, case: Case) -> httpx.AsyncClient:
    """A browser in which somebody used the link that the detective asked for."""
    await bridge.says(DETECTIVE, f"/papers {case.reference}")
    found = re.search(r"/paper/[A-Za-z0-9_-]{43}", bridge.expect(DETECTIVE, "/paper/").text)
    assert found
    client = bridge.browser()
    assert (await client.post(found[0])).status_code == 303
    return client


async def filled(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    return {"csrf": hidden((await client.get(path)).text, "csrf"), "officer": "Nobody", "formal": "X-1"}


async def test_whoever_reads_a_mailbox_stops_no_clock_by_the_link_in_a_mail(bridge: Stronghold) -> None:
    case = await handed(bridge)
    path, thief = await mailed(bridge, case), bridge.browser()
    assert (await thief.post(path, data=await filled(thief, path))).status_code == 200
    case = await bridge.case(case)
    assert [handoff.state for handoff in case.handoffs] == [HandoffState.SENT]
    for kind in (DeadlineKind.POLICE, DeadlineKind.ANSWER):
        assert (await bridge.due(case, kind)).is_running


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_no_receipt_is_claimed_from_another_site(bridge: Stronghold, headers: dict[str, str]) -> None:
    case = await handed(bridge)
    path, client = await mailed(bridge, case), bridge.browser()
    answer = await client.post(path, data=await filled(client, path), headers=headers)
    assert answer.status_code == 403
    assert [handoff.claimed_at for handoff in (await bridge.case(case)).handoffs] == [None]


async def test_an_opened_link_hands_out_nothing_once_the_hand_off_is_taken_back(bridge: Stronghold) -> None:
    case = await handed(bridge)
    client = await opened(bridge, case)
    await bridge.says(CLERK, f"/recall {case.reference} police a mistake")
    for path in ("/papers", "/papers/police-request.pdf"):
        assert (await client.get(path)).status_code == 410


async def test_an_opened_link_leads_to_no_other_page(bridge: Stronghold) -> None:
    case = await handed(bridge)
    client = await opened(bridge, case)
    for path in ("/chat", "/cases", f"/cases/{case.reference}", f"/cases/{case.reference}/secure", "/exports"):
        assert (await client.get(path)).status_code == 401
    assert (await client.get("/papers/annex.pdf")).status_code == 404
