"""A gateway that makes phone calls, over real HTTP: it knows people by our names for them, and holds their numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from standardwebhooks import Webhook

from tests.fakes.wire import Asked, Reply, Server
from tests.kit.time_outs import pass_time

SECRET = "whsec_bWFkZSB1cCBmb3IgdGVzdHMgb25seSwgbm8gc2VjcmV0"
OTHER_SECRET = "whsec_YW5vdGhlciBvbmUsIG1hZGUgdXAgZm9yIHRlc3RzIHRvbw=="
#: Whom it can call; the numbers are nobody's business but its own.
NUMBERS = {"person:12": "a number", "desk:cn-duty": "another"}


@dataclass
class Gateway:
    """Takes signed calls, each once, and does what is planned first."""

    clock: Callable[[], datetime]
    plans: list[Reply] = field(default_factory=list)
    knows: Callable[[str], bool] = NUMBERS.__contains__
    asked: list[Asked] = field(default_factory=list)  #: every try
    rung: dict[str, dict[str, Any]] = field(default_factory=dict)  #: what it called about, by the id of the call

    def __post_init__(self) -> None:
        self._server = Server(self._answer, on_hold=pass_time)

    @property
    def url(self) -> str:
        return f"{self._server.url}/casebridge"

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.__aexit__()

    @property
    def calls(self) -> list[dict[str, Any]]:
        """What it was asked, each call once, oldest first."""
        return list(self.rung.values())

    def says(
        self, call: str, result: str, *, event: str = "event-1", secret: str = SECRET, **more: Any
    ) -> tuple[dict[str, str], bytes]:
        """Write what became of a call: the headers and the body for our address."""
        body = json.dumps({"type": "call.result", "data": {"call": call, "result": result}, **more})
        return self.signed(body, event, secret), body.encode()

    def signed(self, body: str, event: str = "event-1", secret: str = SECRET) -> dict[str, str]:
        """Sign whatever is sent."""
        now = self.clock()
        signature = Webhook(secret).sign(event, now, body)
        return {
            "webhook-id": event,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }

    def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.plans:
            return self.plans.pop(0)
        body, headers = asked.body.decode(), asked.headers
        if (asked.method, asked.target) != ("POST", "/casebridge"):
            return Reply(404)
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), self.clock().tzinfo)
        if headers["webhook-signature"] != Webhook(SECRET).sign(headers["webhook-id"], at, body):
            return Reply(401, b'{"error": "signature"}')
        told = json.loads(body)
        if told["type"] == "gateway.test":
            return Reply(200)
        if not self.knows(told["data"]["to"]):
            return Reply(404, f'{{"error": "no number for {told["data"]["to"]}"}}'.encode())
        self.rung.setdefault(headers["webhook-id"], told)
        return Reply(202)
