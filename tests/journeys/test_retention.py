"""What was said about a case goes in time, a case on hold does not, and the record shows what went and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case
from bot.domain.errors import BridgeError, StorageError
from bot.domain.retention_rules import Retention
from bot.domain.verify_journal import Finding
from bot.jobs.purge import NightlyPurge, Purger, Surroundings, forget_case
from bot.ports.retention import Purge, Purged
from bot.record.journal_check import verify
from tests.kit.database import KeptStorage
from tests.kit.played import PlayedBridge

OFFICER, SUPERVISOR = "telegram:officer", "wecom:supervisor"
SENT = ("no", "locked in", "16", "China", "Nanchang, blue door")
SHARED, ALONE = b"\xff\xd8\xff\xe0 a door", b"\xff\xd8\xff\xe0 a window"
WORDS = "Srey Mom is locked in behind the blue door"


async def _closed(bridge: PlayedBridge) -> Case:
    case = await bridge.report_case(*SENT, text=WORDS)
    await bridge.says(OFFICER, f"/note {case.reference} the blue door is on the left")
    await bridge.says("wechat:duty", f"/snooze {case.reference} 10m asking about the blue door")
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe out of the blue door")
    return await bridge.case(case)


def _kept(bridge: PlayedBridge) -> str:
    """All that is stored, as text."""
    return bridge.storage.kept.everything


async def _assert_record_holds(bridge: PlayedBridge) -> None:
    assert not [said async for said in verify(bridge.storage) if isinstance(said, Finding)]


async def _purges(bridge: PlayedBridge, case: Case) -> list[dict[str, object]]:
    return [dict(entry.details or {}) for entry in await bridge.acts(case) if entry.act == "purged"]


def _around(bridge: PlayedBridge, retention: Retention | None = None, **changes: object) -> Surroundings:
    values = {"retention": retention or Retention(), "clock": bridge.clock, "new_id": bridge._new_id}
    return Surroundings(salt=lambda: "5a17", **{**values, **changes})  # type: ignore[arg-type]


async def test_half_a_year_after_the_closure_free_texts_go_and_codes_and_timings_stay(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    await bridge.fast_forward(days=179)
    await bridge.nightly_tick()
    assert "blue door" in _kept(bridge)
    await bridge.fast_forward(days=2)
    await bridge.nightly_tick()
    assert "blue door" not in _kept(bridge)
    after = await bridge.case(case)
    assert set(after.answers) == {"danger_now", "situation", "age_group", "country"}
    assert (after.closed_at, after.closure, after.deadlines) == (case.closed_at, case.closure, case.deadlines)
    (purge,) = await _purges(bridge, case)
    assert (purge["rule"], purge["case"], purge["is_done"]) == ("tier2", case.id, True)
    assert "opened" in [entry.act for entry in await bridge.acts(case) if entry.details]
    await _assert_record_holds(bridge)


async def test_a_purge_is_recorded_once_however_often_the_night_is_looked_at(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    await bridge.fast_forward(days=181)
    for _ in range(3):
        await bridge.nightly_tick()
        await bridge.fast_forward(hours=9)
    assert len(await _purges(bridge, case)) == 1


async def test_a_page_of_a_purged_case_and_its_commands_still_work(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    await bridge.fast_forward(days=181)
    await bridge.nightly_tick()
    await bridge.says("wechat:duty", f"/case {case.reference}")
    bridge.expect("wechat:duty", case.reference, "Found safe")
    await bridge.change("wechat:duty", confirmed_at=bridge.now)
    await bridge.says("wechat:duty", f"/reopen {case.reference} she called again")
    bridge.expect("wechat:duty", "open again")
    await _assert_record_holds(bridge)


async def test_after_five_years_nothing_is_left_of_a_case_but_the_hashes_of_its_record(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    bridge.now += timedelta(days=1830)
    await bridge.nightly_tick()
    assert not await bridge.cases()
    assert "blue door" not in _kept(bridge)
    assert {entry.act for entry in await bridge.acts(case) if entry.details is not None} == {"purged"}
    await _assert_record_holds(bridge)
    await bridge.says("wechat:duty", f"/case {case.reference}")
    bridge.expect("wechat:duty", "No such case")


async def test_an_open_case_is_never_purged(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT, text=WORDS)
    bridge.now += timedelta(days=4000)
    await bridge.nightly_tick()
    assert WORDS in [text.text for text in await bridge.texts(case)]


async def test_a_drill_goes_after_thirty_days(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    bridge.storage.overwrite(replace(case, exercise=True))
    await bridge.fast_forward(days=29)
    await bridge.nightly_tick()
    assert await bridge.cases()
    await bridge.fast_forward(days=2)
    await bridge.nightly_tick()
    assert not await bridge.cases()


# Legal hold.


@pytest.mark.parametrize("who", ["telegram:kh-supervisor", SUPERVISOR])
async def test_a_supervisor_of_either_side_holds_a_case_and_releases_it(bridge: PlayedBridge, who: str) -> None:
    case = await _closed(bridge)
    await bridge.says(who, f"/hold {case.reference} the court in Nanchang asked")
    bridge.expect(who, f"{case.reference}: on legal hold")
    other = "wechat:duty" if who.startswith("tele") else "telegram:kh-group"
    told = bridge.expect(other, case.reference, "Put on legal hold by")
    assert "court" not in told.text
    await bridge.says(who, f"/hold {case.reference} again")
    bridge.expect(who, f"{case.reference} is on legal hold already.")
    await bridge.says(who, f"/case {case.reference}")
    bridge.expect(who, "on legal hold")
    await bridge.fast_forward(days=200)
    await bridge.nightly_tick()
    assert WORDS in _kept(bridge)
    await bridge.change(who, confirmed_at=bridge.now)
    await bridge.says(who, f"/unhold {case.reference}")
    bridge.expect(who, "Why is it released?")
    await bridge.says(who, "the court has decided")
    bridge.expect(who, f"{case.reference}: released")
    await bridge.fast_forward(days=1)
    await bridge.nightly_tick()
    assert WORDS not in _kept(bridge)
    assert [entry.act for entry in await bridge.acts(case)].count("held") == 1
    await bridge.says(who, f"/unhold {case.reference} again")
    bridge.expect(who, f"{case.reference} is not on legal hold.")


@pytest.mark.parametrize("who", [OFFICER, "telegram:clerk", "wechat:duty"])
async def test_nobody_else_holds_or_releases(bridge: PlayedBridge, who: str) -> None:
    case = await _closed(bridge)
    await bridge.says(who, f"/hold {case.reference} please")
    bridge.expect(who, "Only a supervisor of either side can hold or release a case.")
    assert (await bridge.case(case)).held_at is None


async def test_an_admin_who_reads_no_case_holds_none(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    await bridge.says("web:admin", f"/hold {case.reference} please")
    bridge.expect("web:admin", "No such case.")
    assert (await bridge.case(case)).held_at is None


async def test_help_names_the_hold_to_supervisors_alone(bridge: PlayedBridge) -> None:
    for who, is_told in ((SUPERVISOR, True), ("wechat:duty", False), (OFFICER, False)):
        await bridge.says(who, "/help more")
        assert any("/hold" in part for part in bridge.heard(who)) is is_told


# At once.


async def test_a_person_who_wants_to_be_forgotten_is_forgotten_at_once(bridge: PlayedBridge) -> None:
    case = await _closed(bridge)
    await forget_case(Purger(bridge.storage, _around(bridge)), case)
    assert "blue door" not in _kept(bridge)
    assert (await bridge.case(case)).value("situation") == "confined"
    assert not [entry for entry in await bridge.acts(case) if entry.details is not None and entry.act != "purged"]
    await _assert_record_holds(bridge)


async def test_nobody_is_forgotten_under_a_hold_or_while_they_are_looked_for(bridge: PlayedBridge) -> None:
    opened = await bridge.report_case(*SENT, text=WORDS)
    with pytest.raises(BridgeError, match="is open"):
        await forget_case(Purger(bridge.storage, _around(bridge)), await bridge.case(opened))
    await bridge.says(SUPERVISOR, f"/hold {opened.reference} the court asked")
    await bridge.says("wechat:duty", f"/close {opened.reference} found_safe she called")
    with pytest.raises(BridgeError, match="legal hold"):
        await forget_case(Purger(bridge.storage, _around(bridge)), await bridge.case(opened))
    assert WORDS in _kept(bridge)


# Nights that go wrong.


class _Failing(KeptStorage):
    """Purges a few times, then not any more, until it is mended."""

    def __init__(self, kept: KeptStorage, times: int) -> None:
        super().__init__(beside=kept)
        self.left = times

    async def purge(self, order: Purge) -> Purged:
        if not self.left:
            raise StorageError("the disk is full")
        self.left -= 1
        return await super().purge(order)


@pytest.mark.parametrize("times", range(6))
async def test_a_purge_that_was_cut_short_goes_on_the_next_night_and_nothing_is_counted_twice(
    bridge: PlayedBridge, times: int
) -> None:
    case = await _closed(bridge)
    await bridge.fast_forward(days=181)
    kept = _Failing(bridge.storage, times)
    around = _around(bridge, Retention(batch=4))
    await NightlyPurge(kept, around, "node").tick()
    assert "blue door" in _kept(bridge)
    await _assert_record_holds(bridge)
    kept.left = 1000
    await bridge.fast_forward(days=1)
    await NightlyPurge(kept, around, "node").tick()
    assert "blue door" not in _kept(bridge)
    purges = await _purges(bridge, case)
    assert sum(int(str(purge["entries"])) for purge in purges) == sum(
        entry.details is None for entry in await bridge.acts(case)
    )
    await _assert_record_holds(bridge)


async def test_one_case_that_cannot_be_purged_does_not_keep_the_others(bridge: PlayedBridge) -> None:
    first, second = await _closed(bridge), await _closed(bridge)
    await bridge.fast_forward(days=181)
    kept = _Failing(bridge.storage, 1000)
    original = kept.purge

    async def purge(order: Purge) -> Purged:
        if order.case_id == first.id:
            raise StorageError("a row does not fit")
        return await original(order)

    kept.purge = purge  # type: ignore[method-assign]
    await NightlyPurge(kept, _around(bridge), "node").tick()
    assert (await bridge.case(first)).purged_at is None
    assert (await bridge.case(second)).purged_at == bridge.now


class _Unclean(KeptStorage):
    """Its files cannot be made clean until it is mended."""

    def __init__(self, kept: KeptStorage) -> None:
        super().__init__(beside=kept)
        self.is_mended = False
        self.scrubs = 0

    async def scrub(self) -> None:
        if not self.is_mended:
            raise StorageError("somebody reads all the time")
        self.scrubs += 1


async def test_files_that_could_not_be_made_clean_are_made_so_the_next_night(bridge: PlayedBridge) -> None:
    await _closed(bridge)
    await bridge.fast_forward(days=181)
    kept = _Unclean(bridge.storage)
    night = NightlyPurge(kept, _around(bridge), "node")
    assert await night.tick()
    kept.is_mended = True
    assert not await night.tick()
    for _ in range(2):
        await bridge.fast_forward(days=1)
        assert await night.tick()
    assert kept.scrubs == 1


async def test_two_nodes_do_not_purge_at_once(bridge: PlayedBridge) -> None:
    await _closed(bridge)
    await bridge.fast_forward(days=181)
    await bridge.storage.take_lease("purge", "another node", bridge.now, timedelta(minutes=5))
    assert not await NightlyPurge(bridge.storage, _around(bridge), "node").tick()
    assert "blue door" in _kept(bridge)
    bridge.now += timedelta(minutes=6)
    assert await NightlyPurge(bridge.storage, _around(bridge), "node").tick()
    assert "blue door" not in _kept(bridge)


async def _with_photo(bridge: PlayedBridge, photo: bytes) -> Case:
    bridge.adapters["telegram"].contents["photo"] = photo
    case = await _closed(bridge)
    await bridge.sends_photo(OFFICER, f"/note {case.reference} the door", file_id="photo")
    await bridge.tick()
    return case


async def test_contents_of_files_that_no_case_names_any_more_go_and_others_stay(bridge: PlayedBridge) -> None:
    await _with_photo(bridge, SHARED)
    await _with_photo(bridge, ALONE)
    await bridge.fast_forward(days=60)
    await _with_photo(bridge, SHARED)
    await bridge.fast_forward(days=121)
    await bridge.nightly_tick()
    assert list(bridge.files.contents.values()) == [SHARED]
    await bridge.fast_forward(days=60)
    await bridge.nightly_tick()
    assert not bridge.files.contents


async def test_contents_that_a_cut_short_purge_left_go_the_next_night(bridge: PlayedBridge) -> None:
    await _with_photo(bridge, ALONE)
    await bridge.fast_forward(days=181)
    bridge.files.is_broken = True
    with pytest.raises(StorageError):
        await bridge.files.drop("")
    await bridge.nightly_tick()
    assert bridge.files.contents
    bridge.files.is_broken = False
    await bridge.fast_forward(days=1)
    await bridge.nightly_tick()
    assert not bridge.files.contents
