"""What a batch of turns comes down to, row by row. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from bot.domain.attachments import StoredFile
from bot.domain.case import Answer, Case, CaseText
from bot.domain.conversation import Conversation
from bot.domain.english import English, Translation
from bot.domain.errors import NoClock, Stale
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.frozen import replace
from bot.domain.handoff_links import HandoffLink
from bot.domain.journal import Entry
from bot.domain.likeness import Look, Match
from bot.domain.messages import Address, Delivery, DeliveryState, Inbound, Outgoing, OutgoingKind
from bot.domain.people import Invite, Person, SignIn, Stranger
from bot.domain.phone_calls import CallOutcome
from bot.domain.reply_windows import Window
from bot.domain.rings import Ring, RingAnswer
from bot.domain.roster import HandOver, Shift
from bot.domain.secure_entry import SecureEntry
from bot.domain.turn import InboxRow, InboxState, KnockOutcome, Mark, SaidAnew, SeenBy, Turn, Withdrawal, outgoing_of

CUT_OFF = "the person was cut off"  #: why what waited for somebody is not sent any more
UNBOUND = "the address is not theirs any more"  #: likewise, when there was no other
PURGED_FIRST = "what it said is kept no longer"  #: why what waited when its text went is not sent
BORN_LEASED_SECONDS = 30  #: new outbox rows that are due at once belong to the process that wrote them
LOOKED_THROUGH = 20  #: newest messages at an address among which those with choices are looked for
_OFFERED_AT_MOST = 10
_OFFERED = frozenset(
    {DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.SEEN, DeliveryState.WINDOW_CLOSED}
)  #: states of what somebody may have before them
WINDOWS_KEPT = timedelta(days=1)  #: reply windows, after they closed
ROSTER_KEPT = timedelta(days=35)  #: shifts and hand-overs, after their end: then nothing of them counts any more
RINGS_KEPT = timedelta(days=400)  #: test rings: over a year, for the meeting of the two sides
LEASES_KEPT = timedelta(days=1)  #: leases, after they were over: some are named for one case only
RENEWED_AFTER = timedelta(minutes=1)  #: how often the use of a session is written at most


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


K = TypeVar("K")
T = TypeVar("T", bound=_Versioned)


@dataclass(slots=True)
class Step(Generic[T]):
    """From which version a case or conversation goes to which last state."""

    base: int  #: version that must be stored now; 0 for one that is not stored yet
    last: T


@dataclass(slots=True)
class Batch:
    """The rows of some turns and marks, in order; of each case, conversation or person only the last state."""

    inbox: list[InboxRow] = field(default_factory=list)
    retried: dict[int, InboxRow | None] = field(default_factory=dict)  #: by id of the failed row
    cases: dict[int, Step[Case]] = field(default_factory=dict)
    conversations: dict[int, Step[Conversation]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    texts: list[CaseText] = field(default_factory=list)
    english: list[English] = field(default_factory=list)
    translations: dict[int, Translation] = field(default_factory=dict)  #: by id
    secure: list[SecureEntry] = field(default_factory=list)
    files: dict[int, StoredFile] = field(default_factory=dict)
    kept_back: set[int] = field(default_factory=set)  #: files that are for the own side only from now on
    journal: list[Entry] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)  #: of what is stored already
    said_anew: dict[int, SaidAnew] = field(default_factory=dict)  #: likewise, by id, from the first to the last words
    outgoing: list[Outgoing] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)
    shifts: dict[int, Shift] = field(default_factory=dict)
    shifts_gone: set[int] = field(default_factory=set)
    hand_overs: dict[int, HandOver] = field(default_factory=dict)
    rings: dict[int, Ring] = field(default_factory=dict)
    ring_answers: list[RingAnswer] = field(default_factory=list)
    invites: dict[int, Invite] = field(default_factory=dict)
    strangers: dict[Address, Stranger] = field(default_factory=dict)
    matches: dict[tuple[int, int], Step[Match]] = field(default_factory=dict)  #: by pair
    looks: dict[int, Look] = field(default_factory=dict)  #: by case, the newest
    looked: list[Look] = field(default_factory=list)
    orders: dict[int, IdentifiedOrder] = field(default_factory=dict)
    seen: list[SeenBy] = field(default_factory=list)
    ends_sessions_of: set[int] = field(default_factory=set)
    unbound: list[Address] = field(default_factory=list)
    sign_ins: list[SignIn] = field(default_factory=list)
    handoff_links: list[HandoffLink] = field(default_factory=list)
    used_links: list[str] = field(default_factory=list)
    windows: dict[tuple[Address, bool], Window] = field(default_factory=dict)  #: by address and kind, the newest
    windows_asked: list[Window] = field(default_factory=list)
    knock_outcomes: list[tuple[KnockOutcome, datetime | None]] = field(default_factory=list)  #: with its moment
    call_outcomes: list[CallOutcome] = field(default_factory=list)
    marks: Sequence[Mark] = ()

    @classmethod
    def of(cls, turns: Sequence[Turn], marks: Sequence[Mark]) -> Batch:
        """Gather the rows.

        Raises `Stale` where one turn of the batch does not follow the other, `NoClock` where a case would fall silent.
        """
        batch = cls(marks=marks)
        for turn in turns:
            batch._add_message(turn)
            batch._add_case(turn)
            batch._add_people(turn)
            batch._add_matches(turn)
            batch.journal += turn.journal
            batch.withdrawals += turn.withdrawals
            for each in turn.said_anew:
                first = batch.said_anew.get(each.now.id, each).before
                batch.said_anew[each.now.id] = SaidAnew(first, each.now)
            batch.seen += turn.seen
            batch._add_windows(turn)
        batch.outgoing += outgoing_of(turns)
        silent = [step.last.reference for step in batch.cases.values() if not step.last.is_watched]
        if silent:
            raise NoClock(f"Open without a deadline, so not stored: {', '.join(silent)}.")
        return batch

    def _add_message(self, turn: Turn) -> None:
        if turn.retries_inbox is not None:
            self.retried[turn.retries_inbox] = turn.inbox and _kept(turn.inbox)
        elif turn.inbox is not None:
            self.inbox.append(_kept(turn.inbox))

    def _add_case(self, turn: Turn) -> None:
        for case in turn.cases:
            base = 0 if case.id in turn.new_cases else case.version - 1
            _follow(self.cases, case.id, base, case)
        for conversation in turn.conversations:
            _follow(self.conversations, conversation.person_id, conversation.version - 1, conversation)
        self.answers += turn.answers
        self.texts += turn.texts
        self.english += turn.english
        self.translations.update((asked.id, asked) for asked in turn.translations)
        self.secure += turn.secure
        self.files.update((file.id, file) for file in turn.files)
        self.kept_back.update(turn.kept_back)

    def _add_matches(self, turn: Turn) -> None:
        for match in turn.matches:
            _follow(self.matches, match.pair, match.version - 1, match)
        for look in turn.looks:
            before = self.looks.get(look.case_id)
            self.looks[look.case_id] = replace(look, names=look.names or (before is not None and before.names))
        self.looked += turn.looked

    def _add_people(self, turn: Turn) -> None:
        self.people.update((person.id, person) for person in turn.people)
        self.shifts_gone.update(turn.shifts_gone)
        self.shifts.update((shift.id, shift) for shift in turn.shifts)
        for hand_over in turn.hand_overs:
            if hand_over.id in self.hand_overs and not self.hand_overs[hand_over.id].is_open:
                raise Stale("A hand-over was taken over twice at once.")
            self.hand_overs[hand_over.id] = hand_over
        self.rings.update((ring.id, ring) for ring in turn.rings)
        self.ring_answers += turn.ring_answers
        self.strangers.update((stranger.address, stranger) for stranger in turn.strangers)
        for invite in turn.invites:
            before = self.invites.get(invite.id)
            if before is not None and before.used_at is not None:
                raise Stale("An invite was used twice at once.")
            self.invites[invite.id] = invite
        for order in turn.orders:
            earlier = self.orders.get(order.id)
            if earlier is not None and not earlier.is_waiting:
                raise Stale("An order was decided twice at once.")
            self.orders[order.id] = order
        self.ends_sessions_of.update(turn.ends_sessions_of)
        self.unbound += turn.unbound
        self.sign_ins += turn.sign_ins
        self.handoff_links += turn.handoff_links
        self.used_links += turn.used_links

    def _add_windows(self, turn: Turn) -> None:
        for window in turn.windows:
            newest = self.windows.setdefault((window.address, window.by_tap), window)
            if newest.opened_at <= window.opened_at:
                self.windows[window.address, window.by_tap] = window
        self.windows_asked += turn.windows_asked
        sent_at = next((message.created_at for message in turn.outgoing), None)
        at = turn.inbox.message.received_at if turn.inbox is not None else sent_at
        self.knock_outcomes += [(outcome, at) for outcome in turn.knock_outcomes]
        self.call_outcomes += turn.call_outcomes


def _follow(steps: dict[K, Step[T]], key: K, base: int, value: T) -> None:
    step = steps.get(key)
    if step is None:
        steps[key] = Step(base, value)
        return
    if step.last.version != value.version - 1:
        raise Stale("Two turns of one batch do not follow each other.")
    step.last = value


def _kept(row: InboxRow) -> InboxRow:
    """The inbox row as it is stored: nothing but the attempt where the content is not to be kept."""
    return row if row.keep_content else replace(row, message=without_content(row.message))


def without_content(message: Inbound) -> Inbound:
    """The message without anything that somebody said or showed in it."""
    return replace(
        message,
        text="",
        button="",
        latitude=None,
        longitude=None,
        attachment=None,
        sender_name="",
        raw=b"",
    )


def attempt_key(kind: str, key: str) -> str:
    """Under which a count is kept: a hash, so that the table names nobody and no address."""
    return hashlib.sha256(f"casebridge {kind} {key}".encode()).hexdigest()


def offered_of(newest: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Those of the newest messages at an address from which somebody may choose something.

    What others wrote comes first where nothing came after it: a number may be meant for them.
    """
    had = [delivery for delivery in newest if delivery.state in _OFFERED]
    offered = [d for d in had if d.message.buttons or (d is had[0] and d.message.kind is OutgoingKind.RELAY)]
    return tuple(offered[:_OFFERED_AT_MOST])


def is_left(invite: Invite, leaving: Iterable[Person]) -> bool:
    """Whether an invite waits under the name and side of one of these people, or binds something to them."""
    return invite.used_at is None and any(
        p.id == invite.person_id or (p.party, p.name) == (invite.party, invite.name) for p in leaving
    )


def signed_in_at(unbound: Iterable[Address]) -> list[int]:
    """Whose web sessions end with their addresses: a web address names its person."""
    return sorted(int(each.peer) for each in unbound if each.messenger == "web" and each.peer.isdecimal())


def without(message: Outgoing, gone: Container[Address]) -> Outgoing | None:
    """The message without addresses that nobody may be written to any more; None when there is no other."""
    left = [address for address in (message.address, *message.others) if address not in gone]
    return replace(message, address=left[0], others=tuple(left[1:])) if left else None


def joining(mark: Mark, stored: Delivery | None, moved: Mapping[Address, Address]) -> Outgoing | None:
    """What goes to a further address: what the row says by now, and only where it may still go.

    Whoever sends it read it a while ago; a gate may have closed since, or somebody have been cut off.
    """
    if mark.joined is None or stored is None or stored.state is DeliveryState.DROPPED:
        return None
    joined, others = readdressed(mark.joined, moved), readdressed(stored.message, moved).others
    if joined.address not in others:
        return None
    left = tuple(address for address in joined.others if address in others)
    return replace(joined, text=stored.message.text, buttons=stored.message.buttons, others=left)


def outcome_of_retry(retried: InboxRow | None) -> InboxState:
    """What becomes of a failed row that was tried again: done, unless the turn says otherwise."""
    return InboxState.DONE if retried is None else retried.state


def readdressed(message: Outgoing, moved: Mapping[Address, Address]) -> Outgoing:
    """The message with the present addresses of chats that moved."""
    if not moved:
        return message
    others = tuple(present(address, moved) for address in message.others)
    return replace(message, address=present(message.address, moved), others=others)


def present(address: Address, moved: Mapping[Address, Address]) -> Address:
    """Where a chat is now, however often it moved; a loop of moves ends where it began."""
    passed = {address}
    while (following := moved.get(address)) is not None and following not in passed:
        passed.add(following)
        address = following
    return address
