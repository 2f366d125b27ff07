"""Test rings: kept with the first answer of each desk, whichever node it came to, and looked for cheaply."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Stale
from bot.domain.rings import SILENT_AFTER, Ring, RingAnswer
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import DUTY, OFFICER

MINUTE = timedelta(minutes=1)
RING = Ring(90, "KC", ("kh-duty", "cn-duty"), START, DUTY)
WEEKLY = Ring(91, "VC", ("cn-duty", "vn-duty"), START + 60 * MINUTE)
CN = RingAnswer(RING.id, "cn-duty", START + MINUTE, DUTY)
KH = RingAnswer(RING.id, "kh-duty", START + 2 * MINUTE, OFFICER)
ANSWERED = replace(RING, answers=(CN, KH))


async def test_two_desks_that_answer_at_once_on_two_nodes_are_both_kept(kept: Kept) -> None:
    await kept.storage.apply([Turn(rings=(RING,))])
    other = await kept.other_node()
    await other.apply([Turn(ring_answers=(KH,))])
    await kept.storage.apply([Turn(ring_answers=(CN,))])
    for storage in (kept.storage, other):
        assert await storage.rings(START) == [ANSWERED]
        assert (await storage.load(Wanted(rings=(RING.id,)))).rings == {RING.id: ANSWERED}


async def test_of_two_answers_of_one_desk_the_first_is_kept_and_the_other_has_to_look_again(kept: Kept) -> None:
    await kept.storage.apply([Turn(rings=(RING,), ring_answers=(CN,))])
    other = await kept.other_node()
    later = replace(CN, at=CN.at + MINUTE, person_id=OFFICER)
    for storage in (kept.storage, other):
        with pytest.raises(Stale):
            await storage.apply([Turn(ring_answers=(later,))])
    assert (await kept.storage.rings(START))[0].answers == (CN,)


async def test_an_answer_is_kept_beside_what_is_told_of_the_ring_at_the_same_time(kept: Kept) -> None:
    await kept.storage.apply([Turn(rings=(RING,))])
    other = await kept.other_node()
    told = replace(RING, told_at=RING.due_at)
    await other.apply([Turn(ring_answers=(CN,))])
    await kept.storage.apply([Turn(rings=(told,))])
    await other.apply([Turn(ring_answers=(KH,))])
    assert await kept.storage.rings(START) == [replace(told, answers=(CN, KH))]


async def test_a_ring_is_silent_until_one_node_has_told_so(kept: Kept) -> None:
    await kept.storage.apply([Turn(rings=(RING, WEEKLY))])
    other = await kept.other_node()
    assert await kept.storage.silent_rings(RING.due_at - timedelta(seconds=1)) == []
    assert await kept.storage.silent_rings(RING.due_at) == [RING.id]
    assert await kept.storage.silent_rings(WEEKLY.due_at) == [RING.id, WEEKLY.id]
    told = replace(RING, told_at=RING.due_at)
    await other.apply([Turn(rings=(told,))])
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(rings=(told,))])
    assert await kept.storage.silent_rings(WEEKLY.due_at) == [WEEKLY.id]


async def test_rings_are_listed_since_a_moment_oldest_first(kept: Kept) -> None:
    await kept.storage.apply([Turn(rings=(WEEKLY, RING), ring_answers=(KH, CN))])
    assert await kept.storage.rings(START) == [ANSWERED, WEEKLY]
    assert await kept.storage.rings(START + MINUTE) == [WEEKLY]
    since = Wanted(rings=(RING.id,), rings_since=(WEEKLY.begun_at, WEEKLY.begun_at + MINUTE))
    assert (await kept.storage.load(since)).rings == {RING.id: ANSWERED, WEEKLY.id: WEEKLY}
    assert (await kept.storage.load(Wanted())).rings == {}


async def test_rings_are_swept_after_more_than_a_year_but_none_that_still_waits(kept: Kept) -> None:
    told = replace(RING, told_at=RING.due_at)
    await kept.storage.apply([Turn(rings=(told, WEEKLY), ring_answers=(CN, KH))])
    await kept.storage.sweep(START + timedelta(days=399))
    assert len(await kept.storage.rings(START)) == 2
    await kept.storage.sweep(START + timedelta(days=401))
    assert await kept.storage.rings(START) == [WEEKLY]
    assert (await kept.storage.load(Wanted(rings=(RING.id,)))).rings == {}


def test_a_ring_says_who_is_silent_and_how_long_the_others_took() -> None:
    one = replace(RING, answers=(CN,))
    assert (one.silent, RING.silent, ANSWERED.silent) == (("kh-duty",), RING.desks, ())
    assert (one.took("cn-duty"), one.took("kh-duty")) == (MINUTE, None)
    assert one.due_at == START + SILENT_AFTER
