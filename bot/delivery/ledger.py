"""Pays for each message out of its recipient's reply window, and corrects the ledger by what the messenger says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from bot.delivery import window_rules
from bot.delivery.split import measure, room
from bot.domain.errors import SendError, Uncertain, WindowClosed
from bot.domain.messages import Capabilities, Outgoing, OutgoingKind, WindowRules
from bot.domain.reply_windows import Window
from bot.ports.storage import Storage


class Ledger:
    """What one messenger's reply windows still allow, asked of the storage each time: all nodes spend the same."""

    def __init__(self, storage: Storage, capabilities: Capabilities) -> None:
        """Take the messenger's rules; without any nothing is asked."""
        self._storage = storage
        self._capabilities = capabilities

    @asynccontextmanager
    async def paid(self, message: Outgoing, text: str, now: datetime) -> AsyncIterator[str]:
        """Pay for what is sent within, and give the text to send. Raises `WindowClosed` when nothing is left.

        What the messenger certainly did not take is given back: an outage must not use a window up.
        """
        rules, address = self._capabilities.windows, message.address
        if rules is None or address.peer.startswith(self._capabilities.group_prefix):
            yield text
            return
        window = await self._storage.spend(address, now, window_rules.keep(message, rules))
        if window is None:
            raise WindowClosed("by our ledger")
        try:
            is_last = await self._is_last(message, window, rules, now)
            yield self._with_last_words(text, message, window) if is_last else text
        except WindowClosed:
            await self._storage.close_windows(address, now)
            raise
        except Uncertain:
            raise  # it may have arrived: then it counts
        except SendError:
            await self._storage.give_back(window)
            raise

    async def _is_last(self, message: Outgoing, spent: Window, rules: WindowRules, now: datetime) -> bool:
        if message.kind is OutgoingKind.WINDOW or window_rules.takes_more(message, spent, rules):
            return False
        others = await self._storage.open_windows(message.address, now)
        return not any(window_rules.takes_more(message, window, rules) for window in others)

    def _with_last_words(self, text: str, message: Outgoing, spent: Window) -> str:
        longer = f"{text}\n\n{window_rules.last_words(pings_follow=spent.left > 0)}"
        fits = measure(longer, self._capabilities.text_unit) <= room(message.buttons, self._capabilities)
        return longer if fits else text
