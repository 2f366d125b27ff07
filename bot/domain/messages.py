"""Messages as values: what came in, what goes out, and what a messenger can do. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.domain.unreceived import Unreceived

#: Every messenger that an address of ours may name, set up or not.
MESSENGERS = frozenset({"telegram", "wechat", "wecom", "web", "email"})
#: Instead of a messenger in an address: whoever makes phone calls for us, and knows people by our names for them.
GATEWAY = "gateway"
#: Whatever carries something out.
CARRIERS = MESSENGERS | {GATEWAY}


#: Whose chats are our own pages: there we take out what points to a person, and nobody need delete anything.
WITH_OWN_PAGES = frozenset({"web"})


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A messenger and a peer id: ``telegram:-1001234``, with a topic ``telegram:-1001234/56``."""

    messenger: str
    peer: str

    def __str__(self) -> str:
        """Write it as configuration and database hold it."""
        return f"{self.messenger}:{self.peer}"

    @property
    def room(self) -> Address:
        """The chat of an address, whatever the topic in it."""
        return Address(self.messenger, self.peer.partition("/")[0])

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``messenger:peer``; raises ValueError when there is no such shape."""
        messenger, colon, peer = text.strip().partition(":")
        if not (messenger and colon and peer):
            raise ValueError("an address looks like telegram:-1001234")
        return cls(messenger, peer)


class Kind(StrEnum):
    """What kind of message came in."""

    TEXT = "text"
    BUTTON = "button"  #: a tap; `button` holds the data
    EDIT = "edit"  #: an amendment of `message_id`
    LOCATION = "location"
    PHOTO = "photo"
    FILE = "file"
    VOICE = "voice"
    CONTACT = "contact"  #: a contact card; `text` is what stands on it
    UNRECEIVED = "unreceived"  #: somebody sent what we cannot take; `unreceived` says what it was
    MOVED = "moved"  #: the chat has a new address, `moved_to`
    DELETED = "deleted"  #: the writer deleted `message_id` on their messenger; we keep it
    REACHED = "reached"  #: the person follows us (again) or unblocked us
    LEFT = "left"  #: the person unfollowed or blocked us: nothing reaches them there
    OUTCOME = "outcome"  #: what became of the knock `message_id`; `text` is why it failed, empty when it arrived
    CALLED = "called"  #: what became of the phone call named `message_id`; `text` is a `CallResult`
    OTHER = "other"  #: readable, but nothing a person says (joined, left, pinned)
    UNREADABLE = "unreadable"  #: verified, but we could not make sense of it; kept raw


class Contact(StrEnum):
    """What a message does to the messenger's reply window: for how long and how often we may write back."""

    NONE = ""  #: it opens none
    MESSAGE = "message"  #: the person wrote
    TAP = "tap"  #: the person tapped a menu, followed us, scanned a code: much shorter


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as the messenger names it; its content is not here."""

    file_id: str
    name: str = ""
    media_type: str = ""  #: as claimed by the sender, not trusted
    size: int = 0  #: bytes, 0 when not said


@dataclass(frozen=True, slots=True)
class Inbound:
    """One verified message from a messenger."""

    messenger: str
    account: str  #: which of our accounts received it (bot id); part of the duplicate key
    external_id: str  #: the messenger's id of this event, unique in (messenger, account)
    kind: Kind
    received_at: datetime  #: aware UTC, when we got it
    sender: Address | None = None  #: the person's own address; None when unreadable
    place: Address | None = None  #: where it was written and answers go; the sender's in private
    text: str = ""
    button: str = ""  #: data of the tapped button, at most 64 bytes
    tap_id: str = ""  #: the messenger's id of the tap, to be answered after the commit
    message_id: str = ""  #: the messenger's id of the message written, edited, or tapped under
    reply_to: str = ""  #: message id this replies to
    latitude: float | None = None
    longitude: float | None = None
    attachment: Attachment | None = None
    moved_to: Address | None = None
    sender_name: str = ""  #: display name, never used to decide anything
    origin: str = ""  #: who said it first, when it was forwarded: a display name; nothing in it is a command or a tap
    unreceived: Unreceived | None = None  #: of `Kind.UNRECEIVED`
    recognised: str = ""  #: what the messenger heard in a voice message: a guess, until its sender says so
    album: str = ""  #: what the files of one album have in common
    more: tuple[Attachment, ...] = ()  #: the further files of a gathered album
    contact: Contact = Contact.NONE
    raw: bytes = b""  #: the body as received, for the inbox

    @property
    def key(self) -> tuple[str, str, str]:
        """Messenger, account and external id: what decides duplicates."""
        return (self.messenger, self.account, self.external_id)

    @property
    def in_own_pages(self) -> bool:
        """Whether it was written on a page of ours, which shows of it what we let it show."""
        return self.messenger in WITH_OWN_PAGES

    @property
    def in_private(self) -> bool:
        """Whether only the sender and the bridge read the place it was written in."""
        return self.sender == self.place


@dataclass(frozen=True, slots=True)
class Button:
    """One choice. ``data`` is ours and at most 64 bytes; ``label`` is what a person reads."""

    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]  #: rows of buttons


class OutgoingKind(StrEnum):
    """What a message of ours is for."""

    REPLY = "reply"  #: the answer to a person's own message, or what their conversation goes on with
    ALERT = "alert"  #: first tells a desk of a case, or that its urgency rose
    PING = "ping"  #: about a deadline
    TOLD = "told"  #: news of an act, or a question
    RELAY = "relay"  #: the words of somebody on the other side
    EDIT = "edit"  #: changes a message that was sent before
    FILE = "file"  #: brings a file
    TEST = "test"  #: from `casebridge ping`
    DIGEST = "digest"  #: the head of the record, once a day
    WINDOW = "window"  #: asks somebody to write before their reply window closes
    CALL = "call"  #: rings a phone; what it says is made when it is made


#: Undelivered for this long, a message is also sent to its next address (design rule 8).
JOIN_AFTER_URGENT = timedelta(seconds=30)
JOIN_AFTER = timedelta(minutes=5)
#: What stands for itself, so that nobody misreads it before what was written earlier: when urgent it passes that.
PASSING = (OutgoingKind.ALERT, OutgoingKind.PING, OutgoingKind.CALL)


class Priority(IntEnum):
    """Which waiting message goes first; lower goes first."""

    U1 = 1
    U2 = 2
    ANSWER = 3  #: the answer to a person's own message that is about no case
    U3 = 4
    U4 = 5
    EDIT = 6  #: an update of an alert already sent


class DeliveryState(StrEnum):
    """How far a message to one recipient has come. Only `seen` proves that somebody has it."""

    QUEUED = "queued"  #: stored, not yet taken by the messenger
    SENT = "sent"  #: the messenger took it
    SEEN = "seen"  #: an act or a page read proves it
    WINDOW_CLOSED = "window-closed"  #: the messenger allows none now; kept
    PARKED = "parked"  #: given up, visibly
    DROPPED = "dropped"  #: not needed any more when its turn came; the reason says why


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to one recipient, as the outbox keeps it."""

    id: int
    dedupe_key: str  #: unique for ever, ``case:7:police:1:desk:cn-duty``
    kind: OutgoingKind
    recipient: str  #: ``person:12`` or ``desk:cn-duty``
    address: Address  #: where it goes first
    others: tuple[Address, ...] = ()  #: where it also goes when that fails (design rule 8)
    text: str = ""
    buttons: Keyboard = ()
    priority: Priority = Priority.ANSWER
    case_id: int | None = None
    deadline_id: int | None = None  #: recheck at send: dropped when this deadline is met or ended
    replaces: str = ""  #: dedupe_key (with recipient) of the message this edits
    edits: str = ""  #: external id of the message to change, when it is known at birth (a tapped keyboard)
    reply_to: str = ""  #: messenger's message id to thread under
    tap_id: str = ""  #: answer this tap too, after the commit
    file: str = ""  #: name of a file in the data directory's ``exports`` folder, sent as a document
    created_at: datetime | None = None
    not_before: datetime | None = None

    @property
    def passes(self) -> bool:
        """Whether it goes before what waits for the same address; all else keeps its order there."""
        return self.kind in PASSING and self.priority <= Priority.U2

    @property
    def is_for_later(self) -> bool:
        """Whether it was made for a moment of its own: until then it is in nobody's way."""
        return self.not_before is not None and (self.created_at is None or self.not_before > self.created_at)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row with what has become of it so far."""

    message: Outgoing
    state: DeliveryState = DeliveryState.QUEUED
    attempts: int = 0
    next_attempt_at: datetime | None = None
    parts_done: int = 0  #: parts of a split text that are delivered: never sent again
    external_id: str = ""  #: the messenger's id of the (last) part sent
    edits: str = ""  #: external id of the message to change: `message.edits`, or what `message.replaces` was sent as
    sent_at: datetime | None = None
    seen_at: datetime | None = None
    reason: str = ""  #: why it was parked, dropped or is being retried
    joined: bool = False  #: the next address was already added
    outcome: str = ""  #: of a phone call: a `CallResult`, empty while nobody said
    knock: str = ""  #: the messenger's id of the knock that was sent for it, `KNOCK_FAILED` when that came to nothing


#: Instead of the id of a knock: it could not be sent, or the messenger said later that it did not arrive.
KNOCK_FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Grant:
    """How many messages a messenger lets us write, and for how long, after the person did something."""

    count: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class WindowRules:
    """A messenger's reply window."""

    message: Grant  #: after the person wrote
    tap: Grant  #: after a menu tap, a follow, a scan
    kept: int = 2  #: the last ones of a window, kept for pings of deadlines
    ask_before: timedelta = timedelta(hours=4)  #: this long before it closes the person is asked to write


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a messenger can do, as declared data. The caller keeps to it, not the adapter."""

    text_limit: int  #: longest text of one message
    text_unit: str = "characters"  #: characters (UTF-16 units at Telegram) or bytes
    buttons: bool = True
    button_bytes: int = 64  #: longest button data
    most_buttons: int = 0  #: under one message; 0 = no limit
    button_columns: int = 0  #: widest label, wide letters counted twice; 0 = no limit
    text_over_buttons: int = 0  #: characters of the longest text that buttons stand under; 0 = as any text
    edits: bool = False  #: a sent message can be changed
    files: bool = False  #: can send documents
    file_limit: int = 0  #: bytes
    call_limit: int = 1 << 20  #: bytes of what it may call us with; more is not read
    groups: bool = False
    attachments_in: bool = False
    per_chat_second: float = 0.0  #: messages a second to one chat; 0 = no limit
    per_group_minute: float = 0.0
    total_second: float = 0.0
    chat_burst: int = 5  #: messages a quiet chat may get at once
    is_strict: bool = False  #: too many are silently lost: not even answers pass the limit of a chat
    group_prefix: str = "-"  #: how the peer ids of groups begin
    menu_links: bool = False  #: has no buttons, but shows numbered choices as links that can be tapped
    answers_in_call: bool = False  #: the answer to a message goes back in the call that brought it, for free
    windows: WindowRules | None = None  #: None: may be written to at any time
    receives: bool = True  #: people can write back
    send_only: str = ""  #: how the peer ids begin that nobody can write from, on a messenger that receives
    knocks: bool = False  #: outside the window it can carry a message without our text that asks to tap (see `Knocks`)
    phones: bool = False  #: it can make somebody's phone ring (see `Phones`)
    phone_limits: tuple[Grant, ...] = ()  #: how often it may do so to one address

    @property
    def numbers_choices(self) -> bool:
        """Whether choices may be shown there as numbers."""
        return self.receives and bool(not self.buttons or self.most_buttons or self.button_columns)

    def phones_at(self, address: Address) -> bool:
        """Whether somebody can be rung there: a person, not a robot's group."""
        return self.phones and not (self.send_only and address.peer.startswith(self.send_only))

    def takes_answers_at(self, address: Address) -> bool:
        """Whether somebody who reads a message there can answer it there."""
        return self.receives and not (self.send_only and address.peer.startswith(self.send_only))
