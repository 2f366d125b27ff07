"""Telegram, by polling or by webhook: updates read, messages, edits and files sent, files fetched.

The only home of python-telegram-bot, none of whose updaters and handlers are used: they acknowledge before anything is
stored. Begin with `adapter`; how Telegram is set up stands in README.md.
"""

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.settings import TelegramSettings

__all__ = ["TelegramAdapter", "TelegramSettings"]
