"""Whatever somebody types or taps about a case outside their scope, they get what they get for a case that is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.messages import Address, Inbound, Kind
from bot.domain.typed_commands import ABOUT_CASE
from bot.protection.permissions import may_see
from tests.kit.played import PlayedBridge
from tests.kit.world import PEOPLE

OFFICER = "telegram:officer"
NOWHERE = "KC26-7H4QM-4"
#: What a command may take after its reference, so that it would do something.
WORDS = {
    "ack": ("",), "assign": ("me", "1"), "snooze": ("15m quiet",), "onit": ("",), "urgency": ("U1 worse",),
    "standdown": ("reason",),
    "liaison": ("me", "1 off"), "operation": ("", "confirm"), "refer": ("yes", "off why"),
    "close": ("found_safe home",), "reopen": ("again",), "withdraw": ("mistake", ""), "wrong": ("unsafe", ""),
    "note": ("hello", ""), "memo": ("hello",), "ownside": ("", "1"), "papers": ("",),
    "english": ("", "summary the door is open", "note the door is open"),
    "person": ("", "1 located", "1 split 2", "add 1"),
    "handoff": ("police", "diplomatic"), "accept": ("police 12/26",), "return": ("police no",),
    "delivered": ("police Col. Chen",), "refuse": ("police harm no",), "clarify": ("which floor", ""),
    "answer": ("third",),
    "late": ("2h busy",),
    "recall": ("police no need",), "remind": ("",), "stopped": ("police",), "written": ("L-77",),
    "notneeded": ("reason",), "case": ("",), "plan": ("",), "secure": ("",),
    "release": ("1", ""), "consent": ("police yes",), "protect": ("possible why",), "guardian": ("her aunt",),
    "interest": ("why",), "vital": ("why",), "decide": ("refused why",), "alternative": ("what",),
    "hold": ("the court asked", ""), "unhold": ("it has decided", ""), "discard": ("yes", ""),
    "same": ("", "KC26-M9S34-4"), "related": ("VC266Q3D2S",), "different": ("KC26-M9S34-4",),
}  # fmt: skip
EVERYBODY = [person.addresses[0] for person in PEOPLE]


class Counting:
    """Passes everything on to the real storage and notes what was asked of it."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._storage, name)
        self.asked.append(name)
        return found


@pytest.fixture
def counting(bridge: PlayedBridge) -> Counting:
    counting = Counting(bridge.storage)
    line = bridge._bridge.line
    line._storage = line._computing._storage = line._computing._loader._storage = counting
    return counting


async def outsiders(bridge: PlayedBridge, case: Case) -> list[str]:
    agreement = bridge.rules.agreement
    return [who for who in EVERYBODY if not may_see(await bridge.person(who), case, agreement)]


async def tells(bridge: PlayedBridge, counting: Counting, who: str, text: str, button: str = "") -> tuple[object, ...]:
    """What somebody hears, and what was asked of the storage until they did."""
    message = _typed(bridge, who, text)
    if button:
        message = replace(message, kind=Kind.BUTTON, button=button, message_id="1")
    bridge.forget()
    counting.asked.clear()
    await bridge.redelivers(message)
    heard = [(shown.text, shown.buttons) for shown in bridge.phones.take(who)]
    bridge.expect_nothing(*(other for other in EVERYBODY if other != who))
    return (heard, tuple(counting.asked))


async def test_there_are_words_for_every_command_about_a_case() -> None:
    assert set(WORDS) == ABOUT_CASE


@pytest.mark.parametrize("command", sorted(ABOUT_CASE))
async def test_typed_a_case_of_others_is_no_case(bridge: PlayedBridge, counting: Counting, command: str) -> None:
    case = await bridge.report_case()
    people = await outsiders(bridge, case)
    assert {"web:admin", "telegram:colleague", "wecom:detective", "wecom:inspector"} < set(people)
    assert {"telegram:vn-clerk", "telegram:vn-officer"} < set(people)
    for who in people:
        for words in WORDS[command]:
            theirs = await tells(bridge, counting, who, f"/{command} {case.reference} {words}")
            nothing = await tells(bridge, counting, who, f"/{command} {NOWHERE} {words}")
            assert theirs == nothing, who
            assert "No such case." in str(theirs[0])
    assert (await bridge.case(case)).version == case.version


@pytest.mark.parametrize("act", [*sorted(act.value for act in Act), "case", "plan", "secure"])
async def test_tapped_a_stolen_button_does_nothing(bridge: PlayedBridge, counting: Counting, act: str) -> None:
    case = await bridge.report_case()
    stolen, made_up = (
        button_data.write(button_data.ActTap(number, case.stage, act, "police"))
        for number in (case.id, case.id + 12_345)
    )
    for who in await outsiders(bridge, case):
        theirs = await tells(bridge, counting, who, "", stolen)
        assert theirs == await tells(bridge, counting, who, "", made_up), who
        assert theirs[0] == [("No such case.", ())]
    assert (await bridge.case(case)).version == case.version


@pytest.mark.parametrize(
    "data",
    ["f.{case}.danger_now.yes", "f.{case}.consent_police.yes", "c.which.{case}", "c.send.{case}", "c.side.CN.{case}"],
)
async def test_tapped_a_stolen_answer_does_nothing(bridge: PlayedBridge, counting: Counting, data: str) -> None:
    case = await bridge.report_case()
    for who in await outsiders(bridge, case):
        stolen, made_up = (data.format(case=button_data.to_base36(n)) for n in (case.id, case.id + 12_345))
        theirs = await tells(bridge, counting, who, "", stolen)
        assert theirs == await tells(bridge, counting, who, "", made_up), who
    assert (await bridge.case(case)).version == case.version


@pytest.mark.parametrize("text", ["hello", "/note hello", "/case", "/release 1", "/ack"])
async def test_in_a_group_a_reply_of_somebody_outside_finds_no_case(bridge: PlayedBridge, text: str) -> None:
    case = await bridge.report_case()
    group = "telegram:kh-group"
    alert = bridge.expect(group, case.reference)
    for who in ("telegram:colleague", "telegram:vn-clerk"):
        heard = []
        for message_id in (alert.id, "999999"):
            bridge.forget()
            await bridge.says(who, text, at=group, reply_to=message_id)
            heard.append([(shown.text, shown.buttons) for shown in bridge.phones.take(group)])
            bridge.expect_nothing(*EVERYBODY)
        assert heard[0] == heard[1], who
    assert (await bridge.case(case)).version == case.version


async def test_in_one_batch_with_somebody_who_may_see_it_a_case_is_still_none(
    bridge: PlayedBridge, counting: Counting
) -> None:
    case = await bridge.report_case()
    bridge.forget()
    counting.asked.clear()
    both = [_typed(bridge, who, f"/case {case.reference}") for who in ("telegram:clerk", "telegram:vn-clerk")]
    await asyncio.gather(*(bridge.adapters["telegram"].receive(message) for message in both))
    await bridge._settled()
    assert case.reference in bridge.heard("telegram:clerk")[0]
    assert bridge.heard("telegram:vn-clerk") == ["No such case."]
    assert (counting.asked.count("load"), counting.asked.count("history")) == (2, 1), "for one of them"


def _typed(bridge: PlayedBridge, who: str, text: str) -> Inbound:
    place, number = Address.parse(who), str(bridge._new_id())
    return Inbound(place.messenger, "1", number, Kind.TEXT, bridge.now, place, place, text, message_id=number)


async def test_a_case_that_may_be_seen_costs_more_so_that_the_counting_counts(
    bridge: PlayedBridge, counting: Counting
) -> None:
    case = await bridge.report_case()
    seen = await tells(bridge, counting, "telegram:clerk", f"/case {case.reference}")
    nothing = await tells(bridge, counting, "telegram:clerk", f"/case {NOWHERE}")
    assert "history" in str(seen[1])
    assert "history" not in str(nothing[1])
