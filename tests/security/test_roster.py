"""The roster: nobody of another desk or side takes over what somebody left, reads a plan or changes it.

Nor does anybody begin a test ring who may not, or answer one in the place of a desk.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.roster import Shift
from bot.domain.turn import Turn
from tests.security.stronghold import ADMIN, CLERK, DUTY, KH_SUPERVISOR, OFFICER, Stronghold, words_of

SUPERVISOR = "wecom:supervisor"
DETECTIVE, VN_CLERK = "wecom:detective", "telegram:vn-clerk"


async def test_what_somebody_left_is_taken_over_by_nobody_of_another_desk_or_side(bridge: Stronghold) -> None:
    reference = await bridge.opens_case(OFFICER, "somebody screams for help")
    await bridge.answers(OFFICER, "no", "locked in", "16")
    await bridge.says(DUTY, "/offduty")
    left = bridge.phones.newest_with(SUPERVISOR, "Read, I take over")
    data = left.data("Read, I take over")
    bridge.heard(SUPERVISOR)
    for who in (VN_CLERK, DETECTIVE, KH_SUPERVISOR, OFFICER):
        bridge.forget(who)
        await bridge.says(who, "/takeover")
        await bridge._phone(who).taps_data(who, data, left.id)
        await bridge._settled()
        assert not [text for text in bridge.heard(who) if "have taken over" in text or reference in text]
    (begun,) = (await bridge.storage.directory()).roster.hand_overs
    assert begun.taken_by is None


@pytest.mark.parametrize("who", [DUTY, OFFICER, CLERK, KH_SUPERVISOR])
async def test_a_plan_is_changed_by_nobody_who_may_not_and_of_another_side_by_nobody(
    bridge: Stronghold, who: str
) -> None:
    person = await bridge.person(DUTY)
    now = bridge.clock()
    shift = Shift(7001, "cn-duty", person.id, now, now + timedelta(hours=8))
    await bridge.storage.apply([Turn(shifts=(shift,))])
    client = await bridge.signed_in(who)
    theirs = {"person": str(person.id), "starts": "2026-04-20T20:00", "ends": "2026-04-21T08:00"}
    await bridge.posts(client, "/roster", "/chat", do="take", shift="7001")
    await bridge.posts(client, "/roster", "/chat", do="give", **theirs)
    assert (await bridge.storage.directory()).roster.shifts == (shift,)
    if who != DUTY:
        assert "Li Wei" not in words_of((await client.get("/roster")).text)


async def test_a_test_ring_is_begun_by_supervisors_only_and_of_their_own_corridors(bridge: Stronghold) -> None:
    now = bridge.clock()
    for who in (OFFICER, CLERK, DUTY, DETECTIVE, VN_CLERK, ADMIN):
        await bridge.says(who, "/drill ring")
        await bridge.says(who, "/alert exercise ring")
    assert await bridge.storage.rings(now) == []
    await bridge.says(KH_SUPERVISOR, "/drill ring")
    assert [ring.corridor for ring in await bridge.storage.rings(now)] == ["KC"]
    assert not bridge.heard(VN_CLERK)[2:]


async def test_a_test_ring_is_answered_by_nobody_of_another_desk_or_side(bridge: Stronghold) -> None:
    await bridge.says(KH_SUPERVISOR, "/drill ring")
    shown = bridge.phones.newest_with(DUTY, "I hear you")
    for who in (VN_CLERK, DETECTIVE, OFFICER, ADMIN):
        bridge.forget(who)
        for data in (shown.data("I hear you"), "c.ring.0", "c.ring.zzzzzzzzzzzzz", "c.ring", "c.ring.-1"):
            await bridge._phone(who).taps_data(who, data, shown.id)
            await bridge._settled()
        await bridge.says(who, "/drill heard")
        assert len(set(bridge.heard(who))) == 1, "whether there is a ring is not told"
    (ring,) = await bridge.storage.rings(bridge.clock())
    assert ring.answers == ()
