"""The duty board: which open cases a reader is shown, in which order, and how many there are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.agreement import Urgency
from bot.domain.case import Case, Channel, DeadlineKind, DeadlineState, Handoff, HandoffState, Status
from bot.domain.messages import DeliveryState
from bot.domain.turn import Mark, Turn
from bot.ports.board import BoardCounts, BoardFilter, BoardPage, Waits
from bot.ports.reads import NOBODY, Scope
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.query_plans import explained
from tests.kit.values import DUTY, OFFICER, case, deadline, message, new_id, opening

REQUESTED = Scope(DUTY, "CN", sees_party=True, reads_as=(f"person:{DUTY}", "desk:cn-duty"))
REPORTING = Scope(9, "KH", sees_party=True)
ALL = BoardFilter()


def waiting(minutes: int, urgency: Urgency = Urgency.U2, **changes: object) -> Case:
    """An open case whose next deadline is so many minutes off."""
    made = case(urgency=urgency, **changes)
    return replace(made, deadlines=(deadline(made.id, DeadlineKind.ACKNOWLEDGE, minutes),))


async def store(kept: Kept, *cases: Case) -> None:
    await kept.storage.apply([opening(one) for one in cases])


async def page(kept: Kept, scope: Scope = REQUESTED, wanted: BoardFilter = ALL, **more: int) -> BoardPage:
    return await kept.storage.board(scope, wanted, START, **({"limit": 50, "offset": 0} | more))


async def test_what_is_late_comes_first_the_most_urgent_of_it_before_the_latest(kept: Kept) -> None:
    soon, later = waiting(5, Urgency.U4), waiting(30, Urgency.U1)
    long_late, just_late = waiting(-600, Urgency.U4), waiting(-1, Urgency.U1)
    silent = replace(case(), deadlines=(), stood_down_at=START)
    await store(kept, soon, later, long_late, just_late, silent)
    found = await page(kept)
    assert list(found.versions) == [just_late.id, long_late.id, soon.id, later.id, silent.id]
    assert found.versions[soon.id] == soon.version


async def test_pages_follow_each_other_and_the_counts_are_of_all(kept: Kept) -> None:
    cases = [waiting(minutes) for minutes in (-2, -1, 1, 2, 3)]
    await store(kept, *cases, waiting(1, status=Status.CLOSED))
    first, second = await page(kept, limit=3), await page(kept, limit=3, offset=3)
    assert [*first.versions, *second.versions] == [one.id for one in cases]
    assert (first.found, second.found) == (5, 5)
    assert first.counts == second.counts == BoardCounts(open=5, late=2, unacknowledged=5)


async def test_nobody_is_shown_or_counted_what_is_not_theirs(kept: Kept) -> None:
    await store(kept, waiting(1))
    for stranger in (NOBODY, Scope(3, "VN", sees_party=True), Scope(4, "KH", sees_party=False)):
        assert await page(kept, stranger) == BoardPage()


async def test_each_filter_keeps_what_it_says_and_the_counts_stay_those_of_all(kept: Kept) -> None:
    urgent, late = waiting(10, Urgency.U1), waiting(-10)
    mine = waiting(20, acknowledged_by=DUTY, acknowledged_at=START, status=Status.ACKNOWLEDGED)
    given = waiting(21, assignees=(DUTY,))
    other = waiting(40, corridor="VC")
    await store(kept, urgent, late, mine, given, other)
    counts = BoardCounts(open=5, late=1, unacknowledged=4, mine=2)
    for wanted, expected in (
        (BoardFilter(urgency=Urgency.U1), [urgent]),
        (BoardFilter(is_late=True), [late]),
        (BoardFilter(is_mine=True), [mine, given]),
        (BoardFilter(status=Status.ACKNOWLEDGED), [mine]),
        (BoardFilter(corridor="VC"), [other]),
        (BoardFilter(corridor="VC", is_late=True), []),
    ):
        found = await page(kept, wanted=wanted)
        assert (list(found.versions), found.found) == ([one.id for one in expected], len(expected)), wanted
        assert found.counts == counts


async def test_what_waits_for_us_waits_for_them_at_the_other_side(kept: Kept) -> None:
    first, written = waiting(1), case()
    written = replace(written, deadlines=(deadline(written.id, DeadlineKind.WRITTEN, 5),))
    asked = case()
    asked = replace(asked, deadlines=(replace(deadline(asked.id, DeadlineKind.REPLY, 9), party="KH"),))
    both = case()
    both = replace(both, deadlines=(deadline(both.id, DeadlineKind.POLICE, 12),))
    nobody_asked = waiting(20, requested="")
    await store(kept, first, written, asked, both, nobody_asked)

    async def ids(scope: Scope, waits: Waits) -> list[int]:
        return list((await page(kept, scope, BoardFilter(waits=waits))).versions)

    assert await ids(REQUESTED, Waits.FOR_US) == [first.id, both.id]
    assert await ids(REQUESTED, Waits.FOR_THEM) == [written.id, asked.id]
    assert await ids(REPORTING, Waits.FOR_US) == [written.id, asked.id, both.id, nobody_asked.id]
    assert await ids(REPORTING, Waits.FOR_THEM) == [first.id]


async def test_what_a_channel_accepted_is_on_a_quiet_list_of_its_own(kept: Kept) -> None:
    loud, quiet = waiting(5), waiting(-5, status=Status.HANDED_OFF)
    given = Handoff(new_id(), quiet.id, Channel.POLICE, HandoffState.ACCEPTED, "cn-police", OFFICER, START)
    await store(kept, loud, replace(quiet, handoffs=(given,)))
    assert list((await page(kept)).versions) == [loud.id]
    found = await page(kept, wanted=BoardFilter(is_quiet=True))
    assert list(found.versions) == [quiet.id]
    assert found.counts == BoardCounts(open=1, unacknowledged=1, quiet=1)


async def test_what_was_met_and_what_only_wakes_the_bridge_itself_is_not_due(kept: Kept) -> None:
    opened = case()
    met = replace(deadline(opened.id, DeadlineKind.ACKNOWLEDGE, -9), state=DeadlineState.MET, next_at=None)
    timer = deadline(opened.id, DeadlineKind.ALERT, -9)
    await store(kept, replace(opened, deadlines=(met, timer, deadline(opened.id, DeadlineKind.POLICE, 9))))
    assert (await page(kept)).counts.late == 0


async def test_messages_that_did_not_arrive_are_counted_by_case(kept: Kept) -> None:
    opened = waiting(1)
    sent, parked, closed = (message(case_id=opened.id) for _ in range(3))
    await kept.storage.apply([opening(opened, outgoing=(sent, parked, closed))])
    marks = [
        Mark(sent.id, DeliveryState.SENT, START),
        Mark(parked.id, DeliveryState.PARKED, START, reason="blocked"),
        Mark(closed.id, DeliveryState.WINDOW_CLOSED, START, next_attempt_at=START + timedelta(hours=1)),
    ]
    await kept.storage.apply([Turn()], marks)
    assert (await page(kept)).undelivered == {opened.id: 2}


async def test_closed_cases_are_never_gone_through(tmp_path: Path) -> None:
    async with explained(tmp_path) as kept:
        await kept.storage.apply([opening(waiting(1))])
        kept.asked.clear()
        for wanted in (ALL, BoardFilter(waits=Waits.FOR_US, is_mine=True, is_late=True)):
            await kept.storage.board(REQUESTED, wanted, START, limit=50, offset=0)
        plans = [plan for _sql, plan in kept.plans()]
    gone_through = [plan for plan in plans if re.match("SCAN (cases|deadlines|due|of_case|given|outbox)", plan)]
    assert {plan for plan in gone_through if "ix_cases_open" not in plan} == set()
    assert any("SEARCH of_case USING INDEX ix_deadlines_case_id" in plan for plan in plans)
