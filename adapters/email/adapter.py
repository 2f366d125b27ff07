"""The e-mail adapter: sends to one mail server, a few messages at a time, and receives nothing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from adapters.email.compose import to_email
from adapters.email.errand import Errand
from adapters.email.errors import REMEDIES, to_send_error
from adapters.email.settings import CAPABILITIES, MESSENGER, EmailSettings
from bot.domain.errors import SendError, StorageError, Unavailable
from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Encloses, Enclosure, Receive

_log = structlog.get_logger()


class EmailAdapter:
    """One account at one mail server. Its threads are its own: a slow mail server keeps nobody else waiting."""

    messenger = MESSENGER

    def __init__(
        self, settings: EmailSettings, *, clock: Callable[[], datetime], trust: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._trust = trust or ssl.create_default_context()
        self._turns = asyncio.Semaphore(settings.connections)
        self._threads: ThreadPoolExecutor | None = None
        self._errands: set[Errand] = set()
        self._complaint = ""
        self.encloses: Encloses | None = None  #: what goes with a mail is made by the bridge, which begins later

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def start(self, receive: Receive) -> None:  # noqa: ARG002 - nothing comes in
        self._open()

    def _open(self) -> None:
        # Twice as many threads as connections: one that was given up may take a moment to end.
        self._threads = ThreadPoolExecutor(self._settings.connections * 2, thread_name_prefix="email")

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        enclosed = await self._enclosed(delivery) if is_last else ()
        mail = to_email(delivery, text, self._settings, self._clock(), enclosed)
        try:
            async with asyncio.timeout(self._settings.patience.turn):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("All connections to the mail server are busy.") from None
        try:
            await self._run(lambda errand: errand.run(mail, delivery.message.address.peer))
        except SendError as error:
            self._complain(error.reason)
            raise
        finally:
            self._turns.release()
        self._complaint = ""
        if enclosed and self.encloses is not None:
            await self.encloses.went(delivery.message, enclosed)
        return str(mail["Message-ID"])

    async def _enclosed(self, delivery: Delivery) -> tuple[Enclosure, ...]:
        if self.encloses is None:
            return ()
        try:
            return await self.encloses.enclosed(delivery.message)
        except StorageError:
            raise Unavailable("What goes with the mail could not be read.") from None

    async def probe(self) -> str:
        self._open()
        await self._run(Errand.knock)
        return "The mail server answers" + (" and takes the account." if self._settings.username else ".")

    async def stop(self) -> None:
        threads, self._threads = self._threads, None
        for errand in self._errands:
            errand.cut()
        if threads is not None:
            threads.shutdown(wait=False)

    async def _run(self, business: Callable[[Errand], None]) -> None:
        if self._threads is None:
            raise Unavailable("E-mail is not started.")
        errand = Errand(self._settings, self._trust)
        self._errands.add(errand)
        try:
            async with asyncio.timeout(self._settings.patience.whole):
                await asyncio.get_running_loop().run_in_executor(self._threads, business, errand)
        except TimeoutError as error:
            raise to_send_error(error, errand.step) from None
        finally:
            errand.cut()
            self._errands.discard(errand)

    def _complain(self, reason: str) -> None:
        """Tell once what somebody must mend."""
        if reason in REMEDIES and reason != self._complaint:
            _log.error("E-mail is not sent until somebody mends it.", reason=reason)
            self._complaint = reason
