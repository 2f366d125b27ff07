"""Lets the translation program draft the English of what waits for it, after the commit. Knows only ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.acts import english_drafts
from bot.domain.english import Translation, failed, settled
from bot.domain.errors import SendError, StorageError, Unavailable
from bot.line.message_work import Order
from bot.line.work import Work
from bot.ports.reads import Loaded, Wanted
from bot.ports.storage import Storage
from bot.ports.translation import Translator
from bot.protection.redaction_policy import to_be_drafted

AT_ONCE = 2  #: texts at a time: a program on this machine takes a core for itself
LEASE = timedelta(minutes=5)  #: longer than any try; a crash makes a draft late by no more than this

log = structlog.get_logger(__name__)


class EnglishDrafts:
    """One tick a second, on any number of nodes: each text is claimed, and its draft put in the line."""

    def __init__(
        self,
        storage: Storage,
        translator: Translator,
        *,
        submit: Callable[[Work], Awaitable[object]],
        clock: Callable[[], datetime],
    ) -> None:
        """Take the storage, the program, the line and the clock."""
        self._storage = storage
        self._translator = translator
        self._submit = submit
        self._clock = clock

    async def tick(self) -> int:
        """Try some of what is due; returns how many there were. One bad text never stops the others."""
        claimed = await self._storage.claim_translations(self._clock(), AT_ONCE, LEASE)
        await asyncio.gather(*map(self._one, claimed))
        return len(claimed)

    async def _one(self, asked: Translation) -> None:
        wanted = _wanted(asked)
        try:
            text = _text(asked, await self._storage.load(wanted))
            outcome, draft = (settled(asked), "") if text is None else await self._tried(asked, text)
            await self._submit(Order(partial(english_drafts.note, outcome, draft), actor="bridge", wanted=wanted))
        except StorageError:
            log.warning("a draft was not stored, it is made again", case_id=asked.case_id)

    async def _tried(self, asked: Translation, text: str) -> tuple[Translation, str]:
        try:
            return settled(asked), await self._translator.in_english(text)
        except SendError as error:
            log.warning("no draft was made", case_id=asked.case_id, reason=error.reason, attempt=asked.attempts + 1)
            return failed(asked, error, self._clock()), ""
        except Exception as error:  # noqa: BLE001 - one bad text never stops the loop; its error may hold anything
            log.error("no draft was made", case_id=asked.case_id, kind=type(error).__name__)  # noqa: TRY400 - see above
            return failed(asked, Unavailable("The translation failed."), self._clock()), ""


def _wanted(asked: Translation) -> Wanted:
    return Wanted(cases=(asked.case_id,), kept=() if asked.field else (asked.id,))


def _text(asked: Translation, loaded: Loaded) -> str | None:
    """What is still to be drafted: the current answer or a text, of which nobody has said the English."""
    case = loaded.cases.get(asked.case_id)
    if case is None or not case.is_open or asked.id in case.english:
        return None
    answer = case.answers.get(asked.field)
    if asked.field:
        return to_be_drafted(answer.value) if answer is not None and answer.id == asked.id else None
    return to_be_drafted(loaded.kept.get(asked.id))
