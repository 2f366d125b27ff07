"""A messenger that lets us write only after the person did: what goes, what waits, who is asked to tap, who is next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.delivery import retries
from bot.delivery.settled import Settled
from bot.domain.errors import Refused, SendError, Unavailable, Uncertain, Unreachable, WindowClosed
from bot.domain.messages import KNOCK_FAILED, Address, Button, Delivery, DeliveryState, Outgoing, OutgoingKind, Priority
from bot.domain.turn import KnockOutcome, Mark, Turn, Withdrawal
from tests.unit.delivery.delivering import NOON, WINDOWED, WINDOWS, Postroom, answer, message, ping

pytestmark = pytest.mark.long

LI = "wechat:li"
ONLY_PINGS = "\n\n(Until you write, only pings can reach you here. Please write the word: cases.)"
LAST_WORDS = "\n\n(Until you write, nothing more can reach you here. Please write the word: cases.)"


async def a_room() -> Postroom:
    """WeChat with its windows, and a case of urgency U1 that waits for its acknowledgment."""
    room = Postroom(wechat=WINDOWED)
    await room.case_with_deadline()
    return room


def about(outbox_id: int, *others: str, case_id: int = 7, priority: Priority = Priority.U1) -> Outgoing:
    """A message about a case, to somebody on WeChat."""
    return replace(message(outbox_id, LI, *others, priority=priority), kind=OutgoingKind.TOLD, case_id=case_id)


def nudge(outbox_id: int, *others: str) -> Outgoing:
    return replace(ping(outbox_id, LI), others=tuple(Address.parse(other) for other in others))


def knocked_for(room: Postroom) -> list[int]:
    return [outbox_id for _, outbox_id, _ in room["wechat"].knocks]


async def test_within_the_window_three_messages_go_and_the_last_two_are_kept_for_pings() -> None:
    room = await a_room()
    await room.opens(LI)
    await room.post(*(about(n) for n in (1, 2, 3, 4, 5)))
    assert room["wechat"].texts == ["message 1", "message 2", f"message 3{ONLY_PINGS}"]
    await room.post(nudge(6), nudge(7), nudge(8))
    assert room["wechat"].texts[3:] == ["message 6", f"message 7{LAST_WORDS}"]
    assert [await room.state(n) for n in (4, 5, 8)] == [DeliveryState.WINDOW_CLOSED] * 3
    assert await room.left(LI) == 0


async def test_outside_the_window_nothing_is_tried_the_person_is_asked_to_tap_and_the_next_address_joins_in_time() -> (
    None
):
    room = await a_room()
    await room.post(nudge(1, "telegram:li"))
    row = await room.row(1)
    assert (row.state, row.knock, row.joined) == (DeliveryState.WINDOW_CLOSED, "knock-1", False)
    assert row.reason == "window closed: by our ledger, asked to tap"
    assert room["wechat"].tries == []
    assert [said for _, _, said in room["wechat"].knocks] == ["KC26-M9S34-4 U2: please acknowledge"]
    await room.wait(29)
    assert room["telegram"].texts == []
    await room.wait(2)
    assert room["telegram"].texts == ["message 1"]
    await room.wait(3600, step=5)
    assert len(room["wechat"].knocks) == 1
    assert room["telegram"].texts == ["message 1"]


async def test_when_the_person_taps_what_waited_arrives_in_order_and_once() -> None:
    room = await a_room()
    await room.post(about(1), about(2, priority=Priority.U3), nudge(3))
    await room.wait(400)
    await room.opens(LI, by_tap=True)
    await room.wait(1)
    assert room["wechat"].texts == ["message 3", "message 1", f"message 2{LAST_WORDS}"]
    await room.wait(60)
    assert len(room["wechat"].texts) == 3


async def test_what_a_short_window_does_not_let_through_waits_for_the_next() -> None:
    room = await a_room()
    await room.post(*(about(n) for n in range(1, 6)))
    await room.opens(LI, by_tap=True)
    await room.wait(70)
    assert len(room["wechat"].texts) == 3
    await room.opens(LI)
    await room.wait(1)
    assert room["wechat"].texts[3:] == ["message 4", "message 5"]


async def test_a_window_that_opens_in_the_moment_of_the_refusal_is_found_within_seconds() -> None:
    room = await a_room()
    await room.post(nudge(1))
    await room.opens(LI)  # what was refused is not known to wait yet: its mark is under way
    await room.wait(4)
    assert room["wechat"].texts == ["message 1"]


async def test_who_writes_again_while_the_rest_is_refused_gets_the_rest_within_seconds() -> None:
    room = await a_room()
    await room.post(*(about(n) for n in range(1, 6)))
    await room.wait(3600, step=10)
    await room.opens(LI)
    await room.deliverer.tick()
    await room.settle()
    assert len(room["wechat"].texts) == 3
    await room.opens(LI)  # that the others were refused is under way
    await room.wait(5)
    assert len(room["wechat"].texts) == 5


async def test_without_a_knock_the_next_address_is_told_at_once() -> None:
    room = Postroom(wechat=replace(WINDOWED, knocks=False))
    await room.case_with_deadline()
    await room.post(nudge(1, "telegram:li"))
    await room.wait(1)
    assert room["telegram"].texts == ["message 1"]
    assert room["wechat"].knocks == []


@pytest.mark.parametrize("error", [Refused("no template"), Unavailable("no route"), KeyError("girl 16 in Nanchang")])
async def test_when_the_knock_cannot_be_sent_the_next_address_is_told_at_once(error: Exception) -> None:
    room = await a_room()
    room["wechat"].knock_plans.append(error)
    with capture_logs() as logs:
        await room.post(nudge(1, "telegram:li"))
        await room.wait(1)
    assert room["telegram"].texts == ["message 1"]
    assert (await room.row(1)).knock == KNOCK_FAILED
    assert "Nanchang" not in str(logs)
    await room.post(nudge(2))
    assert knocked_for(room) == [2], "a knock that nobody heard keeps no other from knocking"


async def test_when_the_messenger_says_that_the_knock_failed_the_next_address_is_told_at_once() -> None:
    room = await a_room()
    await room.post(nudge(1, "telegram:li"))
    await room.wait(5)
    outcome = KnockOutcome(Address.parse(LI), "knock-1", "user block")
    told = replace(message(90, "telegram:desk"), created_at=room.time.now)
    await room.storage.apply([Turn(outgoing=(told,), knock_outcomes=(outcome,))])
    await room.wait(2)
    assert "message 1" in room["telegram"].texts
    assert (await room.row(1)).state is DeliveryState.WINDOW_CLOSED, "it is still there when they write"
    await room.post(replace(nudge(2), created_at=room.time.now))
    assert knocked_for(room) == [1, 2], "a knock that nobody heard keeps no other from knocking"


async def test_a_failed_knock_is_heard_of_also_while_the_messenger_takes_nothing() -> None:
    room = await a_room()
    await room.post(nudge(1, "telegram:li"))
    await room.wait(5)
    room["wechat"].always["*"] = Unavailable("no route")
    await room.opens(LI)
    await room.post(nudge(2))
    outcome = KnockOutcome(Address.parse(LI), "knock-1", "user block")
    told = replace(message(90, "telegram:desk"), created_at=room.time.now)
    await room.storage.apply([Turn(outgoing=(told,), knock_outcomes=(outcome,))])
    await room.wait(2)
    assert "message 1" in room["telegram"].texts


async def test_several_messages_knock_once_for_the_most_urgent() -> None:
    room = await a_room()
    await room.post(about(3, priority=Priority.U3), about(1), about(2), nudge(4))
    assert knocked_for(room) == [4]
    await room.wait(60)
    await room.post(nudge(5), about(6, priority=Priority.U2))
    assert knocked_for(room) == [4]


async def test_what_is_more_urgent_knocks_again_at_once_and_what_is_less_does_not() -> None:
    room = await a_room()
    await room.post(about(1, priority=Priority.U3))
    await room.wait(5)
    await room.post(about(2, priority=Priority.U2))
    await room.post(about(3, priority=Priority.U1))
    await room.post(about(4, priority=Priority.U4))
    assert knocked_for(room) == [1, 2, 3]


async def test_a_second_urgent_case_knocks_for_itself_and_routine_ones_together() -> None:
    room = await a_room()
    await room.post(about(1), about(2, case_id=8, priority=Priority.U2), about(3, case_id=9, priority=Priority.U2))
    assert knocked_for(room) == [1, 2, 3]
    await room.post(about(4, case_id=10, priority=Priority.U3))
    assert knocked_for(room) == [1, 2, 3]


async def test_through_the_night_each_half_hour_knocks_at_most_once_and_only_for_something_new() -> None:
    room = await a_room()
    for number in range(1, 7):  # a ping every ten minutes
        await room.post(replace(nudge(number), created_at=room.time.now))
        await room.wait(600, step=10)
    assert knocked_for(room) == [1, 4]
    await room.wait(3 * 3600, step=30)
    assert knocked_for(room) == [1, 4]


async def test_another_node_and_a_restart_know_of_the_knock() -> None:
    room = await a_room()
    await room.post(about(1))
    await room.commit()
    other = Postroom(storage=room.storage, wechat=WINDOWED)
    await other.post(about(2))
    assert knocked_for(other) == []
    assert (await other.row(2)).state is DeliveryState.WINDOW_CLOSED


async def test_once_a_knock_was_answered_the_next_closed_window_may_knock_again() -> None:
    room = await a_room()
    await room.post(nudge(1))
    await room.commit()
    await room.opens(LI, by_tap=True)
    await room.wait(2)
    assert room["wechat"].texts == ["message 1"]
    await room.wait(70)
    await room.post(replace(nudge(2), created_at=room.time.now))
    assert knocked_for(room) == [1, 2]


async def test_an_answer_knocks_at_nobodys_door() -> None:
    room = await a_room()
    await room.post(replace(answer(1, LI), case_id=7))
    assert room["wechat"].knocks == []
    assert await room.state(1) is DeliveryState.WINDOW_CLOSED


async def test_when_the_messenger_says_closed_the_ledger_believes_it() -> None:
    room = await a_room()
    await room.opens(LI)
    room["wechat"].plan("li", WindowClosed("45047"))
    await room.post(nudge(1))
    await room.post(nudge(2))
    assert len(room["wechat"].tries) == 1
    assert await room.left(LI) == 0
    assert knocked_for(room) == [1]
    await room.commit()
    await room.opens(LI)
    await room.wait(1)
    assert room["wechat"].texts == ["message 1", "message 2"]


@pytest.mark.parametrize(
    ("error", "left"), [(Unavailable("no route"), 5), (Unreachable("blocked"), 5), (Uncertain("no answer"), 4)]
)
async def test_what_was_certainly_not_taken_uses_up_no_window(error: SendError, left: int) -> None:
    room = await a_room()
    await room.opens(LI)
    room["wechat"].plan("li", error)
    await room.post(nudge(1))
    assert await room.left(LI) == left


async def test_an_outage_of_an_hour_leaves_the_window_for_what_waits() -> None:
    room = await a_room()
    await room.opens(LI)
    room["wechat"].always["li"] = Unavailable("no route")
    await room.post(nudge(1), nudge(2))
    await room.wait(3600, step=5)
    room["wechat"].always.clear()
    await room.wait(600, step=5)
    assert room["wechat"].texts == ["message 1", "message 2"]


async def test_of_a_long_text_what_was_sent_stays_sent_and_the_rest_waits_for_the_window() -> None:
    room = Postroom(wechat=replace(WINDOWED, text_limit=20))
    await room.case_with_deadline()
    await room.opens(LI)
    long = "one two three four five six seven eight nine ten eleven twelve thirteen"
    await room.post(replace(about(1), text=long))
    row = await room.row(1)
    assert (row.state, row.parts_done, len(room["wechat"].texts)) == (DeliveryState.WINDOW_CLOSED, 3, 3)
    await room.wait(10)
    await room.opens(LI)
    await room.wait(1)
    assert " ".join(room["wechat"].texts) == long
    assert await room.state(1) is DeliveryState.SENT


async def test_two_nodes_spend_the_same_window() -> None:
    room = await a_room()
    await room.opens(LI)
    other = Postroom(storage=room.storage, wechat=WINDOWED)
    await room.store(*(nudge(n) for n in range(1, 9)))
    room.deliverer.hand_over([nudge(n) for n in range(1, 5)])
    other.deliverer.hand_over([nudge(n) for n in range(5, 9)])
    await room.settle()
    await other.settle()
    assert len(room["wechat"].tries) + len(other["wechat"].tries) == WINDOWS.message.count


async def test_the_question_to_write_is_dropped_when_the_window_closed_before_it() -> None:
    room = await a_room()
    await room.post(replace(message(1, LI, "telegram:li"), kind=OutgoingKind.WINDOW))
    row = await room.row(1)
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "window closed: by our ledger")
    assert room["wechat"].knocks == []
    assert room["telegram"].texts == []


async def test_the_question_to_write_may_be_the_last_message_and_says_nothing_more() -> None:
    room = await a_room()
    await room.opens(LI)
    await room.post(*(nudge(n) for n in range(1, 5)), replace(message(9, LI), kind=OutgoingKind.WINDOW))
    assert room["wechat"].texts[-1] == "message 9"


async def test_groups_and_messengers_without_windows_cost_nothing() -> None:
    room = await a_room()
    await room.post(message(1, "wechat:-group"), message(2, "telegram:li"))
    assert room["wechat"].texts == ["message 1"]
    assert room["telegram"].texts == ["message 2"]


async def test_a_last_message_that_is_full_says_nothing_more() -> None:
    room = Postroom(wechat=replace(WINDOWED, text_limit=60))
    await room.opens(LI)
    await room.post(*(message(n, LI) for n in (1, 2, 3)))
    assert room["wechat"].texts[2] == "message 3"


async def test_last_words_never_make_two_messages_of_a_question_with_links() -> None:
    yes = ((Button("Yes", "f.7.danger_now.yes"),),)
    for limit, said in ((100, "message 3" + ONLY_PINGS), (len("message 3" + ONLY_PINGS) + 3, "message 3")):
        room = Postroom(wechat=replace(WINDOWED, buttons=False, menu_links=True, text_limit=limit))
        await room.opens(LI)
        await room.post(*(replace(message(n, LI), buttons=yes) for n in (1, 2, 3)))
        assert room["wechat"].texts[2] == said


async def test_a_knock_without_an_id_is_a_knock() -> None:
    room = await a_room()
    room["wechat"].has_ids = False
    await room.post(nudge(1, "telegram:li"))
    await room.wait(20)
    assert len(room["wechat"].knocks) == 1
    assert room["telegram"].texts == []


@pytest.mark.parametrize(
    ("attempts", "hours", "wait"),
    [(0, 0.0, 3), (1, 0.0, 300), (5, 2.0, 1800), (9, 24.0, 6 * 3600), (41, 200.0, 6 * 3600), (42, 200.0, 3)],
)
def test_what_waits_for_a_window_is_looked_at_less_and_less_often_and_never_given_up(
    attempts: int, hours: float, wait: int
) -> None:
    ruling = retries.judge(WindowClosed("by our ledger"), attempts, timedelta(hours=hours), 0.5)
    assert (ruling.state, ruling.wait) == (DeliveryState.WINDOW_CLOSED, timedelta(seconds=wait))
    assert not ruling.holds


def test_a_row_that_a_window_brought_forward_is_taken_though_its_last_mark_says_later() -> None:
    settled = Settled(timedelta(seconds=60))
    later, soon = NOON + timedelta(minutes=5), NOON + timedelta(seconds=5)
    mark = Mark(1, DeliveryState.WINDOW_CLOSED, NOON, 2, later, reason="window closed: by our ledger")
    settled.add(mark)
    row = Delivery(message(1, LI), DeliveryState.WINDOW_CLOSED, 2, NOON)
    assert settled.readmit(row, soon) == mark, "the claim began before it was said"
    settled.claim_begins()
    assert settled.readmit(row, soon) == row
    woken = replace(row, state=DeliveryState.QUEUED, attempts=1, next_attempt_at=soon)
    assert settled.readmit(woken, soon) == replace(woken, attempts=2), "somebody said something of it since"
    elsewhere = replace(row, attempts=3)
    assert settled.readmit(elsewhere, soon) == elsewhere, "another node tried it since"
    for waiting in (replace(row, attempts=1), replace(row, state=DeliveryState.QUEUED)):
        assert settled.readmit(waiting, soon) == mark, "it was read before the mark, or another node had it"


def test_a_knock_that_was_just_sent_is_known_before_its_mark_is_stored() -> None:
    settled = Settled(timedelta(seconds=60))
    settled.add(Mark(1, DeliveryState.WINDOW_CLOSED, NOON, 1, NOON, knock="knock-1"))
    settled.claim_begins()
    known = settled.readmit(Delivery(message(1, LI)), NOON + timedelta(seconds=31))
    assert isinstance(known, Delivery)
    assert known.knock == "knock-1"


async def test_what_is_said_instead_of_the_rest_of_a_long_text_is_sent_whole() -> None:
    room = Postroom(wechat=replace(WINDOWED, text_limit=20))
    await room.case_with_deadline()
    await room.opens(LI)
    await room.post(replace(about(1), text="one two three four five six seven eight nine ten eleven twelve thirteen"))
    assert (await room.row(1)).parts_done == 3
    await room.storage.apply([Turn(withdrawals=(Withdrawal(7, frozenset({"desk:cn-duty"}), "A gate closed."),))])
    await room.opens(LI)
    await room.wait(5)
    assert room["wechat"].texts[3:] == ["A gate closed."]
    assert await room.state(1) is DeliveryState.SENT
