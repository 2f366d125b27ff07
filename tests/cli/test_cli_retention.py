"""Commands about what is kept: the list, the purge, forgetting somebody, and what is left in the files."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import essentials
from bot.domain.case import Case, CaseText, ClosureCode, Status, TextKind
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.messages import Address, Inbound, Kind, Outgoing, OutgoingKind
from bot.domain.turn import InboxRow, Turn
from bot.ports.reads import Wanted
from tests.kit.running import Setup, Terminal
from tests.kit.sealed import files_with, tails
from tests.kit.site import REFERENCE, sample_case

SECRET = "Srey Mom behind the blue door"
CLOSED_AT = datetime(2026, 4, 18, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(essentials, "clock", lambda: CLOSED_AT + timedelta(days=200))


@pytest.fixture
def closed(setup: Setup) -> Setup:
    """The case of the setup, closed, with a secret in it, and a message about no case."""
    asyncio.run(_change(setup, status=Status.CLOSED, closed_at=CLOSED_AT, closure=ClosureCode.FOUND_SAFE))
    asyncio.run(_write(setup))
    return setup


async def _change(setup: Setup, **changes: object) -> None:
    number = sample_case().id
    async with setup.storage() as storage:
        case = (await storage.load(Wanted(cases=(number,)))).cases[number]
        after: Case = replace(case, version=case.version + 1, **changes)  # type: ignore[arg-type]
        await storage.apply([Turn(cases=(after,))])


async def _write(setup: Setup) -> None:
    number, chat = sample_case().id, Address("telegram", "11")
    received = Inbound("telegram", "1", "77", Kind.TEXT, CLOSED_AT, chat, chat, SECRET, raw=SECRET.encode())
    turn = Turn(
        texts=(CaseText(1, number, TextKind.FIRST, Guarded(SECRET), CLOSED_AT, 11, "KH"),),
        inbox=InboxRow(2, received, person_id=11),
        journal=(Entry(3, "KC", CLOSED_AT, "person:21", "snoozed", number, details={"reason": SECRET}, salt="5a17"),),
        outgoing=(Outgoing(4, "reply:2:0", OutgoingKind.REPLY, "person:11", chat, text=SECRET, case_id=number),),
    )
    async with setup.storage() as storage:
        await storage.apply([turn])


def test_a_dry_run_lists_cases_counts_and_moments_and_changes_nothing(terminal: Terminal, closed: Setup) -> None:
    expected = [
        f"{REFERENCE}  due now  free texts and what identifies somebody  texts 1, answers 1, outbox 1, journal 1",
        "Cases due now: 1. Within 30 days: 0. On legal hold: 0.",
        "Messages about no case, due now: 1. Nothing was changed.",
    ]
    assert terminal("purge", "--dry-run") == expected
    assert terminal("purge", "--dry-run") == expected


def test_a_dry_run_says_what_is_due_within_a_month_and_what_is_held(terminal: Terminal, closed: Setup) -> None:
    asyncio.run(_change(closed, closed_at=CLOSED_AT + timedelta(days=30)))
    first, summary, _ = terminal("purge", "--dry-run")
    assert first.startswith(f"{REFERENCE}  due 2026-11-14T12:00:00Z  free texts")
    assert summary == "Cases due now: 0. Within 30 days: 1. On legal hold: 0."
    asyncio.run(_change(closed, held_at=CLOSED_AT, held_by=21))
    first, summary, _ = terminal("purge", "--dry-run")
    assert first.startswith(f"{REFERENCE}  held  free texts")
    assert summary == "Cases due now: 0. Within 30 days: 0. On legal hold: 1."


def test_a_purge_leaves_the_text_in_no_file_and_the_record_whole(terminal: Terminal, closed: Setup) -> None:
    before = tails(closed.database)
    done, summary = terminal("purge")
    assert done.startswith(f"{REFERENCE}  free texts and what identifies somebody  texts 1")
    assert summary == "Purged: cases 1, messages about no case 1."
    gone = before.keys() - tails(closed.database).keys()
    assert {before[value] for value in gone} == {"texts", "answers", "inbox", "outbox", "journal"}
    assert files_with(closed.folder, gone) == set()
    verified = terminal("journal", "verify")
    assert "1 of them without their details, as recorded" in verified[1]
    assert terminal("purge") == ["Purged: cases 0, messages about no case 0."]


def test_a_held_case_is_left_alone(terminal: Terminal, closed: Setup) -> None:
    asyncio.run(_change(closed, held_at=CLOSED_AT, held_by=21))
    assert terminal("purge") == ["Purged: cases 0, messages about no case 1."]
    assert "texts" in tails(closed.database).values()
    (sentence,) = terminal("forget", REFERENCE, code=1)
    assert sentence == f"{REFERENCE} is on legal hold; first a supervisor must release it."


def test_the_person_of_a_case_is_forgotten_at_once_and_the_reason_is_journalled(
    terminal: Terminal, closed: Setup
) -> None:
    asyncio.run(_change(closed, closed_at=CLOSED_AT + timedelta(days=199)))
    assert terminal("forget", "kc26 m9s34 4", "--reason", "she asked") == [
        f"{REFERENCE}: forgotten. Rows that lost something: 4."
    ]
    details = {entry.act: entry.details for entry in asyncio.run(closed.journal())}
    assert details["snoozed"] is None
    assert details["forgotten"] == {"reason": "she asked"}
    assert details["purged"] is not None
    assert details["purged"]["rule"] == "forgotten"
    terminal("journal", "verify")


def test_an_open_case_is_not_forgotten(terminal: Terminal) -> None:
    (sentence,) = terminal("forget", REFERENCE, code=1)
    assert sentence.startswith(f"{REFERENCE} is open")


def test_an_enrolled_person_who_left_is_forgotten(terminal: Terminal, setup: Setup) -> None:
    assert terminal("forget", "--person", "11", code=1) == ["officer 11 is still enrolled. First: casebridge revoke 11"]
    terminal("revoke", "11")
    terminal("forget", "--person", "11", "--reason", "left the service")
    (line,) = [line for line in terminal("people") if "(forgotten)" in line]
    assert "(forgotten)  no messenger  cut off" in line
    assert setup.query("SELECT act FROM journal ORDER BY sequence DESC LIMIT 1") == [("person_forgotten",)]
    assert not [p for p in setup.folder.rglob("*.db*") if b"officer 11" in p.read_bytes()]
    terminal("journal", "verify")


def test_wrong_use_is_told(terminal: Terminal) -> None:
    terminal("forget", code=2)
    terminal("forget", REFERENCE, "--person", "11", code=2)
    (sentence,) = terminal("forget", "--person", "99", code=1)
    assert sentence == "There is nobody with the number 99. See: casebridge people"
