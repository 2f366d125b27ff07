"""A phone is lost or somebody is cut off: what ends, who is told, and who takes their cases over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import BridgeError, Unavailable
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, DeliveryState
from bot.domain.people import Invite, Role, SignIn
from bot.domain.turn import Turn
from bot.line.message_work import Order
from bot.people import revocation, role_changes
from bot.people.enrolment import hash_of
from bot.people.role_changes import Change
from bot.turns.composer import Composer
from tests.journeys.gated import adult_case
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, CLERK, DUTY, NIGHT = "telegram:officer", "telegram:clerk", "wechat:duty", "wechat:night"
KH_GROUP, SUPERVISOR, KH_SUPERVISOR = "telegram:kh-group", "wecom:supervisor", "telegram:kh-supervisor"
HOUR = timedelta(hours=1)


async def cut_off(bridge: PlayedBridge, who: str, reason: str = "by an admin") -> None:
    """Cut somebody off, as the command line does."""
    person = await bridge.person(who)

    def act(c: Composer) -> None:
        revocation.cut_off(c, person, JournalAct.REVOKED, reason)

    await bridge.orders(Order(act, actor="cli:root", wanted=revocation.wants(person.id)))
    await bridge.tick()


async def change(bridge: PlayedBridge, who: str, wanted: Change) -> None:
    """Change what somebody is, as the command line does."""
    person = await bridge.person(who)
    after = role_changes.changed(person, wanted, bridge.rules.agreement)
    order = Order(
        lambda c: role_changes.change(c, person, after), actor="cli:root", wanted=role_changes.wants(person.id)
    )
    await bridge.orders(order)
    await bridge.tick()


async def test_the_desk_hears_which_open_cases_need_a_new_hand_and_takes_one_by_a_tap(bridge: PlayedBridge) -> None:
    mild = await bridge.report_case("no", "in a safe place", "30")
    urgent = await bridge.report_case("yes", "locked in", "16", from_="telegram:colleague")
    closed = await bridge.report_case("no", "in a safe place", "30", from_="telegram:vn-officer")
    for case in (mild, urgent, closed):
        await bridge.says(DUTY, f"/ack {case.reference}")
        await bridge.says(DUTY, f"/assign {case.reference} me")
    await bridge.says(DUTY, f"/close {closed.reference} found_safe home")
    bridge.forget()
    await bridge.says(DUTY, "/lost yes")
    for who in (NIGHT, SUPERVISOR):
        told = bridge.expect(who, "Li Wei (duty, CN) was cut off: phone lost.", "need a new hand")
        assert f"{urgent.reference}, {mild.reference}" in told.text
        assert closed.reference not in told.text
    assert (await bridge.case(urgent)).assignees == (await bridge.case(mild)).assignees == ()
    await bridge.taps(NIGHT, f"Take {urgent.reference}")
    assert (await bridge.case(urgent)).assignees == ((await bridge.person(NIGHT)).id,)
    assert [e.act for e in await bridge.acts(mild)].count("unassigned") == 1


async def test_the_command_line_tells_the_same_people_the_same(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(DUTY, f"/assign {case.reference} me")
    bridge.forget()
    await cut_off(bridge, DUTY)
    for who in (NIGHT, SUPERVISOR):
        bridge.expect(who, "was cut off: by an admin", case.reference)
    bridge.expect_nothing(DUTY)
    await bridge.says(DUTY, f"/close {case.reference} found_safe x")
    assert "enrolled officers" in bridge.heard(DUTY)[0]
    assert (await bridge.case(case)).is_open


async def test_what_a_cut_off_officer_was_asked_goes_to_their_desk_at_once(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge)
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.forget()
    await bridge.says(CLERK, f"/lost {(await bridge.person(OFFICER)).id}")
    bridge.expect(KH_GROUP, "for which the desk answers now", case.reference)
    bridge.expect(KH_GROUP, "cannot answer any more", "agree that we share this with the police")
    await bridge.taps(CLERK, "Yes", at=KH_GROUP)
    assert (await bridge.case(case)).value("consent_police") == "yes"


async def test_a_lost_phone_loses_its_sessions_links_and_codes(bridge: PlayedBridge) -> None:
    person = await bridge.person(OFFICER)
    for token in ("used", "unused"):
        await bridge.storage.add_sign_in(SignIn(token, person.id, bridge.now, bridge.now + HOUR))
    await bridge.storage.use_sign_in("used", SignIn("cookie", 0, bridge.now, bridge.now + HOUR), bridge.now)
    codes = [("1111-2222-3333", "Sok Dara"), ("4444-5555-6666", "Pov Chenda")]
    invites = [
        Invite(n, hash_of(code), "KH", Role.OFFICER, name, "", "", bridge.now, bridge.now + HOUR)
        for n, (code, name) in enumerate(codes, 1)
    ]
    await bridge.storage.apply([Turn(invites=tuple(invites))])
    await bridge.says(OFFICER, "/lost yes")
    assert await bridge.storage.session("cookie", bridge.now) is None
    assert not await bridge.storage.peek_sign_in("unused", bridge.now)
    await bridge.says("telegram:thief", "/start 1111-2222-3333")
    bridge.expect("telegram:thief", "This code is not valid")
    await bridge.says("telegram:chenda", "/start 4444-5555-6666")
    bridge.expect("telegram:chenda", "You are enrolled")


async def test_a_prompt_that_waited_for_a_lost_phone_waits_no_more(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(CLERK, f"/close {case.reference} found_safe")
    person = await bridge.person(CLERK)
    await cut_off(bridge, CLERK)
    assert bridge.storage.kept.conversations[person.id].pending == {}
    await bridge.says(CLERK, "she is home")
    assert (await bridge.case(case)).is_open


async def test_words_that_no_case_has_yet_open_one_at_once_when_their_phone_is_lost(bridge: PlayedBridge) -> None:
    await bridge.report_case("[No]", "[Locked in or held]", "16", "send", "send")
    await bridge.says(OFFICER, "another girl in the same house")
    await bridge.says(CLERK, f"/lost {(await bridge.person(OFFICER)).id}")
    bridge.forget()
    await bridge.tick()
    assert len(await bridge.cases()) == 2
    bridge.expect_nothing(OFFICER)


@pytest.mark.parametrize("label", ["Acknowledge", "Assign to me", "Show case"])
async def test_every_button_on_a_lost_phone_is_dead(bridge: PlayedBridge, label: str) -> None:
    case = await bridge.report_case()
    before = await bridge.case(case)
    shown = bridge.phones.newest_with(DUTY, label)
    await bridge.says(DUTY, "/lost yes")
    bridge.forget()
    await bridge.taps(DUTY, label, of=shown)
    assert case.reference not in "".join(bridge.heard(DUTY))
    assert (await bridge.case(case)).assignees == before.assignees
    assert (await bridge.case(case)).acknowledged_at is None


async def test_nothing_more_goes_to_a_lost_phone_not_even_in_place_of_a_broken_group(bridge: PlayedBridge) -> None:
    bridge.adapters["telegram"].fail(Unavailable("down"), times=None, address="kh-group")
    await bridge.report_case()
    await cut_off(bridge, CLERK)
    rows = await bridge.storage.outbox(list(DeliveryState), 1000)
    waiting = [d.message for d in rows if d.state is DeliveryState.QUEUED]
    assert waiting
    assert not any(Address.parse(CLERK) in (m.address, *m.others) for m in waiting)


async def test_when_nobody_else_is_at_the_desk_the_admin_hears_of_it(bridge: PlayedBridge) -> None:
    await cut_off(bridge, "telegram:vn-clerk")
    bridge.expect("telegram:vn-group", "Tran Thi Binh (duty, VN) was cut off")


async def test_a_new_role_counts_at_the_next_message_tap_and_answer(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.taps(DUTY, "Acknowledge")
    await bridge.says(DUTY, f"/assign {case.reference} me")
    closing = bridge.phones.newest_with(DUTY, "Close")
    await bridge.says(DUTY, f"/close {case.reference} found_safe")
    bridge.forget()
    await change(bridge, DUTY, Change(role=Role.OFFICER))
    bridge.expect(DUTY, "You are now officer, CN")
    bridge.expect(NIGHT, "Li Wei is now officer and works on no case any more", case.reference)
    await bridge.says(DUTY, "she is home")
    await bridge.taps(DUTY, "Close", of=closing)
    await bridge.says(DUTY, f"/case {case.reference}")
    stands = await bridge.case(case)
    assert stands.is_open
    assert (stands.handoffs, stands.assignees) == ((), ())
    assert "No such case." in bridge.heard(DUTY)[-1]
    await change(bridge, DUTY, Change(role=Role.DUTY, desk="cn-duty"))
    bridge.forget()
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "Close" in labels(bridge.expect(DUTY, case.reference))


async def test_a_new_desk_is_told_what_that_desk_is_told(bridge: PlayedBridge) -> None:
    await change(bridge, "wecom:detective", Change(desk="cn-duty"))
    bridge.forget()
    await bridge.report_case("yes", "locked in", "16")
    bridge.expect("wecom:detective", "U1 immediate")


@pytest.mark.parametrize(
    ("who", "wanted", "sentence"),
    [
        (OFFICER, Change(role=Role.DUTY), "A duty officer belongs to a desk"),
        (OFFICER, Change(role=Role.DUTY, desk="cn-duty"), "KH has no desk cn-duty"),
        (OFFICER, Change(language="zh"), "KH has no language zh. Its languages: en, km."),
        (DUTY, Change(desk=""), "A duty officer belongs to a desk"),
    ],
)
async def test_a_change_that_makes_no_sense_is_one_sentence(
    bridge: PlayedBridge, who: str, wanted: Change, sentence: str
) -> None:
    with pytest.raises(BridgeError, match=sentence.split(".", maxsplit=1)[0]):
        role_changes.changed(await bridge.person(who), wanted, bridge.rules.agreement)
