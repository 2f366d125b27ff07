"""A translation program in memory, which drafts what it was taught and fails on demand."""

from __future__ import annotations

from bot.domain.errors import SendError
from bot.ports.translation import checked


class MemoryTranslator:
    """Honours `bot.ports.translation.Translator`."""

    def __init__(self, draft: str = "she says door is lock of outside") -> None:
        self.draft = draft
        self.asked: list[str] = []
        self.troubles: list[SendError] = []
        self.is_open = False

    async def start(self) -> None:
        self.is_open = True

    async def stop(self) -> None:
        self.is_open = False

    async def in_english(self, text: str) -> str:
        assert self.is_open
        self.asked.append(text)
        if self.troubles:
            raise self.troubles.pop(0)
        return checked(self.draft)
