"""A turn: everything that one message changes, as one value. The core makes it, storage writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.attachments import StoredFile
from bot.domain.case import Answer, Case, CaseText
from bot.domain.case_filter import EVERY_CASE, CaseFilter
from bot.domain.conversation import Conversation
from bot.domain.english import English, Translation
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.frozen import replace
from bot.domain.handoff_links import HandoffLink
from bot.domain.journal import Entry
from bot.domain.likeness import Look, Match
from bot.domain.messages import Address, DeliveryState, Inbound, Keyboard, Outgoing, OutgoingKind
from bot.domain.people import Invite, Person, SignIn, Stranger
from bot.domain.phone_calls import CallOutcome
from bot.domain.reply_windows import Window
from bot.domain.rings import Ring, RingAnswer
from bot.domain.roster import HandOver, Shift
from bot.domain.secure_entry import SecureEntry


class InboxState(StrEnum):
    """What became of a stored message."""

    DONE = "done"
    FAILED = "failed"  #: its turn raised an error; it is tried again
    PARKED = "parked"  #: tried often enough; somebody must look


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message as the inbox keeps it. A stranger's is kept without its content."""

    id: int
    message: Inbound
    state: InboxState = InboxState.DONE
    person_id: int | None = None
    case_id: int | None = None
    reply: str = ""  #: what was answered in the same call, for the same answer to a redelivery
    error: str = ""  #: type of the error, never its text
    attempts: int = 1
    next_attempt_at: datetime | None = None
    keep_content: bool = True  #: False for strangers: the row shows only that they tried


@dataclass(frozen=True, slots=True)
class SeenBy:
    """An act or a page read that proves that somebody has what was sent about a case."""

    case_id: int
    recipients: tuple[str, ...]  #: ``person:12``, ``desk:cn-duty``
    at: datetime


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """An export that an admin asked for in a chat: made after the commit, then sent to `place`."""

    person_id: int
    place: Address
    format: str
    since: datetime
    until: datetime
    reason: str
    only: CaseFilter = EVERY_CASE
    has_mark: bool = True  #: of a CSV file: the byte order mark, by which spreadsheets know the encoding


#: What says no more than that something is due.
_SAYS_NO_MORE = (OutgoingKind.PING, OutgoingKind.CALL)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What waits for somebody about a case may not be sent as it is any more: it says this instead, or nothing.

    Pings and calls stay as they are, but for what is meant for just pings: they say no more than that something is due.
    """

    case_id: int
    recipients: frozenset[str]  #: ``person:12``, ``desk:cn-duty``
    text: str = ""
    buttons: Keyboard = ()
    key: str = ""  #: with what the dedupe key begins of what is meant; empty: all
    reason: str = ""  #: why it is dropped; empty: it is sent, in other words
    deadline_id: int | None = None  #: of a ping, and only a ping is meant: it is needed as long as this deadline runs

    def concerns(self, message: Outgoing) -> bool:
        """Whether this message is among what is withdrawn."""
        is_theirs = message.recipient in self.recipients and message.case_id == self.case_id
        if self.deadline_id is not None:
            is_meant = message.kind is OutgoingKind.PING
        else:
            is_meant = message.kind not in _SAYS_NO_MORE
        return is_theirs and is_meant and message.dedupe_key.startswith(self.key)

    def instead_of(self, message: Outgoing) -> Outgoing | None:
        """What is sent in its place; None for nothing."""
        if self.reason:
            return None
        deadline = message.deadline_id if self.deadline_id is None else self.deadline_id
        return replace(message, text=self.text, buttons=self.buttons, deadline_id=deadline)


@dataclass(frozen=True, slots=True)
class SaidAnew:
    """A message that waits for its moment says something else from now on, unless it was taken or changed meanwhile."""

    before: Outgoing
    now: Outgoing


@dataclass(frozen=True, slots=True)
class KnockOutcome:
    """What the messenger says of a knock, later."""

    address: Address
    knock: str  #: its id
    failure: str = ""  #: why it did not arrive; empty: it did


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message, tap, tick or command changes. Written whole or not at all.

    Cases and conversations carry their new version; storage writes them only over the version before.
    A case brings its whole new state with its deadlines and hand-offs.
    """

    inbox: InboxRow | None = None  #: None for ticks and commands
    retries_inbox: int | None = None  #: id of the failed inbox row that this turn is another try of
    cases: tuple[Case, ...] = ()
    new_cases: frozenset[int] = frozenset()  #: ids among `cases` that are inserted
    answers: tuple[Answer, ...] = ()  #: new ones only; `case.answers` is the current state
    texts: tuple[CaseText, ...] = ()
    english: tuple[English, ...] = ()  #: new ones only; `case.english` is the current state
    translations: tuple[Translation, ...] = ()  #: inserted or replaced
    secure: tuple[SecureEntry, ...] = ()  #: inserted, or replaced when they are released
    files: tuple[StoredFile, ...] = ()  #: inserted or replaced; whether one is for the own side only stays as it is
    kept_back: tuple[int, ...] = ()  #: ids of stored files that are for the own side only from now on
    conversations: tuple[Conversation, ...] = ()
    journal: tuple[Entry, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()  #: of what earlier turns sent
    outgoing: tuple[Outgoing, ...] = ()
    said_anew: tuple[SaidAnew, ...] = ()
    people: tuple[Person, ...] = ()  #: inserted or replaced, with their addresses
    shifts: tuple[Shift, ...] = ()  #: inserted or replaced
    shifts_gone: tuple[int, ...] = ()  #: ids of shifts that are deleted
    hand_overs: tuple[HandOver, ...] = ()  #: inserted, or replaced while nobody has taken over
    rings: tuple[Ring, ...] = ()  #: inserted, or replaced while nobody was told who is silent; without their answers
    ring_answers: tuple[RingAnswer, ...] = ()  #: new ones only, one a desk
    invites: tuple[Invite, ...] = ()  #: inserted or replaced
    strangers: tuple[Stranger, ...] = ()
    seen: tuple[SeenBy, ...] = ()
    ends_sessions_of: tuple[int, ...] = ()  #: person ids whose web sessions and sign-in links end
    unbound: tuple[Address, ...] = ()  #: taken from people: what waits goes to their others, or nowhere; a web
    #: session ends
    orders: tuple[IdentifiedOrder, ...] = ()  #: inserted or decided
    windows: tuple[Window, ...] = ()  #: reply windows that open; what waits for one is due at once
    windows_asked: tuple[Window, ...] = ()  #: windows whose person was asked to write before they close
    knock_outcomes: tuple[KnockOutcome, ...] = ()
    call_outcomes: tuple[CallOutcome, ...] = ()
    sign_ins: tuple[SignIn, ...] = ()  #: one-time links
    handoff_links: tuple[HandoffLink, ...] = ()  #: likewise, about a hand-off
    used_links: tuple[str, ...] = ()  #: hashes of such links that this turn uses up
    matches: tuple[Match, ...] = ()  #: inserted or decided, each over the version before
    looks: tuple[Look, ...] = ()  #: cases that are to be compared with others after the commit
    looked: tuple[Look, ...] = ()  #: that were; one that was asked for meanwhile stays
    exports: tuple[ExportOrder | IdentifiedOrder, ...] = ()  #: made after the commit; storage does not keep them


def outgoing_of(turns: Sequence[Turn]) -> list[Outgoing]:
    """Gather what turns of one batch send, in the words that the later ones of them leave it."""
    messages: list[Outgoing] = []
    for turn in turns:
        for withdrawal in turn.withdrawals:
            left = (withdrawal.instead_of(m) if withdrawal.concerns(m) else m for m in messages)
            messages = [message for message in left if message is not None]
        if turn.said_anew:
            anew = {each.now.id: each.now for each in turn.said_anew}
            messages = [anew.get(message.id, message) for message in messages]
        messages += turn.outgoing
    return messages


@dataclass(frozen=True, slots=True)
class Mark:
    """What the deliverer has to say of one outbox row. It may ride the next commit."""

    outbox_id: int
    state: DeliveryState
    at: datetime
    attempts: int = 0
    next_attempt_at: datetime | None = None  #: None: no further try
    parts_done: int = 0
    external_id: str = ""
    reason: str = ""
    joined: Outgoing | None = None  #: the same message to the next address, a new row
    knock: str = ""  #: as in `Delivery`; empty leaves what is there
    holds: bool = False  #: what comes after it at its address waits until it is due
    waits_at: Address | None = None  #: where it was put back; not stored
    in_hand: bool = False  #: it was not put back: the lease of whoever has it stays
