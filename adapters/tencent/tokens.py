"""Keeps one access token for all nodes: in the database, fetched anew early and by one at a time. Never shows it."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from adapters.calls.node import Leases, Node
from bot.domain.errors import SendError, StorageError, Unavailable
from bot.ports.messenger_state import Token

log = structlog.get_logger()

_EARLY = timedelta(minutes=5)  #: a new token is fetched so long before the old one is over
_LEASE = timedelta(seconds=30)  #: longer than one question to the messenger takes
_CALM = timedelta(seconds=10)  #: after a question, whatever its answer, the next one waits so long
_LOOKS = 30  #: at what another node fetches, before we ask ourselves: it may have died
_BETWEEN_LOOKS = 0.5  #: seconds
_SHORTEST = 60.0  #: seconds; no token is taken to be over sooner: it would be fetched for every call

#: Asks the messenger for a token, and returns it with the seconds that it is good for; raises only `SendError`.
#: It is told the token that the messenger refused, or nothing when the old one is merely old.
Ask = Callable[[str], Awaitable[tuple[str, float]]]


class TokenStore(Leases, Protocol):
    """What a keeper needs of the storage; see `bot.ports.messenger_state`."""

    async def token(self, name: str) -> Token | None:
        """Return the token kept under this name."""

    async def save_token(self, name: str, token: Token) -> None:
        """Keep a token in place of the one before."""


class TokenKeeper:
    """The token of one account. With the database away it goes on from memory."""

    def __init__(self, name: str, ask: Ask, node: Node[TokenStore]) -> None:
        self._name = name
        self._ask = ask
        self._node = node
        self._token: Token | None = None
        self._one_at_a_time = asyncio.Lock()
        self._asked_at: datetime | None = None
        self._failure: SendError | None = None  #: what the last question came to

    def __repr__(self) -> str:
        return f"TokenKeeper({self._name!r})"

    async def token(self) -> str:
        """Return a token that is good now. Raises only `SendError`."""
        token = self._token
        if token is not None and self._lives(token) and (not self._is_old(token) or self._one_at_a_time.locked()):
            return token.value
        async with self._one_at_a_time:
            return await self._good()

    async def renew(self, refused: str) -> str:
        """Return another token than one that the messenger refused; the same when there is no other just now."""
        async with self._one_at_a_time:
            if self._token is not None and self._token.value != refused and self._lives(self._token):
                return self._token.value  # somebody who waited before us has it already
            if await self._look(refused):
                return self._value()
            if self._is_calm():
                return refused  # fetched a moment ago and refused again: it is not the token
            await self._fetch(refused)
            return self._value()

    async def _good(self) -> str:
        if self._token is None or self._is_old(self._token):
            await self._look("")
        if self._token is None or not self._lives(self._token):
            await self._fetch("")
        elif self._is_old(self._token) and not self._is_calm():
            await self._fetch_early()
        return self._value()

    async def _fetch_early(self) -> None:
        """Fetch the next token, unless another node does; whatever happens, the old one is still good."""
        with contextlib.suppress(SendError, StorageError):
            async with self._lease() as is_ours:
                if is_ours and not await self._look_for_fresh():
                    await self._ask_and_keep("")

    async def _fetch(self, refused: str) -> None:
        """Fetch a token, or wait for the node that does."""
        for _ in range(_LOOKS):
            try:
                async with self._lease() as is_ours:
                    if await self._look(refused):
                        return
                    if is_ours:
                        await self._ask_and_keep(refused)
                        return
            except StorageError:
                break  # without it there is no lease to wait for
            await self._node.sleep(_BETWEEN_LOOKS)
        await self._ask_and_keep(refused)

    async def _look_for_fresh(self) -> bool:
        await self._look("")
        return self._token is not None and not self._is_old(self._token)

    async def _look(self, refused: str) -> bool:
        """Take over what the database has, if it is good and not what was refused."""
        kept = None
        with contextlib.suppress(StorageError):
            kept = await self._node.store.token(self._name)
        if kept is None or kept.value == refused or not self._lives(kept):
            return False
        if self._token is None or refused or kept.expires_at > self._token.expires_at:
            self._token = kept
        return True

    async def _ask_and_keep(self, refused: str) -> None:
        if self._failure is not None and self._is_calm():
            raise copy.copy(self._failure)  # those who waited behind a failed question do not repeat it one by one
        self._asked_at = self._node.clock()
        try:
            value, seconds = await self._ask(refused)
        except SendError as error:
            self._failure, self._asked_at = error, self._node.clock()
            raise
        self._failure = None
        self._token = Token(value, self._node.clock() + timedelta(seconds=max(seconds, _SHORTEST)))
        try:
            await self._node.store.save_token(self._name, self._token)
        except StorageError:
            log.warning("An access token could not be stored; it is used from memory.", token=self._name)

    @contextlib.asynccontextmanager
    async def _lease(self) -> AsyncIterator[bool]:
        is_ours = await self._node.store.take_lease(self._name, self._node.owner, self._node.clock(), _LEASE)
        try:
            yield is_ours
        finally:
            if is_ours:
                with contextlib.suppress(StorageError):
                    await self._node.store.release_lease(self._name, self._node.owner)

    def _value(self) -> str:
        if self._token is None:
            raise Unavailable("There is no access token.")
        return self._token.value

    def _lives(self, token: Token) -> bool:
        return self._node.clock() < token.expires_at

    def _is_old(self, token: Token) -> bool:
        return self._node.clock() >= token.expires_at - _EARLY

    def _is_calm(self) -> bool:
        return self._asked_at is not None and abs(self._node.clock() - self._asked_at) < _CALM
