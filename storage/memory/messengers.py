"""What the memory storage keeps for messengers: reply windows and access tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.errors import StorageError
from bot.domain.messages import KNOCK_FAILED, Address, Delivery, DeliveryState
from bot.domain.people import SignIn
from bot.domain.reply_windows import Window
from bot.domain.turn import KnockOutcome
from bot.ports.messenger_state import Token
from storage.batch import WINDOWS_KEPT, Batch
from storage.memory.rows import Tables
from storage.rows.messenger_state import why_of


class MemoryForMessengers:
    """Honours `bot.ports.storage.messenger_state.KeepsForMessengers`."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._is_open = True

    def _at(self, now: datetime) -> Tables:
        tables = self._opened()
        tables.now = max(tables.now, now)
        return tables

    def _opened(self) -> Tables:
        if not self._is_open:
            raise StorageError("The storage is closed.")
        return self._tables

    async def spend(self, address: Address, now: datetime, keep: int) -> Window | None:
        for window in _open(self._at(now), address, now):
            if window.by_tap or window.left > keep:
                spent = replace(window, left=window.left - 1)
                self._opened().windows[address, window.by_tap] = spent
                return spent
        return None

    async def give_back(self, window: Window) -> None:
        tables, key = self._opened(), (window.address, window.by_tap)
        kept = tables.windows.get(key)
        if kept is not None and kept.opened_at == window.opened_at:
            tables.windows[key] = replace(kept, left=kept.left + 1)

    async def close_windows(self, address: Address, now: datetime) -> None:
        tables = self._at(now)
        for key, window in list(tables.windows.items()):
            if window.address == address and window.opened_at <= now:
                tables.windows[key] = replace(window, left=0)

    async def open_windows(self, address: Address, now: datetime) -> list[Window]:
        return _open(self._at(now), address, now)

    async def claim_windows(self, now: datetime, until: datetime, limit: int, lease: timedelta) -> list[Window]:
        return _claim(self._at(now), now, until, limit, lease)

    async def token(self, name: str) -> Token | None:
        return self._opened().tokens.get(name)

    async def save_token(self, name: str, token: Token) -> None:
        self._opened().tokens[name] = token


def _open(tables: Tables, address: Address, now: datetime) -> list[Window]:
    """The windows that something can be taken from, the short one first."""
    both = (tables.windows.get((address, by_tap)) for by_tap in (True, False))
    return [window for window in both if window is not None and window.closes_at > now and window.left > 0]


def _claim(tables: Tables, now: datetime, until: datetime, limit: int, lease: timedelta) -> list[Window]:
    closing = [
        window
        for window in tables.windows.values()
        if not (window.by_tap or window.asked) and window.left > 0 and now < window.closes_at < until
    ]
    closing.sort(key=lambda window: (window.closes_at, window.address))
    free = [window for window in closing if tables.window_leases.get(window.address, now) <= now][:limit]
    for window in free:
        tables.window_leases[window.address] = now + lease
    return free


def write_windows(tables: Tables, batch: Batch) -> None:
    """Open windows for what waits, also for what the marks of this very batch let wait."""
    for key, window in batch.windows.items():
        before = tables.windows.get(key)
        if before is None or before.opened_at <= window.opened_at:
            tables.windows[key] = window
            if not window.by_tap:
                tables.window_leases.drop(window.address)
        for delivery in _waiting_at(tables, window.address):
            tables.outbox[delivery.message.id] = replace(delivery, next_attempt_at=window.opened_at)
    for asked in batch.windows_asked:
        before = tables.windows.get((asked.address, asked.by_tap))
        if before is not None and before.opened_at == asked.opened_at:
            tables.windows[asked.address, asked.by_tap] = replace(before, asked=True)
    for outcome, at in batch.knock_outcomes:
        _write_outcome(tables, outcome, at or tables.now)


def _waiting_at(tables: Tables, address: Address) -> list[Delivery]:
    waiting = (d for d in tables.outbox.values() if d.state is DeliveryState.WINDOW_CLOSED)
    return [delivery for delivery in waiting if delivery.message.address == address]


def _write_outcome(tables: Tables, outcome: KnockOutcome, at: datetime) -> None:
    for delivery in _waiting_at(tables, outcome.address):
        if delivery.knock == outcome.knock:
            told = replace(delivery, reason=why_of(outcome))
            if outcome.failure:
                told = replace(told, knock=KNOCK_FAILED, next_attempt_at=at)
                tables.row_leases.drop(("outbox", delivery.message.id))
            tables.outbox[delivery.message.id] = told


def add_sign_in(tables: Tables, link: SignIn) -> None:
    """Keep a link."""
    if link.token_hash in tables.sign_ins:
        raise StorageError("This sign-in link is stored already.")
    tables.sign_ins[link.token_hash] = link


def sweep_windows(tables: Tables, now: datetime) -> int:
    """Delete the windows of the day before."""
    over = [key for key, window in tables.windows.items() if window.closes_at <= now - WINDOWS_KEPT]
    for key in over:
        del tables.windows[key]
    return len(over)
