"""What a messenger's adapter keeps between calls, in memory: leases, cursors and tokens, shared by all nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.errors import StorageError
from bot.ports.messenger_state import Token
from tests.kit.clock import Clock


@dataclass
class MemoryState:
    """Keeps them as a storage would, and can be out of order."""

    clock: Clock = field(default_factory=Clock)
    cursors: dict[str, int] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    is_down: bool = False

    async def take_lease(self, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        self._check()
        holder, until = self.leases.get(name, (owner, now))
        if holder != owner and until > now:
            return False
        self.leases[name] = (owner, now + ttl)
        return True

    async def release_lease(self, name: str, owner: str) -> None:
        self._check()
        if self.leases.get(name, ("",))[0] == owner:
            del self.leases[name]

    async def cursor(self, name: str) -> int | None:
        self._check()
        return self.cursors.get(name)

    async def save_cursor(self, name: str, value: int) -> None:
        self._check()
        self.cursors[name] = value

    async def token(self, name: str) -> Token | None:
        self._check()
        return self.tokens.get(name)

    async def save_token(self, name: str, token: Token) -> None:
        self._check()
        self.tokens[name] = token

    def _check(self) -> None:
        if self.is_down:
            raise StorageError("the disk is full")
