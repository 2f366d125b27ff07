"""Somebody or something breaks what nobody looks at: within a minute the bridge finds it and tells the supervisors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock.lost_deadlines import lost
from bot.domain.audit import Check
from bot.domain.backups import LAST_GOOD
from bot.domain.case import Case, DeadlineKind
from bot.domain.errors import Unwritable
from bot.domain.journal_acts import JournalAct
from bot.jobs.auditor import Auditor, Clocks, Surroundings
from bot.jobs.seen_heads import SeenHeads
from bot.jobs.tick_log import TickLog
from tests.kit.clock import START, Machine
from tests.kit.played import PlayedBridge

KH, CN = "telegram:kh-supervisor", "wecom:supervisor"


class Audited(PlayedBridge):
    """A bridge whose ticks can be stopped, on a machine whose clock can be set, with somebody outside who waits."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.machine = Machine()
        self.ticks = TickLog(self.machine.monotonic)
        self.ticks.expect("deadlines")
        self.stopped = False
        self.calls = 0
        self.auditor = self.node("node-1")

    def node(self, name: str, *, backs_up: bool = False) -> Auditor:
        """The auditor of a process."""
        clocks = Clocks(self.clock, self.machine.wall, self.machine.monotonic)
        heads = SeenHeads(self.folder / f"{name}.json")
        around = Surroundings(clocks, self.ticks, heads, name, self._bridge.shout, backs_up)
        return Auditor(self.storage, self._bridge.line, around, on_healthy=self._called)

    async def _called(self) -> None:
        self.calls += 1

    async def tick(self) -> None:
        if not self.stopped:
            await super().tick()
            self.ticks.lived("deadlines")

    async def minutes(self, count: int = 1) -> None:
        """Let minutes pass, with an audit at the end of each."""
        for _ in range(count):
            self.machine.passed += 60
            await self.fast_forward(minutes=1)
            await self.auditor.tick()
            await self._settled()

    def found(self) -> list[Check]:
        return [finding.check for finding in self.auditor.findings]

    def break_(self, statement: str) -> None:
        """Change the database past the bridge."""
        self.storage.kept.change(statement)


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Audited]:
    played = Audited(tmp_path)
    await played.start()
    await played.minutes()
    yield played
    await played.stop()


@pytest.fixture
async def case(bridge: Audited) -> Case:
    opened = await bridge.report_case()
    await bridge.minutes()
    for address in (KH, CN):
        bridge.heard(address)
    return opened


async def test_a_minute_in_which_all_is_well_is_told_to_whoever_waits_outside_and_to_nobody_else(
    bridge: Audited, case: Case
) -> None:
    before = bridge.calls
    await bridge.minutes(3)
    assert bridge.found() == []
    assert bridge.calls == before + 3
    assert bridge.auditor.note() == ""
    bridge.expect_nothing(KH, CN, containing="audit")


@pytest.mark.parametrize("kind", [DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC])
async def test_a_lost_deadline_is_computed_anew_within_a_minute_and_pings_as_it_would_have(
    bridge: Audited, case: Case, kind: DeadlineKind
) -> None:
    due = (await bridge.due(case, kind)).due_at
    calls = bridge.calls
    bridge.break_(f"DELETE FROM deadlines WHERE case_id = {case.id} AND kind = '{kind.value}'")
    await bridge.minutes()
    assert bridge.found() == [Check.DEADLINE]
    assert bridge.calls == calls, "that minute was not healthy"
    for address in (KH, CN):
        bridge.expect(address, f"{case.reference}: the next deadline was lost. It was computed anew and runs again.")
    assert (await bridge.due(case, kind)).due_at == due
    mended = [entry for entry in await bridge.acts(case) if entry.act == JournalAct.CLOCK_MENDED]
    assert [dict(entry.details or {}) for entry in mended] == [{"why": "lost", "deadlines": [kind.value]}]
    await bridge.minutes()
    assert (bridge.found(), bridge.calls) == ([], calls + 1)


async def test_a_case_of_which_every_deadline_is_lost_is_no_silent_case(bridge: Audited, case: Case) -> None:
    bridge.break_("DELETE FROM deadlines")
    await bridge.fast_forward(hours=2)
    bridge.forget("wechat:duty")
    await bridge.minutes()
    assert lost(await bridge.case(case)) == []
    await bridge.minutes()
    bridge.expect("wechat:duty", case.reference, "Acknowledge")


async def test_the_review_of_an_acknowledged_case_is_missed_too(bridge: Audited, case: Case) -> None:
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    due = (await bridge.due(case, DeadlineKind.REVIEW)).due_at
    bridge.break_("DELETE FROM deadlines WHERE kind = 'review'")
    await bridge.minutes()
    assert (await bridge.due(case, DeadlineKind.REVIEW)).due_at == due


async def test_a_side_that_was_not_told_of_a_case_hears_nothing_of_its_lost_deadline(bridge: Audited) -> None:
    await bridge.says("telegram:officer", "somebody screams for help in a flat")
    bridge.forget(KH, CN)
    bridge.break_("DELETE FROM deadlines WHERE kind = 'police'")
    await bridge.minutes()
    bridge.expect(KH, "the next deadline was lost")
    bridge.expect_nothing(CN)


async def test_a_clock_that_does_not_tick_is_told_with_the_cases_that_it_leaves_silent(
    bridge: Audited, case: Case
) -> None:
    bridge.stopped = True
    due = (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at
    while bridge.now < due + timedelta(minutes=2):
        await bridge.minutes()
    assert bridge.found() == [Check.UNWRITTEN, Check.TICKS]
    for address in (KH, CN):
        told = "\n".join(bridge.heard(address))
        assert f"{case.reference}: a ping is due and was not written for more than a minute." in told
        assert "what must run by itself stands still for 1 min: deadlines" in told
    calls = bridge.calls
    await bridge.minutes(5)
    bridge.expect_nothing(KH, CN)
    assert bridge.calls == calls
    assert "WARNING: unwritten: 1; ticks: " in bridge.auditor.note()
    bridge.stopped = False
    await bridge.minutes(2)
    assert bridge.found() == []


async def test_what_lasts_is_said_again_each_hour_and_what_grows_not_each_minute(bridge: Audited, case: Case) -> None:
    bridge.stopped = True
    other = await bridge.report_case(from_="telegram:colleague", text="two children on a boat")
    told: list[str] = []
    for _ in range(130):
        await bridge.minutes()
        told += [text for text in bridge.heard(KH) if "a ping is due" in text]
    assert 2 <= len(told) <= 5
    assert case.reference in told[0]
    assert other.reference in told[-1]


async def test_a_ping_in_nobodys_hands_is_taken_out_of_them_and_sent(bridge: Audited, case: Case) -> None:
    due = await bridge.due(case, DeadlineKind.ACKNOWLEDGE)
    bridge.break_(f"UPDATE deadlines SET leased_until = '2030-01-01 00:00:00.000000+00:00' WHERE id = {due.id}")
    while bridge.now < due.due_at + timedelta(minutes=1):
        await bridge.minutes()
    bridge.expect(KH, f"{case.reference}: a ping was held up for more than a minute. It is due again now.")
    bridge.forget("wechat:duty")
    await bridge.minutes()
    bridge.expect("wechat:duty", case.reference, "Acknowledge")
    assert bridge.found() == []


@pytest.mark.parametrize(
    "broken", ["next_attempt_at = NULL", "leased_until = '2030-01-01 00:00:00.000000+00:00', leased_by = 'nobody'"]
)
async def test_a_message_whose_mark_is_lost_or_that_is_stuck_goes_out_after_all(
    bridge: Audited, case: Case, broken: str
) -> None:
    sent = [row for row in bridge.storage.kept.outbox if row.message.kind == "alert"]
    number = sent[-1].message.id
    moment = f"next_attempt_at = '{START.isoformat(' ', 'microseconds')}', "
    bridge.break_(
        f"UPDATE outbox SET state = 'queued', {moment if 'leased' in broken else ''}{broken} WHERE id = {number}"
    )
    await bridge.minutes()
    assert bridge.found() == [Check.UNSENT]
    bridge.expect(KH, f"{case.reference}: a message to a desk was stuck. It is in the queue again.")
    await bridge.minutes()
    assert bridge.found() == []
    (row,) = [row for row in bridge.storage.kept.outbox if row.message.id == number]
    assert row.state in ("sent", "seen")


async def test_a_ping_whose_message_is_gone_is_asked_again(bridge: Audited, case: Case) -> None:
    due = (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at
    while bridge.now < due:
        await bridge.minutes()
    bridge.heard("wechat:duty")
    bridge.break_("DELETE FROM outbox WHERE kind = 'ping'")
    await bridge.minutes()
    assert bridge.found() == [Check.UNSAID]
    bridge.expect(KH, f"{case.reference}: a ping was due and there was no message of it. It is asked again now.")
    await bridge.minutes()
    bridge.expect("wechat:duty", case.reference)
    assert bridge.found() == []


@pytest.mark.parametrize(("hours", "way"), [(-1, "back by 1 h"), (1, "forward by 1 h, or the machine stood still")])
async def test_a_clock_that_is_set_is_found_within_a_minute_and_told_once(
    bridge: Audited, hours: int, way: str
) -> None:
    bridge.machine.set_clock(hours=hours)
    await bridge.minutes()
    assert bridge.found() == [Check.CLOCK]
    bridge.expect(CN, f"the clock of a machine was set {way}")
    await bridge.minutes()
    assert bridge.found() == []
    bridge.expect_nothing(KH, CN, containing="was set forward by 2")


async def test_a_bridge_whose_time_is_behind_its_own_record_says_so(bridge: Audited, case: Case) -> None:
    bridge.now -= timedelta(hours=1)
    await bridge.auditor.tick()
    assert bridge.found() == [Check.CLOCK]
    assert "what was written last is" in bridge.auditor.findings[0].fact


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal WHERE sequence = (SELECT max(sequence) FROM journal WHERE chain = 'KC') AND chain = 'KC'",
        "UPDATE chain_heads SET sequence = sequence - 1 WHERE chain = 'KC'",
        "DELETE FROM chain_heads WHERE chain = 'KC'",
    ],
)
async def test_a_record_that_lost_its_end_is_told(bridge: Audited, case: Case, statement: str) -> None:
    bridge.break_(statement)
    await bridge.minutes()
    assert bridge.found() == [Check.JOURNAL]
    bridge.expect(KH, "the record is shorter or another than it was: KC")


async def test_a_record_that_was_cut_clean_is_known_by_what_the_machine_remembers(bridge: Audited, case: Case) -> None:
    bridge.break_("DELETE FROM journal WHERE chain = 'KC' AND sequence > 2")
    bridge.break_(
        "UPDATE chain_heads SET sequence = 2, hash = (SELECT hash FROM journal WHERE chain = 'KC' AND sequence = 2) "
        "WHERE chain = 'KC'"
    )
    bridge.auditor = bridge.node("node-1")
    await bridge.minutes()
    assert Check.JOURNAL in bridge.found()
    bridge.auditor = bridge.node("a machine that never looked")
    await bridge.minutes()
    assert "shorter" not in str(bridge.auditor.findings)


async def test_pings_that_are_not_in_the_record_are_told(bridge: Audited, case: Case) -> None:
    bridge.break_("UPDATE outbox SET created_at = '2026-04-18 08:30:00.000000+00:00' WHERE kind = 'alert'")
    await bridge.minutes()
    assert "pings were written that are not in the record" in str(bridge.auditor.findings)


async def test_a_database_that_takes_nothing_is_told_past_it(
    bridge: Audited, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_size: int = 0) -> None:
        raise Unwritable("disk full", "Free some room.")

    calls = bridge.calls
    monkeypatch.setattr(bridge.storage, "beat", full)
    await bridge.minutes(3)
    assert bridge.found() == [Check.WRITE]
    bridge.expect(KH, "nothing can be stored: disk full. Please call whoever runs the machine.")
    bridge.expect_nothing(KH, CN, containing="nothing can be stored: disk full, ")
    assert bridge.calls == calls


async def test_an_old_backup_is_told_where_backups_are_made(bridge: Audited) -> None:
    bridge.auditor = bridge.node("node-1", backs_up=True)
    await bridge.minutes()
    assert bridge.found() == []
    await bridge.storage.save_cursor(LAST_GOOD, int((bridge.now - timedelta(hours=27)).timestamp()))
    await bridge.minutes()
    assert bridge.found() == [Check.BACKUP]
    bridge.expect(KH, "the last good backup is 1 d 3 h old")


async def test_two_nodes_find_the_same_and_it_is_put_right_and_told_once(bridge: Audited, case: Case) -> None:
    other = bridge.node("node-2")
    bridge.break_(f"DELETE FROM deadlines WHERE case_id = {case.id} AND kind = 'acknowledge'")
    bridge.stopped = True
    bridge.machine.passed += 120
    for auditor in (other, bridge.auditor):
        await auditor.tick()
        await bridge._settled()
    told = bridge.heard(KH)
    assert len([text for text in told if "the next deadline" in text]) == 1
    assert len([text for text in told if "stands still" in text]) == 1


async def test_an_auditor_that_does_not_look_any_more_says_so_to_whoever_asks(bridge: Audited) -> None:
    bridge.machine.passed += 200
    assert bridge.auditor.note() == "WARNING: the last audit was 200 s ago"
