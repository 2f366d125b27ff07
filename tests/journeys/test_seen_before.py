"""Seen before: two officers report the same door, and a desk that may see both says what that is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.web.cases import case_view, pair_view
from bot.acts.matching import AT_MOST
from bot.domain.case import Case, DeadlineKind
from bot.domain.messages import Address
from bot.domain.people import Role
from bot.ports.reads import Loaded, Wanted
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.story import MESSAGES
from tests.kit.world import Somebody

OFFICER, COLLEAGUE, CLERK, GROUP, DUTY = (
    "telegram:officer", "telegram:colleague", "telegram:clerk", "telegram:kh-group", "wechat:duty",
)  # fmt: skip
_MANY, _A_TICK = 25, 5  #: officers who report from one city at once; cases that are compared in a tick
DOOR = ("[No]", "[Locked in or held]", "25", "China", "Jiangxi, Nanchang", "unknown", "forced marriage")


async def the_same_door(bridge: PlayedBridge) -> tuple[Case, Case]:
    """Two officers report one door, the second one two hours later and more urgently."""
    one = await bridge.report_case(*DOOR)
    await bridge.fast_forward(hours=2)
    two = await bridge.report_case("[Yes]", *DOOR[1:], from_=COLLEAGUE, text="a woman is kept behind a blue door")
    await bridge.tick()
    return await bridge.case(one), await bridge.case(two)


async def says_same(bridge: PlayedBridge) -> tuple[Case, Case]:
    one, two = await the_same_door(bridge)
    await bridge.taps(CLERK, "Same", at=GROUP)
    return await bridge.case(one), await bridge.case(two)


async def test_two_officers_report_the_same_door_and_the_desk_says_same(bridge: PlayedBridge) -> None:
    one, two = await the_same_door(bridge)
    asked = bridge.expect(GROUP, two.reference, f"May be the same as {one.reference}: same place")
    assert labels(asked)[:3] == ["Same", "Related", "Different"]
    bridge.expect_nothing(DUTY, OFFICER, COLLEAGUE, "telegram:kh-supervisor", containing="May be the same")
    bridge.forget()
    await bridge.taps(CLERK, "Same", at=GROUP)
    bridge.expect(GROUP, f"{two.reference} is one case with {one.reference} now")
    bridge.expect(OFFICER, one.reference, f"{two.reference} is one case with this one now")
    bridge.expect(COLLEAGUE, two.reference, f"one case with {one.reference} now", "stays valid")
    bridge.expect(DUTY, one.reference, f"{two.reference} is one case with this one now")
    older, younger = await bridge.case(one), await bridge.case(two)
    assert (younger.is_open, younger.joined_to, older.joins) == (False, older.id, (younger.id,))
    assert older.urgency is two.urgency is not one.urgency, "both clocks become the stricter one"
    for kind in (DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC):
        first = min(d.due_at for case in (one, two) for d in case.deadlines if d.kind is kind)
        assert (await bridge.due(older, kind)).due_at == first
    assert "joined" in [entry.act for entry in await bridge.acts(older)]


async def test_the_younger_reference_stays_valid_and_leads_to_the_older_case(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    bridge.forget()
    await bridge.says(DUTY, f"/ack {two.reference}")
    bridge.expect(DUTY, f"{two.reference} is one case with {one.reference}")
    bridge.expect(DUTY, f"{one.reference}: you have acknowledged.")
    assert (await bridge.case(one)).acknowledged_at == bridge.now
    await bridge.says(CLERK, f"/case {two.reference}")
    bridge.expect(CLERK, f"{two.reference} is one case with {one.reference}")
    bridge.expect(CLERK, f"· {one.reference}", "Status: acknowledged")


async def test_both_conversations_go_on(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    bridge.forget()
    await bridge.says(COLLEAGUE, f"/note {two.reference} there are two doors")
    bridge.expect(COLLEAGUE, two.reference, one.reference, "Sent to", "CN Duty desk")
    bridge.expect(DUTY, f"{one.reference} · KH officer · ", "there are two doors")
    bridge.expect(OFFICER, f"{one.reference} · KH officer · ", "there are two doors")
    assert [t.text for t in await bridge.texts(one)][-1] == "there are two doors"
    await bridge.says(DUTY, f"/note {one.reference} which floor?")
    bridge.expect(OFFICER, f"{one.reference} · CN Duty desk · ", "which floor?")
    bridge.expect(COLLEAGUE, f"{two.reference} · CN Duty desk · ", "which floor?")
    await bridge.says(COLLEAGUE, "the third")
    bridge.expect(DUTY, f"{one.reference} · KH officer · ", "the third")
    assert len(await bridge.cases()) == 2, "his words opened no further case"


async def test_the_younger_officer_reads_no_more_of_the_older_case_than_before(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    bridge.forget()
    for typed in (f"/case {one.reference}", f"/note {one.reference} hello", f"/plan {one.reference}"):
        await bridge.says(COLLEAGUE, typed)
        assert bridge.heard(COLLEAGUE) == ["No such case. Your open cases: " + two.reference]
    await bridge.says(COLLEAGUE, f"/case {two.reference}")
    bridge.expect(COLLEAGUE, f"{two.reference} is one case with {one.reference}")
    bridge.expect(COLLEAGUE, f"· {two.reference}", "Area: Jiangxi, Nanchang")


async def test_same_taken_back_within_a_day_lets_the_younger_case_run_again_with_its_own_clock(
    bridge: PlayedBridge,
) -> None:
    one, two = await the_same_door(bridge)
    dues = {d.kind: d.due_at for d in two.deadlines if d.is_running and not d.is_timer}
    await bridge.taps(CLERK, "Same", at=GROUP)
    bridge.forget()
    await bridge.says(CLERK, f"/different {two.reference} {one.reference}")
    bridge.expect(CLERK, f"{two.reference} and {one.reference} are two cases again")
    bridge.expect(COLLEAGUE, two.reference, "a case of its own again")
    bridge.expect(OFFICER, one.reference, f"{two.reference} is a case of its own again")
    younger, older = await bridge.case(two), await bridge.case(one)
    assert (younger.is_open, younger.joined_to, older.joins) == (True, None, ())
    assert {d.kind: d.due_at for d in younger.deadlines if d.is_running and not d.is_timer} == dues
    await bridge.says(DUTY, f"/ack {two.reference}")
    bridge.expect(DUTY, f"{two.reference}: you have acknowledged.")


async def test_after_a_day_same_cannot_be_taken_back(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    await bridge.fast_forward(days=1, minutes=1)
    bridge.forget()
    await bridge.says(CLERK, f"/different {two.reference} {one.reference}")
    bridge.expect(CLERK, "more than a day ago")
    assert (await bridge.case(two)).joined_to == one.id


async def test_what_is_due_of_a_joined_case_is_pinged_about_the_older_one_alone(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    bridge.forget()
    await bridge.fast_forward(hours=1)
    bridge.expect(DUTY, one.reference, "ping")
    bridge.expect_nothing(DUTY, GROUP, containing=f"{two.reference} · ping")


async def test_related_links_the_two_and_different_is_not_asked_again(bridge: PlayedBridge) -> None:
    one, two = await the_same_door(bridge)
    await bridge.taps(CLERK, "Related", at=GROUP)
    bridge.expect(GROUP, f"{two.reference} and {one.reference} are linked.")
    bridge.forget()
    await bridge.says(CLERK, f"/case {one.reference}")
    bridge.expect(CLERK, f"Related: {two.reference}")
    await bridge.says(DUTY, f"/case {one.reference}")
    assert f"Related: {two.reference}" not in bridge.heard(DUTY)[0], "the border is not open to both"
    await bridge.says(CLERK, f"/different {one.reference} {two.reference}")
    bridge.expect(CLERK, f"{two.reference} and {one.reference} are two cases.")
    bridge.forget()
    await bridge.answers(COLLEAGUE, "edit 5", "Nanchang")
    await bridge.fast_forward(minutes=1)
    bridge.expect_nothing(GROUP, containing="May be the same")


async def test_a_person_who_may_not_see_both_finds_no_such_case(bridge: PlayedBridge) -> None:
    one, two = await the_same_door(bridge)
    bridge.forget()
    for who in (COLLEAGUE, "telegram:vn-clerk", "wecom:detective"):
        await bridge.says(who, f"/same {one.reference} {two.reference}")
        assert bridge.heard(who)[0].startswith("No such case.")
    assert (await bridge.case(two)).is_open


async def test_reported_a_week_apart_nobody_is_asked(bridge: PlayedBridge) -> None:
    await bridge.report_case(*DOOR)
    await bridge.fast_forward(days=8)
    await bridge.report_case(*DOOR, from_=COLLEAGUE, text="a woman is kept behind a blue door")
    await bridge.tick()
    bridge.expect_nothing(GROUP, containing="May be the same")


async def test_the_clock_of_the_older_case_is_no_later_than_that_of_either(bridge: PlayedBridge) -> None:
    one, _ = await says_same(bridge)
    acknowledge = await bridge.due(one, DeadlineKind.ACKNOWLEDGE)
    assert acknowledge.due_at <= bridge.now + timedelta(minutes=15)


async def test_what_the_younger_officer_changes_or_deletes_goes_the_same_way(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    said = await bridge.says(COLLEAGUE, f"/note {two.reference} the third floor")
    bridge.forget()
    await bridge.edits(said, f"/note {two.reference} the fourth floor")
    bridge.expect(DUTY, one.reference, "the fourth floor")
    bridge.expect(COLLEAGUE, "your change is kept beside the first version")
    await bridge.deletes(said)
    bridge.expect(DUTY, one.reference, "They deleted their message")
    assert [t.text for t in await bridge.texts(one)][-2:] == ["the third floor", "the fourth floor"]


async def test_what_points_to_a_person_in_his_words_goes_to_the_older_secure_case(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    await bridge.says(COLLEAGUE, f"/note {two.reference} call +855 10 000 000")
    ((_, kept),) = await bridge.secure(one)
    assert "call +855 10 000 000" in kept
    assert await bridge.secure(two) == []
    assert "10 000 000" not in "".join(shown.text for shown in bridge.everything_heard())


async def test_what_the_desks_do_with_the_older_case_the_younger_officer_hears_under_his_own_reference(
    bridge: PlayedBridge,
) -> None:
    one, two = await says_same(bridge)
    bridge.forget()
    await bridge.says(DUTY, f"/ack {one.reference}")
    bridge.expect(COLLEAGUE, two.reference, "Acknowledged by CN Duty desk")
    await bridge.says(DUTY, f"/close {one.reference} found_safe she is home")
    bridge.expect(COLLEAGUE, two.reference, "Closed by CN Duty desk: Found safe")
    bridge.forget()
    await bridge.says(COLLEAGUE, f"/note {two.reference} thank you")
    bridge.expect(COLLEAGUE, f"{two.reference} is one case with {one.reference}", "It is closed.")
    await bridge.says(COLLEAGUE, "a woman is kept behind a red door")
    assert len(await bridge.cases()) == 3, "what he says of a case that is over may be somebody else in danger"


async def test_a_tap_under_the_younger_alert_leads_to_the_older_case(bridge: PlayedBridge) -> None:
    one, two = await the_same_door(bridge)
    alert = bridge.phones.newest_saying(DUTY, f"U1 immediate · {two.reference}\nFrom:")
    await bridge.taps(CLERK, "Same", at=GROUP)
    bridge.forget()
    await bridge.taps(DUTY, "Acknowledge", of=alert)
    bridge.expect(DUTY, f"{one.reference}: you have acknowledged.")


async def test_a_third_report_joins_the_first_and_one_of_them_can_be_taken_back(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    three = await bridge.report_case(*DOOR, text="/alert they moved her behind the blue door again")
    await bridge.tick()
    asked = bridge.expect(GROUP, three.reference, f"May be the same as {one.reference}")
    assert two.reference not in asked.text
    await bridge.says(CLERK, f"/same {three.reference} {two.reference}")
    older = await bridge.case(one)
    assert older.joins == (two.id, three.id)
    await bridge.says(CLERK, f"/different {two.reference} {one.reference}")
    assert (await bridge.case(one)).joins == (three.id,)
    assert (await bridge.case(two)).is_open


async def test_the_page_of_a_case_names_the_other_to_whoever_may_see_both(bridge: PlayedBridge) -> None:
    one, two = await the_same_door(bridge)
    known = await bridge.storage.load(Wanted(cases=(one.id,), matched=(one.id,)))
    named = {}
    for who in (CLERK, "telegram:kh-supervisor", DUTY, OFFICER, "wecom:supervisor"):
        directory = await bridge.storage.directory()
        reader = case_view.Reader(await bridge.person(who), bridge.rules.agreement, directory, bridge.now)
        named[who] = [
            (other.reference, len(other.buttons)) for other in pair_view.others(known.cases[one.id], known, reader)
        ]
    assert named == {CLERK: [(two.reference, 3)], "telegram:kh-supervisor": [(two.reference, 3)], DUTY: [], OFFICER: [],
                     "wecom:supervisor": []}  # fmt: skip


async def test_the_younger_officer_may_say_that_it_is_not_the_same(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    bridge.expect(COLLEAGUE, f"/wrong {two.reference}")
    bridge.forget()
    await bridge.says(COLLEAGUE, f"/wrong {two.reference} mine is a boy")
    bridge.expect(COLLEAGUE, f"{two.reference}: KH Duty desk is asked.")
    bridge.expect(GROUP, f"{two.reference}: the officer says that it is not the same as {one.reference}.")
    await bridge.taps(CLERK, "Different", at=GROUP)
    bridge.expect(GROUP, f"{two.reference} and {one.reference} are two cases again")
    assert (await bridge.case(two)).is_open


async def test_a_desk_whose_group_the_other_side_reads_too_is_not_asked_there(bridge: PlayedBridge) -> None:
    """A question about two cases goes to its supervisor instead."""
    await bridge.change(DUTY, addresses=(Address.parse(DUTY), Address.parse(GROUP)))
    one, two = await the_same_door(bridge)
    bridge.expect_nothing(GROUP, containing="May be the same")
    bridge.expect("telegram:kh-supervisor", two.reference, f"May be the same as {one.reference}")


async def test_a_button_of_the_younger_case_promises_nothing_about_the_older_one(bridge: PlayedBridge) -> None:
    one, two = await the_same_door(bridge)
    await bridge.says(CLERK, f"/case {two.reference}")
    shown = bridge.phones.newest_with(CLERK, "Close")
    question = bridge.phones.at(COLLEAGUE)[-1]
    await bridge.taps(CLERK, "Same", at=GROUP)
    bridge.forget()
    await bridge.taps(CLERK, "Close", of=shown)
    bridge.expect(CLERK, f"{two.reference} is one case with {one.reference}")
    bridge.expect(CLERK, f"{one.reference} has moved on since this button was shown")
    assert (await bridge.case(one)).is_open
    await bridge.taps(COLLEAGUE, labels(question)[0], of=question)
    bridge.expect(COLLEAGUE, f"{two.reference} is one case with {one.reference}")


async def test_a_number_of_a_person_of_the_younger_case_names_nobody_in_the_older_one(bridge: PlayedBridge) -> None:
    one, two = await says_same(bridge)
    bridge.forget()
    for who in (CLERK, COLLEAGUE):
        await bridge.says(who, f"/note {two.reference}/2 she is the sister")
        bridge.expect(who, f"{two.reference} is one case with {one.reference}", "other numbers there")
    bridge.expect_nothing(DUTY, OFFICER)


async def test_of_many_alerts_from_one_place_no_more_are_read_than_are_asked_about(
    bridge: PlayedBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    officers = [f"telegram:many{number}" for number in range(_MANY)]
    await bridge.enrol(*(Somebody(f"Officer {a}", "KH", Role.OFFICER, (a,)) for a in officers))
    for text in MESSAGES:
        await bridge.say_at_once(*((officer, text) for officer in officers))
    read: list[int] = []
    load = bridge.storage.load

    async def noted(wanted: Wanted) -> Loaded:
        read.append(len(wanted.cases))
        return await load(wanted)

    with monkeypatch.context() as patch:
        patch.setattr(bridge.storage, "load", noted)
        for _ in range(_MANY // _A_TICK):
            await bridge.tick()
    assert AT_MOST <= max(read) <= AT_MOST + _A_TICK, "those compared and asked about, not all that are known there"
    asked = [shown for shown in bridge.phones.at(GROUP) if "May be the same" in shown.text]
    assert len(asked) >= AT_MOST
