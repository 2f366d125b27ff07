"""What the menus on people's phones offer, the same on every messenger. Pure."""

from __future__ import annotations

from bot.language.texts import later, tr

#: The list of commands on the phone: what is typed without its slash, and what it does.
_COMMANDS = (
    ("alert", later("Report somebody in danger")),
    ("cases", later("My cases")),
    ("summary", later("What I have told so far")),
    ("bind", later("Use another messenger too")),
    ("help", later("All commands, with examples")),
)
#: The menu under a chat: a label short enough for every messenger (16 bytes at WeChat), and what a tap says.
_TAPS = (
    (later("New alert"), "/alert"),
    (later("My cases"), "/cases"),
    (later("Help"), "/help"),
)


def commands(language: str = "en") -> tuple[tuple[str, str], ...]:
    """List commands for a phone that shows them with what each does."""
    return tuple((word, tr(language, does)) for word, does in _COMMANDS)


def taps(language: str = "en") -> tuple[tuple[str, str], ...]:
    """List what a menu under the chat offers: label, and the text that a tap stands for."""
    return tuple((tr(language, label), says) for label, says in _TAPS)
