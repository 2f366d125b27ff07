"""A server that speaks LibreTranslate's interface, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

from tests.fakes.wire import Asked, Reply, Server
from tests.kit.time_outs import pass_time

DRAFT = "She says that the door was locked from the outside"


class LibreTranslate:
    """Answers with one draft; wants a key where it is given one; does what is planned first."""

    def __init__(self, *plans: Reply, api_key: str = "", drafts: Mapping[str, str] | None = None) -> None:
        self.plans = list(plans)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self._api_key = api_key
        self._drafts = drafts or {}
        self._server = Server(self._answer, on_hold=pass_time)

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.__aexit__()

    def _answer(self, asked: Asked) -> Reply:
        body = json.loads(asked.body)
        self.asked.append((asked.method, asked.target, body))
        if self.plans:
            return self.plans.pop(0)
        if (asked.method, asked.target) != ("POST", "/translate"):
            return _refused(404, "Not found")
        if not {"q", "source", "target"} <= body.keys():
            return _refused(400, "Invalid request: missing q parameter")
        if self._api_key and body.get("api_key") != self._api_key:
            return _refused(403, f"Invalid API key for {body['q']}")
        draft = self._drafts.get(body["q"], DRAFT)
        return Reply(200, json.dumps({"translatedText": draft, "detectedLanguage": {"language": "km"}}).encode())


def _refused(status: int, error: str) -> Reply:
    return Reply(status, json.dumps({"error": error}).encode())
