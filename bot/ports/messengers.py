"""What the core asks of messengers: adapters, and what some of them can besides. Contracts, documented here only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from bot.domain.messages import Capabilities, Delivery, Inbound, Outgoing
from bot.domain.phone_calls import Spoken


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a webhook may answer once the message is stored."""

    is_new: bool = True  #: False for a redelivery
    reply: str = ""  #: the answer, for messengers that take it in the call; a redelivery gets the same
    went: Callable[[], None] = _nothing  #: to be called when the answer went out in the call; else it is sent


#: Stores a verified message and returns after the commit. Raises `StorageError` when it was not stored.
Receive = Callable[[Inbound], Awaitable[Receipt]]


class Adapter(Protocol):
    """One messenger. It neither truncates nor drops: the caller keeps to `capabilities`."""

    @property
    def messenger(self) -> str:
        """The messenger's name, the first half of its addresses."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, as data."""

    async def start(self, receive: Receive) -> None:
        """Connect. Messages that come in by polling go to `receive`, each acknowledged only after it returned."""

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        """Send one part of a message; buttons, file and tap answer go with the last part. Returns the external id.

        `delivery.edits` names the message to change instead of sending a new one. Raises only `SendError`.
        """

    async def stop(self) -> None:
        """Disconnect within 5 seconds; may be called twice."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a mail, made for its recipient at the moment of sending and kept nowhere."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


class Encloses(Protocol):
    """Says what goes with a message where a messenger can carry files that nobody else reads."""

    async def enclosed(self, message: Outgoing) -> tuple[Enclosure, ...]:
        """Make what goes with a message; mostly nothing. Raises `StorageError`."""

    async def went(self, message: Outgoing, enclosed: Sequence[Enclosure]) -> None:
        """Take note that it was handed over. Raises nothing."""


@runtime_checkable
class FileSource(Protocol):
    """A messenger that files can be fetched from."""

    async def fetch(self, file_id: str, limit: int) -> bytes:
        """Return the content of a file that somebody sent, of at most `limit` bytes whatever is said of its size.

        Raises only `SendError`: `Refused` when it can never be had or is too large. No reason holds a secret.
        """


@runtime_checkable
class Knocks(Protocol):
    """A messenger that can carry, outside its reply window, a message without our text that asks the person to tap."""

    async def knock(self, delivery: Delivery, headline: str) -> str:
        """Send it, once for each `delivery.message.dedupe_key`; returns its id.

        `headline` says reference, urgency and act wanted, nothing else. Raises only `SendError`. What became of it
        comes later as a message of `Kind.OUTCOME` with that id.
        """


@runtime_checkable
class Phones(Protocol):
    """Whatever can make somebody's phone ring; it does where its capabilities say that it `phones`."""

    async def phone(self, delivery: Delivery, spoken: Spoken) -> str:
        """Have somebody called, once for each `delivery.message.id` where that can be told; returns the call's id.

        `spoken` is all that may be said. Returns when the call is taken on, not when it is answered. Raises only
        `SendError`. What became of it comes later as a message of `Kind.CALLED`, which names it as
        `bot.domain.phone_calls.PhoneCall.name` does.
        """


class Wakes(Protocol):
    """Whatever tells people, beside a message that is sent anyway, that there is one; it says nothing of any case."""

    async def start(self) -> None:
        """Connect; before this nobody is woken."""

    def wake(self, message: Outgoing) -> None:
        """Begin to wake those whom a message is for, as it is first sent. Returns at once, raises nothing."""

    async def settled(self) -> None:
        """Wait until nobody is being woken any more."""

    async def stop(self) -> None:
        """Disconnect within 5 seconds; may be called twice."""


@runtime_checkable
class SetsUp(Protocol):
    """A messenger with something to set once: a menu, a list of commands."""

    async def set_up(self) -> list[str]:
        """Set it, also over what was set before; returns what was done, a sentence a line. Raises only `SendError`.

        Works without `start`; `stop` is called after it.
        """


@runtime_checkable
class Probes(Protocol):
    """A messenger that can be asked whether it knows us."""

    async def probe(self) -> str:
        """Ask it, and return one sentence about what it answered; nobody is written to. Raises only `SendError`.

        Works without `start`; `stop` is called after it.
        """


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to a webhook, as the web server hands it on."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  #: names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What a webhook answers."""

    status: int
    body: str = ""
    media_type: str = "text/plain; charset=utf-8"
    went: Callable[[], None] | None = None  #: to be called when it was given to somebody who still listened


@runtime_checkable
class WebhookAdapter(Adapter, Protocol):
    """A messenger that calls us."""

    async def handle(self, request: Request) -> Response:
        """Verify, parse, store, answer (design rule 1). Raises nothing."""
