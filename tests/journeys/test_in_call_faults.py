"""What the answer in the call may not say: that something is stored which is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.people import Role
from bot.domain.turn import InboxState, Mark, Turn
from tests.kit.database import KeptStorage
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT, Somebody

OFFICER = "wechat:officer"


class Picky(KeptStorage):
    """Takes no new case while it is told so; everything else it takes."""

    takes_cases = True

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        if not self.takes_cases and any(turn.new_cases for turn in turns):
            raise StorageError("A row does not fit.")
        return await super().apply(turns, marks)


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    played = PlayedBridge(tmp_path, messengers=OFFICIAL_ACCOUNT, storage=Picky())
    await played.start()
    await played.enrol(Somebody("Sok Nary", "KH", Role.OFFICER, (OFFICER,)))
    yield played
    await played.stop()


async def test_an_alert_that_did_not_fit_the_database_is_not_said_to_be_stored(bridge: PlayedBridge) -> None:
    assert isinstance(bridge.storage, Picky)
    bridge.storage.takes_cases = False
    await bridge.says(OFFICER, "girl locked in a flat")
    bridge.expect_nothing(OFFICER)
    assert [row.state for row in bridge.inbox()] == [InboxState.FAILED]
    bridge.storage.takes_cases = True
    await bridge.fast_forward(seconds=6)
    case = await bridge.only_case()
    bridge.expect(OFFICER, case.reference, "Your alert is stored")
