"""What the storage is asked for, and what it answers with. Frozen values; the promises are those of the ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.attachments import FileRead, StoredFile
from bot.domain.case import Answer, Case, CaseText, DeadlineKind
from bot.domain.contacts import Heard
from bot.domain.conversation import Conversation
from bot.domain.english import English
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.heard_pings import HeardPings
from bot.domain.journal import Link
from bot.domain.journal_acts import JournalAct
from bot.domain.likeness import Match
from bot.domain.messages import Address, Delivery, OutgoingKind
from bot.domain.people import Invite, Person, Stranger
from bot.domain.rings import Ring
from bot.domain.secure_entry import SecureEntry


@dataclass(frozen=True, slots=True)
class Try:
    """Something that may be a guess, counted for all nodes together: by whom or from where, within which time."""

    kind: str  #: ``code``, ``reference``, ``link``, ``form``
    key: str  #: who or where: ``person:12``, a client's address, a messenger's account
    window: timedelta  #: counting starts anew when it is over


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see. Every listing and look-up of cases is limited by it in the query itself."""

    person_id: int
    party: str
    sees_party: bool  #: the cases in which their party is a side; else own ones
    reads_as: tuple[str, ...] = ()  #: and those given to one of these: ``desk:cn-police``, ``person:12``


#: Sees nothing.
NOBODY = Scope(0, "", sees_party=False)


@dataclass(frozen=True, slots=True)
class Room:
    """What a sender can take of the outbox just now."""

    full: tuple[Address, ...] = ()  #: only what passes others is taken of these
    of_each: int = 1_000_000  #: most rows of one address
    owed: tuple[int, ...] = ()  #: outbox ids of what was put back and could not be noted yet: none of these
    urgent_only: bool = False  #: only what has U1 or U2, with what goes before it at its address


#: Room for everything.
ANY = Room()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a batch of messages touches, so that storage loads it in a few reads."""

    seen: tuple[tuple[str, str, str], ...] = ()  #: keys of the messages, to leave out redeliveries
    people: tuple[int, ...] = ()  #: their conversations, the cases these are about, their open cases
    cases: tuple[int, ...] = ()
    reported: tuple[int, ...] = ()  #: cases whose reporting officer is wanted, as with `people`
    references: tuple[str, ...] = ()  #: canonical, ``KC26-M9S34-4``; by whoever runs the program
    named: tuple[tuple[str | int, Scope], ...] = ()  #: references or ids that somebody named: within their scope only
    strangers: tuple[Address, ...] = ()
    codes: tuple[str, ...] = ()  #: hashes of invite codes
    replied_to: tuple[tuple[tuple[Address, str], Scope], ...] = ()  #: place and message id: which case was it about;
    #: within this scope only
    amended: tuple[str, ...] = ()  #: ``place#message_id`` of edited messages, as texts and answers keep it
    kept: tuple[int, ...] = ()  #: ids of texts that somebody says something about
    leaving: tuple[int, ...] = ()  #: people who may leave their work: all open cases they reported or are assigned
    #: to, and the invites that are not used yet under their name and side
    orders: tuple[int, ...] = ()  #: orders for identified exports
    rings: tuple[int, ...] = ()  #: test rings
    rings_since: tuple[datetime, ...] = ()  #: all test rings that began then or later; the earliest counts
    matched: tuple[int, ...] = ()  #: cases of which the matches are wanted, with the others of each pair
    offered: tuple[Address, ...] = ()  #: what was sent there lately with choices: a typed number may mean one of them
    spoken: tuple[
        tuple[Address, datetime], ...
    ] = ()  #: what was sent there about cases since then, without its words; the newest few
    said_at: tuple[Address, ...] = ()  #: all that was sent there lately: what is said there may answer or repeat it
    heard: tuple[tuple[Address, datetime], ...] = ()  #: when somebody last wrote or acted there, if it was since then
    heard_pings: tuple[datetime, ...] = ()  #: since when pings are counted, by recipient; the earliest counts


@dataclass(frozen=True, slots=True)
class SecureCase:
    """What is kept beside a case that points to people, and the texts that stand in its place, oldest first."""

    entries: tuple[SecureEntry, ...] = ()
    texts: tuple[CaseText, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The files of a case, oldest first, and who had any of them handed out."""

    files: tuple[StoredFile, ...] = ()
    reads: tuple[FileRead, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """That something about a case reached somebody, not what."""

    id: int  #: time-ordered
    case_id: int
    kind: OutgoingKind
    key: str  #: its dedupe key


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was wanted. Absent means: there is none."""

    people_version: int = 0  #: of who is enrolled, at the same moment as all the rest
    seen: Mapping[tuple[str, str, str], str] = field(default_factory=dict)  #: key to stored reply
    conversations: Mapping[int, Conversation] = field(default_factory=dict)
    cases: Mapping[int, Case] = field(default_factory=dict)
    strangers: Mapping[Address, Stranger] = field(default_factory=dict)
    invites: Mapping[str, Invite] = field(default_factory=dict)  #: by code hash
    replied_to: Mapping[tuple[Address, str], int] = field(default_factory=dict)  #: case ids
    threads: Mapping[tuple[Address, str], Mapping[Address, str]] = field(default_factory=dict)
    #: of the same messages: under which message id what they said stands at each other address
    offered: Mapping[Address, tuple[Delivery, ...]] = field(default_factory=dict)  #: newest first
    said_at: Mapping[Address, tuple[Delivery, ...]] = field(default_factory=dict)  #: the newest 20, newest first
    heard: Mapping[Address, Heard] = field(default_factory=dict)
    spoken: Mapping[Address, tuple[Spoken, ...]] = field(default_factory=dict)  #: newest first
    amended: Mapping[str, CaseText] = field(default_factory=dict)  #: first versions; their cases are loaded too
    amended_answers: Mapping[str, Answer] = field(default_factory=dict)  #: likewise
    kept: Mapping[int, CaseText] = field(default_factory=dict)  #: by id; their cases are loaded too
    deliveries: Mapping[int, tuple[Delivery, ...]] = field(default_factory=dict)  #: by case, where they are shown
    orders: Mapping[int, IdentifiedOrder] = field(default_factory=dict)
    rings: Mapping[int, Ring] = field(default_factory=dict)
    secure: Mapping[int, SecureCase] = field(default_factory=dict)  #: by case, where it is opened
    files: Mapping[int, CaseFiles] = field(default_factory=dict)  #: by case, where something is said of them
    texts: Mapping[int, tuple[CaseText, ...]] = field(default_factory=dict)  #: by case, where they are shown
    heard_pings: Mapping[str, HeardPings] = field(default_factory=dict)  #: by recipient
    matches: tuple[Match, ...] = ()  #: of cases where they are shown or decided; the others of each pair are loaded too


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline whose moment has come, leased to whoever claimed it."""

    deadline_id: int
    case_id: int
    kind: DeadlineKind


@dataclass(frozen=True, slots=True)
class History:
    """All that is kept of one case besides the case itself, oldest first."""

    answers: tuple[Answer, ...] = ()
    texts: tuple[CaseText, ...] = ()
    english: tuple[English, ...] = ()  #: English versions of answers and texts, drafts too
    deliveries: tuple[Delivery, ...] = ()
    journal: tuple[Link, ...] = ()
    files: tuple[StoredFile, ...] = ()
    secured: tuple[SecureEntry, ...] = ()  #: that there are entries in the secure case, without what they say

    @property
    def file_reads(self) -> tuple[FileRead, ...]:
        """Who had a file handed out, as far as the journal still says it."""
        entries = (link.entry for link in self.journal if link.entry.act == JournalAct.FILE_READ)
        found = ((entry, entry.told.get("file"), entry.actor.removeprefix("person:")) for entry in entries)
        return tuple(
            FileRead(file, int(person), entry.at)
            for entry, file, person in found
            if isinstance(file, int) and person.isdecimal()
        )


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a person's transcript in web chat, oldest first."""

    id: int  #: time-ordered over both directions
    at: datetime
    text: str
    from_person: bool
    delivery: Delivery | None = None  #: for our messages: buttons, state
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """For metrics and readiness; no personal data."""

    inbox: Mapping[str, int] = field(default_factory=dict)  #: by state
    outbox: Mapping[str, int] = field(default_factory=dict)  #: by state
    cases: Mapping[tuple[str, str], int] = field(default_factory=dict)  #: open cases by (urgency, status)
    overdue: int = 0  #: running deadlines whose next moment has passed


@dataclass(frozen=True, slots=True)
class Shows:
    """What a piece of work asks to see besides the cases it names: a list of cases, or what is kept of one."""

    scope: Scope | None = None
    reader: Person | None = None  #: who asks; what belongs to a case is read only for somebody who may see it
    all_open: Scope | None = None  #: every open case within this
    deliveries: bool = False
    secure: bool = False
    texts: bool = False
    matches: bool = False  #: what is known of these cases and others
    files: bool = False  #: what people left with these cases, or with those that they lead to
    open_in: tuple[Scope, ...] = ()  #: the newest open cases within each of these


NOTHING = Shows()
