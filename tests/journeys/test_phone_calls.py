"""The ladder calls people by phone: what is said, what is told of it, and that nothing waits for a call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.agreement import DEFAULT_LEVELS, Corridor, Urgency
from bot.domain.case import Case
from bot.domain.errors import Unavailable
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import GATEWAY, Capabilities, DeliveryState, Kind, OutgoingKind
from bot.domain.phone_calls import CallOutcome, CallResult, PhoneCall
from bot.domain.policy import By, Group, Rung
from bot.domain.turn import Turn
from bot.protection import gates
from tests.fakes.memory_messenger import MemoryAdapter
from tests.kit.calling import LADDER, agreed_to_call, minutes
from tests.kit.played import PlayedBridge
from tests.kit.world import MESSENGERS, agreement

DUTY, SUPERVISOR, SECRETARIAT, CLERK = "wechat:duty", "wecom:supervisor", "wecom:secretariat", "telegram:clerk"
PHONES = Capabilities(text_limit=1, buttons=False, receives=False, phones=True)
WITH_GATEWAY: Mapping[str, Capabilities] = {**MESSENGERS, GATEWAY: PHONES}
WITH_BOTH: Mapping[str, Capabilities] = {**WITH_GATEWAY, "wecom": replace(MESSENGERS["wecom"], phones=True)}
DOWN = Unavailable("down")


@asynccontextmanager
async def _running(folder: Path, messengers: Mapping[str, Capabilities]) -> AsyncIterator[PlayedBridge]:
    played = PlayedBridge(folder, agreed=agreed_to_call(), messengers=messengers)
    await played.start()
    yield played
    await played.stop()


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    async with _running(tmp_path, WITH_GATEWAY) as played:
        yield played


@pytest.fixture
def gateway(bridge: PlayedBridge) -> MemoryAdapter:
    return bridge.adapters[GATEWAY]


async def unacknowledged(bridge: PlayedBridge, late: float = 0) -> Case:
    """A case of highest urgency that nobody has acknowledged so many minutes after it was due."""
    case = await bridge.report_case()
    bridge.forget()
    await bridge.fast_forward(minutes=15 + late)
    return case


async def tells(bridge: PlayedBridge, gateway: MemoryAdapter, result: CallResult, **which: str) -> None:
    await gateway.tells(result, **which)  # type: ignore[arg-type]
    await bridge._settled()


async def whom(bridge: PlayedBridge, gateway: MemoryAdapter) -> list[tuple[int, str]]:
    """Who was called, at which minute after the acknowledgment was due."""
    people = {f"person:{p.id}": p.role.value for p in (await bridge.storage.directory()).people.values()}
    due = (await bridge.only_case()).clock_from + minutes(15)
    return [(int((r.at - due) / minutes(1)), people.get(r.call.recipient, r.call.recipient)) for r in gateway.rung]


async def test_a_call_that_is_answered_and_nothing_done_stops_nothing(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    case = await unacknowledged(bridge, late=10)
    bridge.expect(DUTY, "Nobody has acknowledged", "ping 2")
    await tells(bridge, gateway, CallResult.ANSWERED)
    assert (await bridge.case(case)).acknowledged_at is None
    await bridge.fast_forward(minutes=10)
    bridge.expect(SUPERVISOR, "Nobody has acknowledged", "ping 3")
    assert await whom(bridge, gateway) == [(10, "duty"), (20, "duty"), (20, "supervisor")]
    await bridge.fast_forward(minutes=10)
    bridge.expect(SECRETARIAT, "CN has not acknowledged. Please see to it that they do.")


async def test_a_gateway_that_is_down_is_a_missed_rung_and_the_next_one_goes_at_once(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    gateway.fail(DOWN, times=None)
    await unacknowledged(bridge, late=9.9)
    bridge.expect_nothing(SUPERVISOR, SECRETARIAT)
    await bridge.fast_forward(seconds=10)
    bridge.expect(SUPERVISOR, "Nobody has acknowledged")
    bridge.expect(SECRETARIAT, "CN has not acknowledged")  # the supervisor could not be called either
    assert len([text for text in bridge.heard(DUTY) if "ping" in text]) == 2  # and nobody is told anything twice


async def test_when_every_rung_was_missed_the_ladder_repeats_in_its_time_and_floods_nobody(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    gateway.fail(DOWN, times=None)
    await unacknowledged(bridge, late=11)
    bridge.forget()
    await bridge.fast_forward(minutes=30)
    assert [len(bridge.heard(who)) for who in (DUTY, SUPERVISOR)] == [3, 3]


async def test_a_gateway_that_did_not_answer_in_time_and_comes_back_makes_the_call_after_all(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    gateway.fail(DOWN, times=1)
    await unacknowledged(bridge, late=11)
    assert await whom(bridge, gateway) == [(10, "supervisor"), (10, "duty")]


async def test_a_number_that_is_not_reached_is_a_missed_rung_too(bridge: PlayedBridge, gateway: MemoryAdapter) -> None:
    await unacknowledged(bridge, late=10)
    bridge.expect_nothing(SUPERVISOR)
    await tells(bridge, gateway, CallResult.FAILED)
    await bridge.tick()
    bridge.expect(SUPERVISOR, "Nobody has acknowledged")


async def test_a_call_that_nobody_takes_leaves_the_ladder_to_its_time(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    await unacknowledged(bridge, late=10)
    await tells(bridge, gateway, CallResult.UNANSWERED)
    await bridge.fast_forward(minutes=9)
    bridge.expect_nothing(SUPERVISOR)
    await bridge.fast_forward(minutes=1)
    bridge.expect(SUPERVISOR, "Nobody has acknowledged")


async def test_what_is_told_of_an_earlier_rung_changes_nothing_any_more(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    await unacknowledged(bridge, late=20)
    bridge.forget()
    await gateway.tells(CallResult.FAILED, of=gateway.rung[0])
    await bridge.tick()
    bridge.expect_nothing(DUTY, SUPERVISOR, SECRETARIAT)


async def test_the_case_says_when_somebody_was_called_and_whether_they_answered(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    case = await unacknowledged(bridge, late=10)
    await tells(bridge, gateway, CallResult.UNANSWERED)
    await bridge.fast_forward(minutes=10)
    await tells(bridge, gateway, CallResult.ANSWERED, of=gateway.rung[1])  # type: ignore[arg-type]
    for who in (CLERK, DUTY):
        await bridge.says(who, f"/case {case.reference}")
        shown = bridge.expect(who, "called Sat 18 Apr").text
        (line,) = [line for line in shown.splitlines() if line.startswith("CN duty: called")]
        assert line == (
            "CN duty: called Sat 18 Apr 14:30 Phnom Penh / 15:30 Beijing, not answered; "
            "called Sat 18 Apr 14:40 Phnom Penh / 15:40 Beijing, answered"
        )
        assert "CN supervisor: called Sat 18 Apr 14:40 Phnom Penh / 15:40 Beijing, no word yet" in shown


async def test_the_record_has_every_call_and_what_became_of_it(bridge: PlayedBridge, gateway: MemoryAdapter) -> None:
    case = await unacknowledged(bridge, late=10)
    await tells(bridge, gateway, CallResult.UNANSWERED)
    gateway.fail(DOWN)
    await bridge.fast_forward(minutes=10)
    acts = [entry for entry in await bridge.acts(case) if entry.act in (JournalAct.CALLED, JournalAct.NOT_CALLED)]
    assert [(entry.act, entry.told.get("result")) for entry in acts] == [("called", "unanswered"), ("not_called", None)]
    pinged = [entry.told for entry in await bridge.acts(case) if entry.act == JournalAct.PINGED]
    assert [str(told.get("called", "")).count("person:") for told in pinged][:2] == [0, 1]


async def test_a_call_that_could_not_be_made_is_shown_as_what_it_is(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    gateway.fail(DOWN, times=None)
    case = await unacknowledged(bridge, late=16)
    await bridge.says(DUTY, f"/case {case.reference}")
    shown = bridge.expect(DUTY, "CN duty: could not be called Sat 18 Apr 14:30 Phnom Penh / 15:30 Beijing").text
    assert " called Sat" not in shown.replace("be called", "")
    calls = [d for d in await bridge.deliveries(case) if d.message.kind is OutgoingKind.CALL]
    assert {d.state for d in calls} == {DeliveryState.PARKED}


async def test_nobody_is_called_once_somebody_has_acknowledged(bridge: PlayedBridge, gateway: MemoryAdapter) -> None:
    gateway.fail(DOWN, times=2)
    case = await unacknowledged(bridge, late=10)
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.fast_forward(minutes=60)
    assert gateway.rung == []


async def test_what_the_same_event_tells_twice_is_recorded_once(bridge: PlayedBridge, gateway: MemoryAdapter) -> None:
    case = await unacknowledged(bridge, late=10)
    for _ in range(3):
        await tells(bridge, gateway, CallResult.ANSWERED, event="e-1")
    assert [entry.act for entry in await bridge.acts(case)].count(JournalAct.CALLED) == 1


async def test_a_call_says_reference_urgency_and_act_and_nothing_of_the_case(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    case = await unacknowledged(bridge, late=20)
    assert {rung.said for rung in gateway.rung} == {f"{case.reference}, U1: please acknowledge"}


async def test_a_call_about_an_exercise_says_so_first(bridge: PlayedBridge, gateway: MemoryAdapter) -> None:
    await bridge.says("telegram:officer", "/drill girl of 16 locked in a flat in Nanchang")
    case = await bridge.only_case()
    await bridge.answers("telegram:officer", "[Right]", "[No]")
    await bridge.fast_forward(minutes=26)
    assert {rung.said for rung in gateway.rung} == {f"EXERCISE · {case.reference}, U1: please acknowledge"}


async def test_whoever_is_silenced_is_not_called_before_that_is_over(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    case = await unacknowledged(bridge, late=5)
    await bridge.says(DUTY, f"/snooze {case.reference} 15m on the phone with the hotel")
    bridge.forget()
    gateway.fail(DOWN, times=None)
    await bridge.fast_forward(minutes=14)
    assert bridge.heard(SUPERVISOR) == []
    await bridge.fast_forward(minutes=2)
    bridge.expect(SUPERVISOR, "Nobody has acknowledged")


async def test_where_nothing_can_call_any_more_the_next_rung_goes_at_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    del bridge.adapters[GATEWAY]
    await bridge.restart()
    bridge.forget()
    await bridge.fast_forward(minutes=25)
    for who in (DUTY, SUPERVISOR):
        bridge.expect(who, "Nobody has acknowledged")
    bridge.expect(SECRETARIAT, "CN has not acknowledged")
    assert [d for d in await bridge.deliveries(case) if d.message.kind is OutgoingKind.CALL] == []


async def test_wecom_calls_when_the_gateway_does_not(tmp_path: Path) -> None:
    async with _running(tmp_path, WITH_BOTH) as bridge:
        bridge.adapters[GATEWAY].fail(DOWN, times=None)
        await unacknowledged(bridge, late=11)
        assert [str(rung.address) for rung in bridge.adapters["wecom"].rung] == [SUPERVISOR]


async def test_a_desk_is_called_by_its_name_and_its_people_by_theirs(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    ladder = (Rung(Group.REPORTING_DUTY, minutes(0), minutes(10), By.CALL), *LADDER)
    level = {Urgency.U1: replace(DEFAULT_LEVELS[Urgency.U1], ladder=ladder)}
    await bridge.reconfigured(agreement(corridors={"KC": Corridor("KC", ("KH", "CN"), level)}))
    await unacknowledged(bridge)
    assert await whom(bridge, gateway) == [(0, "desk:kh-duty")]


async def test_a_word_on_a_call_that_there_never_was_changes_nothing(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    case = await unacknowledged(bridge, late=10)
    before = await bridge.acts(case)
    real = gateway.rung[-1]
    invented = replace(real, call=replace(real.call, case_id=12345, outbox_id=1))
    await gateway.tells(CallResult.FAILED, of=invented)
    await bridge.tick()
    assert await bridge.acts(case) == before
    assert bridge.inbox()[-1].message.kind is Kind.CALLED


async def test_a_side_that_is_not_shown_a_ping_is_not_shown_its_call(
    bridge: PlayedBridge, gateway: MemoryAdapter
) -> None:
    """What waits for somebody held back from the other side only is the matter of the side that reported."""
    case = await unacknowledged(bridge, late=10)
    key = gates.key_of(case, "police:1:1")
    call = gateway.rung[-1].call
    own = next(d.message for d in await bridge.deliveries(case) if d.message.id == call.outbox_id)
    hidden = replace(own, id=own.id + 1, dedupe_key=PhoneCall.key(key, 1, "desk:kh-duty"), recipient="desk:kh-duty")
    assert PhoneCall.of(hidden).ping == 1
    await bridge.storage.apply([Turn(outgoing=(hidden,), call_outcomes=(CallOutcome(hidden.id, CallResult.ANSWERED),))])
    await bridge.says(CLERK, f"/case {case.reference}")
    bridge.expect(CLERK, "KH Duty desk: called")
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "KH Duty desk: called" not in bridge.expect(DUTY, case.reference, "CN duty: called").text
