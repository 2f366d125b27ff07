"""What an account at WeChat and one at WeCom do alike: read the access token they are given, and set their menu."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.calls.http_client import Json
from adapters.tencent.client import Client
from bot.domain.errors import Unavailable


def token_in(answer: Json, name: str) -> tuple[str, float]:
    """Read a token and the seconds that it is good for; raises `Unavailable` in the name of the messenger."""
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(seconds, int | float):
        raise Unavailable(f"{name} gave no access token.")
    return value, float(seconds)


async def set_menu(
    client: Client, entries: Iterable[tuple[str, str]], *, query: Mapping[str, str] | None = None
) -> None:
    """Put a menu at the foot of the chat in place of what was there: labels, and what a tap on each says."""
    buttons = [{"type": "click", "name": label, "key": says} for label, says in entries]
    await client.call("POST", "/cgi-bin/menu/create", query=query, json={"button": buttons})
