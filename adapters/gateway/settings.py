"""How the gateway is set, and what it declares that it can do."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.calls.http_client import Way
from bot.domain.messages import Capabilities

NAME = "The gateway"
BODY_LIMIT = 16 << 10  #: bytes of a call to us; what it has to say takes a few hundred

CAPABILITIES = Capabilities(text_limit=1, call_limit=BODY_LIMIT, buttons=False, receives=False, phones=True)

#: Answers that say what is wrong with a call of ours; any other status says that the gateway is down.
_READ = frozenset({200, 201, 202, 204, 400, 401, 403, 404, 409, 410, 413, 422, 429})


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """One gateway."""

    url: str
    secret: str = field(repr=False)  #: ``whsec_`` and base64, the same in both directions
    seconds: float = 10.0  #: that it may take to answer

    @property
    def way(self) -> Way:
        """How it is reached."""
        return Way(NAME, self.url, statuses=_READ)
