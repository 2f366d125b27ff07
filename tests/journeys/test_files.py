"""A photo that an officer leaves is fetched, kept with its case, and never lost, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.attachments import TRIES, FileState, StoredFile
from bot.domain.case import Case
from bot.domain.errors import Refused, Unavailable
from bot.domain.people import Role
from tests.fakes.memory_messenger import MemoryAdapter
from tests.kit.played import PlayedBridge
from tests.kit.world import MESSENGERS, Somebody

PHOTO = b"\xff\xd8\xff\xe0 the door of the house"
SHA256 = hashlib.sha256(PHOTO).hexdigest()
OFFICER = "telegram:officer"
COMPLETE = ("[No]", "[Locked in or held]", "16", "send", "send")


async def files_of(bridge: PlayedBridge, case: Case) -> list[StoredFile]:
    return list((await bridge.storage.history(case.id)).files)


async def only_file(bridge: PlayedBridge) -> StoredFile:
    (file,) = await files_of(bridge, await bridge.only_case())
    return file


@pytest.fixture
def photo(bridge: PlayedBridge) -> str:
    bridge.adapters["telegram"].contents["photo-1"] = PHOTO
    return "photo-1"


async def test_a_photo_is_fetched_after_the_commit_and_kept_by_its_hash(bridge: PlayedBridge, photo: str) -> None:
    case = await bridge.report_case()
    await bridge.sends_photo(OFFICER, "the door", file_id=photo)
    assert (await only_file(bridge)).state is FileState.WAITING
    await bridge.tick()
    file = await only_file(bridge)
    assert (file.state, file.sha256, file.media_type, file.size) == (
        FileState.STORED, SHA256, "image/jpeg", len(PHOTO),
    )  # fmt: skip
    assert bridge.files.contents == {SHA256: PHOTO}
    acts = [entry for entry in await bridge.acts(case) if entry.act.startswith("file_")]
    assert [(entry.act, entry.actor) for entry in acts] == [
        ("file_left", (await bridge.acts(case))[0].actor),
        ("file_stored", "bridge"),
    ]
    assert acts[1].told["sha256"] == SHA256


async def test_the_first_message_may_be_a_photo(bridge: PlayedBridge, photo: str) -> None:
    await bridge.sends_photo(OFFICER, file_id=photo)
    await bridge.tick()
    assert (await only_file(bridge)).state is FileState.STORED


async def test_a_photo_that_waits_for_its_case_is_kept_with_the_case_it_is_given_to(
    bridge: PlayedBridge, photo: str
) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.sends_photo(OFFICER, file_id=photo)
    await bridge.restart()
    assert await files_of(bridge, case) == []
    await bridge.says(OFFICER, "2")
    await bridge.tick()
    assert [f.state for f in await files_of(bridge, case)] == [FileState.STORED]


async def test_a_photo_that_nobody_places_goes_with_the_case_it_opens(bridge: PlayedBridge, photo: str) -> None:
    case = await bridge.report_case(*COMPLETE)
    await bridge.sends_photo(OFFICER, file_id=photo)
    await bridge.fast_forward(minutes=4)
    _, opened = await bridge.cases()
    assert await files_of(bridge, case) == []
    assert [f.sha256 for f in await files_of(bridge, opened)] == [SHA256]


async def test_a_photo_under_a_note_goes_with_the_case_of_the_note(bridge: PlayedBridge, photo: str) -> None:
    case = await bridge.report_case()
    await bridge.sends_photo(OFFICER, f"/note {case.reference} the door", file_id=photo)
    await bridge.tick()
    assert [f.state for f in await files_of(bridge, case)] == [FileState.STORED]


async def test_a_bridge_that_stops_before_it_fetched_fetches_when_it_is_back(bridge: PlayedBridge, photo: str) -> None:
    await bridge.sends_photo(OFFICER, "the door", file_id=photo)
    await bridge.restart()
    assert (await only_file(bridge)).state is FileState.STORED


async def test_while_the_messenger_is_down_the_photo_is_tried_again_and_comes_in_the_end(bridge: PlayedBridge) -> None:
    contents = bridge.adapters["telegram"].contents
    contents["photo-1"] = Unavailable("Telegram is down.")
    await bridge.sends_photo(OFFICER, "the door", file_id="photo-1")
    await bridge.fast_forward(minutes=10)
    file = await only_file(bridge)
    assert (file.state, file.reason) == (FileState.WAITING, "Telegram is down.")
    assert 3 < file.attempts < 6
    contents["photo-1"] = PHOTO
    await bridge.fast_forward(minutes=20)
    assert (await only_file(bridge)).sha256 == SHA256


async def test_a_photo_that_never_comes_is_given_up_visibly(bridge: PlayedBridge) -> None:
    bridge.adapters["telegram"].contents["photo-1"] = Unavailable("Telegram is down.")
    await bridge.sends_photo(OFFICER, "the door", file_id="photo-1")
    await bridge.fast_forward(hours=6)
    file = await only_file(bridge)
    assert (file.state, file.attempts, file.reason) == (FileState.PARKED, TRIES, "Telegram is down.")
    assert [entry.act for entry in await bridge.acts(await bridge.only_case())].count("file_parked") == 1
    assert await bridge.storage.files((FileState.PARKED,), 10) == [file]


async def test_one_bad_file_never_holds_up_the_next(bridge: PlayedBridge, photo: str) -> None:
    contents = bridge.adapters["telegram"].contents
    contents |= {"empty": b"", "large": bytes(20_000_001), "refused": Refused("unknown"), "odd": None}  # type: ignore[dict-item]
    await bridge.report_case()
    for file_id in ("empty", "large", "refused", "odd", photo):
        await bridge.sends_photo(OFFICER, "look", file_id=file_id)
    await bridge.tick()
    await bridge.tick()
    states = {f.file_id: (f.state, f.reason) for f in await files_of(bridge, await bridge.only_case())}
    assert states == {
        "empty": (FileState.PARKED, "The file is empty."),
        "large": (FileState.PARKED, "the file is too large"),
        "refused": (FileState.PARKED, "unknown"),
        "odd": (FileState.WAITING, "The file could not be fetched or kept."),
        photo: (FileState.STORED, ""),
    }


async def test_while_the_disk_is_full_a_file_waits_at_the_messenger(bridge: PlayedBridge, photo: str) -> None:
    bridge.files.is_broken = True
    await bridge.sends_photo(OFFICER, "the door", file_id=photo)
    await bridge.tick()
    assert (await only_file(bridge)).state is FileState.WAITING
    bridge.files.is_broken = False
    await bridge.fast_forward(minutes=1)
    assert (await only_file(bridge)).state is FileState.STORED


async def test_a_photo_that_is_delivered_twice_is_kept_once(bridge: PlayedBridge, photo: str) -> None:
    await bridge.sends_photo(OFFICER, "the door", file_id=photo)
    (row,) = [row for row in bridge.inbox() if row.message.attachment]
    await bridge.redelivers(row.message)
    assert len(await files_of(bridge, await bridge.only_case())) == 1


async def test_what_a_sender_calls_a_file_is_only_a_label(bridge: PlayedBridge, photo: str) -> None:
    await bridge.sends_photo(OFFICER, "the door", file_id=photo)
    (row,) = [row for row in bridge.inbox() if row.message.attachment]
    assert row.message.attachment
    evil = replace(row.message.attachment, name="../../../etc/cron.d/x", media_type="text/html")
    await bridge.redelivers(replace(row.message, external_id="another", message_id="another", attachment=evil))
    files = await files_of(bridge, await bridge.only_case())
    assert [file.name for file in files] == ["", "x"]
    await bridge.tick()
    assert bridge.files.contents.keys() == {SHA256}


async def test_a_strangers_photo_is_neither_kept_nor_fetched(bridge: PlayedBridge, photo: str) -> None:
    await bridge.sends_photo("telegram:nobody", "look", file_id=photo)
    await bridge.tick()
    assert bridge.files.contents == {}
    assert await bridge.storage.files(tuple(FileState), 10) == []


class Hanging(MemoryAdapter):
    """Files are not handed out before somebody says so."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        super().__init__("wechat", clock=clock, capabilities=MESSENGERS["wechat"])
        self.goes_on = asyncio.Event()

    async def fetch(self, file_id: str, limit: int) -> bytes:
        await self.goes_on.wait()
        return await super().fetch(file_id, limit)


async def test_a_messenger_that_does_not_hand_its_files_out_keeps_no_others_waiting(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path)
    await bridge.start()
    slow = bridge.adapters["wechat"] = Hanging(clock=bridge.clock)
    await bridge.restart()
    await bridge.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, ("wechat:officer",)))
    for number in range(4):
        await bridge.sends_photo("wechat:officer", f"the door, {number}", file_id=f"slow-{number}")
    bridge.adapters["telegram"].contents["quick"] = PHOTO
    await bridge.sends_photo(OFFICER, "the door", file_id="quick")
    fetching = asyncio.create_task(bridge.fetches("wechat"))
    await bridge.fetches("telegram")
    assert bridge.files.contents.keys() == {SHA256}
    assert not fetching.done()
    slow.goes_on.set()
    await fetching
    await bridge.stop()
