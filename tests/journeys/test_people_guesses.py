"""Whoever guesses references or codes is slowed down and reported; whoever is right is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.messages import Address
from bot.domain.people import Invite, Role
from bot.domain.turn import Turn
from bot.people import guess_limits
from bot.people.enrolment import hash_of
from tests.kit.played import CODE, PlayedBridge

OFFICER, DUTY = "telegram:officer", "wechat:duty"
KH_SUPERVISOR, ADMIN = "telegram:kh-supervisor", "web:admin"
#: References whose check character is right and that name nothing.
MADE_UP = ("KC26-7H4QM-4", "VC26-6Q3D2-S", "KC267H4QM4", "KC26 7H4QM 4")


async def misses(bridge: PlayedBridge, who: str, times: int) -> None:
    for number in range(times):
        await bridge.says(who, f"/case {MADE_UP[number % len(MADE_UP)]}")


async def test_after_ten_misses_the_next_answers_come_after_a_wait_that_grows(bridge: PlayedBridge) -> None:
    await misses(bridge, OFFICER, guess_limits.MISSES)
    assert len(bridge.heard(OFFICER)) == guess_limits.MISSES
    for seconds in (10, 20, 40):
        await misses(bridge, OFFICER, 1)
        bridge.expect_nothing(OFFICER)
        await bridge.fast_forward(seconds=seconds - 1)
        bridge.expect_nothing(OFFICER)
        await bridge.fast_forward(seconds=1)
        bridge.expect(OFFICER, "No such case.")


async def test_ten_minutes_later_answers_come_at_once_again(bridge: PlayedBridge) -> None:
    await misses(bridge, OFFICER, guess_limits.MISSES + 1)
    await bridge.fast_forward(minutes=10)
    bridge.forget()
    await misses(bridge, OFFICER, 1)
    bridge.expect(OFFICER, "No such case.")


async def test_their_supervisors_and_admins_hear_of_it_once_a_day(bridge: PlayedBridge) -> None:
    for _ in range(3):
        await misses(bridge, OFFICER, guess_limits.MISSES + 4)
        await bridge.fast_forward(minutes=11)
    for who in (KH_SUPERVISOR, ADMIN):
        bridge.expect(who, "Sok Dara (officer) asked for more than 10 cases within ten minutes", "/lost ")
        bridge.expect_nothing(who, containing="asked for more than")
    bridge.expect_nothing(DUTY, "wecom:supervisor", containing="asked for more than")
    await bridge.fast_forward(days=1)
    await misses(bridge, OFFICER, guess_limits.MISSES + 1)
    bridge.expect(KH_SUPERVISOR, "asked for more than")


async def test_a_right_reference_is_answered_at_once_even_then(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await misses(bridge, OFFICER, guess_limits.MISSES + 5)
    bridge.forget()
    await bridge.says(OFFICER, f"/case {case.reference}")
    bridge.expect(OFFICER, "Status: open")
    await bridge.says(OFFICER, "girl of 9 seen at the border")
    assert bridge.heard(OFFICER)


async def test_one_persons_misses_slow_nobody_else(bridge: PlayedBridge) -> None:
    await misses(bridge, OFFICER, guess_limits.MISSES + 5)
    await misses(bridge, "telegram:colleague", 1)
    bridge.expect("telegram:colleague", "No such case.")


async def test_a_foreign_case_and_one_that_is_none_are_answered_alike_and_count_alike(bridge: PlayedBridge) -> None:
    foreign = await bridge.report_case(from_="telegram:colleague")
    answers = []
    for reference in (foreign.reference, MADE_UP[0]):
        await bridge.says(OFFICER, f"/case {reference}")
        answers += bridge.heard(OFFICER)
    assert answers[0] == answers[1]
    for _ in range(guess_limits.MISSES - 2):
        await bridge.says(OFFICER, f"/note {foreign.reference} hello")
    bridge.forget()
    await bridge.says(OFFICER, f"/case {foreign.reference}")
    bridge.expect_nothing(OFFICER)
    await bridge.fast_forward(seconds=10)
    bridge.expect(OFFICER, "No such case.")


async def test_a_miss_that_a_messenger_hands_over_twice_counts_once(bridge: PlayedBridge) -> None:
    sent = await bridge.says(OFFICER, f"/case {MADE_UP[0]}")
    for _ in range(guess_limits.MISSES):
        await bridge.redelivers(sent)
    bridge.forget()
    await misses(bridge, OFFICER, 1)
    bridge.expect(OFFICER, "No such case.")


async def test_what_is_right_asks_the_database_nothing_more(
    bridge: PlayedBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    count: Callable[..., Awaitable[int]] = bridge.storage.count_attempt

    async def counting(kind: str, key: str, *rest: object) -> int:
        counted.append(key)
        return await count(kind, key, *rest)

    monkeypatch.setattr(bridge.storage, "count_attempt", counting)
    case = await bridge.report_case()
    await bridge.taps(DUTY, "Acknowledge")
    await bridge.says(DUTY, f"/note {case.reference} on our way")
    await bridge.says(OFFICER, "/cases")
    await bridge.says("telegram:stranger", "hello")
    assert counted == []
    await misses(bridge, OFFICER, 1)
    assert len(counted) == 1


# Codes.


async def invited(bridge: PlayedBridge) -> None:
    invite = Invite(
        1, hash_of(CODE), "KH", Role.OFFICER, "Pov Chenda", "", "", bridge.now, bridge.now + timedelta(days=1)
    )
    await bridge.storage.apply([Turn(invites=(invite,))])


async def strangers_try(bridge: PlayedBridge, times: int) -> None:
    """Many senders, four wrong codes each, so that none of them is slowed by itself."""
    for number in range(times):
        who = f"stranger-{number // 4}"
        await bridge.adapters["telegram"].says(who, f"/start 0000-0000-{number:04}")
    await bridge.tick()


async def test_many_senders_cannot_share_the_guessing_of_codes(bridge: PlayedBridge) -> None:
    await invited(bridge)
    await strangers_try(bridge, guess_limits.CODES)
    await bridge.says("telegram:chenda", f"/start {CODE}")
    bridge.expect("telegram:chenda", "Too many codes were tried here.")
    assert Address.parse("telegram:chenda") not in (await bridge.storage.directory()).by_address
    bridge.expect(ADMIN, "Strangers try one invite code after another at telegram")
    await strangers_try(bridge, 5)
    bridge.expect_nothing(ADMIN)
    await bridge.fast_forward(minutes=61)
    await bridge.says("telegram:chenda", f"/start {CODE}")
    bridge.expect("telegram:chenda", "You are enrolled: Pov Chenda")


async def test_at_another_messenger_codes_are_taken_meanwhile(bridge: PlayedBridge) -> None:
    await invited(bridge)
    await strangers_try(bridge, guess_limits.CODES)
    await bridge.says("wechat:chenda", f"/start {CODE}")
    bridge.expect("wechat:chenda", "You are enrolled")


async def test_one_sender_who_is_slowed_already_does_not_use_up_what_all_may_try(bridge: PlayedBridge) -> None:
    await invited(bridge)
    for number in range(guess_limits.CODES + 5):
        await bridge.adapters["telegram"].says("stranger", f"/start 0000-0000-{number:04}")
    await bridge.says("telegram:chenda", f"/start {CODE}")
    bridge.expect("telegram:chenda", "You are enrolled")
