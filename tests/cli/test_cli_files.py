"""Commands about files at a terminal: what was given up is seen and tried again, and contents go with the keys."""

from __future__ import annotations

import asyncio
import os
import re

from bot.app.essentials import clock
from bot.app.key_vault import files_of, vault_of
from bot.config.load import load
from bot.domain.attachments import FileState, StoredFile
from bot.domain.turn import Turn
from tests.kit.running import Setup, Terminal
from tests.kit.site import sample_case


def leave(setup: Setup, *files: StoredFile) -> None:
    async def write() -> None:
        async with setup.storage() as storage:
            await storage.apply([Turn(files=files)])

    asyncio.run(write())


def test_files_that_were_given_up_are_listed_without_their_names_and_can_be_tried_again(
    setup: Setup, terminal: Terminal
) -> None:
    case = sample_case()
    parked = StoredFile(
        4711, case.id, "telegram", "AgAC-file-id", "passport of the girl.jpg", clock(), 11, "KH",
        state=FileState.PARKED, attempts=10, reason="The file is too large.",
    )  # fmt: skip
    leave(setup, parked)
    assert terminal("outbox", "list") == ["4711  parked  file  telegram  tries 10  The file is too large."]
    assert terminal("outbox", "retry", "4711") == ["Queued; it goes out within a second while the bridge runs."]
    assert terminal("outbox", "list") == ["4711  waiting  file  telegram  tries 0"]


def test_contents_are_counted_with_the_fields_and_sealed_again_with_a_new_key(setup: Setup, terminal: Terminal) -> None:
    settings = load(setup.file, dict(os.environ))
    files = files_of(settings, vault_of(settings))
    before = _under_current(terminal)
    name = asyncio.run(files.put(b"a plan of the house"))
    assert _under_current(terminal) == before + 1
    terminal("keys", "rotate")
    assert _under_current(terminal) == before + 1
    (key,) = files_of(settings, vault_of(settings)).by_key()
    assert key == vault_of(settings).current
    assert asyncio.run(files_of(settings, vault_of(settings)).read(name)) == b"a plan of the house"


def _under_current(terminal: Terminal) -> int:
    """How many fields are under the current key; under any other there must be none."""
    counted = [re.search(r"(\d+) fields( +current)?$", line) for line in terminal("keys", "status")]
    assert all(found and (found[2] or found[1] == "0") for found in counted)
    return sum(int(found[1]) for found in counted if found)
