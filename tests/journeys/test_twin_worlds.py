"""Who is held back from a side is, for that side, not there: it hears the same where she was never reported at all.

The same story is played twice, with her and without her, and everything that reaches the side that she fears is
compared: messages, their moments and buttons, and what its pages say of the people, the clock and the channels.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.case import Case
from tests.journeys.gated import page_of
from tests.journeys.grouped import CLERK, DUTY, OFFICER, OWN_SUPERVISOR, THEIRS, number_of, told
from tests.kit.examples import examples
from tests.kit.played import PlayedBridge

pytestmark = pytest.mark.long

DETECTIVE = "wecom:detective"
#: Done in both worlds: who types what, or how many minutes pass.
BOTH: tuple[tuple[str, str] | int, ...] = (
    *((DUTY, typed) for typed in (
        "/ack {ref}", "/case {ref}", "/plan {ref}", "/person {ref}", "/cases", "/handoff {ref} police send",
        "/handoff {ref} diplomatic send", "/accept {ref} police 12/26", "/accept {ref} diplomatic 13/26",
        "/person {ref} {child} located", "/person {ref} {vn} split 1", "/note {ref} we are at the door",
        "/close {ref} rescued withdraw all=safe all are out", "/reopen {ref} one is left",
    )),
    (DETECTIVE, "/return {ref} police not ours"),
    *((CLERK, typed) for typed in (
        "/handoff {ref} police send", "/handoff {ref} diplomatic send", "/person {ref} {vn} safe",
        "/protect {ref}/0 none_known",
        "/interest {ref}/{child} they are held", "/guardian {ref}/{child} an aunt", "/consent {ref}/{vn} police no",
        "/memo {ref} quietly", "/note {ref}/{child} in the kitchen", "/snooze {ref} 10m wait", "/written {ref} L-77",
        "/close {ref} rescued leave all=returned all are home",
    )),
    (OWN_SUPERVISOR, "/urgency {ref} U1 worse"), (OWN_SUPERVISOR, "/notneeded {ref} no embassy"), 5, 20, 70, 400,
)  # fmt: skip
#: Done only where she is.
HERS: tuple[tuple[str, str], ...] = (
    *((CLERK, typed) for typed in (
        "/person {ref} {her} located", "/protect {ref}/{her} possible", "/person {ref} {her} sex girl",
        "/consent {ref}/{her} police no", "/interest {ref}/{her} she is young", "/person {ref} {her} age 15",
        "/memo {ref}/{her} she waits", "/note {ref}/{her} she hides", "/person {ref} {her} split 1 fears",
        "/person {ref} {her} withdrew",
    )),
    (OWN_SUPERVISOR, "/decide {ref}/{her} refused never"), (OWN_SUPERVISOR, "/alternative {ref}/{her} IOM is asked"),
    (OFFICER, "/consent {ref}/{her} embassy no"),
)  # fmt: skip
STEPS = st.lists(st.sampled_from((*BOTH, *HERS)), max_size=12)
#: What of a page is compared. Words stop for everybody where they may be about her: that is said of the relay.
PARTS = ("summary", "facts", "unanswered", "deadlines", "handoffs", "deliveries", "assignees")


#: Acts of which nothing is shown where words stop.
STOPPED = frozenset({"answered", "noted", "amended", "secured", "persons"})
#: Whether and when her own side has looked at what it was sent: that it looks at its cases is no secret.
OWN_MOMENT = re.compile(r"(head='KH [^']*', text='[^']*', when=)'[^']*'")
OWN_STATE = re.compile(r"(KH [^:]+: (?:\w+ )?)(?:seen|sent, not known to be read)")


class World:
    """One of the two stories."""

    def __init__(self, bridge: PlayedBridge, case: Case, *, has_her: bool) -> None:
        self.bridge, self.case, self.has_her = bridge, case, has_her
        self.names = {"ref": case.reference, "child": number_of(case, "age_group", "12_17"),
                      "vn": number_of(case, "citizenship", ("VN",))}  # fmt: skip
        if has_her:
            self.names["her"] = number_of(case, "fears_own_authorities", "yes")

    async def step(self, step: tuple[str, str] | int) -> None:
        if isinstance(step, int):
            await self.bridge.fast_forward(minutes=step)
        elif self.has_her or step not in HERS:
            await self.bridge.says(step[0], step[1].format(**self.names))

    async def reached(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """All that the other side heard so far, and what its page says now, whatever the numbers of the groups."""
        heard = [
            (str(shown.address), self._plain(shown.text), tuple(b.label for row in shown.buttons for b in row))
            for shown in self.bridge.phones.everything(THEIRS)
        ]
        page = await page_of(self.bridge, DUTY, self.case)
        persons = page.pop("persons")
        assert isinstance(persons, list)
        done = [row for row in page["journal"] if row.head not in STOPPED]  # type: ignore[attr-defined]
        listed = [("persons", self._plain("\n".join(map(str, persons))), ()), ("journal", str(done[:100]), ())]
        return [*heard, *listed, *((name, self._plain(str(page[name])), ()) for name in PARTS)]

    def _plain(self, text: str) -> str:
        known = {str(self.names["child"]): "A", str(self.names["vn"]): "B"}

        def named(found: re.Match[str]) -> str:
            return "/" + known.get(found[1], "1" if found[1] == "1" else "N")

        text = OWN_MOMENT.sub(r"\1''", text)
        text = OWN_STATE.sub(r"\1told", text)
        lines = re.sub(r"/(\d{1,2})(?![\d/])", named, text).split("\n")
        return "\n".join(sorted(lines))  # groups stand in the order of their numbers


async def _begun(folder: Path, *, has_her: bool) -> World:
    bridge = PlayedBridge(folder)
    await bridge.start()
    who, count = ("2 children KH, 5 VN, 1 CN fears", 17) if has_her else ("2 children KH, 5 VN", 16)
    case = await told(bridge, who, "send", first=f"{count} people locked in a compound in Nanchang")
    await bridge.fast_forward(seconds=15)
    return World(bridge, await bridge.case(case), has_her=has_her)


async def _both(steps: Sequence[tuple[str, str] | int]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        with_her, without = await _begun(Path(one), has_her=True), await _begun(Path(other), has_her=False)
        try:
            assert await with_her.reached() == await without.reached()
            for step in steps:
                await with_her.step(step)
                await without.step(step)
                assert await with_her.reached() == await without.reached(), step
        finally:
            await with_her.bridge.stop()
            await without.bridge.stop()


@given(STEPS)
@example([*BOTH])
@example([(DUTY, "/ack {ref}"), *HERS, 400, (DUTY, "/case {ref}")])
@example(
    [(DUTY, "/ack {ref}"), (DUTY, "/handoff {ref} police send"), (DUTY, "/accept {ref} police 12/26"), 400, *HERS, 400]
)
@example(
    [
        (CLERK, "/interest {ref}/{child} they are held"),
        (DUTY, "/ack {ref}"),
        (DUTY, "/handoff {ref} police send"),
        (DUTY, "/accept {ref} police 12/26"),
        (DUTY, "/cases"),
        400,
        *HERS,
        (DUTY, "/case {ref}"),
        400,
        (DUTY, "/plan {ref}"),
    ]
)
@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_whatever_is_done_the_side_that_she_fears_hears_what_it_would_hear_without_her(
    steps: list[tuple[str, str] | int],
) -> None:
    asyncio.run(_both(steps))
