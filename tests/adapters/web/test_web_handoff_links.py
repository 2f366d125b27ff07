"""One-time links about a hand-off: papers for one person of its desk, and in a mail a receipt that accepts nothing."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from adapters.web.site.request_checks import new_token
from bot.domain.case import Case, Channel, Handoff, HandoffState
from bot.domain.handoff_links import LinkUse, link_with, path_of
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from bot.people import guess_limits
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.papers import IDENTITY, kept_ready, printed
from tests.kit.site import DUTY_CN, DUTY_KH, REFERENCE, Bridge, hidden, open_bridge, person

DETECTIVE = person(24, "Zhou Jun", "CN", Role.DUTY, "cn-police")
WORKS_NO_MORE = "This link works no more"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        await bridge.storage.apply([Turn(people=(DETECTIVE,))])
        yield bridge


async def handed(bridge: Bridge, *, channel: Channel = Channel.POLICE) -> Case:
    """A case that is ready for paper, handed to the police desk of the other side."""
    case = await kept_ready(bridge)
    handoff = Handoff(7001, 700, channel, HandoffState.SENT, "cn-police", DUTY_KH.id, START, sent_at=START)
    return await changes(bridge, case, handoff)


async def changes(bridge: Bridge, case: Case, handoff: Handoff) -> Case:
    case = replace(case, handoffs=(handoff,), version=case.version + 1)
    await bridge.storage.apply([Turn(cases=(case,))])
    return case


async def stands(bridge: Bridge) -> Handoff:
    (handoff,) = (await bridge.storage.load(Wanted(cases=(700,)))).cases[700].handoffs
    return handoff


async def link(bridge: Bridge, use: LinkUse, case: Case, who: Person | None = None) -> str:
    token = new_token()
    kept = link_with(use, case.handoffs[0], who.id if who else 0, bridge.clock(), token)
    await bridge.storage.apply([Turn(handoff_links=(kept,))])
    return path_of(use, token)


async def opened(bridge: Bridge, case: Case) -> httpx.AsyncClient:
    """A browser in which the detective has used the link of a ping."""
    client = bridge.browser()
    answer = await client.post(await link(bridge, LinkUse.PAPER, case, DETECTIVE))
    assert (answer.status_code, answer.headers["location"]) == (303, "/papers")
    return client


async def acts(bridge: Bridge, act: str) -> list[dict[str, object]]:
    journal = (await bridge.storage.history(700)).journal
    return [{**entry.entry.told, "actor": entry.entry.actor} for entry in journal if entry.entry.act == act]


# Papers.


async def test_looking_at_the_link_of_a_ping_does_not_use_it_up_and_one_tap_opens_the_papers(bridge: Bridge) -> None:
    case = await handed(bridge)
    path, client = await link(bridge, LinkUse.PAPER, case, DETECTIVE), bridge.browser()
    for _ in range(3):
        page = await client.get(path)
        assert page.status_code == 200
        assert REFERENCE not in page.text, "a preview reads it too"
    assert (await client.post(path)).status_code == 303
    page = await client.get("/papers")
    assert REFERENCE in page.text
    assert "Request for police assistance" in page.text
    assert "annex" not in page.text.casefold()


async def test_a_paper_is_taken_by_that_person_with_its_hash_in_the_journal_first(bridge: Bridge) -> None:
    client = await opened(bridge, await handed(bridge))
    answer = await client.get("/papers/police-request.pdf")
    assert answer.status_code == 200
    assert "Request for police assistance" in printed(answer.content)
    assert [known for known in IDENTITY if known in printed(answer.content)] == []
    assert "sandbox" in answer.headers["content-security-policy"]
    (entry,) = await acts(bridge, "paper_taken")
    assert entry == {
        "paper": "police-request", "form": "pdf", "channel": "police", "actor": f"person:{DETECTIVE.id}",
        "sha256": hashlib.sha256(answer.content).hexdigest(),
    }  # fmt: skip


async def test_on_a_bad_line_a_paper_can_be_taken_again_for_some_minutes(bridge: Bridge) -> None:
    client = await opened(bridge, await handed(bridge))
    for name in ("police-request", "police-reply", "police-request"):
        assert (await client.get(f"/papers/{name}.pdf")).status_code == 200
    bridge.clock.now += timedelta(minutes=11)
    assert (await client.get("/papers/police-request.pdf")).status_code == 410
    assert len(await acts(bridge, "paper_taken")) == 3


@pytest.mark.parametrize("name", ["annex.pdf", "police-request.docx", "note-verbale.pdf", "support-referral.pdf", "x"])
async def test_nothing_but_the_papers_of_this_hand_off_is_handed_out(bridge: Bridge, name: str) -> None:
    client = await opened(bridge, await handed(bridge))
    assert (await client.get(f"/papers/{name}")).status_code == 404
    assert await acts(bridge, "paper_taken") == []


async def test_the_link_signs_nobody_in(bridge: Bridge) -> None:
    client = await opened(bridge, await handed(bridge))
    for path in ("/cases", f"/cases/{REFERENCE}", "/chat", f"/cases/{REFERENCE}/papers/police-request.pdf"):
        assert (await client.get(path)).status_code == 401


async def test_a_link_that_was_used_works_for_nobody_else(bridge: Bridge) -> None:
    case = await handed(bridge)
    path = await link(bridge, LinkUse.PAPER, case, DETECTIVE)
    await bridge.browser().post(path)
    other = bridge.browser()
    assert (await other.post(path)).status_code == 410
    assert (await other.get("/papers")).status_code == 410


@pytest.mark.parametrize("state", [HandoffState.RETURNED, HandoffState.WITHDRAWN])
async def test_a_link_is_dead_once_the_desk_has_it_no_more_also_after_it_was_opened(
    bridge: Bridge, state: HandoffState
) -> None:
    case = await handed(bridge)
    waiting, client = await link(bridge, LinkUse.PAPER, case, DETECTIVE), await opened(bridge, case)
    await changes(bridge, case, replace(case.handoffs[0], state=state))
    for answer in (await client.get(waiting), await client.post(waiting), await client.get("/papers"),
                   await client.get("/papers/police-request.pdf")):  # fmt: skip
        assert answer.status_code == 410
        assert WORKS_NO_MORE in answer.text
    assert await acts(bridge, "paper_taken") == []


@pytest.mark.parametrize("changed", [{"revoked_at": START}, {"desk": "cn-support"}, {"role": Role.ADMIN}])
async def test_a_link_is_dead_once_the_person_has_no_right_to_it(bridge: Bridge, changed: dict[str, object]) -> None:
    case = await handed(bridge)
    waiting, client = await link(bridge, LinkUse.PAPER, case, DETECTIVE), await opened(bridge, case)
    await bridge.storage.apply([Turn(people=(replace(DETECTIVE, **changed),))])  # type: ignore[arg-type]
    assert (await client.post(waiting)).status_code == 410
    assert (await client.get("/papers/police-request.pdf")).status_code == 410


async def test_a_link_made_for_somebody_of_another_desk_opens_nothing(bridge: Bridge) -> None:
    case = await handed(bridge)
    assert (await bridge.browser().get(await link(bridge, LinkUse.PAPER, case, DUTY_CN))).status_code == 410


async def test_a_link_of_a_mail_opens_no_papers_and_one_of_a_ping_claims_no_receipt(bridge: Bridge) -> None:
    case = await handed(bridge)
    paper = await link(bridge, LinkUse.PAPER, case, DETECTIVE)
    receipt = await link(bridge, LinkUse.RECEIPT, case)
    client = bridge.browser()
    assert (await client.post(receipt.replace("receipt", "paper"))).status_code == 410
    assert (await client.get(paper.replace("paper", "receipt"))).status_code == 410


async def test_an_expired_link_opens_nothing(bridge: Bridge) -> None:
    case = await handed(bridge)
    path = await link(bridge, LinkUse.PAPER, case, DETECTIVE)
    bridge.clock.now += timedelta(minutes=61)
    assert (await bridge.browser().post(path)).status_code == 410


async def test_a_form_of_another_site_uses_no_link_up(bridge: Bridge) -> None:
    case = await handed(bridge)
    path, client = await link(bridge, LinkUse.PAPER, case, DETECTIVE), bridge.browser()
    assert (await client.post(path, headers={"origin": "https://evil.example"})).status_code == 403
    assert (await client.post(path)).status_code == 303


# Receipts.


async def fills(client: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    page = (await client.get(path)).text
    filled = {"csrf": hidden(page, "csrf"), "officer": "Col. Chen Example", "formal": "MPS-77/26", **form}
    return await client.post(path, data=filled)


async def test_whoever_has_the_mail_says_that_it_came_and_the_clock_runs_on(bridge: Bridge) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    answer = await fills(client, path)
    assert answer.status_code == 200
    assert "It is not accepted yet" in answer.text
    handoff = await stands(bridge)
    assert handoff.state is HandoffState.SENT
    assert handoff.claimed_at == bridge.clock()
    assert (handoff.claimed_officer.reveal(), handoff.claimed_reference.reveal()) == ("Col. Chen Example", "MPS-77/26")
    (entry,) = await acts(bridge, "receipt_claimed")
    assert (entry["actor"], entry["formal_reference"]) == ("mail", "MPS-77/26")


async def test_the_page_tells_of_the_case_nothing_but_its_reference(bridge: Bridge) -> None:
    page = await bridge.browser().get(await link(bridge, LinkUse.RECEIPT, await handed(bridge)))
    assert REFERENCE in page.text
    for word in ("police", "Nanchang", "confined", "trafficking", "Cambodia", "KH", "CN", *IDENTITY):
        assert word not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_what_cannot_be_taken_is_shown_again_and_the_link_still_works(bridge: Bridge) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    answer = await fills(client, path, formal="no number")
    assert answer.status_code == 422
    assert "at least one figure" in answer.text
    assert 'value="Col. Chen Example"' in answer.text
    assert (await stands(bridge)).claimed_at is None
    assert (await fills(client, path)).status_code == 200


async def test_a_receipt_is_told_once(bridge: Bridge) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    form = {"csrf": hidden((await client.get(path)).text, "csrf"), "officer": "Col. Chen", "formal": "MPS-77/26"}
    assert (await client.post(path, data=form)).status_code == 200
    again = await client.post(path, data={**form, "formal": "X-1"})
    assert again.status_code == 410
    assert (await stands(bridge)).claimed_reference.reveal() == "MPS-77/26"


async def test_unknown_used_expired_and_answered_links_are_answered_in_the_same_words(bridge: Bridge) -> None:
    case = await handed(bridge)
    used, old, answered = [await link(bridge, LinkUse.RECEIPT, case) for _ in range(3)]
    client = bridge.browser()
    await fills(client, used)
    answers = {(await client.get(used)).text, (await client.get(f"/receipt/{new_token()}")).text}
    case = (await bridge.storage.load(Wanted(cases=(700,)))).cases[700]
    await changes(bridge, case, replace(case.handoffs[0], state=HandoffState.ACCEPTED))
    answers.add((await client.get(answered)).text)
    bridge.clock.now += timedelta(days=31)
    answers.add((await client.get(old)).text)
    assert len(answers) == 1
    assert WORKS_NO_MORE in answers.pop()


@pytest.mark.parametrize("forged", [{"csrf": ""}, {"csrf": "0" * 64}])
async def test_a_form_without_the_token_of_its_page_is_refused(bridge: Bridge, forged: dict[str, str]) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    assert (await fills(client, path, **forged)).status_code == 403
    assert (await stands(bridge)).claimed_at is None


async def test_a_form_of_another_site_claims_nothing(bridge: Bridge) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    token = hidden((await client.get(path)).text, "csrf")
    form = {"csrf": token, "officer": "Col. Chen", "formal": "MPS-77/26"}
    answer = await client.post(path, data=form, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (await stands(bridge)).claimed_at is None


async def test_whoever_tries_one_link_after_another_has_to_wait(bridge: Bridge) -> None:
    path = await link(bridge, LinkUse.RECEIPT, await handed(bridge))
    guesser = bridge.browser("198.51.100.7")
    for _ in range(guess_limits.LINKS):
        assert (await guesser.get(f"/receipt/{new_token()}")).status_code == 410
    assert (await guesser.get(path)).status_code == 429
    assert (await fills(bridge.browser(), path)).status_code == 200, "nobody else has to"


async def test_when_nothing_can_be_stored_what_was_typed_is_handed_back_and_the_link_works_later(
    bridge: Bridge,
) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    bridge.core.is_broken = True
    answer = await fills(client, path)
    assert answer.status_code == 503
    assert "Col. Chen Example" in answer.text
    bridge.core.is_broken = False
    assert (await fills(client, path)).status_code == 200


async def test_what_is_typed_is_shown_as_words_only(bridge: Bridge) -> None:
    path, client = await link(bridge, LinkUse.RECEIPT, await handed(bridge)), bridge.browser()
    answer = await fills(client, path, officer="<script>alert(1)</script>")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
