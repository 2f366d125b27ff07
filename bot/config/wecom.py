"""Checks of what stands in [messengers.wecom]: the app is whole, and the robots are told apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.config.draft import Draft
from bot.config.messenger_tables import WecomTable
from bot.domain.errors import Mistake

_KEY = "messengers.wecom"
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
_ROBOT_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_ROBOT = "wecom:robot:"


def _app(draft: Draft) -> Iterator[Mistake]:
    app = _app_keys(draft.settings.messengers.wecom)
    remedy = "Copy it from the app's page in WeCom's administration."
    if any(app.values()):
        yield from (Mistake(f"{_KEY}.{name}", "is missing.", remedy) for name, value in app.items() if not value)
    if app["aes_key"] and not _AES_KEY.fullmatch(app["aes_key"]):
        yield Mistake(f"{_KEY}.aes_key", "is not an EncodingAESKey: it has 43 letters and digits.", remedy)


def _app_keys(wecom: WecomTable) -> dict[str, str]:
    """What makes an app, empty where it is not set."""
    return {
        "corp_id": wecom.corp_id,
        "agent_id": str(wecom.agent_id or ""),
        "secret": wecom.secret.get_secret_value(),
        "token": wecom.token.get_secret_value(),
        "aes_key": wecom.aes_key.get_secret_value(),
    }


def _robots(draft: Draft) -> Iterator[Mistake]:
    seen: set[str] = set()
    for at, robot in enumerate(draft.settings.messengers.wecom.robots, 1):
        if not _ROBOT_KEY.fullmatch(robot.key.get_secret_value()):
            remedy = "Copy what stands behind key= in its Webhook address."
            yield Mistake(f"{_KEY}.robots.{at}.key", "is no key of a robot.", remedy)
        if robot.name in seen:
            yield Mistake(f"{_KEY}.robots.{at}.name", "is there already.", "Give each robot its own name.")
        seen.add(robot.name)


def _webhook(draft: Draft) -> Iterator[Mistake]:
    has_app = bool(_app_keys(draft.settings.messengers.wecom)["secret"])
    if has_app and not draft.settings.server.public_url.startswith("https://"):
        remedy = "Write the https address under which WeCom reaches /hooks/wecom."
        yield Mistake("server.public_url", "WeCom calls the bridge, and over https only.", remedy)


def _addresses(draft: Draft) -> Iterator[Mistake]:
    wecom = draft.settings.messengers.wecom
    robots = {f"{_ROBOT}{robot.name}" for robot in wecom.robots}
    is_set_up = bool(robots or wecom.secret.get_secret_value())  # else it is told of every address anyway
    for key, desk in draft.desks():
        for at, address in enumerate(desk.addresses, 1):
            if is_set_up and address.startswith(_ROBOT) and address not in robots:
                remedy = (
                    f"Write one of: {', '.join(sorted(robots))}." if robots else "Write [[messengers.wecom.robots]]."
                )
                yield Mistake(f"{key}.addresses.{at}", "names a robot that there is not.", remedy)
            elif robots and not wecom.secret.get_secret_value() and _is_member(address):
                remedy = "Write the app's keys in [messengers.wecom]."
                yield Mistake(f"{key}.addresses.{at}", "is a member's, and only robots are set up.", remedy)


def _is_member(address: str) -> bool:
    return address.startswith("wecom:") and not address.startswith(_ROBOT)


#: Each check with the sections that it needs whole.
WECOM_CHECKS: tuple[tuple[frozenset[str], Callable[[Draft], Iterator[Mistake]]], ...] = (
    (frozenset({"messengers"}), _app),
    (frozenset({"messengers"}), _robots),
    (frozenset({"messengers", "server"}), _webhook),
    (frozenset({"messengers"}), _addresses),
)
