"""The papers of a hand-off by a one-time link in the ping: for one person of the desk that has it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.case import Case
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.sign_in import hash_token
from tests.journeys.gated import CLERK, DETECTIVE, DUTY, OFFICER, POLICE, adult_case
from tests.journeys.gated import WILLING as WILLS
from tests.kit.played import PlayedBridge
from tests.kit.world import agreement


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """The police desk of CN has no group: its people are told on their own messengers."""
    agreed = agreement()
    police = replace(agreed.desks["cn-police"], addresses=())
    played = PlayedBridge(tmp_path, agreed=replace(agreed, desks={**agreed.desks, police.id: police}))
    await played.start()
    yield played
    await played.stop()


async def handed(bridge: PlayedBridge) -> Case:
    case = await adult_case(bridge, WILLS)
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    return await bridge.case(case)


async def link_in(bridge: PlayedBridge, text: str) -> HandoffLink | None:
    found = re.search(r"/paper/([A-Za-z0-9_-]{43})\s", text)
    assert found, text
    return await bridge.storage.handoff_link(LinkUse.PAPER, hash_token(found[1]), bridge.now)


async def test_the_ping_of_a_hand_off_carries_a_link_for_that_person_alone(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    told = bridge.expect(DETECTIVE, "Please accept with your formal reference", "For you alone: it opens them once")
    link = await link_in(bridge, told.text)
    detective = await bridge.person(DETECTIVE)
    assert link is not None
    assert (link.person_id, link.handoff_id) == (detective.id, case.handoffs[0].id)
    assert [shown.text for shown in bridge.everything_heard() if "/paper/" in shown.text] == [told.text]


async def test_a_link_that_was_not_used_in_time_is_asked_for_again(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    told = bridge.expect(DETECTIVE, "For you alone").text
    await bridge.fast_forward(minutes=61)
    assert await link_in(bridge, told) is None
    await bridge.says(DETECTIVE, f"/papers {case.reference}")
    assert await link_in(bridge, bridge.expect(DETECTIVE, "Its papers, without the annex").text) is not None


async def test_in_a_group_no_link_is_given(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DETECTIVE, f"/papers {case.reference}", at=POLICE)
    bridge.expect(POLICE, "Please write that to me in a private chat")


@pytest.mark.parametrize("who", [DUTY, OFFICER])
async def test_whoever_does_not_belong_to_the_desk_gets_no_link(bridge: PlayedBridge, who: str) -> None:
    case = await handed(bridge)
    bridge.forget()
    await bridge.says(who, f"/papers {case.reference}")
    bridge.expect(who, "Only the duty desk or a supervisor of KH takes the papers")


@pytest.mark.parametrize(
    ("who", "words"),
    [(DETECTIVE, "/return {ref} police not ours"), (CLERK, "/recall {ref} police a mistake"),
     (OFFICER, "/consent {ref} police no")],
)  # fmt: skip
async def test_what_the_desk_has_no_more_it_is_given_no_link_to(bridge: PlayedBridge, who: str, words: str) -> None:
    case = await handed(bridge)
    await bridge.says(who, words.format(ref=case.reference))
    bridge.forget()
    await bridge.says(DETECTIVE, f"/papers {case.reference}")
    assert "/paper/" not in " ".join(bridge.heard(DETECTIVE))


async def test_whoever_is_cut_off_has_no_link_any_more(bridge: PlayedBridge) -> None:
    await handed(bridge)
    told = bridge.expect(DETECTIVE, "For you alone").text
    await bridge.says(DETECTIVE, "/lost yes")
    assert await link_in(bridge, told) is None
