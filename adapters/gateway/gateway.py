"""The gateway put together: asks it to call somebody, and takes what it says became of that. Knows no phone number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import structlog

from adapters.calls.http_client import Answer, HttpClient
from adapters.calls.node import Leases, Node
from adapters.gateway.door import Door
from adapters.gateway.settings import CAPABILITIES, NAME, GatewaySettings
from adapters.gateway.signing import Signing
from bot.domain.errors import Refused, SendError, Throttled, Unavailable
from bot.domain.messages import GATEWAY, Capabilities, Delivery
from bot.domain.phone_calls import PhoneCall, Spoken
from bot.ports.messengers import Receive, Request, Response

_log = structlog.get_logger()

REQUESTED = "call.requested"  #: the type of what we ask of it
TEST = "gateway.test"  #: the type of what asks for nothing but an answer
_CONNECTIONS = 8


class Gateway:
    """One gateway, as a carrier of phone calls only."""

    messenger = GATEWAY

    def __init__(self, settings: GatewaySettings, node: Node[Leases]) -> None:
        self._clock = node.clock
        self._signing = Signing(settings.secret, node.clock, node.machine)
        self._http = HttpClient(settings.way, connections=_CONNECTIONS, answer_within=settings.seconds)
        self._door = Door(self._signing)
        self.failing_since: datetime | None = None  #: None: the last call was taken, or none was made yet

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def start(self, receive: Receive) -> None:
        await self._http.start()
        self._door.open(receive)

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:  # noqa: ARG002 - none is carried
        raise Refused("The gateway makes calls; it carries no message.")

    async def phone(self, delivery: Delivery, spoken: Spoken) -> str:
        call = PhoneCall.of(delivery.message)
        try:
            await self._ask(call.name, self._body(REQUESTED, _told(call, spoken)))
        except SendError:
            self._failed()
            raise
        self.failing_since = None
        return call.name

    async def handle(self, request: Request) -> Response:
        return await self._door.handle(request)

    async def stop(self) -> None:
        self._door.close()
        await self._http.stop()

    async def probe(self) -> str:
        await self._http.start()
        await self._ask(f"test.{int(self._clock().timestamp())}", self._body(TEST, {}))
        return "The gateway answers and takes our signature; nobody was called."

    def _body(self, kind: str, data: dict[str, object]) -> str:
        at = self._clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return json.dumps({"type": kind, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":"))

    async def _ask(self, name: str, body: str) -> None:
        headers = {"Content-Type": "application/json", **self._signing.headers(name, body)}
        answer = await self._http.call("POST", "", headers=headers, body=body.encode())
        error = _refusal(answer)
        if error is not None:
            raise error

    def _failed(self) -> None:
        if self.failing_since is None:
            self.failing_since = self._clock()
            _log.warning("The gateway makes no calls; the ladder goes on without them.")


def _told(call: PhoneCall, spoken: Spoken) -> dict[str, object]:
    return {
        "call": call.name,
        "to": call.recipient,
        "reference": spoken.reference,
        "urgency": spoken.urgency,
        "act": spoken.act,
        "exercise": spoken.exercise,
        "say": spoken.sentence,
    }


def _refusal(answer: Answer) -> SendError | None:
    """Say what an answer means; what stands in it is not read."""
    if answer.status < 300 or answer.status == 409:  # a repeat of a call that it has
        return None
    if answer.status in (401, 403):
        return Unavailable(f"{NAME} does not take our signature (status {answer.status}): check gateway.secret.")
    if answer.status == 429:
        return Throttled(f"{NAME} was asked too often (status 429).")
    return Refused(f"{NAME} does not call this recipient (status {answer.status}).")
