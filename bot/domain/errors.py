"""Every error the bridge raises on purpose.

BridgeError
+-- ConfigError            the configuration cannot be used; carries every mistake found
+-- StorageError           the database cannot do what was asked
|   +-- SchemaMismatch     the database is older or newer than this program
|   +-- Stale              something moved since it was read: read again, compute again
|   +-- NoClock            an open case would be left without a deadline
|   +-- AlreadySeen        these messages are stored already (a redelivery)
|   +-- Unwritable         the database takes nothing at the moment; try again when it does
|   |   +-- Held           something that is to be written is held by somebody else for too long
|   +-- KeysUnusable       the keys are missing or spoilt, or the database is sealed with others
|   +-- SealBroken         a stored value was changed or moved, or its key is not there
+-- NoPaper                a paper cannot be drawn up of a case as it stands
|   +-- EnglishMissing     a free text that goes into it has no English version; names the fields
+-- SendError              a messenger did not take a message; `retryable` says what to do
    +-- Refused            this message will never be taken (bad request): park it
    +-- Unreachable        this person or chat cannot be reached: next address
    +-- WindowClosed       the messenger's reply window is closed: next address, keep the text
    +-- Throttled          wait `retry_after`, this chat only
    +-- Unavailable        the messenger or the way to it is down: try again
    +-- Uncertain          a time-out: it may have arrived; try again
    +-- Moved              the chat has a new address: rewrite it and send there
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from bot.domain.messages import Address


class BridgeError(Exception):
    """Base of all errors raised on purpose; its text is fit for a person to read."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in the configuration, as a person would want it told."""

    key: str  #: dotted key, ``desks.2.role``
    problem: str  #: what is wrong, without the value where it may be a secret
    remedy: str  #: what to write instead


class ConfigError(BridgeError):
    """The configuration cannot be used. ``mistakes`` holds all of them, never only the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all mistakes and make one readable text of them."""
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{m.key}: {m.problem} {m.remedy}" for m in self.mistakes))


class StorageError(BridgeError):
    """The database cannot do what was asked."""


class NoPaper(BridgeError):
    """A paper cannot be drawn up of a case as it stands; the text says why, without a word of the case."""


class EnglishMissing(NoPaper):
    """Free texts that would go into a paper are not in English, and have no English version."""

    def __init__(self, labels: Sequence[str]) -> None:
        """Take what the texts are called, in English, as people see it."""
        self.labels = tuple(labels)
        super().__init__(f"No English version yet: {', '.join(self.labels)}.")


class SchemaMismatch(StorageError):
    """The database's schema is not this program's; the text says which command mends it."""


class Stale(StorageError):
    """A case or conversation moved since it was read; nothing was written."""


class Behind(Stale):
    """Another process stored a message for the same address under a later id; nothing was written."""

    def __init__(self, newest: int) -> None:
        """Take the id that the ids of this process must go beyond."""
        self.newest = newest
        super().__init__("Messages would overtake each other.")


class NoClock(StorageError):
    """An open case that nobody stood down would be left without a running deadline; nothing was written."""


class AlreadySeen(StorageError):
    """Some messages were stored before; nothing was written. ``seen`` holds their keys."""

    def __init__(self, seen: Sequence[tuple[str, str, str]]) -> None:
        """Keep the (messenger, account, external id) keys that were there already."""
        self.seen = tuple(seen)
        super().__init__(f"{len(self.seen)} messages were stored before")


class Unwritable(StorageError):
    """The database takes nothing at the moment, whatever it is; what was to be stored is not, and comes again."""

    def __init__(self, cause: str, text: str = "") -> None:
        """Keep the cause in a few words, such as "disk full", and what to do about it."""
        self.cause = cause
        super().__init__(text or f"The database cannot be used: {cause}.")


class Held(Unwritable):
    """Something that is to be written is held by somebody else for too long; the rest may be free."""


class KeysUnusable(StorageError):
    """The keys cannot be used; neither ``problem`` nor ``remedy`` tells any of them."""

    def __init__(self, problem: str, remedy: str, *, where: str = "") -> None:
        """Keep what is wrong and what to do; `where` names the keys' source at the start of the text."""
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{where}: {problem} {remedy}" if where else f"{problem} {remedy}")


class SealBroken(StorageError):
    """A stored value does not open in its place; the text names the place, never the value."""


class SendError(BridgeError):
    """A messenger did not take a message. The type says what the deliverer does next."""

    retryable: ClassVar[bool] = False  #: the same address may take it later

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        """Keep a reason without secrets or message text, and how long to wait if known."""
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


class Refused(SendError):
    """This message will never be taken by this address."""


class Unreachable(SendError):
    """The person blocked the bot, left, or does not exist there."""


class WindowClosed(SendError):
    """The messenger allows no message to this person now."""

    retryable = True


class Throttled(SendError):
    """Too many messages; wait ``retry_after``, for this chat only."""

    retryable = True


class Unavailable(SendError):
    """The messenger, the proxy or the network is down."""

    retryable = True


class Uncertain(SendError):
    """Time-out: the message may have been delivered."""

    retryable = True


class Moved(SendError):
    """The chat has a new address (Telegram group to supergroup)."""

    retryable = True

    def __init__(self, reason: str, to: Address) -> None:
        """Keep the new address."""
        super().__init__(reason)
        self.to = to
