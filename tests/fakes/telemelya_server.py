"""Runs telemelya, a fake Bot API that we did not write, without the Redis and the object store it wants.

``python -m tests.fakes.telemelya_server PORT``. A process of its own: importing telemelya sets up logging for all.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from typing import Any

import uvicorn
from telemelya.server.app import app
from telemelya.server.media import media_manager
from telemelya.server.state import state_manager


class Shelf:
    """As much of Redis as telemelya calls."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._lists: dict[str, list[str]] = defaultdict(list)
        self._hashes: dict[str, dict[str, str]] = defaultdict(dict)
        self._pushed = asyncio.Condition()

    async def set(self, key: str, value: str) -> None:
        self._values[key] = value

    async def get(self, key: str) -> str | None:
        return self._values.get(key)

    async def delete(self, *keys: str) -> None:
        for key in keys:
            for shelf in (self._values, self._lists, self._hashes):
                shelf.pop(key, None)

    async def incr(self, key: str) -> int:
        self._values[key] = str(int(self._values.get(key, "0")) + 1)
        return int(self._values[key])

    async def expire(self, key: str, seconds: int) -> None:
        """Nothing lives that long here."""

    async def rpush(self, key: str, value: str) -> None:
        async with self._pushed:
            self._lists[key].append(value)
            self._pushed.notify_all()

    async def lrange(self, key: str, first: int, last: int) -> list[str]:
        return list(self._lists[key])

    async def blpop(self, key: str, timeout: float) -> tuple[str, str] | None:  # noqa: ASYNC109
        async with self._pushed:
            try:
                await asyncio.wait_for(self._pushed.wait_for(lambda: self._lists[key]), timeout)
            except TimeoutError:
                return None
            return key, self._lists[key].pop(0)

    async def hset(self, key: str, field: str, value: str) -> None:
        self._hashes[key][field] = value

    async def hget(self, key: str, field: str) -> str | None:
        return self._hashes[key].get(field)


async def _connect() -> None:
    state_manager._redis = Shelf()


async def _nothing(*_: Any) -> None:
    pass


def main() -> None:
    state_manager.connect = _connect
    state_manager.close = media_manager.connect = media_manager.close = _nothing
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
