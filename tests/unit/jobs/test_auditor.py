"""The auditor's own loop, what it reads off ticks, and what it makes of what the database shows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain.audit import About, Chain, Check, Finding, Sighted
from bot.domain.verify_journal import Head
from bot.jobs import audit_findings
from bot.jobs.audit_report import Told, is_news, noted, said
from bot.jobs.auditor import Auditor, Clocks, Surroundings
from bot.jobs.seen_heads import SeenHeads
from bot.jobs.tick_log import TickLog
from tests.kit.clock import START, Clock, Machine

HEAD = Head(7, "abc")
WELL = Sighted(START, chains={"KC": Chain(HEAD, HEAD, "abc")}, first_entry=START, last_entry=START, last_beat=START)


def _cases(*references: str) -> tuple[About, ...]:
    return tuple(About(number, reference, ("KH", "CN")) for number, reference in enumerate(references))


def _checks(sighted: Sighted, seen: dict[str, Head] | None = None, *, backs_up: bool = False) -> list[Check]:
    found = audit_findings.of_database(sighted, seen or {}, backs_up=backs_up)
    return [finding.check for finding in (*audit_findings.of_cases(sighted), *found)]


def test_when_all_is_well_nothing_is_found() -> None:
    assert _checks(WELL, {"KC": HEAD}, backs_up=True) == []
    assert list(audit_findings.of_life(WELL)) == []


@pytest.mark.parametrize(
    ("seen", "chain"),
    [
        (None, Chain(HEAD, None)),
        (None, Chain(None, HEAD)),
        (None, Chain(HEAD, Head(7, "other"))),
        (Head(8, "def"), Chain(HEAD, HEAD, None)),
        (Head(6, "def"), Chain(HEAD, HEAD, "forged")),
        (Head(3, "def"), Chain(None, None, None)),
    ],
)
def test_a_chain_that_is_not_what_it_was_is_found(seen: Head | None, chain: Chain) -> None:
    known = {"KC": seen} if seen else {}
    assert _checks(replace(WELL, chains={"KC": chain}), known) == [Check.JOURNAL]


def test_a_chain_that_grew_is_in_order() -> None:
    grown = Chain(Head(9, "ghi"), Head(9, "ghi"), "abc")
    assert _checks(replace(WELL, chains={"KC": grown}), {"KC": HEAD}) == []


@pytest.mark.parametrize(
    ("changes", "is_old"),
    [
        ({"last_backup": START - timedelta(hours=26)}, False),
        ({"last_backup": START - timedelta(hours=26, minutes=1)}, True),
        ({"first_entry": START - timedelta(days=2)}, True),
        ({"first_entry": None}, False),
    ],
)
def test_a_backup_is_missed_after_a_night_and_only_where_backups_are_made(
    changes: dict[str, Any], is_old: bool
) -> None:
    sighted = replace(WELL, **changes)
    assert _checks(sighted, backs_up=True) == [Check.BACKUP] * is_old
    assert _checks(sighted) == []


def test_a_bridge_that_did_not_write_for_three_minutes_does_not_live() -> None:
    (finding,) = audit_findings.of_life(replace(WELL, last_beat=START - timedelta(minutes=4)))
    assert finding.fact == "no process of the bridge wrote that it lives for 4 min"


def test_only_ticks_that_a_case_needs_and_that_were_begun_must_live() -> None:
    machine = Machine()
    ticks = TickLog(machine.monotonic)
    for name in ("deadlines", "backup"):
        ticks.expect(name)
    ticks.lived("outbox")
    machine.passed = 59
    assert ticks.still() == {}
    machine.passed = 61
    assert ticks.still() == {"deadlines": 61}
    machine.set_clock(hours=-5)
    ticks.lived("deadlines")
    assert ticks.still() == {}


@pytest.mark.parametrize(
    ("references", "after", "is_told"),
    [
        (("A",), 60, False),
        (("A",), 3599, False),
        (("A",), 3600, True),
        (("A", "B"), 60, False),
        (("A", "B"), 600, True),
        ((), 600, True),
    ],
)
def test_what_lasts_is_said_each_hour_and_what_grows_after_ten_minutes(
    references: tuple[str, ...], after: float, is_told: bool
) -> None:
    told = noted(Finding(Check.UNWRITTEN, _cases("A")), None, 0.0)
    assert is_news(Finding(Check.UNWRITTEN, _cases(*references)), told, after) is is_told


def test_what_was_put_right_is_said_at_once_and_once() -> None:
    mended = Finding(Check.DEADLINE, _cases("B"), mended=True)
    told = Told(0.0, frozenset({"A"}))
    assert is_news(mended, told, 60.0)
    assert not is_news(mended, noted(mended, told, 60.0), 120.0)


def test_a_number_that_grows_in_a_fact_is_no_news() -> None:
    told = noted(Finding(Check.BACKUP, fact="the last good backup is 27 h old"), None, 0.0)
    assert not is_news(Finding(Check.BACKUP, fact="the last good backup is 28 h old"), told, 3000.0)


def test_of_many_cases_ten_are_named() -> None:
    references = [f"KC{number}" for number in range(50)]
    words = said(Finding(Check.UNSENT, _cases(*references)), references)
    assert "KC9 and 40+ more: a message to a desk" in words
    assert "KC10," not in words


def test_remembered_heads_outlive_the_process_and_a_broken_file_is_nothing_seen(tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    SeenHeads(file).keep({"KC": HEAD})
    assert SeenHeads(file).heads == {"KC": HEAD}
    file.write_text("[1", "utf-8")
    assert SeenHeads(file).heads == {}
    file.write_text('{"KC": 3}', "utf-8")
    assert SeenHeads(file).heads == {}
    unwritable = SeenHeads(tmp_path / "no" / "folder.json")
    unwritable.keep({"KC": HEAD})
    assert unwritable.heads == {"KC": HEAD}


class Released:
    """A storage that notes which lease was given back."""

    def __init__(self) -> None:
        self.released: list[tuple[str, str]] = []

    async def release_lease(self, name: str, owner: str) -> None:
        self.released.append((name, owner))


async def test_the_loop_goes_on_whatever_goes_wrong_and_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    storage, machine, looks = Released(), Machine(), 0
    clocks = Clocks(Clock(), machine.wall, machine.monotonic)
    around = Surroundings(clocks, TickLog(machine.monotonic), SeenHeads(), "node-1", cast("Any", None))
    auditor = Auditor(cast("Any", storage), cast("Any", None), around)

    async def fails() -> None:
        nonlocal looks
        looks += 1
        raise ValueError("a bug")

    async def minute(seconds: float) -> None:
        assert seconds == 60
        if looks == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(auditor, "tick", fails)
    with pytest.raises(asyncio.CancelledError):
        await auditor.run(minute)
    assert (looks, storage.released) == (3, [("audit", "node-1")])
