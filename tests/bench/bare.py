"""The bare limit: every update stored and answered, nothing asked, nothing decided, no framework.

One fsynced group commit a batch, as the bridge does; whatever the bridge adds to this is its work.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
import uvloop

from tests.fakes.bot_api import TOKEN

_Send = Callable[[dict[str, Any]], Awaitable[None]]


class _Store:
    """Commits what waits, in one transaction."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "bare.db", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    async def keep(self, body: bytes) -> None:
        """Return when it is committed."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((body, done))
        self._wake.set()
        await done

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._commit, [(body,) for body, _ in batch])
            for _, done in batch:
                done.set_result(None)

    def _commit(self, rows: list[tuple[bytes]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO inbox (body) VALUES (?)", rows)
        self._database.execute("COMMIT")


class _Bare:
    """An ASGI application of one route."""

    def __init__(self, store: _Store, session: aiohttp.ClientSession, url: str) -> None:
        self._store = store
        self._session = session
        self._url = url
        self._sending: set[asyncio.Task[None]] = set()

    async def __call__(self, _scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: _Send) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        chat = json.loads(body)["message"]["chat"]["id"]
        await self._store.keep(body)
        task = asyncio.create_task(self._answer(chat))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _answer(self, chat: int) -> None:
        async with self._session.post(self._url, json={"chat_id": chat, "text": "Stored."}) as response:
            await response.read()


async def _serve(port: int, api: str, folder: Path) -> None:
    store = _Store(folder)
    writing = asyncio.create_task(store.run())
    async with aiohttp.ClientSession() as session:
        bare: Any = _Bare(store, session, f"{api}/bot{TOKEN}/sendMessage")
        config = uvicorn.Config(bare, port=port, http="httptools", lifespan="off", log_config=None, access_log=False)
        await uvicorn.Server(config).serve()
    writing.cancel()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args()
    uvloop.run(_serve(chosen.port, chosen.api, chosen.folder))


if __name__ == "__main__":
    main()
