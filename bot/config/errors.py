"""Turns what the model refused into mistakes as a person would want them told. Pure; never tells a value."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.model import Settings
from bot.domain.errors import Mistake

Place = tuple[int | str, ...]

_SENTENCES = {
    "missing": ("is missing.", "Add it; config.example.toml shows how."),
    "int_type": ("must be a whole number.", "Write it without quotes: 8080."),
    "int_parsing": ("must be a whole number.", "Write it without quotes: 8080."),
    "int_from_float": ("must be a whole number.", "Write it without a fraction."),
    "float_type": ("must be a number.", "Write it without quotes: 1.0."),
    "float_parsing": ("must be a number.", "Write it without quotes: 1.0."),
    "bool_type": ("must be true or false.", "Write true or false without quotes."),
    "bool_parsing": ("must be true or false.", "Write true or false without quotes."),
    "string_type": ("must be a text.", "Write it in quotes."),
    "path_type": ("must be the name of a file or folder.", "Write it in quotes."),
    "string_too_short": ("is empty.", "Write something."),
    "string_pattern_mismatch": ("has no sign that can be seen.", "Write something that people can read."),
    "too_short": ("is empty.", "Write at least one."),
    "tuple_type": ("must be a list.", 'Write ["one", "two"]; in the environment the same as JSON.'),
    "model_type": ("must be a table.", "See config.example.toml; in the environment write it as JSON."),
}


def mistakes_of(error: ValidationError) -> list[Mistake]:
    """Tell everything that a model refused."""
    return [_mistake(each) for each in error.errors(include_url=False, include_input=False)]


def dotted(place: Place) -> str:
    """Write a place as people read it: ``desks.2.role`` is in the second ``[[desks]]``."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _mistake(error: ErrorDetails) -> Mistake:
    kind, place, context = error["type"], error["loc"], error.get("ctx", {})
    key = dotted(place)
    if kind == "extra_forbidden":
        return Mistake(key, "There is no such key.", _nearest(place))
    if kind == "mistake":
        return Mistake(key, context["problem"], context["remedy"])
    if kind == "literal_error":
        return Mistake(key, "is none of the words that it may be.", f"Write {context['expected']}.")
    if kind in ("greater_than_equal", "less_than_equal"):
        return Mistake(key, "is out of range.", f"{error['msg'].replace('Input should be', 'Write a number')}.")
    if kind in _SENTENCES:
        return Mistake(key, *_SENTENCES[kind])
    return Mistake(key, "cannot be read.", "See config.example.toml.")


def _nearest(place: Place) -> str:
    known = _keys_at(place[:-1])
    near = get_close_matches(str(place[-1]), known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Remove it; known here: {', '.join(known)}."


def _keys_at(place: Sequence[int | str]) -> list[str]:
    model: Any = Settings
    for part in place:
        if isinstance(part, str):
            model = _table(model.model_fields[part].annotation)
    return list(model.model_fields)


def _table(annotation: Any) -> Any:
    """The model of a table, or of the tables in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return get_args(annotation)[0]
