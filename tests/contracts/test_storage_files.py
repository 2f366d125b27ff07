"""Files of cases are kept with the turn they came in, handed out to one process at a time, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.domain.messages import DeliveryState
from bot.domain.turn import Turn, Withdrawal
from tests.kit.clock import START
from tests.kit.engines import Kept, on_database
from tests.kit.marked import change
from tests.kit.values import OFFICER, case, message, new_id, opening

MINUTE = timedelta(minutes=1)


def file_of(case: Case, **changes: object) -> StoredFile:
    file = StoredFile(
        new_id(), case.id, "telegram", "AgACAgIAA", "door.jpg", START, OFFICER, "KH", 48_000, next_attempt_at=START
    )
    return replace(file, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself


async def _store(kept: Kept, *changes: Mapping[str, object]) -> list[StoredFile]:
    opened = case()
    files = [file_of(opened, **change) for change in changes or ({},)]
    await kept.storage.apply([replace(opening(opened), files=tuple(files))])
    return files


async def _claim(kept: Kept, limit: int = 10, *messengers: str) -> list[StoredFile]:
    return await kept.storage.claim_files(messengers or ("telegram",), kept.now, limit, MINUTE)


async def test_a_file_is_kept_in_the_turn_that_brought_it_and_read_back_as_it_was(kept: Kept) -> None:
    (file,) = await _store(kept)
    assert (await kept.storage.history(file.case_id)).files == (file,)
    assert await _claim(kept) == [file]


async def test_a_file_that_waits_survives_a_crash_right_after_the_commit(kept: Kept) -> None:
    (file,) = await _store(kept)
    assert await (await kept.other_node()).claim_files(["telegram"], kept.now, 1, MINUTE) == [file]


async def test_a_file_without_a_case_is_refused_whole(kept: Kept) -> None:
    opened = case()
    with pytest.raises(StorageError):
        await kept.storage.apply([replace(opening(opened), files=(file_of(opened, case_id=new_id()),))])
    assert (await kept.storage.history(opened.id)).files == ()


async def test_what_is_being_fetched_is_not_fetched_twice_until_the_lease_ends(kept: Kept) -> None:
    await _store(kept)
    assert len(await _claim(kept)) == 1
    kept.let_pass(seconds=59)
    assert await _claim(kept) == []
    kept.let_pass(seconds=2)
    assert len(await _claim(kept)) == 1


async def test_two_processes_never_fetch_the_same_file(kept: Kept) -> None:
    files = await _store(kept, *({} for _ in range(30)))
    other = await kept.other_node()
    claims = (store.claim_files(["telegram"], kept.now, 5, MINUTE) for store in [kept.storage, other] * 3)
    taken = [file.id for claimed in await asyncio.gather(*claims) for file in claimed]
    assert sorted(taken) == [file.id for file in files]


async def test_only_what_waits_is_due_and_of_a_known_messenger_is_fetched_the_oldest_first(kept: Kept) -> None:
    later, earlier = {"next_attempt_at": START + MINUTE}, {"next_attempt_at": START - MINUTE}
    stored = {"state": FileState.STORED, "next_attempt_at": None}
    parked = {"state": FileState.PARKED, "next_attempt_at": None}
    files = await _store(kept, {}, later, earlier, stored, parked, {"messenger": "wechat"})
    assert await _claim(kept) == [files[2], files[0]]
    kept.let_pass(seconds=30)
    assert await _claim(kept) == []
    kept.let_pass(seconds=30)
    assert files[1] in await _claim(kept)
    assert await _claim(kept, 10, "wechat") == [files[5]]


async def test_a_limited_claim_takes_the_oldest(kept: Kept) -> None:
    files = await _store(kept, {}, {}, {})
    assert await _claim(kept, 2) == files[:2]


async def test_what_became_of_a_file_replaces_what_was_known_and_frees_it(kept: Kept) -> None:
    (file,) = await _store(kept)
    (claimed,) = await _claim(kept)
    again = replace(claimed, attempts=1, next_attempt_at=kept.now, reason="down")
    await kept.storage.apply([Turn(files=(again,))])
    assert await _claim(kept) == [again]
    done = replace(again, state=FileState.STORED, sha256="ab" * 32, size=3, next_attempt_at=None, reason="")
    await kept.storage.apply([Turn(files=(done,))])
    kept.let_pass(hours=1)
    assert await _claim(kept) == []
    assert (await kept.storage.history(file.case_id)).files == (done,)


async def test_files_given_up_are_listed_newest_first_and_can_be_tried_again(kept: Kept) -> None:
    parked = {"state": FileState.PARKED, "next_attempt_at": None, "attempts": 10, "reason": "gone"}
    first, second, waits = await _store(kept, parked, parked, {})
    assert await kept.storage.files((FileState.PARKED,), 10) == [second, first]
    assert await kept.storage.files((FileState.PARKED, FileState.WAITING), 2) == [waits, second]
    assert await kept.storage.retry_file(first.id, kept.now)
    assert not await kept.storage.retry_file(first.id, kept.now)
    assert not await kept.storage.retry_file(waits.id, kept.now)
    assert not await kept.storage.retry_file(new_id(), kept.now)
    again = replace(first, state=FileState.WAITING, attempts=0, reason="", next_attempt_at=kept.now)
    assert again in await _claim(kept)


async def test_a_file_whose_names_do_not_open_is_parked_and_holds_up_no_other(database: str) -> None:
    opened = case()
    broken, whole = file_of(opened), file_of(opened)
    async with on_database(database) as kept:
        await kept.storage.apply([replace(opening(opened), files=(broken, whole))])
        change(database, "attachments", broken.id, sealed=b"planted")
        assert await _claim(kept) == [whole]
        (parked,) = await kept.storage.files([FileState.PARKED], 10)
    assert (parked.id, parked.name, parked.reason) == (broken.id, "", "its seal is broken")


async def test_a_file_for_the_own_side_only_is_read_back_as_one(kept: Kept) -> None:
    shared, own = await _store(kept, {}, {"own_side_only": True})
    assert [f.own_side_only for f in (await kept.storage.history(shared.case_id)).files] == [False, True]
    assert own in await _claim(kept)


async def test_a_file_that_is_kept_back_while_it_is_fetched_stays_so_and_loses_nothing(kept: Kept) -> None:
    file, other = await _store(kept, {}, {})
    claimed, _ = await _claim(kept)
    await kept.storage.apply([Turn(kept_back=(file.id,))])
    done = replace(claimed, state=FileState.STORED, sha256="ab" * 32, size=3, next_attempt_at=None)
    await kept.storage.apply([Turn(files=(done,))])
    assert (await kept.storage.history(file.case_id)).files == (replace(done, own_side_only=True), other)


async def test_a_file_that_comes_and_is_kept_back_at_once_is_for_its_side_only(kept: Kept) -> None:
    opened = case()
    file = file_of(opened)
    await kept.storage.apply([replace(opening(opened), files=(file,)), Turn(kept_back=(file.id,))])
    assert (await kept.storage.history(opened.id)).files == (replace(file, own_side_only=True),)


async def test_what_waits_under_a_key_is_dropped_with_the_reason_and_nothing_else(kept: Kept) -> None:
    opened = case()
    sent = [
        message(f"case:{opened.id}:{what}:desk:cn-duty", recipient="desk:cn-duty", case_id=opened.id)
        for what in ("file:1:now", "added:1:now")
    ]
    await kept.storage.apply([replace(opening(opened), outgoing=tuple(sent))])
    taken = Withdrawal(opened.id, frozenset({"desk:cn-duty"}), key=f"case:{opened.id}:file:1:", reason="taken back")
    await kept.storage.apply([Turn(withdrawals=(taken,))])
    found = (await kept.storage.history(opened.id)).deliveries
    assert [(d.state, d.reason) for d in found] == [(DeliveryState.DROPPED, "taken back"), (DeliveryState.QUEUED, "")]


async def test_what_is_taken_back_in_the_same_batch_was_never_sent(kept: Kept) -> None:
    opened = case()
    sent = message(f"case:{opened.id}:file:1:now:desk:cn-duty", recipient="desk:cn-duty", case_id=opened.id)
    taken = Withdrawal(opened.id, frozenset({"desk:cn-duty"}), key=f"case:{opened.id}:file:1:", reason="taken back")
    await kept.storage.apply([replace(opening(opened), outgoing=(sent,)), Turn(withdrawals=(taken,))])
    assert (await kept.storage.history(opened.id)).deliveries == ()
