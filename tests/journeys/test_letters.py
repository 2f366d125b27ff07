"""The confirming letter of an acceptance with its scan, which is kept with the case as a file and opens to few."""

from __future__ import annotations

import hashlib

import pytest

from bot.domain.attachments import StoredFile
from bot.domain.case import Case, Channel, DeadlineKind, Handoff
from tests.journeys.gated import CLERK, DUTY, OFFICER, handed
from tests.kit.played import PlayedBridge

SCAN = b"%PDF-1.7 the letter, with a stamp"
SHA256 = hashlib.sha256(SCAN).hexdigest()


@pytest.fixture
def scan(bridge: PlayedBridge) -> str:
    bridge.adapters["telegram"].contents["scan-1"] = SCAN
    return "scan-1"


async def files_of(bridge: PlayedBridge, case: Case) -> list[StoredFile]:
    return list((await bridge.storage.history(case.id)).files)


async def police(bridge: PlayedBridge, case: Case) -> Handoff:
    handoff = (await bridge.case(case)).handoff(Channel.POLICE)
    assert handoff is not None
    return handoff


async def test_the_scan_that_comes_with_the_reference_is_kept_as_that_of_the_letter(
    bridge: PlayedBridge, scan: str
) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.sends_photo(CLERK, f"/written {case.reference} L-77", file_id=scan)
    bridge.expect(CLERK, "letter L-77 recorded for the police channel, and its scan kept with the case")
    await bridge.tick()
    (file,) = await files_of(bridge, case)
    letter = await police(bridge, case)
    assert (letter.letter_reference, letter.letter_file, file.sha256) == ("L-77", file.id, SHA256)
    assert not (await bridge.due(case, DeadlineKind.WRITTEN)).is_running
    (noted,) = [entry for entry in await bridge.acts(case) if entry.act == "letter_scanned"]
    assert (noted.told["letter"], noted.told["file"]) == ("L-77", file.id)


async def test_the_scan_may_come_after_the_reference(bridge: PlayedBridge, scan: str) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.says(CLERK, f"/written {case.reference} L-77")
    bridge.expect(CLERK, "Its scan can be added on the page of the case")
    await bridge.sends_photo(CLERK, f"/written {case.reference} police L-77", file_id=scan)
    bridge.expect(CLERK, "the scan of letter L-77 is kept with the case")
    (file,) = await files_of(bridge, case)
    assert (await police(bridge, case)).letter_file == file.id


async def test_a_file_under_other_words_is_no_scan(bridge: PlayedBridge, scan: str) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.says(CLERK, f"/written {case.reference} L-77")
    await bridge.sends_photo(CLERK, f"/note {case.reference} look", file_id=scan)
    await bridge.sends_photo(CLERK, f"/written {case.reference} L-78", file_id=scan)
    assert (await police(bridge, case)).letter_file is None


async def test_whoever_may_not_record_the_letter_adds_no_scan(bridge: PlayedBridge, scan: str) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.says(CLERK, f"/written {case.reference} L-77")
    await bridge.sends_photo(OFFICER, f"/written {case.reference} police L-77", file_id=scan)
    assert (await police(bridge, case)).letter_file is None


async def test_the_other_side_hears_that_it_is_confirmed_and_the_scan_goes_through_no_messenger(
    bridge: PlayedBridge, scan: str
) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.sends_photo(CLERK, f"/written {case.reference} L-77", file_id=scan)
    bridge.expect(DUTY, "Confirmed in writing for the police channel")
    assert not [shown for shown in bridge.everything_heard() if shown.file]
