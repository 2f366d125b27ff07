"""What all nodes count together, and what is left of people who are cut off."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import storage
from bot.domain.case import Status
from bot.domain.messages import Address, DeliveryState
from bot.domain.people import Invite, Role, SignIn, WebSession
from bot.domain.turn import Mark, Turn
from bot.ports.reads import Wanted
from tests.kit.clock import START, Clock
from tests.kit.engines import Kept, sqlite_in
from tests.kit.keys import VAULT
from tests.kit.values import DESKS_GROUP, DUTY, OFFICER, OFFICERS_CHAT, case, message, opening, person

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PHONE = Address("wechat", "phone")


async def test_attempts_are_counted_within_a_window_that_the_first_one_opens(kept: Kept) -> None:
    count = kept.storage.count_attempt
    assert [await count("link", "203.0.113.9", START + n * MINUTE, 10 * MINUTE) for n in range(3)] == [1, 2, 3]
    assert await kept.storage.attempts("link", "203.0.113.9", START + 9 * MINUTE) == 3
    assert await kept.storage.attempts("link", "203.0.113.9", START + 10 * MINUTE) == 0
    assert await count("link", "203.0.113.9", START + 10 * MINUTE, 10 * MINUTE) == 1


async def test_each_kind_and_each_key_is_counted_by_itself(kept: Kept) -> None:
    count = kept.storage.count_attempt
    for kind, key in (("link", "a"), ("code", "a"), ("link", "b")):
        assert await count(kind, key, START, MINUTE) == 1
    assert await kept.storage.attempts("link", "c", START) == 0


async def test_attempts_at_all_nodes_at_once_are_counted_together(kept: Kept) -> None:
    nodes = [kept.storage, await kept.other_node()]
    counts = await asyncio.gather(*(nodes[n % 2].count_attempt("code", "bot", START, MINUTE) for n in range(10)))
    assert sorted(counts) == list(range(1, 11))


async def test_the_database_does_not_say_whose_attempts_it_counts(tmp_path: Path) -> None:
    kept = storage.open_storage(sqlite_in(tmp_path), clock=Clock(), vault=VAULT)
    await kept.start()
    await kept.count_attempt("link", "203.0.113.99", START, MINUTE)
    await kept.stop()
    assert b"203.0.113.99" not in await asyncio.to_thread(_bytes_in, tmp_path)


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_what_is_over_is_swept_and_nothing_else(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(),))])
    for name, hours in (("short", 1), ("long", 3)):
        await kept.storage.count_attempt("link", name, START, hours * HOUR)
        await kept.storage.add_sign_in(SignIn(name, OFFICER, START, START + hours * HOUR))
        await kept.storage.add_sign_in(SignIn(f"used-{name}", OFFICER, START, START + hours * HOUR))
        session = SignIn(f"cookie-{name}", OFFICER, START, START + hours * HOUR)
        await kept.storage.use_sign_in(f"used-{name}", session, START)
    assert await kept.storage.sweep(START) == 0
    assert await kept.storage.sweep(START + HOUR) == 3
    assert await kept.storage.sweep(START + HOUR) == 0
    later = START + HOUR
    assert await kept.storage.attempts("link", "long", later) == 1
    assert await kept.storage.peek_sign_in("long", later)
    assert await kept.storage.session("cookie-long", later) == OFFICER


async def _session(kept: Kept, token: str = "cookie") -> None:
    await kept.storage.add_sign_in(SignIn("link", OFFICER, START, START + HOUR))
    await kept.storage.use_sign_in("link", SignIn(token, 0, START, START + 12 * HOUR), START)


async def test_a_session_that_nobody_uses_ends_and_one_in_use_goes_on(kept: Kept) -> None:
    await _session(kept)
    for hours in (1, 2, 3):
        assert await kept.storage.session("cookie", START + hours * HOUR, 2 * HOUR) == OFFICER
    assert await kept.storage.session("cookie", START + 5 * HOUR, 2 * HOUR) is None
    assert await kept.storage.session("cookie", START + 5 * HOUR) == OFFICER, "no idle limit was asked for"


async def test_a_person_is_told_of_their_own_sessions_that_hold_and_of_no_others(kept: Kept) -> None:
    for name, owner, hours in (("long", OFFICER, 12), ("short", OFFICER, 1), ("theirs", DUTY, 12)):
        await kept.storage.add_sign_in(SignIn(f"link-{name}", owner, START, START + HOUR))
        await kept.storage.use_sign_in(f"link-{name}", SignIn(name, 0, START, START + hours * HOUR), START)
    assert {s.token_hash for s in await kept.storage.sessions_of(OFFICER, START, 2 * HOUR)} == {"long", "short"}
    assert await kept.storage.session("long", START + HOUR, 2 * HOUR) == OFFICER
    later = START + 1.5 * HOUR
    assert await kept.storage.sessions_of(OFFICER, later, 2 * HOUR) == [WebSession("long", START, START + HOUR)]
    assert await kept.storage.sessions_of(OFFICER, START + 3 * HOUR, 2 * HOUR) == [], "not used for so long"
    await kept.storage.end_session("theirs")
    assert await kept.storage.sessions_of(DUTY, START, 2 * HOUR) == []


async def test_a_look_that_is_no_use_does_not_keep_a_session_alive(kept: Kept) -> None:
    await _session(kept)
    assert await kept.storage.session("cookie", START + HOUR, 2 * HOUR, renews=False) == OFFICER
    assert await kept.storage.session("cookie", START + 2 * HOUR, 2 * HOUR, renews=False) is None


async def test_use_is_written_once_a_minute_at_most(kept: Kept) -> None:
    await _session(kept)
    assert await kept.storage.session("cookie", START + 59 * timedelta(seconds=1), HOUR) == OFFICER
    assert await kept.storage.session("cookie", START + HOUR, HOUR, renews=False) is None, "that was not written"
    assert await kept.storage.session("cookie", START + MINUTE, HOUR) == OFFICER
    assert await kept.storage.session("cookie", START + HOUR, HOUR, renews=False) == OFFICER


async def test_of_people_who_leave_all_open_cases_and_unused_invites_are_read(kept: Kept) -> None:
    people = (person(OFFICER, name="Sok Dara"), person(DUTY, role=Role.DUTY))
    mine, assigned, foreign, closed = case(), case(officer=9, assignees=(9, DUTY)), case(officer=9), case()
    closed = replace(closed, status=Status.CLOSED)
    named = ((1, "KH", "Sok Dara", None), (2, "CN", "Sok Dara", None), (3, "KH", "Kim Ly", None))
    invites = [
        Invite(number, f"hash-{number}", party, Role.DUTY, name, "", "", START, START + HOUR, used_at)
        for number, party, name, used_at in (*named, (4, "KH", "Sok Dara", START))
    ]
    turns = [opening(each) for each in (mine, assigned, foreign, closed)]
    await kept.storage.apply([Turn(people=people, invites=tuple(invites)), *turns])
    loaded = await kept.storage.load(Wanted(leaving=(OFFICER, DUTY)))
    assert set(loaded.cases) == {mine.id, assigned.id}
    assert set(loaded.invites) == {"hash-1"}
    assert (await kept.storage.load(Wanted(leaving=(77,)))).cases == {}


async def test_what_waits_for_a_desk_no_longer_goes_to_the_phone_of_somebody_cut_off(kept: Kept) -> None:
    elsewhere = Address("web", "1")
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT, elsewhere),))])
    to_desk = message(recipient="desk:kh-duty", address=DESKS_GROUP, others=(OFFICERS_CHAT, Address("web", "2")))
    joined = message(recipient="desk:kh-duty", address=OFFICERS_CHAT, others=(Address("web", "3"),))
    last = message(recipient="desk:kh-duty", address=elsewhere)
    other = message(recipient="person:2", address=Address("telegram", "502"))
    await kept.storage.apply([Turn(outgoing=(to_desk, joined, last, other))])
    await kept.storage.apply([Turn(ends_sessions_of=(OFFICER,))])
    rows = {d.message.id: d for d in await kept.storage.outbox(list(DeliveryState), 10)}
    where = {i: (rows[i].message.address, rows[i].message.others) for i in rows}
    assert where[to_desk.id] == (DESKS_GROUP, (Address("web", "2"),))
    assert where[joined.id] == (Address("web", "3"), ())
    assert where[other.id] == (Address("telegram", "502"), ())
    assert (rows[last.id].state, rows[last.id].reason) == (DeliveryState.DROPPED, "the person was cut off")


async def test_what_waits_goes_no_more_to_an_address_that_was_taken_from_its_person(kept: Kept) -> None:
    stays, web, farewell = Address("wechat", "501"), Address("web", str(OFFICER)), message(address=OFFICERS_CHAT)
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT, stays, web),))])
    link, session = (SignIn(name, OFFICER, START, START + HOUR) for name in ("link", "session"))
    other = SignIn("other", DUTY, START, START + HOUR)
    await kept.storage.apply([Turn(sign_ins=(SignIn("used", OFFICER, START, START + HOUR), link, other))])
    assert await kept.storage.use_sign_in("used", session, START) == OFFICER
    only = message(recipient=f"person:{OFFICER}", address=OFFICERS_CHAT)
    first = message(recipient=f"person:{OFFICER}", address=OFFICERS_CHAT, others=(stays,))
    later = message(recipient="desk:kh-duty", address=DESKS_GROUP, others=(OFFICERS_CHAT,))
    theirs = message(recipient=f"person:{OFFICER}", address=stays)
    await kept.storage.apply([Turn(outgoing=(only, first, later, theirs))])
    left = person(OFFICER, stays)
    await kept.storage.apply([Turn(people=(left,), outgoing=(farewell,), unbound=(OFFICERS_CHAT, web))])
    rows = {d.message.id: d for d in await kept.storage.outbox(list(DeliveryState), 10)}
    assert (rows[only.id].state, rows[only.id].reason) == (DeliveryState.DROPPED, "the address is not theirs any more")
    assert (rows[first.id].message.address, rows[later.id].message.others) == (stays, ())
    assert [rows[kept_.id].state for kept_ in (theirs, farewell)] == [DeliveryState.QUEUED] * 2
    assert await kept.storage.session("session", START) is None
    assert not await kept.storage.peek_sign_in("link", START)
    assert await kept.storage.peek_sign_in("other", START), "of somebody else"


async def test_what_waits_for_a_window_is_due_at_once_at_the_address_that_is_left(kept: Kept) -> None:
    waits = message(address=PHONE, others=(OFFICERS_CHAT,))
    closed = Mark(waits.id, DeliveryState.WINDOW_CLOSED, START, attempts=1, next_attempt_at=START + 6 * HOUR)
    await kept.storage.apply([Turn(people=(person(OFFICER, PHONE, OFFICERS_CHAT),), outgoing=(waits,))])
    await kept.storage.apply([], [closed])
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT),), unbound=(PHONE,))])
    (row,) = await kept.storage.outbox(list(DeliveryState), 10)
    assert (row.message.address, row.message.others, row.next_attempt_at) == (OFFICERS_CHAT, (), START)


async def test_what_the_next_address_has_already_is_not_sent_there_twice(kept: Kept) -> None:
    waits, joins = message(address=PHONE, others=(OFFICERS_CHAT,)), message(address=OFFICERS_CHAT)
    closed = Mark(
        waits.id, DeliveryState.WINDOW_CLOSED, START, attempts=1, next_attempt_at=START + 6 * HOUR, joined=joins
    )
    await kept.storage.apply([Turn(people=(person(OFFICER, PHONE, OFFICERS_CHAT),), outgoing=(waits,))])
    await kept.storage.apply([], [closed])
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT),), unbound=(PHONE,))])
    rows = {d.message.id: d for d in await kept.storage.outbox(list(DeliveryState), 10)}
    assert (rows[waits.id].state, rows[joins.id].state) == (DeliveryState.DROPPED, DeliveryState.QUEUED)
