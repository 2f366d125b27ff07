"""Nodes on one database share one access token: it is fetched once, renewed once, and survives all of them."""

from __future__ import annotations

import asyncio

from adapters.calls.node import Node
from adapters.tencent.tokens import TokenKeeper
from bot.ports.storage import Storage
from tests.kit.engines import Kept
from tests.kit.naps import Naps
from tests.kit.tencent import Api, Caller, Mint

NAME = "wecom-token:corp:7"


def keeper(kept: Kept, storage: Storage, mint: Mint, owner: str) -> TokenKeeper:
    return TokenKeeper(NAME, mint, Node(storage, owner, kept.clock, Naps()))


async def two_nodes(kept: Kept, mint: Mint) -> tuple[TokenKeeper, TokenKeeper]:
    return keeper(kept, kept.storage, mint, "node-1"), keeper(kept, await kept.other_node(), mint, "node-2")


async def test_two_nodes_that_start_together_fetch_one_token(kept: Kept) -> None:
    mint = Mint()
    one, two = await two_nodes(kept, mint)
    assert set(await asyncio.gather(*(node.token() for node in (one, two) for _ in range(20)))) == {"token-1"}
    assert len(mint.told) == 1


async def test_two_nodes_renew_a_spoiled_token_once(kept: Kept) -> None:
    mint = Mint()
    one, two = await two_nodes(kept, mint)
    old = await one.token()
    assert await two.token() == old
    kept.let_pass(minutes=1)
    renewed = await asyncio.gather(*(node.renew(old) for node in (one, two) for _ in range(50)))
    assert set(renewed) == {"token-2"}
    assert mint.told == ["", "token-1"]


async def test_two_nodes_fetch_the_next_token_once_and_early(kept: Kept) -> None:
    mint = Mint()
    one, two = await two_nodes(kept, mint)
    await one.token()
    await two.token()
    kept.let_pass(minutes=116)
    early = await asyncio.gather(*(node.token() for node in (one, two) for _ in range(20)))
    assert set(early) <= {"token-1", "token-2"}
    assert {await one.token(), await two.token()} == {"token-2"}
    assert len(mint.told) == 2


async def test_a_node_that_comes_after_all_others_went_goes_on_with_their_token(kept: Kept) -> None:
    await keeper(kept, kept.storage, Mint(), "node-1").token()
    kept.let_pass(hours=1)
    mint = Mint()
    assert await keeper(kept, await kept.other_node(), mint, "node-9").token() == "token-1"
    assert mint.told == []


async def test_a_hundred_calls_over_two_nodes_with_a_spoiled_token_all_arrive_with_one_new_one(kept: Kept) -> None:
    mint = Mint()
    async with Api() as api, Caller(api) as a, Caller(api) as b:
        a._keeper, b._keeper = await two_nodes(kept, mint)
        await a.call("GET", "/cgi-bin/x")
        await b.call("GET", "/cgi-bin/x")
        api.good = "token-2"
        kept.let_pass(minutes=1)
        answers = await asyncio.gather(*(client.call("POST", "/cgi-bin/x", json={}) for client in (a, b) * 50))
    assert len(answers) == 100
    assert len(mint.told) == 2
