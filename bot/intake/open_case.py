"""Opening a case from a person's first words, and holding words back until it is known which case they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.clock import deadlines
from bot.domain import reference
from bot.domain.agreement import Corridor, LevelPolicy, Urgency
from bot.domain.attachments import Left
from bot.domain.case import Case, SecureField, TextKind
from bot.domain.fields import Field
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Kind
from bot.domain.names import sides
from bot.domain.people import Role
from bot.domain.time_words import both_times
from bot.domain.triage import assess
from bot.intake import purpose_hint
from bot.intake.question_texts import (
    NEW_OR_WHICH,
    WHICH,
    keyboard,
    next_question,
    question,
    which_case,
    which_of,
    which_side,
)
from bot.language.texts import later, tr
from bot.relay import relay
from bot.turns.composer import Composer

_HELD = frozenset({"held", "options"})
#: What the desks hear of something that the secure case holds, by the first fact that is written down of it.
_ADDED = {
    Kind.PHOTO.value: later("A photo was added to the secure case: {link}"),
    Kind.VOICE.value: later("A voice message was added to the secure case: {link}"),
    TextKind.LOCATION.value: later("A place was added to the secure case: {link}"),
}
_FILE_ADDED = later("A file was added to the secure case: {link}")

#: How long words wait for the answer to "which case?"; then they open one.
HOLD = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something a person sent that belongs to a case: a text, a location, a file."""

    kind: TextKind
    text: str
    message: str = ""  #: ``place#message_id``
    withheld: str = ""  #: what was written, when something that points to a person was taken out of the text
    file: Left | None = None

    def as_json(self) -> dict[str, object]:
        """Write it for the conversation's pending state."""
        file = {} if self.file is None else {"file": self.file.as_json()}
        held = {"kind": self.kind.value, "text": self.text, "message": self.message, "withheld": self.withheld}
        return {**held, **file}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Piece:
        """Read it back."""
        file = Left.from_json(held["file"]) if "file" in held else None
        return cls(TextKind(held["kind"]), held["text"], held["message"], held.get("withheld", ""), file)


def words_of(c: Composer) -> list[Piece]:
    """Take what a message says apart: its text or caption, its coordinates, its file."""
    message = c.message
    if message is None:
        return []
    found: list[Piece] = []
    if message.latitude is not None and message.longitude is not None:
        at = f"{message.latitude:.6f}, {message.longitude:.6f}"
        # What the messenger calls the place is an address: no words of theirs, and as exact as the coordinates.
        found.append(Piece(TextKind.LOCATION, f"{at} ({message.text})" if message.text else at, c.came_as))
    elif message.text and message.kind is not Kind.BUTTON:
        found.append(Piece(TextKind.TEXT, message.text, c.came_as, c.withheld))
    if message.attachment is not None:
        a = message.attachment
        facts = [message.kind.value, a.name, a.media_type, f"{a.size} bytes" if a.size else "", f"id {a.file_id}"]
        found.append(Piece(TextKind.FILE, "; ".join(filter(None, facts)), c.came_as, file=Left(message.messenger, a)))
    return found


def keep_piece(
    c: Composer, case: Case, piece: Piece, kind: TextKind | None = None, *, own_side_only: bool = False
) -> int | None:
    """Keep something that a person sent with its case; what points to a person goes to the secure case.

    Returns the id of the text that is kept; None for a place, which is in the secure case only.
    """
    if piece.kind is TextKind.LOCATION:
        c.keep_secure(case, SecureField.EXACT_LOCATION, Guarded(piece.text), message=piece.message)
        relay.announce(c, case, _ADDED[piece.kind.value])
        return None
    text_id = c.keep_text(case, kind or piece.kind, piece.text, own_side_only=own_side_only, message=piece.message)
    if piece.withheld:
        c.keep_secure(case, SecureField.MESSAGE, Guarded(piece.withheld), message=piece.message, text_id=text_id)
        c.secured.append(piece.withheld)
        c.withheld = "" if piece.withheld == c.withheld else c.withheld
    if piece.file is not None:
        c.keep_file(case, piece.file)
        relay.announce(c, case, _ADDED.get(piece.text.partition(";")[0], _FILE_ADDED))
    return text_id


def open_case(c: Composer, words: Sequence[Piece]) -> Case | None:
    """Make a case of a person's first words: a reference, a clock, both in one turn. Asks nothing yet."""
    person = c.person
    corridors = c.context.agreement.corridors_of(person.party) if person else ()
    if person is None or not corridors:
        c.say(tr(c.language, "Your side has no agreement in this bridge. Please tell your admin; use the hotline now."))
        c.journal(JournalAct.NO_CORRIDOR)
        return None
    prefix = next((k.code for k in corridors if k.code == person.corridor), corridors[0].code)
    urgency, rules = assess({})
    case = Case(
        id=c.context.new_id(),
        reference=reference.draw(prefix, c.now.year, c.context.choose),
        corridor=prefix,
        reporting=person.party,
        requested=corridors[0].other(person.party) if len(corridors) == 1 else "",
        officer=person.id,
        place=_place(c),
        opened_at=c.now,
        clock_from=c.now,
        urgency=urgency,
        rules=rules,
    )
    case = deadlines.opened(case, policy_of(c, case), c.context.alert_after, c.context.new_id)
    case = c.put(case, new=True)
    for position, piece in enumerate(words):
        kind = TextKind.FIRST if position == 0 and piece.kind is TextKind.TEXT else piece.kind
        keep_piece(c, case, piece, kind)
    c.journal(JournalAct.OPENED, case, reference=case.reference, urgency=urgency.value, words=len(words))
    purpose_hint.on_texts(c, case, [piece.text for piece in words if piece.kind is TextKind.TEXT])
    move_on(c, case_id=case.id, asking="" if case.requested else "corridor", place=_place(c))
    return case


def greet(c: Composer, case: Case) -> None:
    """Give the reference and ask the first question, in one message."""
    agreement = c.context.agreement
    stored = tr(
        c.language,
        "{reference}\nYour alert is stored, {moment}. The clock runs. The desks are told after three answers, at "
        "the latest "
        "in {minutes} minutes. Never type names, phone or document numbers here.",
        reference=case.reference,
        moment=both_times(case.opened_at, sides(case, agreement)),
        minutes=round(c.context.alert_after.total_seconds() / 60),
    )
    if not case.requested:
        ask_side(c, case, stored)
        return
    first = next_question(case)
    if first is None:
        c.say(stored, case=case)
        return
    move_on(c, asking=first.id)
    c.say(f"{stored}\n\n{question(case, first, c.language)}", keyboard(case, first, agreement, c.language), case=case)


def ask_side(c: Composer, case: Case, lead: str) -> None:
    """Ask which side is to help; nothing else is asked about a case before."""
    move_on(c, case_id=case.id, asking="corridor")
    ask = tr(c.language, "Which side is asked to help? Until you say, only your own duty desk is told.")
    laid = which_side(_corridors(c, case), case, c.context.agreement)
    c.say(f"{lead}\n\n{ask}" if lead else ask, laid, case=case)


def hold(
    c: Composer, words: Sequence[Piece], cases: Sequence[Case], answering: tuple[Case, Field] | None = None
) -> None:
    """Keep words with the conversation and ask where they belong. Nothing is relayed before the answer."""
    before = held(c.conversation.pending)
    everything = [*before, *words]
    pending = {"held": [w.as_json() for w in everything], "options": [k.id for k in cases]}
    c.move(pending=pending, place=_place(c), wakes_at=c.conversation.wakes_at if before else c.now + HOLD)
    c.keep_content = True
    if opens_cases(c):
        c.withheld = ""  # it waits with the words
    c.say(_which(c, answering), (which_case if opens_cases(c) else which_of)(cases, c.language, answering))


def _which(c: Composer, answering: tuple[Case, Field] | None) -> str:
    """Ask where words belong, with the question that they may answer."""
    minutes = round(HOLD.total_seconds() / 60)
    asked = tr(c.language, NEW_OR_WHICH if opens_cases(c) else WHICH, minutes=minutes)
    if answering is None:
        return asked
    case, asking = answering
    lead = tr(c.language, "Or is it the answer to what was asked about {reference}?", reference=case.reference)
    return f"{asked} {lead}\n\n{question(case, asking, c.language)}"


def opens_cases(c: Composer) -> bool:
    """Whether words of this person open a case when nobody says where they belong; a desk's never do."""
    return c.person is not None and c.person.role is Role.OFFICER


def held(pending: Mapping[str, object]) -> list[Piece]:
    """The words that wait in a conversation."""
    waiting = pending.get("held")
    return [Piece.from_json(w) for w in waiting] if isinstance(waiting, list) else []


def held_for(c: Composer) -> list[Case]:
    """The cases that were offered for the words that wait, as far as they are at hand."""
    return [k for i in offered_for(c) if (k := c.case(i)) is not None]


def offered_for(c: Composer) -> list[int]:
    """The ids of the cases that were offered for the words that wait, as they were shown."""
    options = c.conversation.pending.get("options")
    return [int(i) for i in options] if isinstance(options, list) else []


def take_held(c: Composer) -> list[Piece]:
    """Take the words that wait, because it is known now where they belong."""
    waiting = held(c.conversation.pending)
    if waiting:
        left = {k: v for k, v in c.conversation.pending.items() if k not in _HELD}
        c.move(pending=left, wakes_at=None)
    return waiting


def move_on(c: Composer, *, pending: Mapping[str, object] | None = None, **changes: object) -> None:
    """Change where the person stands in an intake; words that wait for their case go on waiting."""
    waiting = {k: v for k, v in c.conversation.pending.items() if k in _HELD}
    if "asking" in changes and c.message is not None and c.message.in_private:
        changes = {"place": c.message.place, **changes}
    c.move(pending={**(pending or {}), **waiting}, **changes)


def policy_of(c: Composer, case: Case) -> LevelPolicy:
    """The deadlines that bind a case: of the corridor between its two sides, at its present level."""
    return policy_at(c, case, case.urgency)


def policy_at(c: Composer, case: Case, urgency: Urgency) -> LevelPolicy:
    """The deadlines of a case at another level."""
    agreement = c.context.agreement
    between = agreement.corridor_between(case.reporting, case.requested) if case.requested else None
    return agreement.policy(between.code if between else case.corridor, urgency)


def choose_side(c: Composer, case: Case, party: str) -> Case | None:
    """Set the requested side; None when there is no agreement with it."""
    if party not in {k.other(case.reporting) for k in _corridors(c, case)}:
        return None
    case = replace(case, requested=party)
    c.journal(JournalAct.REQUESTED_SIDE, case, party=party)
    return c.put(case)


def _corridors(c: Composer, case: Case) -> tuple[Corridor, ...]:
    return c.context.agreement.corridors_of(case.reporting)


def _place(c: Composer) -> Address:
    if c.message is not None and c.message.place is not None:
        return c.message.place
    if c.conversation.place is not None:
        return c.conversation.place
    raise LookupError("a case is opened from somewhere")
