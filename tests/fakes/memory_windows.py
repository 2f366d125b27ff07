"""The reply windows and knocks of the in-memory messenger: its own count of what people did, not the bridge's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import SendError, WindowClosed
from bot.domain.messages import Address, Contact, Delivery, Inbound, Kind, WindowRules

_WRITTEN = (Kind.TEXT, Kind.LOCATION, Kind.PHOTO, Kind.FILE, Kind.VOICE)


@dataclass(frozen=True, slots=True)
class Knocked:
    """A message without our text that asks somebody to tap."""

    id: str
    address: Address
    headline: str
    dedupe_key: str


class Granted:
    """How many messages may still be sent to whom, and until when."""

    def __init__(self, rules: WindowRules) -> None:
        self._rules = rules
        self._left: dict[tuple[Address, bool], tuple[int, datetime]] = {}
        self._counted: set[tuple[str, str, str]] = set()

    def took(self, message: Inbound, now: datetime) -> Inbound:
        """Count what somebody did, once, and say on the message what it does to the window."""
        if message.contact is Contact.NONE and message.kind in _WRITTEN:
            message = replace(message, contact=Contact.MESSAGE)
        if message.contact is not Contact.NONE and message.sender and message.key not in self._counted:
            self._counted.add(message.key)
            is_tap = message.contact is Contact.TAP
            grant = self._rules.tap if is_tap else self._rules.message
            self._left[message.sender, is_tap] = (grant.count, now + grant.span)
        return message

    def spend(self, address: Address, now: datetime) -> None:
        """Take one message. Raises WindowClosed when there is none."""
        for by_tap in (True, False):
            left, until = self._left.get((address, by_tap), (0, now))
            if left and now < until:
                self._left[address, by_tap] = (left - 1, until)
                return
        raise WindowClosed("out of the reply window")

    def close(self, address: Address) -> None:
        """Take nothing more there until they do something."""
        self._left.pop((address, True), None)
        self._left.pop((address, False), None)


class KnockBook:
    """What was knocked, the same thing once."""

    def __init__(self) -> None:
        self.all: list[Knocked] = []
        self.error: SendError | None = None  #: raised by every knock while it is set

    def add(self, delivery: Delivery, headline: str) -> str:
        """Keep a knock. Raises what it was told to."""
        if self.error is not None:
            raise self.error
        message = delivery.message
        before = next((k for k in self.all if k.dedupe_key == message.dedupe_key), None)
        if before is None:
            before = Knocked(f"knock{len(self.all) + 1}", message.address, headline, message.dedupe_key)
            self.all.append(before)
        return before.id
