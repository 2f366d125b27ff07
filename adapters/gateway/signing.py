"""Signs and verifies calls by Standard Webhooks (https://www.standardwebhooks.com). The only home of its library.

The library verifies by the wall clock of the process; this takes from it the signature, and goes by the bridge's time.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

CLOCK_WINDOW = timedelta(minutes=5)  #: either way, between their clock and ours
_ID, _AT, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_HEADER_LIMIT = 512  #: characters


class NotSigned(Exception):
    """A call is not signed as it must be. Its reason holds nothing of the call."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The secret that both ends share."""

    secret: str
    clock: Callable[[], datetime]
    machine: Callable[[], datetime] | None = None  #: this machine's clock, where the bridge's time may differ from it

    def headers(self, name: str, body: str) -> dict[str, str]:
        """Sign what is sent; `name` is the same at every try of one call."""
        now = (self.machine or self.clock)()
        signature = Webhook(self.secret).sign(name, now, body)
        return {_ID: name, _AT: str(int(now.timestamp())), _SIGNATURE: signature}

    def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """Return the id of a call that was signed with our secret a moment ago. Raises `NotSigned`."""
        name, at, claimed = (headers.get(header, "") for header in (_ID, _AT, _SIGNATURE))
        if not (name and at and claimed) or max(map(len, (name, at, claimed))) > _HEADER_LIMIT:
            raise NotSigned("It is not signed.")
        if not (at.isascii() and at.isdigit() and len(at) < 12):
            raise NotSigned("The signature is not ours.")
        signed_at = datetime.fromtimestamp(int(at), UTC)
        if not self._is_ours(name, signed_at, claimed, body):
            raise NotSigned("The signature is not ours.")
        clocks = (self.clock(), *([self.machine()] if self.machine else []))
        if not any(abs(clock - signed_at) <= CLOCK_WINDOW for clock in clocks):
            raise NotSigned("It was signed long ago, or the clock of this machine is wrong.")
        return name

    def _is_ours(self, name: str, at: datetime, claimed: str, body: bytes) -> bool:
        try:
            ours = Webhook(self.secret).sign(name, at, body.decode()).encode()
            signatures = claimed.encode("ascii").split(b" ")
        except (UnicodeDecodeError, UnicodeEncodeError):
            return False
        return any(hmac.compare_digest(ours, signature) for signature in signatures)
