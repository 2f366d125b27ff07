"""Tells people's browsers that something is due, when a message that wakes them is sent. Nobody waits for it."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from typing import Protocol

import structlog

from adapters.calls.follow_ups import FollowUps
from adapters.calls.http_client import HttpClient
from adapters.calls.node import Leases, Node
from adapters.push.sealed_push import public_key, seal_push
from adapters.push.settings import WAY, PushSettings
from bot.domain.errors import SendError, StorageError
from bot.domain.messages import Outgoing
from bot.domain.people import Directory
from bot.domain.push import Subscription, may_be_called
from bot.domain.recipients import woken
from bot.language.texts import tr
from bot.ports.messenger_state import KeepsForMessengers

_CONNECTIONS = 8
_AT_ONCE = 8  #: pushes under way; the others wait
_REMEMBERED = 5_000  #: messages
_GONE = (404, 410)  #: the browser let go of it, or its person forbade it there

log = structlog.get_logger(__name__)


class Keeps(KeepsForMessengers, Leases, Protocol):
    """What of the storage is needed."""

    async def directory(self) -> Directory:
        """Return everybody enrolled."""


class Pusher:
    """Web Push, for all browsers. What goes wrong is logged, hinders no message, and is not tried again."""

    def __init__(self, settings: PushSettings, node: Node[Keeps], http: HttpClient | None = None) -> None:
        self._settings = settings
        self._storage = node.store
        self._clock = node.machine or node.clock  # push services go by the time that the world has
        self._http = http or HttpClient(WAY, connections=_CONNECTIONS)
        self._under_way = FollowUps()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._told: OrderedDict[int, None] = OrderedDict()  #: messages, so that one that is tried again wakes once
        self._is_open = False

    @property
    def public_key(self) -> str:
        """What a browser must know of us to be pushed to."""
        return public_key(self._settings.key)

    async def start(self) -> None:
        """Take messages from now on."""
        await self._http.start()
        self._is_open = True

    async def stop(self) -> None:
        """Give what is under way a second; may be called twice."""
        self._is_open = False
        await self._under_way.stop()
        await self._http.stop()

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self._under_way.settled()

    def wake(self, message: Outgoing) -> None:
        """Begin to tell the browsers of those whom a message wakes; returns at once and raises nothing."""
        if self._is_open and message.id not in self._told:
            self._told[message.id] = None
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
            self._under_way.begin(self._tell(message.recipient, message.id))

    async def _tell(self, recipient: str, outbox_id: int) -> None:
        try:
            people = {person.id: person for person in woken(recipient, await self._storage.directory())}
            browsers = await self._storage.subscriptions(sorted(people)) if people else []
        except StorageError:
            log.warning("The browsers of somebody could not be looked up; they are not told.", outbox_id=outbox_id)
            return
        told = (self._push(browser, people[browser.person_id].language, outbox_id) for browser in browsers)
        await asyncio.gather(*told)

    async def _push(self, browser: Subscription, language: str, outbox_id: int) -> None:
        async with self._turns:
            try:
                await self._call(browser, language, outbox_id)
            except (SendError, StorageError, ValueError) as error:
                kind = type(error).__name__
                log.warning("A browser could not be told; its person reads the message where it went.",
                            outbox_id=outbox_id, error=kind)  # fmt: skip
            except Exception as error:  # noqa: BLE001 - whatever a library raises, its text may hold the address
                log.error("Telling a browser failed.", outbox_id=outbox_id, error=type(error).__name__)  # noqa: TRY400

    async def _call(self, browser: Subscription, language: str, outbox_id: int) -> None:
        settings, now = self._settings, self._clock()
        if not may_be_called(browser.endpoint, settings.hosts):
            log.warning("A push service is on the list no more; it is not called.", person_id=browser.person_id)
            return
        push = await asyncio.to_thread(seal_push, browser, said(language), settings.key, settings.contact, now)
        answer = await self._http.call("POST", browser.endpoint, headers=push.headers, body=push.body)
        if answer.status in _GONE:
            await self._storage.drop_subscription(browser.endpoint_hash)
        elif answer.status < 300:
            await self._storage.note_push(browser.endpoint_hash, now)
        else:
            log.warning("A push service refused.", outbox_id=outbox_id, status=answer.status)


def said(language: str) -> bytes:
    """All that a push says: nothing of any case, not even how urgent one is."""
    words = {
        "title": tr(language, "Urgent Case Bridge"),
        "body": tr(language, "Something is due at the bridge. Open it."),
    }
    return json.dumps(words, ensure_ascii=False).encode()
