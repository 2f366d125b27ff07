"""The case log as a file, asked for in a chat: what is in it, and of which days."""

from __future__ import annotations

import csv
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
