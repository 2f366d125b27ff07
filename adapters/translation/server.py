"""A translation server that speaks LibreTranslate's interface: POST /translate (https://docs.libretranslate.com)."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.calls.http_client import Answer, HttpClient, Way
from bot.domain.errors import Refused, Throttled, Unavailable, Uncertain
from bot.ports.translation import checked

_NAME = "The translation server"
#: Answers that say what is wrong with the request; any other status says that the server is down.
_READ = frozenset({200, 400, 401, 403, 413, 429})
_CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where it is."""

    url: str  #: without a slash at its end
    api_key: str = field(default="", repr=False)
    seconds: float = 20.0  #: that it may take


class TranslationServer:
    """Honours `bot.ports.translation.Translator` over HTTP."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        way = Way(_NAME, settings.url, statuses=_READ)
        self._client = HttpClient(way, connections=_CONNECTIONS, answer_within=settings.seconds)

    async def start(self) -> None:
        await self._client.start()

    async def stop(self) -> None:
        await self._client.stop()

    async def in_english(self, text: str) -> str:
        body = {"q": text, "source": "auto", "target": "en", "format": "text"}
        if self._settings.api_key:
            body["api_key"] = self._settings.api_key
        try:
            answer = await self._client.call("POST", "/translate", body=body)
        except Uncertain:  # asked twice it does no harm
            raise Unavailable(f"{_NAME} did not answer in time, or the way to it broke.") from None
        return checked(_draft(answer))


def _draft(answer: Answer) -> str:
    """Read the draft out of an answer; what the server says of an error is not read: it may hold the text."""
    if answer.status in (401, 403):
        raise Refused(f"{_NAME} refuses our api_key, or wants one (status {answer.status}).")
    if answer.status == 429:
        raise Throttled(f"{_NAME} was asked too often (status 429).")
    if answer.status != 200:
        raise Refused(f"{_NAME} does not take this text (status {answer.status}).")
    draft = answer.as_json().get("translatedText")
    if not isinstance(draft, str):
        raise Unavailable(f"{_NAME} answered something else than a translation.")
    return draft
