"""Several persons in one case: told in a few taps, judged one by one, and who is held back leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Case, Channel, DeadlineKind, HandoffState, Status
from bot.domain.subjects import as_of, count_of, numbers, own_value
from tests.journeys.either_phone import BOTH, officer_on
from tests.journeys.gated import page_of
from tests.journeys.grouped import (
    CLERK,
    DUTY,
    FIRST,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    POLICE,
    STEPS,
    THEIRS,
    groups,
    number_of,
    told,
)
from tests.kit.played import PlayedBridge
from tests.kit.world import agreement


async def test_a_compound_with_people_of_three_countries_is_told_in_under_twelve_taps(bridge: PlayedBridge) -> None:
    more = ("2 children KH, 5 VN, 1 CN fears", "send")
    case = await told(bridge, *more)
    assert len([*STEPS, *more]) < 12
    bridge.expect(OFFICER, f"{case.reference} is sent")
    assert groups(case) == [
        (9, "18_or_over", ("KH", "CN"), "no"),
        (5, "18_or_over", ("VN",), "no"),
        (2, "12_17", ("KH",), "no"),
        (1, "18_or_over", ("CN",), "yes"),
    ]


async def test_by_taps_it_is_said_in_small_steps_what_of_whom_is_different(bridge: PlayedBridge) -> None:
    case = await told(bridge)
    bridge.expect(OFFICER, "(13d of 14)", "a child, another country, somebody who fears")
    await bridge.answers(OFFICER, "[A child]")
    bridge.expect(OFFICER, "How many of them are under 18?")
    await bridge.answers(OFFICER, "[2]")
    bridge.expect(OFFICER, "Which citizenship have they?")
    await bridge.answers(OFFICER, "[Cambodia]")
    bridge.expect(OFFICER, "Noted apart: 2 people: 12 to 17, Cambodia.", "(13d of 14)")
    await bridge.answers(
        OFFICER, "[Another country]", "[Viet Nam]", "5", "[Fears own authorities]", "1", "[Viet Nam]", "[No]"
    )
    bridge.expect(OFFICER, "Type 'send' to confirm")
    assert groups(await bridge.case(case)) == [
        (10, "18_or_over", ("KH", "CN"), "no"),
        (4, "18_or_over", ("VN",), "no"),
        (2, "12_17", ("KH",), "no"),
        (1, "18_or_over", ("VN",), "yes"),
    ]


async def test_one_person_is_asked_exactly_what_was_asked_before(bridge: PlayedBridge) -> None:
    case = await told(
        bridge, first="woman of 25 locked in a flat in Nanchang", steps=tuple(s for s in STEPS if s != "25")
    )
    assert "differs" not in case.answers
    bridge.expect(OFFICER, "Type 'send' to confirm")
    assert (numbers(case), case.apart) == ((1,), {})


async def test_more_than_there_are_is_said_and_nothing_is_set_apart(bridge: PlayedBridge) -> None:
    case = await told(bridge, "20 children")
    bridge.expect(OFFICER, "That is more than there are: 17.", "(13d of 14)")
    await bridge.answers(OFFICER, "[A child]", "18")
    bridge.expect(OFFICER, "That is more than there are: 17.", "How many of them are under 18?")
    assert not (await bridge.case(case)).apart


async def test_a_child_among_adults_raises_the_urgency_and_needs_a_guardian_for_herself_only(
    bridge: PlayedBridge,
) -> None:
    case = await told(bridge, "1 child KH", "send")
    child = number_of(case, "age_group", "12_17")
    assert case.urgency is Urgency.U1
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(CLERK, f"/protect {case.reference}/0 none_known")
    bridge.forget()
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    bridge.expect(OWN_GROUP, f"/{child}: ", "guardian", f"/guardian {case.reference}/{child} name")
    handoff = (await bridge.case(case)).handoff(Channel.DIPLOMATIC)
    assert handoff is not None
    assert (handoff.state, handoff.covers) == (HandoffState.SENT, (1,))
    await bridge.says(CLERK, f"/guardian {case.reference} Mrs Example")
    bridge.expect(CLERK, "Of whom?", f"/{child}: ")
    await bridge.answers(CLERK, f"[/{child}]")
    await bridge.says(CLERK, f"/interest {case.reference}/{child} her family waits")
    bridge.forget()
    await bridge.says(CLERK, f"/handoff {case.reference} diplomatic send")
    newest = (await bridge.case(case)).handoff(Channel.DIPLOMATIC)
    assert newest is not None
    assert (newest.id != handoff.id, newest.covers) == (True, (child,))


async def test_who_fears_her_police_leaves_no_trace_at_that_side(bridge: PlayedBridge) -> None:
    case = await told(bridge, "2 children KH, 5 VN, 1 CN fears", "send")
    her = number_of(case, "fears_own_authorities", "yes")
    bridge.expect(
        OWN_GROUP, f"{case.reference}/{her}: from now on CN is told nothing of them", "not even that they are there"
    )
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(CLERK, f"/protect {case.reference}/0 none_known")
    await bridge.says(CLERK, f"/protect {case.reference}/{her} possible")
    for typed in ("/case {}", "/plan {}", "/person {}", f"/person {{}} {her} located", f"/note {{}}/{her} hello"):
        await bridge.says(DUTY, typed.format(case.reference))
    await bridge.says(CLERK, f"/note {case.reference} the SEVENTEENTH hides in the kitchen")
    bridge.expect(CLERK, "It stays on your own side, because it may be about somebody who is held back", "/note")
    await bridge.says(CLERK, f"/note {case.reference}/1 the nine are in hall B")
    bridge.expect(DUTY, "the nine are in hall B")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect(POLICE, "for the persons named: 14")
    await bridge.says(DUTY, f"/accept {case.reference} police 12/26")
    await bridge.fast_forward(hours=9)
    heard = "\n".join(shown.text for shown in bridge.phones.everything(THEIRS))
    page = str(await page_of(bridge, DUTY, case))
    for trace in (f"/{her}:", f"/{her} ", "17 p", ": 17", "SEVENTEENTH", "fear", "held back", "own side"):
        assert trace not in heard, trace
        assert trace not in page, trace
    assert "People affected: 16" in heard


async def test_the_clock_goes_on_for_those_who_stay_and_only_their_own_side_hears_it(bridge: PlayedBridge) -> None:
    case = await told(bridge, "1 CN fears", "send")
    her = number_of(case, "fears_own_authorities", "yes")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await bridge.says(DUTY, f"/accept {case.reference} police 12/26")
    bridge.expect(OWN_GROUP, f"not for everybody. Still open: /{her}.")
    bridge.forget()
    await bridge.fast_forward(hours=9)
    bridge.expect(OWN_GROUP, "Police channel: due", f"Still open: /{her} (1).")
    bridge.expect_nothing(*THEIRS, containing="Police channel: due")
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "Police channel: by" not in bridge.phones.at(DUTY)[-1].text
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference}/{her} refused she must not be named")
    bridge.forget()
    await bridge.fast_forward(hours=2)
    deadline = (await bridge.case(case)).deadline(DeadlineKind.POLICE)
    assert deadline is not None
    assert not deadline.is_running, "a recorded decision ends what was waited for"


async def test_two_of_five_are_located_and_the_clock_goes_on_for_three(bridge: PlayedBridge) -> None:
    case = await told(bridge, "[No]", "send", first="5 people locked in a compound in Nanchang")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(DUTY, f"/person {case.reference} 1 split 2")
    case = await bridge.case(case)
    (two,) = set(numbers(case)) - {1}
    await bridge.says(DUTY, f"/person {case.reference} {two} located")
    bridge.expect(DUTY, f"/{two}: 2 people · Located")
    case = await bridge.case(case)
    assert (count_of(case, 1), own_value(case, two, "state")) == (3, "located")
    assert case.deadline(DeadlineKind.POLICE).is_running  # type: ignore[union-attr]
    bridge.expect(OWN_GROUP, "What is known of the persons was changed by CN Duty desk.")


async def test_closing_asks_once_how_it_ended_and_keeps_what_was_said_of_each(bridge: PlayedBridge) -> None:
    case = await told(bridge, "2 children KH", "send")
    await bridge.says(DUTY, f"/ack {case.reference}")
    child = number_of(case, "age_group", "12_17")
    await bridge.says(CLERK, f"/person {case.reference} {child} referred")
    bridge.forget()
    await bridge.says(CLERK, f"/close {case.reference} rescued")
    bridge.expect(CLERK, "How did it end for each of them?", f"/{child}: 2 people", "Referred")
    assert (await bridge.case(case)).is_open
    await bridge.answers(CLERK, "[All: Returned]", "All went home by bus.")
    case = await bridge.case(case)
    assert case.status is Status.CLOSED
    assert {number: own_value(case, number, "state") for number in numbers(case)} == {1: "returned", child: "referred"}


async def test_who_is_not_known_to_whoever_closes_is_named_to_their_own_side(bridge: PlayedBridge) -> None:
    case = await told(bridge, "1 CN fears", "send")
    her = number_of(case, "fears_own_authorities", "yes")
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.forget()
    await bridge.says(DUTY, f"/close {case.reference} rescued all=safe all are out")
    assert (await bridge.case(case)).status is Status.CLOSED
    bridge.expect(OWN_GROUP, f"does not say how it ended for /{her}", "/reopen")
    bridge.expect_nothing(*THEIRS, containing=f"/{her}")
    assert own_value(await bridge.case(case), her, "state") is None


async def test_a_desk_splits_merges_adds_and_corrects_and_every_answer_stays(bridge: PlayedBridge) -> None:
    case = await told(bridge, "2 children KH", "send")
    child = number_of(case, "age_group", "12_17")
    await bridge.says(CLERK, f"/person {case.reference} {child} split 1 fears")
    case = await bridge.case(case)
    (third,) = set(numbers(case)) - {1, child}
    assert (count_of(case, child), own_value(case, third, "fears_own_authorities")) == (1, "yes")
    assert (own_value(case, third, "age_group"), own_value(case, third, "citizenship")) == ("12_17", ("KH",))
    for said in (f"{third} merge {child}", f"{child} age under 12", "add 3", f"{child} sex girl"):
        await bridge.says(CLERK, f"/person {case.reference} {said}")
    case = await bridge.case(case)
    assert (count_of(case, child), count_of(case, third), case.value("persons_count")) == (2, 0, 20)
    assert own_value(case, child, "age_group") == "under_12"
    kept = [
        a.value
        for a in (await bridge.storage.history(case.id)).answers
        if a.subject == child and a.field == "age_group"
    ]
    assert kept == ["12_17", "under_12"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("99 located", "There is no person 99."),
        ("1 split 400", "That is more than there are: 15."),
        ("1 merge 1", "With whom?"),
        ("1 split", "How many, and what is different?"),
        ("1 age blue", "I could not read that."),
        ("77 age 15", "There is no person 77."),
    ],
)
async def test_what_cannot_be_done_to_a_person_is_said_and_changes_nothing(
    bridge: PlayedBridge, typed: str, said: str
) -> None:
    case = await told(bridge, "2 children KH", "send")
    bridge.forget()
    await bridge.says(CLERK, f"/person {case.reference} {typed}")
    after = await bridge.case(case)
    assert (after.apart, after.answers) == (case.apart, case.answers)
    bridge.expect(CLERK, f"{case.reference}: {said}", "/1: 15 people")


async def test_the_other_side_may_not_say_what_somebody_agreed_to(bridge: PlayedBridge) -> None:
    case = await told(bridge, "2 children KH", "send")
    bridge.forget()
    await bridge.says(DUTY, f"/person {case.reference} 1 police no")
    bridge.expect(DUTY, "Only the side that reported the case can say that.")
    assert as_of(await bridge.case(case), 1).value("consent_police") == "yes"


async def test_nothing_is_told_of_how_many_before_it_is_said_that_nobody_else_differs(bridge: PlayedBridge) -> None:
    case: Case = await told(bridge)
    await bridge.fast_forward(minutes=2)
    heard = "\n".join(shown.text for shown in bridge.phones.everything(THEIRS))
    assert case.reference in heard
    assert "17" not in heard.replace("12 to 17", "")
    assert FIRST not in heard


@BOTH
async def test_with_or_without_buttons_it_is_said_who_differs(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        said = ("[A child]", "[3]", "[Cambodia]", "[Fears own authorities]", "12", "[Unknown]", "[No]")
        case = await phone.reports(*STEPS, *said, text=FIRST)
        assert groups(case) == [
            (12, "18_or_over", ("KH", "VN", "CN"), "yes"),
            (3, "12_17", ("KH",), "no"),
            (2, "18_or_over", ("KH", "VN", "CN"), "no"),
        ]


async def test_who_is_held_back_is_not_put_among_those_whom_the_other_side_knows(bridge: PlayedBridge) -> None:
    case = await told(bridge, "2 children KH, 1 CN fears", "send")
    her, child = number_of(case, "fears_own_authorities", "yes"), number_of(case, "age_group", "12_17")
    for typed in (f"{her} merge 1", f"1 merge {her}", f"{her} merge {child}"):
        await bridge.says(CLERK, f"/person {case.reference} {typed}")
        bridge.expect(CLERK, f"/{her} is held back from CN", f"/person {case.reference} {her} fears no")
        assert (await bridge.case(case)).apart == case.apart
    await bridge.says(CLERK, f"/person {case.reference} {her} fears no")
    await bridge.says(CLERK, f"/person {case.reference} {her} merge 1")
    assert count_of(await bridge.case(case), her) == 0


async def test_consent_taken_back_by_those_of_an_earlier_hand_off_takes_that_one_back_after_a_later_one(
    bridge: PlayedBridge,
) -> None:
    case = await told(bridge, "2 children KH", "send")
    child = number_of(case, "age_group", "12_17")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    await bridge.says(CLERK, f"/interest {case.reference}/{child} they are held")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    assert [h.covers for h in (await bridge.case(case)).handoffs] == [(1,), (child,)]
    bridge.forget()
    await bridge.says(CLERK, f"/consent {case.reference}/1 police no")
    bridge.expect("wecom:police-group", "KH takes back what was handed to the police channel (for the persons named: ")
    found = {h.covers: h.state for h in (await bridge.case(case)).handoffs}
    assert found == {(1,): HandoffState.WITHDRAWN, (child,): HandoffState.SENT}


@pytest.mark.parametrize("typed", ["1 split 0", "add 0", "{child} count 40"])
async def test_nobody_and_more_than_there_are_is_no_number_of_people(bridge: PlayedBridge, typed: str) -> None:
    case = await told(bridge, "2 children KH", "send")
    words = typed.format(child=number_of(case, "age_group", "12_17"))
    await bridge.says(CLERK, f"/person {case.reference} {words}")
    after = await bridge.case(case)
    assert (after.apart, after.answers) == (case.apart, case.answers)


async def test_where_a_side_has_no_desk_its_officer_hears_who_stayed_back(tmp_path: Path) -> None:
    agreed = agreement()
    bridge = PlayedBridge(
        tmp_path, agreed=replace(agreed, desks={k: d for k, d in agreed.desks.items() if k != "kh-duty"})
    )
    await bridge.start()
    try:
        for somebody in (CLERK, OWN_SUPERVISOR):
            await bridge.change(somebody, revoked_at=bridge.now)
        case = await told(bridge, "1 CN fears", "send")
        her = number_of(case, "fears_own_authorities", "yes")
        await bridge.says(DUTY, f"/ack {case.reference}")
        bridge.forget()
        await bridge.says(DUTY, f"/handoff {case.reference} police send")
        bridge.expect(OFFICER, "not handed to the police channel", f"/{her}: ")
        await bridge.says(DUTY, f"/close {case.reference} rescued leave all=safe all are out")
        bridge.expect(OFFICER, f"does not say how it ended for /{her}")
    finally:
        await bridge.stop()
