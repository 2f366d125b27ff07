"""Whether what we write is stored: known by the last commit, or by a heartbeat when there was none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.domain.errors import StorageError, Unwritable

log = structlog.get_logger(__name__)

_QUIET = 3.0  #: seconds without a commit until a heartbeat is written
_FRESH = 10.0  #: seconds; an older write proves nothing
_BELIEVED = 10.0  #: seconds; what failed for messages is not forgotten because a heartbeat went well
_ROOM = 64 * 1024  #: bytes that there must be room for when there was none
_SAID_AGAIN = 60.0  #: seconds between two lines of the log about the same trouble


class Pulse:
    """What is known of the last writes. Says trouble once, then once a minute, and when it is over."""

    def __init__(self, beat: Callable[[int], Awaitable[None]], seconds: Callable[[], float]) -> None:
        """Take what writes a heartbeat of so many bytes, and seconds that always go forward."""
        self._beat = beat
        self._seconds = seconds
        self._wrote_at: float | None = None
        self._failed_at = 0.0
        self._since: float | None = None  #: of the trouble
        self._cause = ""
        self._said_at = 0.0

    def note(self, error: StorageError | None) -> None:
        """Hear that something was committed, or why it was not; what is no fault of the database is none of ours."""
        if error is None:
            self._wrote()
        elif isinstance(error, Unwritable):
            self._failed(error)

    def _wrote(self) -> None:
        self._wrote_at = now = self._seconds()
        if self._since is not None:
            log.info("The database takes what is written again.", after=round(now - self._since))
        self._since, self._cause = None, ""

    def _failed(self, error: Unwritable) -> None:
        now = self._failed_at = self._seconds()
        if self._since is None:
            self._since, self._said_at = now, now - _SAID_AGAIN
        self._cause = error.cause
        if now - self._said_at >= _SAID_AGAIN:
            self._said_at = now
            log.error("Nothing can be stored; it is tried all the time.", cause=self._cause, remedy=str(error))

    @property
    def found(self) -> str:
        """What readiness says: ``ok``, or what is wrong."""
        if self._cause:
            return f"cannot write: {self._cause}"
        if self._wrote_at is None:
            return "has not written yet"
        age = self._seconds() - self._wrote_at
        return "ok" if age < _FRESH else f"last write {age:.0f} s ago"

    async def tick(self) -> None:
        """Write a heartbeat when nothing else was written lately, or could be."""
        now = self._seconds()
        if self._since is None and self._wrote_at is not None and now - self._wrote_at < _QUIET:
            return
        try:
            await self._beat(_ROOM if self._since is not None else 0)
        except StorageError as error:
            self.note(error)
        else:
            if self._since is None or now - self._failed_at >= _BELIEVED:
                self._wrote()
