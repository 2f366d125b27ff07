"""An officer leaves an intake unfinished: they are asked twice for what matters most, then the desks are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.case import DeadlineKind, DeadlineState
from bot.domain.errors import Unavailable
from bot.domain.restored import Restored
from storage.restored import mark_restored
from tests.journeys.test_people_cutting import cut_off
from tests.journeys.test_reachability import leaves
from tests.kit.keys import VAULT
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, OWN_DESK, DUTY = "telegram:officer", "telegram:kh-group", "wechat:duty"
INSPECTOR = "wecom:inspector"
#: What an officer is asked with, and what the desks are told with.
UNFINISHED, MISSING = "your alert is not finished", "This alert is not finished. Still missing"
#: Answers to all that is required, up to the summary.
ALL = ("no", "locked in", "16", "CN", "Jiangxi", "unknown", "4", "[Skip]", "Cambodia")
REST = ("[Urgent rescue]", "[Done]", "only through the reporter")


async def test_after_ten_minutes_of_silence_the_officer_is_asked_the_one_question_that_matters_most(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]")
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)
    bridge.forget()
    await bridge.fast_forward(seconds=1)
    asked = bridge.expect(OFFICER, f"{case.reference}: {UNFINISHED}.", "(3 of 14)")
    assert "Under 12" in labels(asked)
    assert len(bridge.heard(OFFICER)) == 0, "one message"
    await bridge.taps(OFFICER, "12 to 17")
    bridge.expect(OFFICER, "(4 of 14)")
    assert (await bridge.case(case)).value("age_group") == "12_17"


async def test_every_answer_lets_the_silence_begin_anew(bridge: PlayedBridge) -> None:
    await bridge.report_case("[No]")
    for step in ("[Locked in or held]", "16", "back", "what is this for?"):
        await bridge.fast_forward(minutes=9)
        await bridge.answers(OFFICER, step)
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)
    await bridge.fast_forward(seconds=1)
    bridge.expect(OFFICER, UNFINISHED)


async def test_they_are_asked_once_more_after_an_hour_then_both_desks_hear_what_is_missing_and_nobody_is_asked_again(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    await bridge.fast_forward(minutes=10)
    bridge.forget()
    await bridge.fast_forward(minutes=49, seconds=59)
    bridge.expect_nothing(OFFICER, containing=" of 14)")
    await bridge.fast_forward(seconds=1)
    bridge.expect(OFFICER, f"{case.reference}: {UNFINISHED}.", "(4 of 14)")
    bridge.forget()
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(OWN_DESK, DUTY, containing=MISSING)
    await bridge.fast_forward(seconds=1)
    own = bridge.expect(OWN_DESK, case.reference, MISSING, "was asked twice, and it is still not finished")
    assert own.text.split("\n") == [
        f"U1 immediate · {case.reference}",
        "This alert is not finished. Still missing: Country now, Area, Last contact, Suspected exploitation, "
        "Citizenship, Assistance asked, Safe to contact.",
        "The reporting officer was asked twice, and it is still not finished.",
        f"What you learn: /note {case.reference} text",
        f"https://bridge.example/cases/{case.reference}",
    ]
    other = bridge.expect(DUTY, case.reference, MISSING)
    assert other.text.split("\n") == [
        f"U1 immediate · {case.reference}",
        "This alert is not finished. Still missing: Country now, Assistance asked.",
        f"https://bridge.example/cases/{case.reference}",
    ]
    bridge.forget()
    await bridge.fast_forward(days=2)
    bridge.expect_nothing(OFFICER, containing=" of 14)")
    bridge.expect_nothing(OWN_DESK, DUTY, containing=MISSING)


async def test_the_record_says_who_was_asked_what_and_what_the_desks_were_told(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    await bridge.fast_forward(minutes=71)
    entries = [(e.act, e.actor, e.details or {}) for e in await bridge.acts(case)]
    asked = [(actor, details) for act, actor, details in entries if act == "asked_again"]
    assert asked == [("clock", {"field": "country", "number": n}) for n in (1, 2)]
    ((actor, told),) = [(actor, details) for act, actor, details in entries if act == "missing_told"]
    assert actor == "clock"
    assert set(told) == {"missing", "recipients"}
    assert "country" in str(told["missing"])
    timer = await bridge.due(case, DeadlineKind.INTAKE)
    assert timer.state is DeadlineState.ENDED


async def test_an_answer_after_the_first_time_only_moves_the_second(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]")
    await bridge.fast_forward(minutes=30)
    bridge.expect(OFFICER, UNFINISHED, "(3 of 14)")
    await bridge.says(OFFICER, "16")
    bridge.forget()
    await bridge.fast_forward(minutes=59, seconds=59)
    bridge.expect_nothing(OFFICER, containing=" of 14)")
    await bridge.fast_forward(seconds=1)
    bridge.expect(OFFICER, UNFINISHED, "(4 of 14)")
    await bridge.fast_forward(minutes=5)
    await bridge.says(OFFICER, "China")
    bridge.forget()
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(OFFICER, containing=" of 14)")
    bridge.expect_nothing(OWN_DESK, DUTY, containing=MISSING)
    await bridge.fast_forward(seconds=1)
    assert "Country" not in bridge.expect(OWN_DESK, case.reference, MISSING).text
    bridge.expect_nothing(OFFICER, containing=" of 14)")


@pytest.mark.parametrize(
    "ends",
    [
        [(OFFICER, "send"), (OFFICER, "send")],
        [("telegram:clerk", "/close {} found_safe She is home.")],
        [(OFFICER, "cancel"), (OFFICER, "[Sent by mistake]")],
        [("telegram:kh-supervisor", "/standdown {} she is with her family")],
    ],
    ids=["sent", "closed", "withdrawn", "stood down"],
)
async def test_nobody_is_asked_when_it_is_over(bridge: PlayedBridge, ends: list[tuple[str, str]]) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    for who, words in ends:
        await bridge.answers(who, words.format(case.reference))
    assert (await bridge.due(case, DeadlineKind.INTAKE)).state is DeadlineState.ENDED
    bridge.forget()
    await bridge.fast_forward(hours=3)
    bridge.expect_nothing(OFFICER, OWN_DESK, DUTY, containing="not finished")


async def test_a_channel_that_accepted_asks_by_itself(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "25")
    await bridge.says(OFFICER, f"/consent {case.reference} police yes")
    await bridge.says(OFFICER, f"/consent {case.reference} fears no")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    await bridge.says("wecom:detective", f"/accept {case.reference} police 123/26")
    assert (await bridge.case(case)).status == "handed_off"
    bridge.forget()
    await bridge.fast_forward(hours=3)
    bridge.expect_nothing(OFFICER, OWN_DESK, DUTY, containing="not finished")


async def test_when_all_that_is_needed_is_answered_they_are_asked_to_send_and_no_desk_is_told(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*ALL, *REST)
    await bridge.fast_forward(minutes=10)
    asked = bridge.expect(OFFICER, f"{case.reference}: {UNFINISHED}.", "All that is needed is answered")
    assert "Send to the desks" in labels(asked)
    await bridge.fast_forward(hours=3)
    bridge.expect_nothing(OWN_DESK, DUTY, containing=MISSING)
    await bridge.taps(OFFICER, "Send to the desks", of=asked)
    bridge.expect(OFFICER, f"{case.reference} is sent")


async def test_before_it_is_said_which_side_is_to_help_that_is_what_is_asked_and_missing(bridge: PlayedBridge) -> None:
    await bridge.says(INSPECTOR, "somebody screams in a truck")
    case = await bridge.only_case()
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    asked = bridge.expect(INSPECTOR, f"{case.reference}: {UNFINISHED}.", "Which side is asked to help?")
    assert labels(asked) == ["Kingdom of Cambodia", "Socialist Republic of Viet Nam"]
    await bridge.fast_forward(hours=1)
    bridge.expect(DUTY, case.reference, "Still missing: Side asked to help, Danger now")
    bridge.expect_nothing(OWN_DESK, "telegram:vn-group")
    await bridge.taps(INSPECTOR, "Kingdom of Cambodia", of=asked)
    bridge.expect(INSPECTOR, "(1 of 14)")


@pytest.mark.parametrize("goes", [cut_off, leaves])
async def test_an_officer_who_was_cut_off_or_whom_nothing_reaches_is_not_asked_and_the_desks_hear_at_once(
    bridge: PlayedBridge, goes: Callable[[PlayedBridge, str], Awaitable[None]]
) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    await goes(bridge, OFFICER)
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect(OWN_DESK, case.reference, MISSING, "The reporting officer was cut off, or nothing reaches them.")
    bridge.expect(DUTY, case.reference, MISSING)
    await bridge.fast_forward(hours=3)
    bridge.expect_nothing(OFFICER, containing=" of 14)")
    bridge.expect_nothing(OWN_DESK, DUTY, containing=MISSING)


async def test_what_fell_due_while_the_bridge_was_down_is_asked_once(bridge: PlayedBridge) -> None:
    await bridge.report_case("[No]", "[Locked in or held]", "16")
    bridge.forget()
    await bridge.down_for(hours=5)
    bridge.expect(OFFICER, UNFINISHED)
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)
    bridge.forget()
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(OFFICER, containing=" of 14)")
    bridge.expect_nothing(OWN_DESK, DUTY, containing=MISSING)
    await bridge.fast_forward(seconds=1)
    bridge.expect(OFFICER, UNFINISHED)


async def test_what_fell_due_before_a_restore_is_asked_once(bridge: PlayedBridge) -> None:
    await bridge.report_case("[No]", "[Locked in or held]", "16")
    bridge.forget()
    made_at = bridge.now
    await bridge.stop()
    bridge.now += timedelta(minutes=46)
    mark_restored(bridge.storage.place.url, VAULT, Restored(made_at, bridge.now), "This may be a repeat.")
    await bridge.down_for()
    bridge.expect(OFFICER, UNFINISHED)
    await bridge.tick()
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)


async def test_a_clock_that_ticks_again_and_a_bridge_that_starts_again_ask_nothing_twice(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    await bridge.fast_forward(minutes=10)
    await bridge.tick()
    await bridge.restart()
    asked = [d for d in await bridge.deliveries(case) if UNFINISHED in d.message.text]
    assert len(asked) == 1


async def test_what_was_asked_and_could_not_be_sent_before_it_was_over_is_not_sent_any_more(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    bridge.adapters["telegram"].fail(Unavailable("no route"), times=None, address="officer")
    await bridge.fast_forward(minutes=10)
    await bridge.says("telegram:clerk", f"/close {case.reference} found_safe She is home.")
    bridge.adapters["telegram"].recover()
    await bridge.fast_forward(minutes=30)
    bridge.expect_nothing(OFFICER, containing=UNFINISHED)


async def test_the_timer_is_no_deadline_that_people_see_or_silence(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    await bridge.says(OFFICER, f"/plan {case.reference}")
    assert "missing" not in bridge.heard(OFFICER)[-1]
    await bridge.says(DUTY, f"/snooze {case.reference} 15m they are looking")
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect(OFFICER, UNFINISHED)


async def test_the_feared_side_is_not_told_what_else_is_missing(bridge: PlayedBridge) -> None:
    """As before it is known what the person fears: only what anybody may read of the case."""
    case = await bridge.report_case("[No]", "[Locked in or held]", "16")
    await bridge.says(OFFICER, "citizenship: China\nfears: yes")
    await bridge.fast_forward(minutes=75)
    assert "Safe to contact" in bridge.expect(OWN_DESK, case.reference, MISSING).text
    told = bridge.expect(DUTY, case.reference, MISSING)
    assert "Still missing: Country now, Assistance asked." in told.text


async def test_a_side_that_may_know_nothing_of_what_is_missing_is_told_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(
        "[No]", "[Locked in or held]", "16", "China", "edit 11", "[Urgent rescue]", "[Done]"
    )
    await bridge.fast_forward(minutes=75)
    bridge.expect(OWN_DESK, case.reference, "Still missing: Area, Last contact")
    bridge.expect_nothing(DUTY, containing=MISSING)
