"""Whatever anybody of three sides does in any order: no case is read across a side, nothing passes a closed gate."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.case_acts import Act
from bot.domain.messages import Inbound
from tests.journeys.watched import EVERYBODY, PARTY_AT, VN_SUPERVISOR, Watch, marked
from tests.kit.examples import examples
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

pytestmark = pytest.mark.long

#: What can be typed about a case, by act; ``{words}`` becomes a marked word of whoever types.
TYPED: dict[Act | str, tuple[str, ...]] = {
    Act.ACK: ("",),
    Act.ASSIGN: ("me",),
    Act.LIAISON: ("me", "me off"),
    Act.OPERATION: ("", "when tomorrow 05:00", "where {words}", "confirm"),
    Act.REFER: ("yes", "no", "off {words}"),
    Act.SNOOZE: ("5m {words}",),
    Act.ONIT: ("",),
    Act.URGENCY: ("U1 {words}", "U4 {words}"),
    Act.STANDDOWN: ("{words}",),
    Act.CLOSE: ("found_safe {words}", "found_safe withdraw {words}", "found_safe leave {words}"),
    Act.REOPEN: ("{words}",),
    Act.WITHDRAW: ("", "mistake", "{words}"),
    Act.WRONG: ("", "{words}"),
    Act.NOTE: ("{words}",),
    Act.MEMO: ("{words}",),
    Act.OWNSIDE: ("", "1"),
    Act.ENGLISH: ("", "summary {words}", "area {words}", "note {words}", "first {words}", "{words}"),
    Act.PERSON: ("", "1 located", "1 sex girl", "1 safe"),
    Act.HANDOFF: ("police send", "diplomatic send", "police"),
    Act.ACCEPT: ("police 12/26", "diplomatic 13/26"),
    Act.RETURN: ("police {words}", "diplomatic {words}"),
    Act.DELIVERED: ("police {words}",),
    Act.REFUSE: ("police harm {words}", "diplomatic not_available {words}"),
    Act.CLARIFY: ("{words}",),
    Act.ANSWER: ("{words}",),
    Act.LATE: ("2h {words}", "police 10h {words}"),
    Act.REMIND: ("",),
    Act.RECALL: ("police {words}", "diplomatic {words}"),
    Act.STOPPED: ("police", "diplomatic"),
    Act.WRITTEN: ("L-9",),
    Act.NOTNEEDED: ("{words}",),
    Act.CONSENT: (
        "police yes", "police no", "police cannot ask", "diplomatic yes", "diplomatic no", "fears yes", "fears no",
        "fears unknown",
    ),
    Act.PROTECT: ("none_known {words}", "possible {words}", "stateless", "asylum_seeker_or_refugee {words}"),
    Act.GUARDIAN: ("{words}",),
    Act.INTEREST: ("{words}",),
    Act.VITAL: ("{words}",),
    Act.DECIDE: ("allowed {words}", "refused {words}"),
    Act.ALTERNATIVE: ("{words}",),
    Act.RELEASE: ("1", "2"),
    Act.HOLD: ("{words}",),
    Act.UNHOLD: ("{words}",),
    Act.DISCARD: ("", "yes"),
    Act.SAME: ("{other}",),
    Act.RELATED: ("{other}",),
    Act.DIFFERENT: ("{other}",),
    "secure": ("",),
    "case": ("",),
    "plan": ("",),
}  # fmt: skip
#: What the reporting officer changes: a question, and the answer.
CORRECTIONS = (
    ("edit 3", "25"), ("edit 3", "9"), ("edit 10", "China"), ("edit 10", "Cambodia"), ("edit 10", "Viet Nam"),
    ("edit 10", "unknown"), ("edit 13a", "yes"), ("edit 13a", "no"), ("edit 13c", "yes"), ("edit 14", "{words}"),
    ("edit 14", "នាង {words}"), ("edit 5", "南昌 {words}"), ("edit 14", "later"),
    ("edit 5", "{words}"), ("edit 7", "political matter"),
)  # fmt: skip
WHO = tuple(p.addresses[0] for p in EVERYBODY)
#: The desks and supervisors of both sides of the first story come up more often, so that cases move.
OFTEN = ("telegram:clerk", "telegram:kh-supervisor", "wechat:duty", "wecom:supervisor", "wecom:detective")
OFFICERS = {"KH": "telegram:officer", "VN": "telegram:vn-officer", "CN": "wecom:inspector"}
COMMANDS = tuple((act, words) for act, forms in TYPED.items() for words in forms)


@dataclass(frozen=True)
class Says:
    """Somebody types a command about the case."""

    who: str
    act: str
    words: str


@dataclass(frozen=True)
class Taps:
    """Somebody taps any button they ever saw, in private or in their group."""

    who: str
    number: int


@dataclass(frozen=True)
class Corrects:
    """The reporting officer changes an answer."""

    edit: str
    answer: str


@dataclass(frozen=True)
class Changes:
    """Somebody changes, or deletes, what they last wrote to the case."""

    who: str
    words: str  #: none: it is deleted


@dataclass(frozen=True)
class Writes:
    """Somebody just writes, and says that it is for the first case that is offered."""

    who: str


@dataclass(frozen=True)
class Waits:
    """Time passes."""

    minutes: int


Step = Says | Taps | Corrects | Changes | Writes | Waits
WHOEVER = st.sampled_from(WHO) | st.sampled_from(OFTEN)
STEPS = st.one_of(
    st.builds(lambda who, command: Says(who, str(command[0]), command[1]), WHOEVER, st.sampled_from(COMMANDS)),
    st.builds(Taps, WHOEVER, st.integers(0, 999)),
    st.builds(Changes, WHOEVER, st.sampled_from(["{words}", ""])),
    st.builds(Writes, WHOEVER),
    st.sampled_from([Corrects(*each) for each in CORRECTIONS]),
    st.builds(Waits, st.sampled_from([1, 15, 70])),
)


NOT_TAPPED = ("Yes, cut it off",)  #: it ends the walk


class Play:
    """Carries out steps about one case, and has it watched."""

    def __init__(self, bridge: PlayedBridge, watch: Watch) -> None:
        self.bridge = bridge
        self.watch = watch
        self.number = 0
        self.other = "KC26-7H4QM-4"  #: what may be the same; a case that is not there
        self.said: dict[str, Inbound] = {}

    async def step(self, step: Step) -> None:
        match step:
            case Says(who, act, words):
                typed = f"/{act} {self.watch.case.reference} {self._marked(who, words)}"
                self.said[who] = await self.bridge.says(who, typed)
            case Taps(who, number):
                await self._tap(who, number)
            case Corrects(edit, answer):
                officer = OFFICERS[self.watch.case.reporting]
                await self.bridge.answers(officer, edit, self._marked(officer, answer))
            case Changes(who, words) if who in self.said:
                await self._change(self.said[who], words)
            case Writes(who):
                await self.bridge.answers(who, self._marked(who, "{words}"), self.watch.case.reference)
            case Waits(minutes):
                await self.bridge.fast_forward(minutes=minutes)
        await self.watch.look(only_time_passed=isinstance(step, Waits))

    async def somebody_else_reports(self) -> None:
        """A colleague of the first story's officer reports what may be the same."""
        before = {case.id for case in await self.bridge.cases()}
        await self.bridge.says("telegram:colleague", f"a woman was taken {marked('KH', 0)}")
        await self.bridge.answers("telegram:colleague", "yes", "being moved", "25")
        (other,) = [case for case in await self.bridge.cases() if case.id not in before]
        self.other = other.reference
        await self.watch.look()

    async def _change(self, said: Inbound, words: str) -> None:
        if words:
            await self.bridge.edits(said, self._marked(str(said.sender), words))
        else:
            await self.bridge.deletes(said)

    def _marked(self, who: str, words: str) -> str:
        self.number += 1
        return words.format(words=marked(PARTY_AT[who], self.number), other=self.other)

    async def _tap(self, who: str, number: int) -> None:
        places = [
            who,
            *(
                a
                for a, party in PARTY_AT.items()
                if "group" in a and party == PARTY_AT[who] and a.partition(":")[0] == who.partition(":")[0]
            ),
        ]
        seen = [(place, shown, label) for place in places for shown in self.bridge.phones.at(place)
                for label in labels(shown) if label not in NOT_TAPPED]  # fmt: skip
        if seen:
            place, shown, label = random.Random(number).choice(seen)
            await self.bridge.taps(who, label, at="" if place == who else place, of=shown)


async def begin(bridge: PlayedBridge, reporting: str, citizenship: str) -> Watch:
    """An officer of this side reports an adult, answers what matters to the gates' first rows, and sends."""
    await bridge.enrol(VN_SUPERVISOR)
    officer = OFFICERS[reporting]
    steps = ["yes", "being moved", "25", f"citizenship: {citizenship}\nsafe to contact: no", "send", "send"]
    await bridge.says(officer, f"a woman was taken {marked(reporting, 0)}")
    await bridge.answers(officer, *(["KH"] if reporting == "CN" else []), *steps)
    watch = Watch(bridge, await bridge.only_case())
    await watch.look()
    return watch


def played(reporting: str, citizenship: str, steps: Sequence[Step]) -> Watch:
    """Play it all; returns the watch as it was at the end."""

    async def journey() -> Watch:
        with tempfile.TemporaryDirectory() as folder:
            bridge = PlayedBridge(Path(folder))
            await bridge.start()
            try:
                watch = await begin(bridge, reporting, citizenship)
                play = Play(bridge, watch)
                await play.somebody_else_reports()
                for step in steps:
                    await play.step(step)
                return watch
            finally:
                await bridge.stop()

    return asyncio.run(journey())


CLERK, CHIEF, DUTY = OFTEN[:3]
FEARED: list[Step] = [
    Says("telegram:officer", "consent", "police yes"),
    Says(DUTY, "handoff", "police send"),
    Says("telegram:officer", "consent", "fears yes"),
    Says(DUTY, "handoff", "police send"),
    Says("telegram:officer", "note", "{words}"),
    Changes("telegram:officer", "{words}"),
    Changes("telegram:officer", ""),
    Writes("telegram:officer"),
    Corrects("edit 14", "{words}"),
    Waits(70),
    Says(CHIEF, "decide", "allowed {words}"),
    Says(DUTY, "handoff", "police send"),
    Says(CLERK, "protect", "stateless"),
    Says("telegram:officer", "note", "{words}"),
    Says(CLERK, "handoff", "diplomatic send"),
    Says(CHIEF, "alternative", "{words}"),
    Says(DUTY, "plan", ""),
]
SEEN_BEFORE: list[Step] = [
    Says(CLERK, "related", "{other}"),
    Says(CHIEF, "same", "{other}"),
    Says(DUTY, "same", "{other}"),
    Says("telegram:officer", "note", "{words}"),
    Says(CLERK, "memo", "{words}"),
    Says("telegram:officer", "consent", "fears yes"),
    Says("telegram:officer", "note", "{words}"),
    Says(CLERK, "different", "{other}"),
    Says(CLERK, "same", "{other}"),
    Waits(70),
    Says(CLERK, "close", "found_safe {words}"),
    Says(CLERK, "different", "{other}"),
]
WILLING: list[Step] = [
    Says("telegram:officer", "consent", "diplomatic yes"),
    Says(CLERK, "protect", "none_known"),
    Says("telegram:officer", "consent", "fears no"),
    Says(CLERK, "handoff", "diplomatic send"),
    Says("telegram:officer", "consent", "diplomatic no"),
    Says(DUTY, "accept", "diplomatic 13/26"),
    Says(DUTY, "stopped", "diplomatic"),
]
TAKEN_BACK: list[Step] = [
    Says("telegram:officer", "consent", "police yes"),
    Says("telegram:officer", "consent", "fears no"),
    Says(DUTY, "handoff", "police send"),
    Says(DUTY, "clarify", "{words}"),
    Says(DUTY, "late", "police 10h {words}"),
    Says("wecom:detective", "accept", "police 12/26"),
    Says("telegram:officer", "consent", "police no"),
    Waits(70),
    Says(CLERK, "close", "found_safe leave {words}"),
    Waits(70),
    Says("wecom:detective", "stopped", "police"),
    Says(CLERK, "reopen", "{words}"),
    Says("telegram:officer", "consent", "police yes"),
    Says(DUTY, "handoff", "police send"),
    Says(CLERK, "close", "found_safe leave {words}"),
    Says("wecom:detective", "refuse", "police harm {words}"),
]


@settings(max_examples=examples(70), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    reporting=st.sampled_from(["KH", "KH", "VN", "CN"]),
    citizenship=st.sampled_from(["China", "Cambodia", "Viet Nam", "unknown"]),
    steps=st.lists(STEPS, min_size=5, max_size=25),
)
@example(reporting="KH", citizenship="China", steps=FEARED)
@example(reporting="KH", citizenship="Cambodia", steps=WILLING)
@example(reporting="KH", citizenship="China", steps=SEEN_BEFORE)
@example(reporting="KH", citizenship="Cambodia", steps=TAKEN_BACK)
def test_whatever_anybody_does_no_case_crosses_a_side_and_nothing_passes_a_closed_gate(
    reporting: str, citizenship: str, steps: list[Step]
) -> None:
    played(reporting, citizenship, steps)


def test_the_steps_know_every_act_and_reach_the_hand_offs() -> None:
    assert set(Act) <= set(TYPED)
    assert len(played("KH", "China", FEARED).sent) == 1, "allowed by a supervisor, and only then"
    assert len(played("KH", "Cambodia", WILLING).sent) == 1
    assert len(played("KH", "Cambodia", TAKEN_BACK).sent) == 2
