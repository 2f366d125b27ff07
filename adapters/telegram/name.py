"""Asks Telegram for the bot's name, for links that people open."""

from __future__ import annotations

from telegram import Bot

from adapters.telegram.client import ApiRequest
from adapters.telegram.settings import TelegramSettings


async def bot_name(settings: TelegramSettings) -> str:
    """Return the bot's user name; empty when Telegram does not answer."""
    request = ApiRequest(settings.root, settings.patience, proxy=settings.proxy, connections=1)
    await request.initialize()
    try:
        bot = Bot(settings.token, base_url=f"{settings.root}/bot", request=request, get_updates_request=request)
        return (await bot.get_me()).username or ""
    except Exception:  # noqa: BLE001 - a link is a convenience; the code works without it, and the caller says so
        return ""
    finally:
        await request.shutdown()
