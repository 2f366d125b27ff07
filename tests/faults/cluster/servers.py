"""A server for each node, so that it is known which node calls."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Self

from tests.fakes.wire import Asked, Reply, Server


class Servers:
    """Servers with one answer; it is told the number of the node."""

    def __init__(self, nodes: int, answer: Callable[[int, Asked], Reply]) -> None:
        self._servers = [Server(partial(answer, node)) for node in range(nodes)]

    def url_of(self, node: int) -> str:
        """Where a node calls."""
        return self._servers[node].url

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for server in self._servers:
                await stack.enter_async_context(server)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
