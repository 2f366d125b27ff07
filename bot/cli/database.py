"""How commands reach the database: opened for one command, and every act through the line."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import storage as stores
from bot.app import essentials, key_vault
from bot.config.model import Settings
from bot.line.line import Line, LineRules
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from bot.turns.composer import Composer
from bot.turns.context import Context

NOTHING = Wanted()


def migrate(settings: Settings, *, is_embedded: bool) -> str:
    """Bring the database to this version."""
    if is_embedded:
        key_vault.make_missing_keys(settings, essentials.clock())
    return stores.migrate(settings.database.url.get_secret_value(), key_vault.vault_of(settings))


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """Open the configured storage for the length of a block."""
    storage = essentials.storage_of(settings)
    await storage.start()
    try:
        yield storage
    finally:
        await storage.stop()


async def write(
    settings: Settings, storage: Storage, by: str, act: Callable[[Composer], None], wanted: Wanted = NOTHING
) -> None:
    """Put one act through the line, as every message goes; the running bridge sends what it says."""
    rules, chance = essentials.rules_of(settings), essentials.chance()

    def context() -> Context:
        return Context(
            essentials.clock(),
            rules.agreement,
            chance.new_id,
            chance.choose,
            chance.salt,
            rules.alert_after,
            rules.public_url,
            confirm_every=rules.confirm_every,
        )

    line = Line(storage, context, committed=lambda _turns, _left_out: None, rules=LineRules(sends=False))
    line.start()
    try:
        await line.submit(Order(act, actor=f"cli:{by}", wanted=wanted))
    finally:
        await line.stop()
