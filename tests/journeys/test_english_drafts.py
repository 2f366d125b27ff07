"""A machine's draft of an English version: offered to the desk, marked as such, and nothing before a person's yes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refused, Unavailable
from tests.fakes.translator import MemoryTranslator
from tests.journeys.test_english import CHIEF, CLERK, DUTY, KHMER, KNOWN, LINE, OFFICER, OWN_DESK, khmer_summary, sent
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

DRAFT = "she says door is lock of outside"


@pytest.fixture
def machine() -> MemoryTranslator:
    return MemoryTranslator(DRAFT)


@pytest.fixture
async def bridge(tmp_path: Path, machine: MemoryTranslator) -> AsyncIterator[PlayedBridge]:
    """With a translation program."""
    played = PlayedBridge(tmp_path, translator=machine)
    await played.start()
    yield played
    await played.stop()
    assert not machine.is_open
    assert not [row.error for row in played.inbox() if row.error]


async def test_a_draft_is_offered_to_the_own_desk_and_counts_once_a_person_confirms_it(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    await bridge.tick()
    told = bridge.expect(OWN_DESK, f"14 Summary: {KHMER}", f"A machine's draft, not confirmed: {DRAFT}")
    assert labels(told) == ["Confirm: 14 Summary", "Write in English: 14 Summary"]
    await bridge.says(DUTY, f"/case {case.reference}")
    shown = bridge.expect(DUTY, "(Summary is written in Khmer and has no English version yet)")
    assert DRAFT not in shown.text
    await bridge.taps(CLERK, "Confirm: 14 Summary", at=OWN_DESK)
    bridge.expect(
        OWN_DESK, "kept beside the original", f"In English: {DRAFT} (a machine's draft, confirmed by KH duty)"
    )
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, f"Summary, in English: {DRAFT} (a machine's draft, confirmed by KH duty)")
    draft, confirmed = (await bridge.storage.history(case.id)).english
    assert (draft.by, draft.is_draft, confirmed.draft, confirmed.is_machine) == (0, True, draft.id, True)


async def test_a_desk_writes_a_better_line_and_the_draft_stays_a_draft(bridge: PlayedBridge) -> None:
    case = await khmer_summary(bridge, "later")
    await bridge.tick()
    await bridge.says(CLERK, f"/english {case.reference} summary {LINE}")
    bridge.expect(CLERK, f"In English: {LINE} (KH duty)")
    await bridge.taps(CHIEF, "Confirm: 14 Summary", of=bridge.phones.newest_with(OWN_DESK, "Confirm: 14 Summary"))
    bridge.expect(CHIEF, "Which one do you say in English?")
    kept = (await bridge.case(case)).english
    assert [v.text.reveal() for v in kept.values()] == [LINE]


async def test_the_officer_has_three_minutes_before_a_machine_is_asked(
    bridge: PlayedBridge, machine: MemoryTranslator
) -> None:
    await khmer_summary(bridge)
    await bridge.fast_forward(minutes=2)
    assert not machine.asked
    await bridge.says(OFFICER, LINE)
    await bridge.fast_forward(minutes=10)
    assert not machine.asked
    bridge.expect_nothing(OWN_DESK, containing="machine")


async def test_who_says_nothing_is_not_waited_for(bridge: PlayedBridge, machine: MemoryTranslator) -> None:
    await khmer_summary(bridge)
    await bridge.fast_forward(minutes=3)
    assert machine.asked == [KHMER]
    bridge.expect(OWN_DESK, "A machine's draft, not confirmed")


async def test_trouble_is_retried_holds_up_nobody_and_is_told_when_it_does_not_end(
    bridge: PlayedBridge, machine: MemoryTranslator
) -> None:
    machine.troubles = [Unavailable("The translation server could not be reached.") for _ in range(6)]
    case = await khmer_summary(bridge, "later")
    await bridge.tick()
    assert len(machine.asked) == 1
    await bridge.says(CLERK, f"/case {case.reference}")
    bridge.expect(CLERK, case.reference)
    await bridge.fast_forward(hours=4)
    assert len(machine.asked) == 6
    bridge.expect(
        OWN_DESK, "There is no machine's draft of 14 Summary: The translation server could not be reached.",
        f"/english {case.reference} summary",
    )  # fmt: skip
    await bridge.fast_forward(hours=4)
    assert len(machine.asked) == 6
    await bridge.says(CLERK, f"/english {case.reference}")  # whoever looks at it lets it be tried once more
    await bridge.tick()
    bridge.expect(OWN_DESK, DRAFT)


async def test_what_comes_back_as_no_english_is_told_at_once(bridge: PlayedBridge, machine: MemoryTranslator) -> None:
    machine.troubles = [Refused("The translation is not in English letters.")]
    await khmer_summary(bridge, "later")
    await bridge.tick()
    bridge.expect(OWN_DESK, "There is no machine's draft of 14 Summary: The translation is not in English letters.")


async def test_a_draft_survives_a_restart_and_is_made_once(bridge: PlayedBridge, machine: MemoryTranslator) -> None:
    await khmer_summary(bridge)
    await bridge.restart()
    await bridge.fast_forward(minutes=5)
    assert machine.asked == [KHMER]


async def test_nothing_that_points_to_a_person_and_nothing_of_one_side_is_ever_given_to_it(
    bridge: PlayedBridge, machine: MemoryTranslator
) -> None:
    case = await sent(bridge)
    await bridge.says(OFFICER, f"/memo {case.reference} ចំណាំផ្ទៃក្នុង")
    await bridge.says(OFFICER, "edit 14")
    await bridge.answers(OFFICER, f"{KHMER} +855 12 345 678", "later")
    await bridge.says(CLERK, f"/guardian {case.reference} មីង")
    await bridge.fast_forward(hours=1)
    (asked,) = machine.asked
    assert KHMER in asked
    assert "345" not in asked


async def test_a_note_is_drafted_for_the_desk_of_whoever_wrote_it(bridge: PlayedBridge) -> None:
    case = await sent(bridge)
    await bridge.says(DUTY, f"/note {case.reference} 我们找到了她")
    bridge.forget()
    await bridge.fast_forward(minutes=4)
    told = bridge.expect(DUTY, "Note: 我们找到了她", f"A machine's draft, not confirmed: {DRAFT}")
    bridge.expect_nothing(OWN_DESK, containing="machine")
    await bridge.taps(DUTY, "Confirm: Note", of=told)
    bridge.expect(DUTY, f"In English: {DRAFT} (a machine's draft, confirmed by CN duty)")
    bridge.expect(OWN_DESK, f"in English: {DRAFT}")


async def test_an_english_intake_asks_no_machine(bridge: PlayedBridge, machine: MemoryTranslator) -> None:
    await bridge.report_case("no", "locked in", "25", f"country: China\narea: Nanchang\nsummary: door locked\n{KNOWN}")
    await bridge.says(OFFICER, "/note she called again")
    await bridge.fast_forward(hours=2)
    assert not machine.asked


async def test_without_a_program_nothing_waits_for_one(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path)
    await bridge.start()
    await khmer_summary(bridge, "later")
    assert await bridge.storage.claim_translations(bridge.now + timedelta(days=1), 9, timedelta(minutes=1)) == []
    await bridge.stop()
