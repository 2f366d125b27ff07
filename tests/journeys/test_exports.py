"""The case log as a file, asked for in a chat: what is in it, and of which days."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.journeys.gated import CLERK, DUTY, adult_case
from tests.kit.played import PlayedBridge

ASKER = "web:admin"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


async def test_a_case_opened_again_keeps_who_acknowledged_it_and_when_in_the_log(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge)
    await bridge.says(DUTY, f"/ack {case.reference}")
    acknowledged = (await bridge.case(case)).acknowledged_at
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    await bridge.says(CLERK, f"/reopen {case.reference} taken again")
    assert (await bridge.case(case)).acknowledged_by is None
    await bridge.says(ASKER, "/export csv 2026-04-01 2026-05-01 annual meeting")
    (file,) = bridge.exports.glob("*.csv")
    (row,) = rows(file)
    assert acknowledged is not None
    assert (row["acknowledged_at"], row["acknowledged_by"]) == (f"{acknowledged:%Y-%m-%dT%H:%M:%SZ}", "CN duty")


async def test_the_file_of_this_month_has_the_cases_of_the_days_that_the_answer_says(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge)
    await bridge.says(ASKER, "/export csv this month annual meeting")
    bridge.expect(ASKER, "cases opened 2026-04-01 to 2026-04-30 (Phnom Penh time)")
    (file,) = bridge.exports.glob("*.csv")
    assert [row["reference"] for row in rows(file)] == [case.reference]
    assert file.name.startswith("casebridge-20260401-20260501-")
    await bridge.says(ASKER, "/export jsonl last month annual meeting")
    bridge.expect(ASKER, "Cases in the file: 0")


async def test_only_the_wanted_corridor_and_status_are_in_the_file_and_its_manifest_says_so(
    bridge: PlayedBridge,
) -> None:
    case = await adult_case(bridge)
    await bridge.says(ASKER, "/export KC closed this month annual meeting")
    bridge.expect(ASKER, "Cases in the file: 0")
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    bridge.forget()
    await bridge.says(ASKER, "/export closed nobom kc this month annual meeting")
    bridge.expect(ASKER, "Cases in the file: 1", "For 24 hours: https://bridge.example/exports/")
    assert not list(bridge.exports.glob("*.progress")), "what is done is under way no more"
    file = max(bridge.exports.glob("*.csv"))
    assert file.read_bytes().startswith(b"reference,"), "without a byte order mark"
    said = json.loads(file.with_name(f"{file.name}.manifest.json").read_text("utf-8"))
    assert (said["count"], said["filter"]["corridor"], said["filter"]["status"]) == (1, "KC", "closed")
