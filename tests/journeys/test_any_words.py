"""Whatever an officer writes, whenever: every text is afterwards in exactly one place, and they are told of it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.messages import Inbound
from tests.journeys.either_phone import DUTY, UP_TO_ASSISTANCE, Phone, officer_on
from tests.kit.examples import examples

#: How far the officer is when it begins.
STARTS: tuple[tuple[str, ...], ...] = (
    (),
    ("no", "locked in", "16", "China"),
    ("no", "locked in", "16", "China", "Nanchang"),
    UP_TO_ASSISTANCE,
    (*UP_TO_ASSISTANCE, "rescue", "yes", "yes, yes, no", "edit 14"),
    (*UP_TO_ASSISTANCE, "rescue", "yes", "yes, yes, no", "edit 14", "door locked"),
    ("no", "locked in", "16", "send", "send"),
)
#: ``{n}`` makes each one its own.
WORDS = (
    "remark {n}", "the door {n} is blue", "send it {n}", "{n} thanks", "yesterday 21:{n}", "rescue", "China", "yes {n}",
    "Camboda", "unknown", "no", "interpreter, zzz{n}", "a girl on bus {n}", "assistance: rescue\nfloor: {n}\nage: 9",
)  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("moves"), st.sampled_from(["back", "summary", "edit 5", "edit 11", "skip"])),
    st.tuples(st.just("desk"), st.sampled_from(["Which floor?", "We are on the way."])),
    st.tuples(st.just("waits"), st.sampled_from(["1", "4", "12"])),
)
#: What says where a text is now, by the kind of place.
TOLD = {
    "kept": ("only your own side reads",),
    "case": ("Your alert is stored", "Sent to", "Kept with"),
    "held": ("Is this a new alert", "Or is it the answer", "Is somebody in danger?"),
    "answer": (" of 14)", "what you have told us", "Chosen:", "is changed", "Stored:", "you mean"),
    "shown back": ("you mean",),
}


async def _places(phone: Phone, sent: Inbound) -> list[str]:
    """Where a text is."""
    storage, came_as = phone.bridge.storage.kept, f"{sent.place}#{sent.message_id}"
    found: list[str] = []
    for case in await phone.bridge.cases():
        history = await phone.bridge.storage.history(case.id)
        kept = [t for t in history.texts if t.message == came_as and t.amends is None]
        found += ["kept" if t.own_side_only else "case" for t in kept]
        answers = [a for a in history.answers if a.message == came_as]
        found += ["answer"] if answers and not kept else []
    person = await phone.bridge.person(phone.who)
    pending = storage.conversations[person.id].pending
    found += ["held"] if came_as in str(pending.get("held")) else []
    found += ["shown back"] if came_as in str(pending.get("said")) else []
    return found


async def _play(phone: Phone, steps: list[tuple[str, str]]) -> None:
    said: list[Inbound] = []
    for number, (step, given_) in enumerate(steps, start=10):
        bridge = phone.bridge
        match step:
            case "says":
                bridge.forget(phone.who)
                sent = await bridge.says(phone.who, given_.format(n=number))
                said += [sent] if await _check(phone, sent) else []
            case "moves":
                await bridge.says(phone.who, given_)
            case "desk":
                case = (await bridge.cases())[0]
                await bridge.says(DUTY, f"/note {case.reference} {given_}")
            case _:
                await bridge.fast_forward(minutes=int(given_))
    for each in said:
        assert len(await _places(phone, each)) == 1 or await _is_confirming(phone, each), each.text


async def _is_confirming(phone: Phone, sent: Inbound) -> bool:
    """A word that only says yes or no to what is shown has no place of its own."""
    return sent.text in ("no", "yes") and not await _places(phone, sent)


async def _check(phone: Phone, sent: Inbound) -> bool:
    """Look where a text is and what was told; False for small talk, which is answered and nowhere."""
    places = await _places(phone, sent)
    told = [shown.text for shown in phone.bridge.phones.unread(phone.who)]
    if not places and any("Nothing was opened or sent on" in text for text in told):
        return False
    if await _is_confirming(phone, sent):
        assert told
        return True
    assert len(places) == 1, (sent.text, places, told)
    assert any(words in text for words in TOLD[places[0]] for text in told), (sent.text, places, told)
    return True


@pytest.mark.parametrize("messenger", ["telegram", "wechat"])
@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.sampled_from(STARTS), steps=st.lists(STEP, min_size=1, max_size=12))
def test_every_text_is_in_one_place_that_its_writer_is_told_of(
    messenger: str, start: tuple[str, ...], steps: list[tuple[str, str]]
) -> None:
    async def journey() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with officer_on(messenger, Path(folder)) as phone:
                await phone.reports(*start)
                await _play(phone, steps)

    asyncio.run(journey())
