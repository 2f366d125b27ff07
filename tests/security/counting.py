"""A storage that notes what it is asked, so that equal questions show as such, and which cases it hands out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass
from typing import Any

from bot.ports.reads import Loaded


class Counting:
    """Passes everything on to a storage and keeps the name of each call, with the shape of what it was asked."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage
        self.calls: list[str] = []
        self.handed: set[str] = set()  #: references of all cases that were handed out

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.storage, name)
        return self._noted(name, found) if callable(found) and not name.startswith("_") else found

    def _noted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            self.calls.append(f"{name}({', '.join(map(shape, given))})")
            answer = call(*given, **named)
            return self._handing_out(answer) if name in ("load", "find_case", "list_cases") else answer

        return noted

    async def _handing_out(self, answer: Awaitable[Any]) -> Any:
        found = await answer
        cases = found.cases.values() if isinstance(found, Loaded) else found if isinstance(found, list) else [found]
        self.handed |= {case.reference for case in cases if case is not None}
        return found

    def take(self) -> list[str]:
        """The calls since this was last asked. The clock's own looks are left out: they come when they come."""
        calls = [c for c in self.calls if not c.startswith(("claim_", "superseded"))]
        self.calls.clear()
        self.handed.clear()
        return calls


def shape(value: object) -> str:
    """What a call was asked, without the words: kinds and numbers of things only."""
    if is_dataclass(value) and not isinstance(value, type):
        held = ((f.name, getattr(value, f.name)) for f in fields(value))
        return f"{type(value).__name__}({', '.join(f'{n}={shape(v)}' for n, v in held if v)})"
    if isinstance(value, tuple | list | frozenset):
        return "[" + ", ".join(map(shape, value)) + "]"
    return type(value).__name__
