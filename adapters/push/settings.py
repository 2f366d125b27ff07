"""How Web Push is set."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.calls.http_client import Way
from bot.domain.push import PUSH_HOSTS

#: Answers that say what became of a push; any other status says that the push service is down.
_READ = frozenset({200, 201, 202, 204, 400, 401, 403, 404, 410, 413, 429})
#: The address that is called is the browser's, whole.
WAY = Way("The push service", "", statuses=_READ)


@dataclass(frozen=True, slots=True)
class PushSettings:
    """What every push is signed with, and who may be called."""

    key: bytes = field(repr=False)  #: 32 bytes, a private key of P-256
    contact: str  #: ``mailto:it@bridge.example``, for whoever runs the push service
    hosts: tuple[str, ...] = PUSH_HOSTS
