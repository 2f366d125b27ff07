"""Everybody is confirmed every 90 days: who is warned, what waits for the lapsed, and what never waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Status, TextKind
from bot.domain.people import Role
from bot.domain.turn import Turn
from bot.line.message_work import Order
from bot.people import reconfirmation
from bot.turns.composer import Composer
from tests.journeys.gated import adult_case
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

OFFICER, CLERK, DUTY, SUPERVISOR = "telegram:officer", "telegram:clerk", "wechat:duty", "wecom:supervisor"
KH_SUPERVISOR, ADMIN = "telegram:kh-supervisor", "web:admin"
DAYS_90 = timedelta(days=90)


async def lapse(bridge: PlayedBridge, *addresses: str) -> None:
    """Let the last confirmation of these people be 90 days and a minute ago."""
    for address in addresses:
        await bridge.change(address, confirmed_at=bridge.now - DAYS_90 - timedelta(minutes=1))


async def short(bridge: PlayedBridge, address: str) -> str:
    """The short name of somebody."""
    return (await bridge.storage.directory()).short(await bridge.person(address))


async def ends_in(bridge: PlayedBridge, address: str, **left: float) -> None:
    """Let somebody's enrolment hold for so long and no longer."""
    await bridge.change(address, confirmed_at=bridge.now - DAYS_90 + timedelta(**left))


# What never waits.


async def test_a_lapsed_officer_opens_a_case_answers_its_questions_and_reads_it(bridge: PlayedBridge) -> None:
    await lapse(bridge, OFFICER)
    case = await bridge.report_case(
        "[No]", "[Locked in or held]", "16", "back", "17", "[China]", "summary", "send", "send"
    )
    assert (await bridge.case(case)).sent_at is not None
    bridge.expect(DUTY, case.reference)
    bridge.forget()
    await bridge.says(OFFICER, f"/case {case.reference}")
    bridge.expect(OFFICER, "Status: open")
    await bridge.says(OFFICER, "/cases")
    bridge.expect(OFFICER, case.reference)
    await bridge.says(OFFICER, "/alert boy of 9 on a bus")
    assert len(await bridge.cases()) == 2


@pytest.mark.parametrize("by_tap", [True, False])
async def test_acknowledging_never_waits_for_paperwork(bridge: PlayedBridge, by_tap: bool) -> None:
    await lapse(bridge, DUTY, "wechat:night", SUPERVISOR)
    case = await bridge.report_case()
    if by_tap:
        await bridge.taps(DUTY, "Acknowledge")
    else:
        await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.expect(DUTY, "you have acknowledged")
    assert (await bridge.case(case)).status is Status.ACKNOWLEDGED
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, "Status: acknowledged")


async def test_a_lapsed_person_can_still_cut_off_their_own_lost_phone(bridge: PlayedBridge) -> None:
    await lapse(bridge, DUTY)
    await bridge.says(DUTY, "/lost yes")
    assert not (await bridge.person(DUTY)).is_active


# What waits.


@pytest.mark.parametrize(
    ("typed", "again"),
    [
        ("/handoff {ref} police send", "/handoff {ref} police ..."),
        ("/close {ref} found_safe she is home", "/close {ref} found_safe ..."),
        ("/urgency {ref} U1 moved tonight", "/urgency {ref} U1 ..."),
        ("/snooze {ref} 15m waiting", "/snooze {ref} 15m ..."),
        ("/assign {ref} me", "/assign {ref} me"),
        ("/note {ref} she called", "/note {ref} ..."),
    ],
)
async def test_every_other_act_waits_and_says_who_ends_that_and_what_to_type_then(
    bridge: PlayedBridge, typed: str, again: str
) -> None:
    case = await bridge.report_case()
    await bridge.taps(DUTY, "Acknowledge")
    await lapse(bridge, DUTY)
    before = await bridge.case(case)
    bridge.forget()
    await bridge.says(DUTY, typed.format(ref=case.reference))
    answer = bridge.expect(DUTY, "This waits, and nothing was changed")
    assert f"Wang Fang (supervisor) can confirm you: they type /confirm {await short(bridge, DUTY)}" in answer.text
    assert f"After that type again: {again.format(ref=case.reference)}\n" in answer.text
    assert await bridge.case(case) == before


async def test_a_button_and_a_prompt_wait_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.taps(DUTY, "Acknowledge")
    await bridge.says(DUTY, f"/close {case.reference} found_safe")
    await lapse(bridge, DUTY)
    bridge.forget()
    await bridge.says(DUTY, "she is home")
    bridge.expect(DUTY, "This waits", f"/close {case.reference} found_safe ...")
    await bridge.taps(DUTY, "Assign to me")
    bridge.expect(DUTY, "This waits", f"/assign {case.reference} me")
    assert (await bridge.case(case)).is_open
    assert (await bridge.case(case)).assignees == ()


@pytest.mark.parametrize(
    ("who", "typed"),
    [(DUTY, "/offduty"), (ADMIN, "/export 2026-01-01 2026-02-01 annual meeting"), (KH_SUPERVISOR, "/confirm 1")],
)
async def test_what_is_not_about_a_case_waits_likewise(bridge: PlayedBridge, who: str, typed: str) -> None:
    await lapse(bridge, who)
    await bridge.says(who, typed)
    bridge.expect(who, "This waits", f"After that type again: {typed}")


async def test_a_desk_that_answers_for_its_officer_waits_and_taps_again(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge)
    await bridge.change(OFFICER, revoked_at=bridge.now)
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await lapse(bridge, CLERK)
    await bridge.taps(CLERK, "Yes", at="telegram:kh-group")
    told = bridge.expect("telegram:kh-group", "This waits", "After that tap the same button again.")
    assert "A supervisor or admin of KH can confirm you" in told.text, "a group reads no names"
    assert (await bridge.case(case)).value("consent_police") is None
    await bridge.says(KH_SUPERVISOR, f"/confirm {(await bridge.person(CLERK)).id}")
    await bridge.taps(CLERK, "Yes", at="telegram:kh-group")
    assert (await bridge.case(case)).value("consent_police") == "yes"


async def test_somebody_lapsed_cuts_no_colleague_off(bridge: PlayedBridge) -> None:
    await lapse(bridge, CLERK)
    officer = await bridge.person(OFFICER)
    await bridge.says(CLERK, f"/lost {officer.id}")
    bridge.expect(CLERK, "This waits", f"After that type again: /lost {officer.id}")
    assert (await bridge.person(OFFICER)).is_active


async def test_an_officer_is_told_that_an_act_is_not_for_them_rather_than_that_it_waits(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await lapse(bridge, OFFICER)
    await bridge.says(OFFICER, f"/close {case.reference} found_safe home")
    bridge.expect(OFFICER, "That is for the duty desk or a supervisor")


@pytest.mark.parametrize("as_note", [True, False])
async def test_the_words_of_a_lapsed_officer_to_their_case_are_kept_and_only_sending_them_on_waits(
    bridge: PlayedBridge, as_note: bool
) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16", "send", "send")
    await lapse(bridge, OFFICER)
    bridge.forget()
    if as_note:
        await bridge.says(OFFICER, f"/note {case.reference} the broker is back")
    else:
        await bridge.says(OFFICER, "the broker is back")
        await bridge.taps(OFFICER, f"{case.reference} · U1 · Locked in or held")
    bridge.expect(OFFICER, "Your words are kept", f"/note {case.reference} ...")
    kept = [text for text in await bridge.texts(case) if text.text == "the broker is back"]
    assert [(text.kind, text.own_side_only) for text in kept] == [(TextKind.TEXT, True)]
    bridge.expect_nothing(DUTY)


async def test_when_nobody_of_a_side_can_confirm_the_command_line_is_named(bridge: PlayedBridge) -> None:
    await lapse(bridge, CLERK, KH_SUPERVISOR, ADMIN)
    await bridge.says(CLERK, "/offduty")
    bridge.expect(CLERK, f"casebridge confirm {await short(bridge, CLERK)}")


# Confirming.


async def test_a_supervisor_confirms_and_the_person_hears_what_had_waited(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await lapse(bridge, DUTY)
    await bridge.says(DUTY, f"/assign {case.reference} me")
    person = await bridge.person(DUTY)
    bridge.forget()
    await bridge.says(SUPERVISOR, f"/confirm {person.id}")
    bridge.expect(SUPERVISOR, "Li Wei is confirmed until Fri 17 Jul 2026 15:05 Beijing.")
    bridge.expect(DUTY, "Your enrolment is confirmed", f"You wanted: /assign {case.reference} me")
    await bridge.says(DUTY, f"/assign {case.reference} me")
    assert (await bridge.case(case)).assignees == (person.id,)
    entries = [link.entry async for chunk in bridge.storage.stream_journal("-") for link in chunk]
    (confirmed,) = [e for e in entries if e.act == "confirmed"]
    assert (confirmed.actor, confirmed.details) == (
        f"person:{(await bridge.person(SUPERVISOR)).id}",
        {"person": person.id},
    )


async def test_the_command_line_confirms_whoever_nobody_else_can(bridge: PlayedBridge) -> None:
    await lapse(bridge, SUPERVISOR)
    person = await bridge.person(SUPERVISOR)

    def act(c: Composer) -> None:
        reconfirmation.confirmed(c, person)

    await bridge.orders(Order(act, actor="cli:root", wanted=reconfirmation.wants(person.id)))
    await bridge.tick()
    bridge.expect(SUPERVISOR, "Your enrolment is confirmed")
    assert not (await bridge.person(SUPERVISOR)).has_lapsed(bridge.now, DAYS_90)


@pytest.mark.parametrize(
    ("who", "whom", "sentence"),
    [
        (SUPERVISOR, SUPERVISOR, "Nobody confirms themselves"),
        (SUPERVISOR, CLERK, "There is nobody of your side with that number."),
        (CLERK, OFFICER, "Only an admin or supervisor can confirm people of their side."),
        (OFFICER, CLERK, "Only an admin or supervisor can confirm people of their side."),
    ],
)
async def test_nobody_else_confirms_and_nobody_confirms_themselves(
    bridge: PlayedBridge, who: str, whom: str, sentence: str
) -> None:
    before = await bridge.person(whom)
    await bridge.says(who, f"/confirm {before.id}")
    told = bridge.expect(who, sentence)
    assert "Wang Fang (supervisor) can confirm you" not in told.text
    assert (await bridge.person(whom)).confirmed_at == before.confirmed_at


async def test_a_number_of_nobody_and_one_of_the_other_side_are_answered_alike(bridge: PlayedBridge) -> None:
    answers = []
    for number in (1, (await bridge.person(DUTY)).id):
        await bridge.says(KH_SUPERVISOR, f"/confirm {number}")
        answers += bridge.heard(KH_SUPERVISOR)
    assert answers[0] == answers[1]


# Warnings.


async def test_people_and_whoever_can_confirm_them_are_warned_three_times_once_each(bridge: PlayedBridge) -> None:
    await ends_in(bridge, DUTY, days=14, minutes=-1)
    for days, words in ((0, "within two weeks"), (11, "within three days"), (3, "has lapsed")):
        bridge.now += timedelta(days=days)
        for _ in range(3):
            await bridge.tended()
        bridge.expect(DUTY, words, "Wang Fang (supervisor) can confirm you")
        told = bridge.expect(SUPERVISOR, words, "Li Wei")
        assert labels(told) == ["Confirm Li Wei"]
        bridge.expect_nothing(DUTY, SUPERVISOR)
    bridge.expect_nothing("wechat:night", CLERK, KH_SUPERVISOR)


async def test_a_tap_under_the_warning_confirms(bridge: PlayedBridge) -> None:
    await ends_in(bridge, DUTY, days=3)
    await bridge.tended()
    await bridge.taps(SUPERVISOR, "Confirm Li Wei")
    bridge.expect(SUPERVISOR, "Li Wei is confirmed until")
    bridge.forget()
    bridge.now += timedelta(days=4)
    await bridge.tended()
    bridge.expect_nothing(DUTY, SUPERVISOR)


async def test_a_restart_warns_nobody_twice_and_one_that_was_down_on_the_day_still_warns(bridge: PlayedBridge) -> None:
    await ends_in(bridge, DUTY, days=-2)
    await bridge.tended()
    bridge.expect(DUTY, "has lapsed")
    bridge.forget()
    await bridge.restart()
    await bridge.tended()
    bridge.expect_nothing(DUTY, SUPERVISOR)


async def test_a_desk_that_would_fall_silent_is_reported_to_supervisors_and_admins(bridge: PlayedBridge) -> None:
    await bridge.enrol(Somebody("Zhao Admin", "CN", Role.ADMIN, ("web:cn-admin",)))
    await ends_in(bridge, DUTY, days=2)
    await ends_in(bridge, "wechat:night", days=1)
    await bridge.tended()
    bridge.expect_nothing(SUPERVISOR, containing="everybody at Duty desk")
    await ends_in(bridge, SUPERVISOR, days=2)
    await bridge.tended()
    await bridge.tended()
    for who in (SUPERVISOR, "web:cn-admin"):
        told = bridge.expect(who, "everybody at Duty desk has lapsed", "Li Wei", "Zhao Min", "Wang Fang")
        assert "acknowledge and read" in told.text
        bridge.expect_nothing(who, containing="everybody at Duty desk")


async def test_who_was_cut_off_or_lapsed_long_ago_is_no_news(bridge: PlayedBridge) -> None:
    await lapse(bridge, DUTY)
    await bridge.change(CLERK, confirmed_at=bridge.now - timedelta(days=100))
    person = await bridge.person(DUTY)
    await bridge.storage.apply([Turn(people=(replace(person, revoked_at=bridge.now),))])
    await bridge.tended()
    bridge.expect_nothing(DUTY, CLERK, SUPERVISOR)


async def test_the_length_is_a_setting(bridge: PlayedBridge) -> None:
    person = await bridge.person(DUTY)
    assert not person.has_lapsed(bridge.now + timedelta(days=29), timedelta(days=30))
    assert person.has_lapsed(bridge.now + timedelta(days=30), timedelta(days=30))
