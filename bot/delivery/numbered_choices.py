"""Choices where there are no buttons: numbers to type, words to type, or neither where nobody can answer. Pure."""

from __future__ import annotations

from bot.domain import button_data
from bot.domain.fields import FieldKind, field, is_field
from bot.domain.messages import Button, Keyboard

#: What a question of an intake is answered with by a word, whatever its kind.
MOVES = ("done", "skip", "back", "right", "change")
#: What asks a question rather than answering it.
_ASKS = ("ask", "wrong")
#: Questions that a number could answer by itself, so that their choices get none.
OPEN_KINDS = (FieldKind.TEXT, FieldKind.TIME, FieldKind.NUMBER)


def numbered(keyboard: Keyboard) -> tuple[Button, ...]:
    """The buttons that stand for a number, from 1 on."""
    return tuple(button for row in keyboard for button in row if not word_of(button))


def word_of(button: Button) -> str:
    """The word that is typed instead of tapping; empty when a number is."""
    promise = button_data.parse(button.data)
    if not isinstance(promise, button_data.ChoiceTap) or not is_field(promise.field):
        return ""
    is_open = promise.choice not in _ASKS and field(promise.field).kind in OPEN_KINDS
    is_word = promise.choice in MOVES or is_open
    return promise.choice if is_word else ""


def as_text(text: str, keyboard: Keyboard) -> str:
    """Write choices below a text: a number each, then what can be typed besides."""
    lines = [f"{number}. {button.label}" for number, button in enumerate(numbered(keyboard), start=1)]
    return _below(text, [*lines, *_typed(keyboard)])


def as_links(text: str, keyboard: Keyboard) -> tuple[str, Keyboard]:
    """Let the choices be tapped as links that show their number; what can only be typed goes into the text."""
    linked = tuple(
        (Button(f"{number}. {button.label}", button.data),) for number, button in enumerate(numbered(keyboard), start=1)
    )
    return _below(text, _typed(keyboard)), linked


def _typed(keyboard: Keyboard) -> list[str]:
    words = [word for row in keyboard for button in row if (word := word_of(button))]
    hints = [f"Or type: {', '.join(words)}"] if words else []
    return ["Several: type for example 1,2", *hints] if _takes_several(keyboard) else hints


def _takes_several(keyboard: Keyboard) -> bool:
    promises = (button_data.parse(button.data) for button in numbered(keyboard))
    return any(
        isinstance(p, button_data.ChoiceTap) and is_field(p.field) and field(p.field).kind is FieldKind.CHOICES
        for p in promises
    )


def _below(text: str, lines: list[str]) -> str:
    if not lines:
        return text
    listed = "\n".join(lines)
    return f"{text}\n\n{listed}" if text else listed
