"""An access token is kept once for all nodes, sealed, and shown nowhere."""

from __future__ import annotations

import pytest

from bot.domain.errors import SealBroken
from bot.ports.messenger_state import Token
from tests.contracts.test_storage_windows import HOUR
from tests.kit.clock import START
from tests.kit.engines import Kept, on_database
from tests.kit.marked import MARK, change, dumped

TOKEN = Token(MARK, START + 2 * HOUR)


async def test_a_token_that_one_node_kept_is_used_by_the_other(kept: Kept) -> None:
    other = await kept.other_node()
    assert await kept.storage.token("wechat:wx1") is None
    await kept.storage.save_token("wechat:wx1", TOKEN)
    await kept.storage.save_token("wecom:ww1", Token("another", START))
    assert await other.token("wechat:wx1") == TOKEN
    await other.save_token("wechat:wx1", Token("newer", START + 4 * HOUR))
    assert await kept.storage.token("wechat:wx1") == Token("newer", START + 4 * HOUR)


async def test_a_token_that_is_over_is_still_told(kept: Kept) -> None:
    await kept.storage.save_token("wechat:wx1", TOKEN)
    await kept.storage.sweep(START + 9 * HOUR)
    assert await kept.storage.token("wechat:wx1") == TOKEN


async def test_a_token_is_in_no_table_and_one_in_the_place_of_another_is_not_believed(database: str) -> None:
    async with on_database(database) as kept:
        await kept.storage.save_token("wechat:wx1", TOKEN)
        await kept.storage.save_token("wecom:ww1", Token("another", START))
        rows = {row["name"]: row for row in dumped(database)["tokens"]}
        assert MARK not in repr(rows)
        assert MARK.encode() not in bytes(rows["wechat:wx1"]["sealed"])
        change(database, "tokens", "wecom:ww1", sealed=bytes(rows["wechat:wx1"]["sealed"]))
        with pytest.raises(SealBroken) as caught:
            await kept.storage.token("wecom:ww1")
    assert MARK not in str(caught.value)


def test_a_token_is_in_no_log() -> None:
    assert MARK not in repr(TOKEN)
