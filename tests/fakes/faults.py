"""What can go wrong at the fake Bot API, on demand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.wire import HOLD, RESET, Reply


class Refusal(Exception):
    """An error as the Bot API words it."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.reply = refuse(code, description, parameters)


def refuse(code: int, description: str, parameters: dict[str, Any] | None = None) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Reply(code, json.dumps(body).encode())


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the next ``times`` calls of a method."""

    kind: str  #: a key of `_REPLIES`, or ``throttle``, ``migrate``, ``refuse``
    method: str = "sendMessage"
    times: int = 1
    chat: int | None = None  #: this chat only
    retry_after: int = 1
    migrate_to: int = 0
    description: str = ""

    @property
    def happens_after(self) -> bool:
        """Whether the call is carried out and only its answer goes wrong."""
        return self.kind in {"timeout", "reset-after"} and self.method != "getUpdates"

    def reply(self) -> Reply:
        if self.kind == "throttle":
            text = f"Too Many Requests: retry after {self.retry_after}"
            return refuse(429, text, {"retry_after": self.retry_after})
        if self.kind == "migrate":
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            return refuse(400, text, {"migrate_to_chat_id": self.migrate_to})
        if self.kind == "refuse":
            return refuse(400, f"Bad Request: {self.description}")
        return _REPLIES[self.kind]


_REPLIES = {
    "forbidden": refuse(403, "Forbidden: bot was blocked by the user"),
    "unauthorized": refuse(401, "Unauthorized"),
    "conflict": refuse(409, "Conflict: terminated by other getUpdates request"),
    "down": Reply(500, b"<html>Internal Server Error</html>", "text/html"),
    "gateway": refuse(502, "Bad Gateway"),
    "garbage": Reply(200, b"\xff<html>not what you asked for", "text/html"),
    "no-result": Reply(200, b'{"ok": true}'),
    "wrong-shape": Reply(200, b'["ok"]'),
    "odd-refusal": Reply(400, b'["no"]'),
    "timeout": HOLD,
    "reset": RESET,
    "reset-after": RESET,
}
