"""Takes what points to a person out of what people write, before anything is decided. Pure.

What was taken out goes to the secure case, and whoever wrote it is asked to delete it on the messenger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from bot.acts.act_table import waiting_prompt
from bot.domain.case import SecureField
from bot.domain.closed_sets import for_each
from bot.domain.guarded import Guarded
from bot.domain.messages import Kind
from bot.domain.typed_commands import parse_command
from bot.language.normalise import whole_number
from bot.language.texts import tr
from bot.protection.identity import detector
from bot.protection.identity.found import Found
from bot.turns.composer import Composer

#: Commands whose words are codes, dates and formal references: an identifier among them is meant.
_NOT_SCREENED = frozenset({"start", "accept", "written", "export", "approve", "refuse", "confirm", "lost", "release"})
#: What goes to the secure case whole.
_SECURED = (Kind.LOCATION, Kind.CONTACT)


class Mode(StrEnum):
    """What identifiers may do on a messenger: ``[bridge] identity_on_messenger``."""

    NEVER = "never"  #: a word for its kind stands in its place
    MASKED = "masked"  #: its last two signs stay
    ALLOWED = "allowed"


_HIDE: Mapping[Mode, Callable[[str, Sequence[Found]], str]] = for_each(
    Mode,
    {
        Mode.NEVER: detector.mask,
        Mode.MASKED: detector.partly,
    },
    but={Mode.ALLOWED},
)


def screen(c: Composer, *, as_words: bool = False) -> None:
    """Let the turn go on with the message without its identifiers; the composer remembers what was written.

    `as_words`: it is kept as it stands, whatever command it begins with.
    """
    message, hide = c.message, _HIDE.get(Mode(c.context.identity))
    if message is None or not message.text or message.button or hide is None or message.kind in _SECURED:
        return
    if not (as_words or _is_screened(c, message.text)):
        return
    found = [each for each in detector.find(message.text) if not _is_ours(c, message.text[each.start : each.end])]
    if not found:
        return
    c.withheld = message.text
    c.message = replace(message, text=hide(message.text, found))


def covered(c: Composer, text: str) -> str:
    """A text as it may be read back on a messenger."""
    hide = _HIDE.get(Mode(c.context.identity))
    return text if hide is None else hide(text, detector.find(text))


def _is_ours(c: Composer, figures: str) -> bool:
    """Whether a long number is the one by which the bridge itself names an enrolled person: ``/assign REF 3888...``."""
    return c.view.directory.get(whole_number(figures)) is not None


def _is_screened(c: Composer, text: str) -> bool:
    command = parse_command(text)
    if command is not None and command.name in _NOT_SCREENED:
        return False
    waiting = waiting_prompt(c) if c.person is not None else None
    return waiting is None or command is not None or str(waiting["act"]) not in _NOT_SCREENED


def settle(c: Composer) -> None:
    """Put what was taken out into the secure case of the case that the message turned out to be about, and say so."""
    case = c.case(c.case_id)
    if case is not None and c.withheld:
        c.keep_secure(case, SecureField.MESSAGE, Guarded(c.withheld), message=c.came_as, text_id=c.kept.last_text_id)
        c.secured.append(c.withheld)
        c.withheld = ""
        c.put(case)
    if case is not None and c.secured:
        found = (each.kind for text in c.secured for each in detector.find(text))
        kinds = ", ".join(detector.WORDS[kind].strip("[]") for kind in dict.fromkeys(found))
        if not kinds:
            return  # who said first what was forwarded: that was said
        c.say(
            tr(
                c.language,
                "{reference}: what you wrote holds something that points to a person ({kinds}). It is stored in the "
                "secure case; please delete it here.",
                reference=case.reference,
                kinds=kinds,
            ),
            case=case,
        )
