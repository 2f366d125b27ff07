"""Calls an address after every healthy minute, so that somebody outside notices when the bridge falls silent."""

from __future__ import annotations

import aiohttp
import structlog

_PATIENCE = aiohttp.ClientTimeout(total=10)

log = structlog.get_logger(__name__)


class Watchdog:
    """An address that expects to be called. It may be a secret: it is never logged."""

    def __init__(self, url: str) -> None:
        """Take the address; empty means that nobody watches."""
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    @property
    def is_set(self) -> bool:
        """Whether somebody watches."""
        return bool(self._url)

    async def call(self) -> None:
        """Say that all is well. A failure is logged; the watchdog itself will notice the silence."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE, trust_env=False)
        try:
            async with self._session.get(self._url) as response:
                if response.status >= 300:
                    log.warning("watchdog refused the call", status=response.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("watchdog not reached", error=type(error).__name__)

    async def stop(self) -> None:
        """Close the connection; may be called twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None
