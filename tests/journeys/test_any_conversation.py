"""Whatever an officer types and taps, in whatever order: nothing fails, nothing is lost, the clock always runs."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.case import DeadlineKind
from bot.domain.messages import Address, Inbound, Kind
from bot.domain.turn import InboxState
from storage.rows.messages import seen_key
from tests.kit.examples import examples
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICERS = ("telegram:officer", "wecom:inspector")
SECOND = "web:second"
WORDS = st.sampled_from(
    [
        "yes", "no", "unknown", "16", "China", "locked in", "being moved", "yesterday 21:00", "tomorrow", "1, 3",
        "back", "skip", "send", "summary", "edit 1", "edit 13b", "edit 99", "/alert", "/alert boy on a bus", "urgent!",
        "danger: yes\nage: 9\nshoe size: 41\nlast contact: 2 hours ago", "country: Mars\ndanger: no", "/cases",
        "/note", "/note KC26-M9S34-4 seen", "/case KC26-M9S34-4", "/ack KC26-M9S34-5", "/plan", "/lost", "/export x",
        "/bind", "/addresses", "/prefer web", "/start 7H4Q-M9S3-4KZX", "answer",
        "/approve x", "/refuse 4x2k9 no",
        "/nonsense", "she left the flat", "KH", "2", "new alert", "你好", "ជួយ", "🙏", "/", "",
    ]
)  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("says"), st.one_of(WORDS, st.text(max_size=60))),
    st.tuples(st.just("taps"), st.integers(0, 1000)),
    st.tuples(st.just("edits"), WORDS),
    st.tuples(st.just("again"), st.integers(0, 1000)),
    st.tuples(st.just("place"), st.just(0)),
    st.tuples(st.just("photo"), WORDS),
    st.tuples(st.just("waits"), st.integers(1, 200)),
    st.tuples(st.just("moves"), st.just(0)),
    st.tuples(st.just("desk"), st.sampled_from(["Acknowledge", "Hand off", "Assign to me", "Show case"])),
)
LET_GO = "Nothing was sent on or filed"  #: what somebody hears who says that their words are no alert
FAILED = (InboxState.FAILED, InboxState.PARKED)


async def play(bridge: PlayedBridge, phones: list[str], steps: list[tuple[str, object]]) -> None:
    said: list[Inbound] = []
    for step, given_ in steps:
        if step == "moves":
            phones = phones[::-1]
        who = phones[0]
        number = given_ if isinstance(given_, int) else 0
        text = given_ if isinstance(given_, str) else ""
        if step in ("says", "taps", "edits", "again"):
            await _write(bridge, who, said, step, number, text)
        else:
            await _other(bridge, who, step, number, text)


async def _write(bridge: PlayedBridge, who: str, said: list[Inbound], step: str, number: int, text: str) -> None:
    match step:
        case "says":
            said.append(await bridge.says(who, text))
        case "taps":
            shown = [(m, label) for m in bridge.phones.at(who) for label in labels(m) if label != "Yes, cut it off"]
            if shown:
                message, label = random.Random(number).choice(shown)
                said.append(await bridge.taps(who, label, of=message))
        case "edits" if said and said[-1].kind is Kind.TEXT:
            await bridge.edits(said[-1], text)
        case "again" if said:
            await bridge.redelivers(said[number % len(said)])


async def _other(bridge: PlayedBridge, who: str, step: str, number: int, text: str) -> None:
    match step:
        case "place":
            await bridge.shares_location(who, 28.68, 115.86)
        case "photo":
            await bridge.sends_photo(who, text)
        case "waits":
            await bridge.fast_forward(minutes=number)
        case _:
            with_it = [m for m in bridge.phones.at("wechat:duty") if text in labels(m)]
            if with_it:
                await bridge.taps("wechat:duty", text, of=with_it[-1])


async def check(bridge: PlayedBridge, who: str) -> None:
    assert not [row.error for row in bridge.inbox() if row.state in FAILED]
    kept = {seen_key(row.message.key) for row in bridge.inbox()}
    assert kept == {row["key"] for row in bridge.storage.kept.raw("seen")}
    for case in await bridge.cases():
        running = {d.kind for d in case.deadlines if d.is_running}
        assert not case.is_open or running & {DeadlineKind.ACKNOWLEDGE, DeadlineKind.REVIEW}, "somebody is asked"
        assert not case.is_open or DeadlineKind.DIPLOMATIC in running
    held = [c for c in bridge.storage.kept.conversations.values() if c.pending.get("held")]
    assert all(c.wakes_at is not None for c in held), "held words open a case in time"
    texts = {text.message for text in bridge.storage.kept.texts}
    unplaced = [c.pending["held"] for c in held]
    photos = [row for row in bridge.inbox() if row.message.kind is Kind.PHOTO]
    is_let_go = any(LET_GO in shown.text for shown in bridge.everything_heard())
    for row in photos:
        came_as = f"{row.message.place}#{row.message.message_id}"
        is_placed = came_as in texts or came_as in str(unplaced)
        assert is_placed or is_let_go, (
            "a photo belongs to a case, waits for one, or its sender said that it is for none"
        )


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(who=st.sampled_from(OFFICERS), steps=st.lists(STEP, min_size=1, max_size=25))
def test_whatever_an_officer_does_nothing_fails_and_nothing_is_lost(who: str, steps: list[tuple[str, object]]) -> None:
    async def journey() -> None:
        with tempfile.TemporaryDirectory() as folder:
            bridge = PlayedBridge(Path(folder))
            await bridge.start()
            try:
                person = await bridge.person(who)
                await bridge.change(who, addresses=(*person.addresses, Address.parse(SECOND)))
                await play(bridge, [who, SECOND], steps)
                await check(bridge, who)
                await bridge.fast_forward(minutes=4)
                await check(bridge, who)
                assert not [c for c in bridge.storage.kept.conversations.values() if c.pending.get("held")]
            finally:
                await bridge.stop()

    asyncio.run(journey())
