"""Collects what one message changes into a turn. The only mutable thing in a decision; it does no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.agreement import Urgency
from bot.domain.attachments import FileState, Left, StoredFile
from bot.domain.case import Case
from bot.domain.conversation import Conversation
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry, Filed
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Inbound, Keyboard, Outgoing, OutgoingKind, Priority
from bot.domain.names import marked_exercise
from bot.domain.people import Person
from bot.domain.recipients import Recipient, reads_as
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import ExportOrder, InboxRow, SaidAnew, SeenBy, Turn, Withdrawal
from bot.ports.reads import SecureCase
from bot.protection.secure_access import border_is_open
from bot.turns.context import Context
from bot.turns.conversations import Conversations
from bot.turns.kept import Kept
from bot.turns.membership import Membership
from bot.turns.pairs import Pairs
from bot.turns.source import Source
from bot.turns.view import View


class Composer:
    """One turn in the making."""

    def __init__(
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
        self._source = Source(context, message, person, self.actor)
        self.kept = Kept(self._source)
        self.people = Membership()
        self.withheld = ""  #: what was written, when something that points to a person was taken out of it
        self.secured: list[tuple[str, SecureEntry]] = []  #: what of that went to the secure case in this turn
        self.address = str(message.sender) if message and message.sender else ""  #: from where it is done
        self.case_id: int | None = None  #: the case the message turned out to be about
        self.inbox_id = context.new_id()
        self.keep_content = person is not None
        self._cases: dict[int, Case] = {}
        self._new_cases: set[int] = set()
        self._base: dict[int, int] = {}
        self._conversations = Conversations(view, person, context.now)
        self._journal: list[Entry] = []
        self._outgoing: dict[str, Outgoing] = {}
        self._withdrawals: list[Withdrawal] = []
        self._said_anew: list[SaidAnew] = []
        self._seen: list[SeenBy] = []
        self._orders: dict[int, IdentifiedOrder] = {}
        self.pairs = Pairs(context, view)
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
            self._base[case.id] = (self.view.case(case.id) or case).version
        version = self._base[case.id] + 1
        is_open = border_is_open(case, self.context.agreement)
        if case.version != version or case.border_is_open != is_open or case.policies is None:
            policies = case.policies or self.context.agreement.policies
            case = replace(case, version=version, border_is_open=is_open, policies=policies)
        self._cases[case.id] = case
        self.case_id = case.id
        return case

    @property
    def conversation(self) -> Conversation:
        """Where the person stands in this turn."""
        return self._conversations.own

    def move(self, **changes: object) -> None:
        """Change where the person stands."""
        self._conversations.move(changes)

    def move_other(self, person_id: int, **changes: object) -> None:
        """Change where somebody stands, whoever writes."""
        self._conversations.move_other(person_id, changes)

    def secure(self, case: Case) -> SecureCase:
        """The secure case as it stands in this turn, where it was asked for."""
        return self.view.secure(case.id, *self.kept.secured)

    def keep_secure(
        self,
        case: Case,
        field: SecureField,
        value: Guarded,
        *,
        subject: int = 1,
        message: str = "",
        text_id: int | None = None,
    ) -> SecureEntry:
        """Keep something that points to a person in the secure case; the journal holds only which field it is."""
        entry = self.kept.secure(case, field, value, subject=subject, message=message, text_id=text_id)
        self.journal(JournalAct.SECURED, case, field=field.value, entry=entry.id)
        return entry

    def keep_withheld(self, case: Case, text: str, *, message: str, text_id: int | None) -> None:
        """Keep a text in the secure case that stands elsewhere without what points to a person."""
        entry = self.keep_secure(case, SecureField.MESSAGE, Guarded(text), message=message, text_id=text_id)
        self.secured.append((text, entry))

    def keep_file(self, case: Case, left: Left, *, own_side_only: bool = False) -> StoredFile:
        """Keep that the person of this turn left a file, and record it."""
        file = self.kept.file(case, left, own_side_only=own_side_only)
        act = JournalAct.FILE_STORED if file.state is FileState.STORED else JournalAct.FILE_LEFT
        self.journal(act, case, file=file.id, sha256=file.sha256)
        return file

    def keep_back(self, case: Case, file: StoredFile) -> None:
        """Keep that a file is for its own side only, and record it."""
        self.kept.keep_back(file)
        self.journal(JournalAct.FILE_KEPT_BACK, case, file=file.id)

    @property
    def came_as(self) -> str:
        """The ``place#message_id`` of the message, empty for taps and ticks."""
        return self._source.came_as

    def journal(self, act: JournalAct, case: Filed | None = None, **details: object) -> None:
        """Record an act."""
        self._journal.append(self._source.entry(act, case, self.address, details))

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

    def add_to_answer(self, sentence: str, row: Keyboard) -> None:
        """Say something more in the last answer to the person, below its first paragraph, with buttons at its end."""
        answers = [o for o in self._outgoing.values() if o.kind is OutgoingKind.REPLY]
        if not answers:
            self.say(sentence, row)
            return
        last = answers[-1]
        first, gap, rest = last.text.partition("\n\n")
        said = replace(last, text=f"{first}\n{sentence}{gap}{rest}", buttons=(*last.buttons, *row))
        self._outgoing[last.dedupe_key] = said

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
        urgency: Urgency | None = None,
    ) -> list[Recipient]:
        """Send the same words to several recipients; returns those that have an address.

        `key` and `replaces` are completed with the recipient's name. What is about no case has the urgency that is
        given, and none else.
        """
        told = [r for r in recipients if r.addresses]
        level = case.urgency if case else urgency or Urgency.U4
        priority = Priority.EDIT if kind is OutgoingKind.EDIT else Priority[level.value]
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
                    priority=priority,
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
        self._outgoing.setdefault(outgoing.dedupe_key, made)

    def withdraw(self, case: Case, recipients: Iterable[str], text: str, buttons: Keyboard = ()) -> None:
        """Let what waits for these recipients about a case say this instead."""
        said = marked_exercise(text) if case.exercise else text
        self._withdrawals.append(Withdrawal(case.id, frozenset(recipients), said, buttons))

    def take_back(self, case: Case, recipients: Iterable[str], key: str, reason: str) -> None:
        """Let what waits for these recipients about a case under a key not be sent at all."""
        self._withdrawals.append(Withdrawal(case.id, frozenset(recipients), key=key, reason=reason))

    def reword_ping(
        self, case: Case, recipient: Recipient, key: str, text: str, buttons: Keyboard, deadline_id: int
    ) -> None:
        """Let a ping that still waits under a key say this instead, as long as this deadline runs."""
        waiting = Withdrawal(case.id, frozenset({recipient.name}), text, buttons, f"{key}:{recipient.name}",
                             deadline_id=deadline_id)  # fmt: skip
        self._withdrawals.append(waiting)

    def say_anew(self, before: Outgoing, now: Outgoing) -> None:
        """Let a message that waits say what it says now."""
        self._said_anew.append(SaidAnew(before, now))

    def saw(self, case: Case) -> None:
        """Record that the person, and so their desk, has what was sent about a case."""
        if self.person is not None:
            self._seen.append(SeenBy(case.id, reads_as(self.person), self.now))
            self.case_id = case.id

    def put_order(self, order: IdentifiedOrder) -> None:
        """Store an order for an identified export, or what was decided about it."""
        self._orders[order.id] = order

    def order(self, export: ExportOrder | IdentifiedOrder) -> None:
        """Ask for an export, made after the commit."""
        self._exports.append(export)

    def _as_its_case_is(self, message: Outgoing) -> Outgoing:
        """Give an answer the urgency that its case has at the end of the turn, and mark what is only an exercise."""
        case = self.case(message.case_id)
        if case is None:
            return message
        if case.exercise:
            message = replace(message, text=marked_exercise(message.text))
        return (
            replace(message, priority=Priority[case.urgency.value]) if message.kind is OutgoingKind.REPLY else message
        )

    def _inbox_row(self) -> InboxRow | None:
        """The message as it is kept. What was taken out of it and found no case stays in it: nothing is lost."""
        if self.message is None:
            return None
        return InboxRow(
            self.inbox_id,
            replace(self.message, text=self.withheld) if self.withheld else self.message,
            person_id=self.person.id if self.person else None,
            case_id=self.case_id,
            keep_content=self.keep_content,
        )

    def finish(self, *, retries_inbox: int | None = None) -> Turn:
        """Close the turn."""
        return Turn(
            inbox=self._inbox_row(),
            retries_inbox=retries_inbox,
            cases=tuple(self._cases.values()),
            new_cases=frozenset(self._new_cases),
            answers=tuple(self.kept.answers),
            texts=tuple(self.kept.texts),
            english=tuple(self.kept.english),
            translations=tuple(self.kept.translations.values()),
            secure=tuple(self.kept.secured),
            files=tuple(self.kept.files.values()),
            kept_back=tuple(self.kept.kept_back),
            conversations=self._conversations.changed,
            journal=tuple(self._journal),
            withdrawals=tuple(self._withdrawals),
            outgoing=tuple(map(self._as_its_case_is, self._outgoing.values())),
            said_anew=tuple(self._said_anew),
            people=tuple(self.people.people.values()),
            shifts=tuple(self.people.shifts.values()),
            shifts_gone=tuple(sorted(self.people.shifts_gone)),
            hand_overs=tuple(self.people.hand_overs.values()),
            rings=tuple(self.people.rings.values()),
            ring_answers=tuple(self.people.ring_answers),
            invites=tuple(self.people.invites),
            strangers=tuple(self.people.strangers),
            seen=tuple(self._seen),
            ends_sessions_of=tuple(self.people.ended),
            unbound=tuple(self.people.unbound),
            orders=tuple(self._orders.values()),
            sign_ins=tuple(self.people.sign_ins),
            handoff_links=tuple(self.people.handoff_links),
            used_links=tuple(self.people.used_links),
            matches=self.pairs.said,
            looks=self.pairs.looks(self._cases, self.kept),
            looked=tuple(self.pairs.looked),
            exports=tuple(self._exports),
        )
