"""A receipt told by the link of a mail: whoever has the mail can tell it, so that it stops no clock by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.email.settings import CAPABILITIES
from adapters.web.cases import act_taps
from bot.channels.receipts import Claim, Claiming
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.messages import Address
from bot.domain.sign_in import hash_token
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from tests.journeys.gated import CLERK, DETECTIVE, DUTY, OFFICER, adult_case, page_of
from tests.journeys.gated import WILLING as WILLS
from tests.kit.played import PlayedBridge
from tests.kit.world import MESSENGERS, agreement

BOX = "email:police@example.cn"
NIGHT, POLICE = "wechat:night", "wecom:police-group"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """The police desk of CN has a mailbox behind its group."""
    agreed = agreement()
    police = replace(agreed.desks["cn-police"], addresses=(Address.parse(POLICE), Address.parse(BOX)))
    played = PlayedBridge(
        tmp_path,
        agreed=replace(agreed, desks={**agreed.desks, police.id: police}),
        messengers={**MESSENGERS, "email": CAPABILITIES},
    )
    await played.start()
    yield played
    await played.stop()


async def handed(bridge: PlayedBridge) -> Case:
    case = await adult_case(bridge, WILLS)
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    return await bridge.case(case)


async def link_of(bridge: PlayedBridge, case: Case) -> HandoffLink:
    """The link in the newest mail to the police desk."""
    mail = bridge.expect(BOX, case.reference, "Received? Say so with your formal number", "/receipt/")
    found = re.search(r"/receipt/([A-Za-z0-9_-]{43})\s", mail.text)
    assert found, mail.text
    link = await bridge.storage.handoff_link(LinkUse.RECEIPT, hash_token(found[1]), bridge.now)
    assert link is not None
    return link


async def claims(bridge: PlayedBridge, link: HandoffLink, officer: str, number: str) -> bool:
    """What the page of the link does with a filled form."""
    claiming = Claiming(link, Claim.of(officer, number))
    await bridge.orders(Order(claiming.act, actor="mail", wanted=Wanted(cases=(link.case_id,))))
    await bridge.tick()
    return claiming.is_recorded


async def police(bridge: PlayedBridge, case: Case) -> Handoff:
    handoff = (await bridge.case(case)).handoff(Channel.POLICE)
    assert handoff is not None
    return handoff


async def test_the_police_desk_says_by_mail_that_it_came_and_the_duty_desk_records_it_with_one_tap(
    bridge: PlayedBridge,
) -> None:
    case = await handed(bridge)
    link = await link_of(bridge, case)
    bridge.forget()
    assert await claims(bridge, link, "Col. Chen Example", "MPS-77/26")
    told = bridge.expect(DUTY, "The CN Police says by the link in our mail: received for the police channel, "
                               "under MPS-77/26", "The deadline runs on until it is recorded")  # fmt: skip
    assert "Chen" not in told.text, "who it was is for the page"
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running
    assert (await police(bridge, case)).state is HandoffState.SENT
    await bridge.taps(DUTY, "Record as accepted")
    bridge.expect(DUTY, "accepted by the police channel under MPS-77/26")
    accepted = await police(bridge, case)
    assert (accepted.state, accepted.formal_reference) == (HandoffState.ACCEPTED, "MPS-77/26")
    assert accepted.accepting_officer.reveal() == "Col. Chen Example"
    assert not (await bridge.due(case, DeadlineKind.POLICE)).is_running
    assert (await bridge.due(case, DeadlineKind.WRITTEN)).is_running


async def test_until_it_is_recorded_the_pings_say_that_a_receipt_waits(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await claims(bridge, await link_of(bridge, case), "Col. Chen Example", "MPS-77/26")
    bridge.forget()
    await bridge.fast_forward(hours=9)
    ping = bridge.expect(DUTY, "not yet accepted", "it was said to be received, under MPS-77/26")
    assert ping.buttons[0][0].label == "Record as accepted"
    own = bridge.expect("telegram:kh-group", "it was said to be received. Somebody who may accept must record that.")
    assert "Record as accepted" not in {b.label for row in own.buttons for b in row}, "it is not for them to record"
    assert "MPS-77/26" not in own.text, "what anybody who has the mail can write is for who may record it"
    await bridge.taps(DUTY, "Record as accepted", of=ping)
    assert (await police(bridge, case)).state is HandoffState.ACCEPTED


@pytest.mark.parametrize("who", [DUTY, CLERK])
async def test_the_page_of_the_case_says_what_is_claimed_and_offers_to_record_it_to_who_may(
    bridge: PlayedBridge, who: str
) -> None:
    case = await handed(bridge)
    await claims(bridge, await link_of(bridge, case), "Col. Chen Example", "MPS-77/26")
    shown = str((await page_of(bridge, who, case))["handoffs"])
    assert "by the link in our mail: received by Col. Chen Example, under MPS-77/26" in shown
    desk = act_taps.Desk(await bridge.person(who), await bridge.case(case), bridge.rules.agreement,
                         await bridge.storage.directory())  # fmt: skip
    offered = [tap.label for tap in act_taps.taps(desk)]
    assert ("Record as accepted: MPS-77/26" in offered) == (who == DUTY)


async def test_a_link_works_once(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    link = await link_of(bridge, case)
    assert await claims(bridge, link, "Col. Chen Example", "MPS-77/26")
    assert await bridge.storage.handoff_link(LinkUse.RECEIPT, link.token_hash, bridge.now) is None


async def test_a_button_of_an_older_claim_records_nothing_and_shows_the_newer_one(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    link = await link_of(bridge, case)
    await claims(bridge, link, "Col. Chen Example", "MPS-77/26")
    older = bridge.expect(DUTY, "under MPS-77/26")
    await bridge.fast_forward(minutes=1)
    await claims(bridge, replace(link, token_hash="of another mailbox"), "Somebody else", "X-1")
    await bridge.taps(DUTY, "Record as accepted", of=older)
    bridge.expect(DUTY, "it was said to be received for the police channel, under X-1. Nothing is recorded yet.")
    assert (await police(bridge, case)).state is HandoffState.SENT


async def test_what_was_claimed_can_be_typed_over_by_whoever_knows_better(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await claims(bridge, await link_of(bridge, case), "Nobody", "X-1")
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-78/26 Maj. Example")
    assert (await police(bridge, case)).formal_reference == "MPS-78/26"


async def test_the_reporting_side_cannot_record_a_claim(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await claims(bridge, await link_of(bridge, case), "Nobody", "X-1")
    await bridge.says(CLERK, f"/accept {case.reference} police mail")
    bridge.expect(CLERK, "Only the desk it was handed to, or the duty desk of CN, can record that.")
    assert (await police(bridge, case)).state is HandoffState.SENT


async def test_typed_without_saying_which_it_shows_the_claim_and_asks_for_the_tap(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/accept {case.reference} police mail")
    bridge.expect(DUTY, "no receipt was claimed by mail for the police channel")
    await claims(bridge, await link_of(bridge, case), "Col. Chen Example", "MPS-77/26")
    bridge.forget()
    await bridge.says(DUTY, f"/accept {case.reference} police mail")
    bridge.expect(DUTY, "under MPS-77/26. Nothing is recorded yet.")
    await bridge.taps(DUTY, "Record as accepted")
    assert (await police(bridge, case)).state is HandoffState.ACCEPTED


async def test_recording_asks_the_gate_again(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    link = await link_of(bridge, case)
    await claims(bridge, link, "Col. Chen Example", "MPS-77/26")
    shown = bridge.expect(DUTY, "under MPS-77/26")
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    await bridge.taps(DUTY, "Record as accepted", of=shown)
    assert not [h for h in (await bridge.case(case)).handoffs if h.state is HandoffState.ACCEPTED]


@pytest.mark.parametrize("ended", ["/return {ref} police not ours", "/accept {ref} police MPS-1/26"])
async def test_nothing_can_be_claimed_for_what_is_answered_already(bridge: PlayedBridge, ended: str) -> None:
    case = await handed(bridge)
    link = await link_of(bridge, case)
    await bridge.says(DETECTIVE, ended.format(ref=case.reference))
    bridge.forget()
    assert not await claims(bridge, link, "Col. Chen Example", "MPS-77/26")
    bridge.expect_nothing(DUTY, POLICE)


async def test_nothing_can_be_claimed_for_what_was_taken_back(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    link = await link_of(bridge, case)
    await bridge.says(CLERK, f"/recall {case.reference} police a mistake")
    assert not await claims(bridge, link, "Col. Chen Example", "MPS-77/26")


async def test_the_group_has_no_link_and_is_told_how_to_get_the_papers(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    told = bridge.expect(POLICE, case.reference, f"in private /papers {case.reference}")
    assert "/paper/" not in told.text
    assert "/receipt/" not in told.text


@pytest.mark.parametrize(
    ("officer", "number"),
    [("", "77"), ("x" * 81, "77"), ("Chen", ""), ("Chen", "no figure"), ("Chen", "7" * 41),
     ("Chen", "call +855 12 now, 1!"), ("Chen", "see https://example.org/?a=1")],
)  # fmt: skip
def test_what_is_no_receipt_is_not_taken(officer: str, number: str) -> None:
    assert Claim.of(officer, number).mistake


@pytest.mark.parametrize("number", ["MPS-77/26", "(2026) 118", "公字〔2026〕第77号", "123/26"])
def test_numbers_as_registers_write_them_are_taken(number: str) -> None:
    assert not Claim.of("Col. Chen", number).mistake
