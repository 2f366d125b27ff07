"""In place of sleeping: it is noted how long, and no time is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Naps:
    """Stands in for `asyncio.sleep`: notes how long, and lets the others go first."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0.001)
