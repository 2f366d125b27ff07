"""Says in the log why calls were refused, and not as often as somebody calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from adapters.tencent.callback import CallRefused

_log = structlog.get_logger()

_QUIET = timedelta(minutes=1)  #: between two lines in the log about the same


class Refusals:
    """The refused calls of one messenger."""

    def __init__(self, messenger: str, clock: Callable[[], datetime]) -> None:
        self._messenger = messenger
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    def note(self, refused: CallRefused) -> None:
        """Say why, each reason once a minute: whoever can call us shall not fill the log."""
        now, last = self._clock(), self._noted.get(refused.reason)
        if last is None or now - last >= _QUIET:
            self._noted[refused.reason] = now
            status = int(refused.status)
            _log.warning("A call was refused.", messenger=self._messenger, status=status, reason=refused.reason)
