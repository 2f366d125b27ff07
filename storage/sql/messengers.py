"""The part of the port that messengers' own rules need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.messages import Address
from bot.domain.push import Subscription
from bot.domain.reply_windows import Window
from bot.ports.messenger_state import Token
from storage.sql import kept_by_name as sql_keep
from storage.sql import pushes as sql_pushes
from storage.sql import windows as sql_windows
from storage.sql.engine_threads import SqlEngines


class SqlForMessengers(SqlEngines):
    """Honours `bot.ports.messenger_state.KeepsForMessengers`."""

    async def spend(self, address: Address, now: datetime, keep: int) -> Window | None:
        return await self._write(sql_windows.spend, address, now, keep)

    async def give_back(self, window: Window) -> None:
        await self._write(sql_windows.give_back, window)

    async def close_windows(self, address: Address, now: datetime) -> None:
        await self._write(sql_windows.close, address, now)

    async def open_windows(self, address: Address, now: datetime) -> list[Window]:
        return await self._read(sql_windows.opened, address, now)

    async def claim_windows(self, now: datetime, until: datetime, limit: int, lease: timedelta) -> list[Window]:
        return await self._write(sql_windows.claim, self._term(now, limit, lease), until)

    async def token(self, name: str) -> Token | None:
        return await self._read(sql_keep.token, self._vault, name)

    async def save_token(self, name: str, token: Token) -> None:
        await self._write(sql_keep.save_token, self._statements, self._vault, name, token)

    async def add_subscription(self, subscription: Subscription) -> None:
        await self._write(sql_pushes.add, self._statements, self._vault, subscription)

    async def subscriptions(self, people: Sequence[int]) -> list[Subscription]:
        return await self._read(sql_pushes.of_people, self._vault, people)

    async def note_push(self, endpoint_hash: str, now: datetime) -> None:
        await self._write(sql_pushes.note_ok, endpoint_hash, now)

    async def drop_subscription(self, endpoint_hash: str, person_id: int | None = None) -> None:
        await self._write(sql_pushes.drop, endpoint_hash, person_id)
