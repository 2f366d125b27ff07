"""Cases whose two sides use different messengers, and what a relayed message looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.messages import Address
from tests.kit.played import PlayedBridge
from tests.kit.world import agreement

OFFICER, CLERK, OWN_GROUP, OWN_SUPERVISOR = (
    "telegram:officer", "telegram:clerk", "telegram:kh-group", "telegram:kh-supervisor",
)  # fmt: skip
DUTY, NIGHT, THEIR_SUPERVISOR, DETECTIVE = "wechat:duty", "wechat:night", "wecom:supervisor", "wecom:detective"
THEIR_GROUP = "telegram:-100200"
SENT = ("[No]", "[Locked in or held]", "16", "send", "send")
#: Nothing stands in the way of the border: citizenship and fear are known.
CLEARED = ("no", "locked in", "25", "citizenship: Cambodia\nfears: no\nconsent to police: yes", "send", "send")
NOW = "14:05 Phnom Penh / 15:05 Beijing"


def head(case: Case, who: str, when: str = NOW) -> str:
    """The first line of what is relayed."""
    return f"{case.reference} · {who} · {when}"


def new_at(bridge: PlayedBridge, place: str) -> list[str]:
    """What somebody was told since they were last looked at, without changes of messages that stand already."""
    return [shown.text for shown in bridge.phones.take(place) if not shown.edits]


@asynccontextmanager
async def turned_round(folder: Path) -> AsyncIterator[PlayedBridge]:
    """The officer is on WeChat, and the other side's desk is a group on Telegram with a member of its own there."""
    agreed = with_desk(agreement(), "cn-duty", THEIR_GROUP)
    bridge = PlayedBridge(folder, agreed=agreed)
    await bridge.start()
    await bridge.change(OFFICER, addresses=(Address("wechat", "officer"),))
    await bridge.change(DUTY, addresses=(Address("telegram", "li"), Address.parse(DUTY)))
    try:
        yield bridge
    finally:
        await bridge.stop()


def with_desk(agreed: Agreement, name: str, *addresses: str) -> Agreement:
    """The same, with a desk at other addresses."""
    desk = replace(agreed.desks[name], addresses=tuple(Address.parse(a) for a in addresses))
    return replace(agreed, desks={**agreed.desks, name: desk})
