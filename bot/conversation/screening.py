"""Takes what points to a person out of what people write, before anything is decided. Pure.

What was taken out goes to the secure case, and whoever wrote it is asked to delete it on the messenger.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from enum import StrEnum

from bot.acts.act_table import waiting_prompt
from bot.domain.case import Case
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.messages import Keyboard, Kind
from bot.domain.typed_commands import ABOUT_CASE, OPENING, parse_command
from bot.intake import marked
from bot.intake.position import in_intake
from bot.language.texts import later, tr
from bot.protection.identity import detector
from bot.protection.identity.found import Found
from bot.protection.identity.restoring import holds_marks
from bot.protection.permissions import is_support
from bot.turns.composer import Composer

#: Commands whose words are codes, dates and formal references: an identifier among them is meant.
_NOT_SCREENED = frozenset(
    {"start", "accept", "written", "export", "approve", "disapprove", "confirm", "lost", "release"}
)
#: What follows the reference of an act in somebody's own words.
_FREE = frozenset({"text", "words", "reason"})


_SECURED = later(
    "{reference}: what you wrote holds something that points to a person ({kinds}). It is stored in the secure case; "
    "please delete it here."
)
_SECURED_HERE = later(
    "{reference}: what you wrote holds something that points to a person ({kinds}). It is stored in the secure case, "
    "and this chat does not show it any more."
)
#: What goes to the secure case whole.
_WHOLE = (Kind.LOCATION, Kind.CONTACT)


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
    if message is None or not message.text or message.button or hide is None or message.kind in _WHOLE:
        return
    if not (as_words or _is_screened(c, message.text)):
        return
    found = [each for each in detector.find(message.text) if not _is_ours(c, message.text[each.start : each.end])]
    if as_words or _may_cross(c, message.text):
        found = list(detector.with_marks(message.text, found))
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
    return c.view.directory.named(figures) is not None


def _is_screened(c: Composer, text: str) -> bool:
    command = parse_command(text)
    # Where a support desk accepts, words follow: who takes the person in.
    is_support_desk = c.person is not None and is_support(c.person, c.context.agreement)
    as_it_is = _NOT_SCREENED - {Act.ACCEPT.value} if is_support_desk else _NOT_SCREENED
    if command is not None and command.name in as_it_is:
        return False
    waiting = waiting_prompt(c) if c.person is not None else None
    return waiting is None or command is not None or str(waiting["act"]) not in as_it_is


def _may_cross(c: Composer, text: str) -> bool:
    """Whether words may reach the other side, so that what may be a name or an address is marked in them."""
    command = parse_command(text)
    waiting = waiting_prompt(c) if c.person is not None else None
    if waiting is not None and command is None:
        return _is_said_to_others(str(waiting["act"]))
    return command is None or command.name in OPENING or _is_said_to_others(command.name)


def _is_said_to_others(name: str) -> bool:
    """Whether an act's words are free, and not for the own side only."""
    act = Act(name) if name in ABOUT_CASE and name in {act.value for act in Act} else None
    if act is None or act is Act.MEMO or act.rule.is_protection:
        return False
    return not _FREE.isdisjoint(act.rule.takes)


def settle(c: Composer) -> None:
    """Put what was taken out into the secure case of the case that the message turned out to be about, and say so."""
    case = c.case(c.case_id)
    if case is None:
        return
    marks = marked.secure(c, case)
    said = [_identifiers(c, case, {mark.entry for mark in marks})] if c.secured else []
    buttons: Keyboard = ()
    if any(not mark.is_shown for mark in marks):
        if case.sent_at is None and in_intake(c) is not None:
            said.append(marked.notice(c, case))
        else:
            asked, buttons = marked.question(c, case)
            said.append(asked)
    if any(said):
        c.say("\n\n".join(filter(None, said)), buttons, case=case)


def _identifiers(c: Composer, case: Case, asked: Container[int]) -> str:
    """Say what points to a person, by its kinds; empty where its writer is asked first whether it does."""
    found = (each.kind for text, entry in c.secured for each in _taken_out(c, text, is_asked=entry.id in asked))
    kinds = ", ".join(detector.WORDS[kind].strip("[]") for kind in dict.fromkeys(found))
    if not kinds:
        return ""
    is_ours = c.message is not None and c.message.in_own_pages
    return tr(c.language, _SECURED_HERE if is_ours else _SECURED, reference=case.reference, kinds=kinds)


def _taken_out(c: Composer, text: str, *, is_asked: bool) -> Sequence[Found]:
    """What is only in the secure case with nobody asked about it, as of a line that is no text of its own."""
    found = detector.find(text)
    is_covered = c.message is not None and holds_marks(c.message.text, text)
    return detector.with_marks(text, found) if is_covered and not is_asked else found
