"""Reading what people type as a command. Pure; the slash is optional, English always works.

Without a slash a word counts as a command only when nothing else can be meant: alone, or followed by what the
command needs. "close to the border" is a message; "close KC26-M9S34-4 ..." is an act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.domain import reference
from bot.domain.case_acts import Act
from bot.domain.messages import MESSENGERS, Inbound, Kind
from bot.language.folding import begins, fold
from bot.language.normalise import plain

#: Commands that stand alone.
ALONE = frozenset(
    {
        "cases",
        "overdue",
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
        "handover",
        "takeover",
        "roster",
    }
)

#: Those that need to know all that a desk has open.
ROSTER = frozenset({"offduty", "onduty", "handover", "takeover", "roster"})

#: Commands about one case, named by its reference.
ABOUT_CASE = frozenset({"case", "plan", "secure", "papers", *(act.value for act in Act)})

#: Words that open a case, whatever follows.
OPENING = frozenset({"alert", "urgent"})

#: Commands with an argument of their own.
WITH_ARGUMENT = frozenset(
    {"edit", "export", "start", "lost", "confirm", "approve", "disapprove", "bind", "prefer", "unbind", "drill"}
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
#: Before a word other marks say nothing, but a Chinese keyboard writes 、 with the key of the slash.
_SHAPE = re.compile(r"""[\s.!;:'"(*,]*+(/?)([a-z?-]+)(?![a-z?@-])[\s,:;.!]*""", re.IGNORECASE)
_CHINESE_SLASH = "\u3001"

_NEAR = re.compile(r"[A-Z]{2}\d{2}-?[A-Z0-9]{5}-?[A-Z0-9]", re.IGNORECASE)
_MESSENGER = re.compile(rf"{'|'.join(sorted(MESSENGERS))}|\d{{1,2}}", re.IGNORECASE)
#: What must follow a word without a slash for it to be the command.
_ARGUMENTS = {
    "help": re.compile("more", re.IGNORECASE),
    "edit": re.compile(r"\d{1,2}[a-d]?"),
    "start": re.compile(r"[a-z0-9]{4}(?: ?[a-z0-9]{4}){2}"),
    "confirm": re.compile(r"\d+|p [0-9a-z]{5,12}"),
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


@lru_cache(256)  # each message of a batch is looked at several times
def parse_command(text: str) -> Command | None:
    """Read a text as a command; None for anything else a person may want to say. What follows it stays as typed."""
    found = begins(_SHAPE, text)
    if found is None:
        return None
    (slash, word), rest = found[0].groups(), found[1]
    name = _ALIASES.get(word.lower(), word.lower())
    if name == Act.REFUSE and not _names_a_case(rest):
        name = "disapprove"  # what is refused is an order of an export, by its number
    has_slash = bool(slash) or (text.lstrip().startswith(_CHINESE_SLASH) and name in _NAMES)
    command = Command(name, rest.strip(), has_slash)
    if has_slash:
        return command
    return command if name in _NAMES and _is_meant(command, text) else None


def command_of(message: Inbound) -> Command | None:
    """Read a message as a command of its sender; nobody commands by what they forward, by a card or a place."""
    is_said_by_them = not message.origin and message.kind not in (Kind.LOCATION, Kind.CONTACT)
    return parse_command(message.text) if message.text and is_said_by_them else None


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
        return _names_a_case(rest)
    if name in ALONE and not plain(rest):
        return plain(text) == name or name == "help"
    shape = _ARGUMENTS.get(name)
    return shape is not None and shape.fullmatch(plain(rest)) is not None


def _names_a_case(rest: str) -> bool:
    return reference.find_in(rest) is not None or reference.looks_like(fold(rest).split(" ")[0])
