"""The turn of one piece of work: one bad message never stops the line. No I/O."""

from __future__ import annotations

import traceback
from pathlib import Path

import structlog

from bot.domain.turn import Turn
from bot.line.work import Work
from bot.turns.context import Context
from bot.turns.view import View

_PLACES = 5  #: of a failed turn that are logged

log = structlog.get_logger(__name__)


def turn_of(work: Work, view: View, context: Context) -> Turn:
    """Compute the turn of a piece of work; when that fails, the turn that keeps it as failed."""
    try:
        return work.turn(view, context)
    except Exception as error:  # noqa: BLE001 - one bad message never stops the line
        kind = type(error).__name__
        # Its text may hold what somebody wrote: only the places in the program that it came through are logged.
        failed = work.failed(context, kind)
        inbox = failed.inbox.id if failed.inbox else None
        log.error("turn failed", inbox=inbox, work=type(work).__name__, error=kind, at=_places(error))  # noqa: TRY400
        return failed


def _places(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
