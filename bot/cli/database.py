"""How commands reach the database: opened for one command, and every act through the line."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import storage as stores
from bot import app, app_keys
from bot.composing import Composer
from bot.config import Settings
from bot.context import Context
from bot.ports import Storage, Wanted
from bot.receive import Line
from bot.work import Order

NOTHING = Wanted()


def migrate(settings: Settings, *, is_embedded: bool) -> str:
    """Bring the database to this version."""
    if is_embedded:
        app_keys.make_missing_keys(settings, app.clock())
    return stores.migrate(settings.database.url.get_secret_value(), app_keys.vault_of(settings))


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """Open the configured storage for the length of a block."""
    storage = app.storage_of(settings)
    await storage.start()
    try:
        yield storage
    finally:
        await storage.stop()


async def write(
    settings: Settings, storage: Storage, by: str, act: Callable[[Composer], None], wanted: Wanted = NOTHING
) -> None:
    """Put one act through the line, as every message goes; the running bridge sends what it says."""
    rules, chance = app.rules_of(settings), app.chance()

    def context() -> Context:
        return Context(
            app.clock(),
            rules.agreement,
            chance.new_id,
            chance.choose,
            chance.salt,
            rules.alert_after,
            rules.public_url,
            confirm_every=rules.confirm_every,
        )

    def handed_over(c: Composer) -> None:
        c.sent_by_others = True
        act(c)

    line = Line(storage, context, committed=lambda _turns, _left_out: None)
    line.start()
    try:
        await line.submit(Order(handed_over, actor=f"cli:{by}", wanted=wanted))
    finally:
        await line.stop()
