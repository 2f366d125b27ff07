"""Collects what one message changes into a turn. The only mutable thing in a decision; it does no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.attachments import FileState, Left, StoredFile, received
from bot.domain.case import Answer, Case, CaseText, Conversation, SecureEntry, SecureField, TextKind
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry, Filed
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Inbound, Keyboard, Outgoing, OutgoingKind, Priority
from bot.domain.people import Invite, Person, SignIn, Stranger
from bot.domain.recipients import Recipient, reads_as
from bot.domain.turn import ExportOrder, InboxRow, SeenBy, Turn, Withdrawal
from bot.ports.storage import SecureCase
from bot.protection.secure_access import border_is_open
from bot.turns.context import Context
from bot.turns.view import View


class Composer:
    """One turn in the making."""

    def __init__(  # noqa: PLR0915 - a list for everything that a turn can change
        self,
        context: Context,
        view: View,
        *,
        message: Inbound | None = None,
        person: Person | None = None,
        actor: str = "",
    ) -> None:
        """Start a turn for a message (of a person), or for the clock or a command."""
        self.context = context
        self.view = view
        self.message = message
        self.person = person
        self.actor = actor or (f"person:{person.id}" if person else "stranger")
        self.withheld = ""  #: what was written, when something that points to a person was taken out of it
        self.secured: list[str] = []  #: what of that went to the secure case in this turn
        self.address = str(message.sender) if message and message.sender else ""  #: from where it is done
        self.case_id: int | None = None  #: the case the message turned out to be about
        self.inbox_id = context.new_id()
        self.keep_content = person is not None
        self.sent_by_others = False  #: whoever writes this turn sends nothing: its messages wait for who does
        self._cases: dict[int, Case] = {}
        self._new_cases: set[int] = set()
        self._base: dict[int, int] = {}
        self._conversation: Conversation | None = None
        self._others: dict[int, Conversation] = {}
        self._answers: list[Answer] = []
        self._texts: list[CaseText] = []
        self._secure: list[SecureEntry] = []
        self._files: dict[int, StoredFile] = {}
        self._journal: list[Entry] = []
        self._outgoing: dict[str, Outgoing] = {}
        self._withdrawals: list[Withdrawal] = []
        self._people: dict[int, Person] = {}
        self._invites: list[Invite] = []
        self._strangers: list[Stranger] = []
        self._seen: list[SeenBy] = []
        self._ended: list[int] = []
        self._unbound: list[Address] = []
        self._sign_ins: list[SignIn] = []
        self._orders: dict[int, IdentifiedOrder] = {}
        self._exports: list[ExportOrder | IdentifiedOrder] = []
        self._replied = False

    @property
    def now(self) -> datetime:
        """The moment of the turn."""
        return self.context.now

    @property
    def language(self) -> str:
        """The language of whoever wrote."""
        return self.person.language if self.person else "en"

    def case(self, case_id: int | None) -> Case | None:
        """Find a case as it stands in this turn."""
        return (self._cases.get(case_id) if case_id is not None else None) or self.view.case(case_id)

    def put(self, case: Case, *, new: bool = False) -> Case:
        """Change a case; its version goes up once a turn. Returns it with that version."""
        if new:
            self._new_cases.add(case.id)
            self._base[case.id] = 0
        elif case.id not in self._base:
            before = self.view.case(case.id)
            self._base[case.id] = before.version if before else case.version
        version = self._base[case.id] + 1
        is_open = border_is_open(case, self.context.agreement)
        if case.version != version or case.border_is_open != is_open:
            case = replace(case, version=version, border_is_open=is_open)
        self._cases[case.id] = case
        self.case_id = case.id
        return case

    @property
    def conversation(self) -> Conversation:
        """Where the person stands in this turn."""
        if self._conversation is None:
            if self.person is None:
                raise LookupError("only a person has a conversation")
            return self.view.conversation(self.person.id)
        return self._conversation

    def move(self, **changes: object) -> None:
        """Change where the person stands."""
        before = self.view.conversation(self.conversation.person_id)
        changed = replace(self.conversation, updated_at=self.now, version=before.version + 1, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself
        self._conversation = changed

    def move_other(self, person_id: int, **changes: object) -> None:
        """Change where somebody stands, whoever writes."""
        if self.person is not None and self.person.id == person_id:
            self.move(**changes)
            return
        before = self.view.conversation(person_id)
        moved = replace(before, updated_at=self.now, version=before.version + 1, **changes)  # type: ignore[arg-type]  # likewise
        self._others[person_id] = moved

    def keep(self, answer: Answer) -> None:
        """Keep a new answer."""
        self._answers.append(answer)

    def keep_text(
        self,
        case: Case,
        kind: TextKind,
        text: str | Guarded,
        *,
        own_side_only: bool = False,
        amends: int | None = None,
        message: str | None = None,
    ) -> int:
        """Keep a free text of a case, written by the person of this turn. Returns its id."""
        if self.person is None:
            raise LookupError("only a person writes to a case")
        came_as = self.came_as if message is None else message
        kept = CaseText(
            self.context.new_id(),
            case.id,
            kind,
            Guarded(text) if isinstance(text, str) else text,
            self.now,
            self.person.id,
            self.person.party,
            own_side_only,
            came_as,
            amends,
        )
        self._texts.append(kept)
        return kept.id

    @property
    def last_text_id(self) -> int | None:
        """The id of the text that was kept last in this turn."""
        return self._texts[-1].id if self._texts else None

    def texts_kept(self, *ids: int | None) -> tuple[CaseText, ...]:
        """The texts with these ids that were kept in this turn."""
        return tuple(text for text in self._texts if text.id in ids)

    def keep_secure(
        self,
        case: Case,
        field: SecureField,
        value: Guarded,
        *,
        subject: int = 1,
        message: str = "",
        text_id: int | None = None,
    ) -> None:
        """Keep something that points to a person in the secure case; the journal holds only which field it is."""
        if self.person is None:
            raise LookupError("only a person writes to a case")
        kept = SecureEntry(
            self.context.new_id(),
            case.id,
            field,
            value,
            self.now,
            self.person.id,
            self.person.party,
            subject,
            message,
            text_id,
        )
        self._secure.append(kept)
        self.journal(JournalAct.SECURED, case, field=field.value, entry=kept.id)

    def put_secure(self, entry: SecureEntry) -> None:
        """Change an entry of the secure case: it was released."""
        self._secure.append(entry)

    def keep_file(self, case: Case, left: Left) -> None:
        """Keep that the person of this turn left a file; its content is fetched after the commit."""
        if self.person is None:
            raise LookupError("only a person leaves a file")
        file = received(left, number=self.context.new_id(), case=case, person=self.person, now=self.now)
        self.put_file(file)
        is_stored = file.state is FileState.STORED
        self.journal(
            JournalAct.FILE_STORED if is_stored else JournalAct.FILE_LEFT, case, file=file.id, sha256=file.sha256
        )

    def put_file(self, file: StoredFile) -> None:
        """Keep what became of a file."""
        self._files[file.id] = file

    def secure(self, case: Case) -> SecureCase:
        """The secure case as it stands in this turn, where it was asked for."""
        return self.view.secure(case.id, *self._secure)

    @property
    def came_as(self) -> str:
        """The ``place#message_id`` of the message, empty for taps and ticks."""
        m = self.message
        return f"{m.place}#{m.message_id}" if m and m.place and m.message_id and not m.button else ""

    def journal(self, act: JournalAct, case: Filed | None = None, **details: object) -> None:
        """Record an act."""
        self._journal.append(
            Entry(
                self.context.new_id(),
                case.corridor if case else "-",
                self.now,
                self.actor,
                act,
                case.id if case else None,
                self.address,
                details,
                self.context.salt(),
            )
        )

    def say(
        self,
        text: str,
        buttons: Keyboard = (),
        *,
        edits: str = "",
        place: Address | None = None,
        case: Case | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Answer the person where they wrote."""
        message = self.message
        place = place or (message.place if message else self.conversation.place if self.person else None)
        if place is None:
            return
        number = sum(1 for o in self._outgoing.values() if o.kind is OutgoingKind.REPLY)
        first = not self._replied
        self._replied = True
        self.send(
            Outgoing(
                id=self.context.new_id(),
                dedupe_key=f"reply:{self.inbox_id}:{number}",
                kind=OutgoingKind.REPLY,
                recipient=f"person:{self.person.id}" if self.person else "stranger",
                address=place,
                text=text,
                buttons=buttons,
                case_id=case.id if case else self.case_id,
                edits=edits,
                reply_to=message.message_id if message and not message.in_private and not message.button else "",
                tap_id=message.tap_id if message and first else "",
                created_at=self.now,
                not_before=not_before,
            )
        )

    def tell(  # noqa: PLR0913 - a message to several has this many sides
        self,
        recipients: Iterable[Recipient],
        key: str,
        text: str,
        *,
        kind: OutgoingKind = OutgoingKind.TOLD,
        case: Case | None = None,
        buttons: Keyboard = (),
        deadline_id: int | None = None,
        replaces: str = "",
        reply_to: str = "",
    ) -> list[Recipient]:
        """Send the same words to several recipients; returns those that have an address.

        `key` and `replaces` are completed with the recipient's name.
        """
        told = [r for r in recipients if r.addresses]
        for recipient in told:
            self.send(
                Outgoing(
                    id=self.context.new_id(),
                    dedupe_key=f"{key}:{recipient.name}",
                    kind=kind,
                    recipient=recipient.name,
                    address=recipient.addresses[0],
                    others=recipient.addresses[1:] if kind is not OutgoingKind.EDIT else (),
                    text=text,
                    buttons=buttons,
                    priority=Priority.EDIT
                    if kind is OutgoingKind.EDIT
                    else Priority[case.urgency.value if case else "U4"],
                    case_id=case.id if case else None,
                    deadline_id=deadline_id,
                    replaces=f"{replaces}:{recipient.name}" if replaces else "",
                    reply_to=reply_to,
                    created_at=self.now,
                )
            )
        return told

    def send(self, outgoing: Outgoing) -> None:
        """Put a message in the outbox, once for each key."""
        made = outgoing if outgoing.created_at == self.now else replace(outgoing, created_at=self.now)
        if self.sent_by_others and made.not_before is None:
            made = replace(made, not_before=self.now)
        self._outgoing.setdefault(outgoing.dedupe_key, made)

    def withdraw(self, case: Case, recipients: Iterable[str], text: str, buttons: Keyboard = ()) -> None:
        """Let what waits for these recipients about a case say this instead."""
        self._withdrawals.append(Withdrawal(case.id, frozenset(recipients), text, buttons))

    def put_person(self, person: Person) -> None:
        """Enrol or change a person."""
        self._people[person.id] = person

    def put_invite(self, invite: Invite) -> None:
        """Make an invite or use one up."""
        self._invites.append(invite)

    def put_stranger(self, stranger: Stranger) -> None:
        """Remember that a stranger tried."""
        self._strangers.append(stranger)

    def end_sessions(self, person_id: int) -> None:
        """End a person's web sessions and sign-in links."""
        self._ended.append(person_id)

    def give_up(self, address: Address) -> None:
        """Send nothing that waits to an address that is not bound any more, and end what is signed in there."""
        self._unbound.append(address)

    def put_sign_in(self, link: SignIn) -> None:
        """Keep a one-time sign-in link."""
        self._sign_ins.append(link)

    def saw(self, case: Case) -> None:
        """Record that the person, and so their desk, has what was sent about a case."""
        if self.person is None:
            return
        self._seen.append(SeenBy(case.id, reads_as(self.person), self.now))
        self.case_id = case.id

    def put_order(self, order: IdentifiedOrder) -> None:
        """Store an order for an identified export, or what was decided about it."""
        self._orders[order.id] = order

    def order(self, export: ExportOrder | IdentifiedOrder) -> None:
        """Ask for an export, made after the commit."""
        self._exports.append(export)

    def finish(self, *, retries_inbox: int | None = None) -> Turn:
        """Close the turn."""
        inbox = None
        if self.message is not None:
            # What was taken out and found no case stays where it came in: nothing is lost.
            message = replace(self.message, text=self.withheld) if self.withheld else self.message
            inbox = InboxRow(
                self.inbox_id,
                message,
                person_id=self.person.id if self.person else None,
                case_id=self.case_id,
                keep_content=self.keep_content,
            )
        return Turn(
            inbox=inbox,
            retries_inbox=retries_inbox,
            cases=tuple(self._cases.values()),
            new_cases=frozenset(self._new_cases),
            answers=tuple(self._answers),
            texts=tuple(self._texts),
            secure=tuple(self._secure),
            files=tuple(self._files.values()),
            conversations=(*([self._conversation] if self._conversation else []), *self._others.values()),
            journal=tuple(self._journal),
            withdrawals=tuple(self._withdrawals),
            outgoing=tuple(self._outgoing.values()),
            people=tuple(self._people.values()),
            invites=tuple(self._invites),
            strangers=tuple(self._strangers),
            seen=tuple(self._seen),
            ends_sessions_of=tuple(self._ended),
            unbound=tuple(self._unbound),
            orders=tuple(self._orders.values()),
            sign_ins=tuple(self._sign_ins),
            exports=tuple(self._exports),
        )
