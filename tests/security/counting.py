"""A storage that notes what it is asked: two questions that cost the same are asked by the same calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any


class Counting:
    """Passes everything on to a storage and keeps the name of each call, with the shape of what it was asked."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.storage, name)
        return self._noted(name, found) if callable(found) and not name.startswith("_") else found

    def _noted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            self.calls.append(f"{name}({', '.join(map(shape, given))})")
            return call(*given, **named)

        return noted

    def take(self) -> list[str]:
        """The calls since this was last asked. The clock's own looks are left out: they come when they come."""
        calls = [c for c in self.calls if not c.startswith(("claim_", "superseded"))]
        self.calls.clear()
        return calls


def shape(value: object) -> str:
    """What a call was asked, without the words: kinds and numbers of things only."""
    if is_dataclass(value) and not isinstance(value, type):
        held = ((f.name, getattr(value, f.name)) for f in fields(value))
        return f"{type(value).__name__}({', '.join(f'{n}={shape(v)}' for n, v in held if v)})"
    if isinstance(value, tuple | list | frozenset):
        return "[" + ", ".join(map(shape, value)) + "]"
    return type(value).__name__
