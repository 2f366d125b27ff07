"""Reading what people type as a command. Pure; the slash is optional, English always works.

Without a slash a word counts as a command only when nothing else can be meant: alone, or followed by what the
command needs. "close to the border" is a message; "close KC26-M9S34-4 ..." is an act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain import reference
from bot.domain.case_acts import Act
from bot.domain.messages import MESSENGERS

#: Commands that stand alone.
ALONE = frozenset(
    {
        "cases",
        "board",
        "help",
        "onduty",
        "offduty",
        "lost",
        "back",
        "skip",
        "summary",
        "send",
        "start",
        "menu",
        "bind",
        "addresses",
    }
)

#: Commands about one case, named by its reference.
ABOUT_CASE = frozenset({"case", "plan", "secure", *(act.value for act in Act)})

#: Words that open a case, whatever follows.
OPENING = frozenset({"alert", "urgent"})

#: Commands with an argument of their own.
WITH_ARGUMENT = frozenset(
    {"edit", "export", "start", "lost", "confirm", "approve", "refuse", "bind", "prefer", "unbind"}
)

_NAMES = ALONE | ABOUT_CASE | OPENING | WITH_ARGUMENT
_ALIASES = {
    "acknowledge": "ack",
    "hand-off": "handoff",
    "stand-down": "standdown",
    "acknowledged": "ack",
    "?": "help",
    "status": "case",
    "cancel": "withdraw",
    "stop": "withdraw",
}
_SHAPE = re.compile(r"\s*(/?)([a-z?-]+)(?:@\w+)?[\s,:;.!\u3000\uff0c\uff1a]*(.*)\Z", re.IGNORECASE | re.DOTALL)

_NEAR = re.compile(r"[A-Z]{2}\d{2}-?[A-Z0-9]{5}-?[A-Z0-9]", re.IGNORECASE)
_MESSENGER = re.compile(rf"{'|'.join(sorted(MESSENGERS))}|\d{{1,2}}", re.IGNORECASE)
#: What must follow a word without a slash for it to be the command.
_ARGUMENTS = {
    "help": re.compile("more", re.IGNORECASE),
    "edit": re.compile(r"\d{1,2}[abc]?"),
    "start": re.compile(r"[A-Z0-9]{4}(?:[- ]?[A-Z0-9]{4}){2}", re.IGNORECASE),
    "confirm": re.compile(r"\d+"),
    "lost": re.compile("yes", re.IGNORECASE),
    "bind": re.compile("web", re.IGNORECASE),
    "prefer": _MESSENGER,
    "unbind": _MESSENGER,
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what follows it."""

    name: str
    rest: str = ""
    has_slash: bool = False


def parse_command(text: str) -> Command | None:
    """Read a text as a command; None for anything else a person may want to say."""
    found = _SHAPE.match(text)
    if found is None:
        return None
    slash, word, rest = found.groups()
    name = _ALIASES.get(word.lower(), word.lower())
    command = Command(name, rest.strip(), bool(slash))
    if slash:
        return command
    return command if name in _NAMES and _is_meant(command, text) else None


def reference_alone(text: str) -> Command | None:
    """Read a text that is a reference, or one with a typing error, and nothing else as the command that shows it."""
    named = reference.find_in(text)
    is_alone = named is not None and not named[1]
    return Command("case", text) if is_alone or _NEAR.fullmatch(text.strip()) else None


def is_known(command: Command) -> bool:
    """Whether such a command exists."""
    return command.name in _NAMES


def _is_meant(command: Command, text: str) -> bool:
    name, rest = command.name, command.rest
    if name in OPENING:
        return True
    if name in ABOUT_CASE:
        return reference.find_in(rest) is not None or reference.looks_like(rest.split(" ")[0])
    if name in ALONE and not rest:
        return text.strip().casefold().strip(".!") == name or name == "help"
    shape = _ARGUMENTS.get(name)
    return shape is not None and shape.fullmatch(rest) is not None
