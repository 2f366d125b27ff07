"""Setting once what a messenger shows on phones besides our messages: a menu, a list of commands."""

from __future__ import annotations

from bot.app import essentials
from bot.app.messengers import Wiring, adapters_of
from bot.cli.database import opened
from bot.config.messengers import KNOWN
from bot.config.model import Settings
from bot.domain.errors import BridgeError
from bot.ports.messengers import SetsUp


async def set_up(settings: Settings, messenger: str) -> list[str]:
    """Set it, also over what was set before, beside a running bridge too; a sentence for each thing that was done."""
    known = KNOWN.get(messenger)
    if known is None:
        raise BridgeError(f"There is no messenger of that name. Write one of: {', '.join(KNOWN)}.")
    if not known.is_set_up(settings):
        raise BridgeError(f"{messenger} is not in the configuration. {known.remedy}")
    async with opened(settings) as storage:
        adapter = adapters_of(Wiring(settings, essentials.node_of(storage))).all[messenger]
        if not isinstance(adapter, SetsUp):
            return [f"There is nothing to set up on {messenger}."]
        try:
            return await adapter.set_up()
        finally:
            await adapter.stop()
