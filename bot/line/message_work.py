"""The kinds of work that become turns: messages, tries again, what the clock brings, commands. Pure values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock.reach import heard_of
from bot.conversation import albums, ask_which_case
from bot.conversation.respond import respond, wanted
from bot.delivery import window_rules
from bot.domain import button_data
from bot.domain.agreement import Agreement
from bot.domain.case_acts import Act
from bot.domain.errors import StorageError
from bot.domain.frozen import replace
from bot.domain.messages import Address, Button, Inbound, Kind, Outgoing, OutgoingKind
from bot.domain.people import Directory, Person
from bot.domain.turn import InboxRow, InboxState, Turn
from bot.domain.typed_commands import ROSTER, command_of, reference_alone
from bot.intake.reading.first_words import command_alone
from bot.language.texts import tr
from bot.people import guess_limits
from bot.ports.reads import NOBODY, NOTHING, Scope, Shows, Try, Wanted
from bot.protection.permissions import loaded_for, scope_of
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View

#: How often a message whose turn failed is tried before it is parked.
TRIES = 6
_FIRST_RETRY = timedelta(seconds=5)
#: What shows or decides whether two cases are one.
_ABOUT_PAIRS = frozenset({"case", Act.SAME, Act.RELATED, Act.DIFFERENT})
_TOLD_AFTER = 2  #: tries; then whoever wrote is told


@dataclass(frozen=True, slots=True)
class Message:
    """A verified message."""

    inbound: Inbound
    choices: tuple[Button, ...] = ()  #: what a typed number may stand for, when it fits more than one question

    def picking(self, choices: tuple[Button, ...]) -> Message:
        """The same with its number understood: as a tap when it can mean one choice only."""
        if len(choices) != 1:
            return replace(self, choices=choices)
        return Message(replace(self.inbound, kind=Kind.BUTTON, button=choices[0].data, message_id=""))

    def wants(self, directory: Directory, agreement: Agreement) -> Wanted:
        """Say what it touches; a plan also tells whom of the own side it would not reach."""
        touched = wanted(self.inbound, directory, agreement)
        person = directory.at(self.inbound.sender)
        if person is None or not person.is_active or self._word != "plan":
            return touched
        return replace(touched, heard=heard_of(directory, self.inbound.received_at, person.party))

    @property
    def _promise(self) -> button_data.Promise | None:
        """What the button says that was tapped."""
        return button_data.parse(self.inbound.button) if self.inbound.button else None

    @property
    def _word(self) -> str:
        """The command or the act that it is, as far as it can be told without anything else."""
        promise = self._promise
        own = "" if self.inbound.origin or promise is not None else self.inbound.text
        command = (command_of(self.inbound) or reference_alone(own) or command_alone(own)) if own else None
        return promise.act if isinstance(promise, button_data.ActTap) else command.name if command else ""

    def shows(self, directory: Directory, agreement: Agreement) -> Shows:
        """What it asks to see."""
        person = directory.at(self.inbound.sender)
        if person is None or not person.is_active:
            return NOTHING
        word = self._word
        return Shows(
            loaded_for(person, agreement) if word == "cases" else None,
            person,
            deliveries=word == "case" or self.inbound.kind is Kind.EDIT,
            secure=word in ("release", "refer"),
            texts=word == Act.ENGLISH,
            matches=word in _ABOUT_PAIRS,
            files=word == Act.OWNSIDE,
            all_open=_looks_through(person, agreement, word, self._promise),
            open_in=ask_which_case.looked_through(self.inbound, person, agreement),
        )

    def tries(self, view: View, context: Context) -> tuple[Try, ...]:
        """What in it must be counted."""
        return guess_limits.tries(self.inbound, view, context.now, context.agreement)

    def turn(self, view: View, context: Context) -> Turn:
        """Compute its turn."""
        return respond(self.inbound, view, context, self.choices)

    def failed(self, context: Context, error: str) -> Turn:
        """Keep the message, marked failed, to be tried again."""
        row = InboxRow(
            context.new_id(),
            self.inbound,
            InboxState.FAILED,
            error=error,
            next_attempt_at=context.now + _FIRST_RETRY,
        )
        return window_rules.noted(Turn(inbox=row), self.inbound, context.windows)


def _looks_through(
    person: Person, agreement: Agreement, word: str, promise: button_data.Promise | None
) -> Scope | None:
    """Of whom all open cases are wanted: to hand them over, or to find what of them is late."""
    if word == "overdue":
        return loaded_for(person, agreement)
    return scope_of(person, agreement) if _is_about_duty(word, promise) else None


def _is_about_duty(word: str, promise: button_data.Promise | None) -> bool:
    """Whether somebody goes off duty, or hands over or takes over what the desk has open."""
    return word in ROSTER or (isinstance(promise, button_data.WordTap) and promise.word in ROSTER)


@dataclass(frozen=True, slots=True)
class Gathered:
    """An album that comes file by file: each is stored, and what it needs to be answered is at hand at any moment."""

    inbound: Inbound  #: what came so far, as one message

    def wants(self, directory: Directory, agreement: Agreement) -> Wanted:
        """Say what it touches; its files are known to be seen."""
        return replace(wanted(self.inbound, directory, agreement), seen=())

    def shows(self, directory: Directory, agreement: Agreement) -> Shows:
        """What it asks to see."""
        return Message(self.inbound).shows(directory, agreement)

    def turn(self, view: View, context: Context) -> Turn:
        """Compute its turn."""
        person = view.directory.at(self.inbound.sender)
        return Turn() if person is None else albums.answered(person, view, context)

    def failed(self, _context: Context, _error: str) -> Turn:
        """Nothing to keep: it is still gathered, and the clock comes back to it."""
        return Turn()


@dataclass(frozen=True, slots=True)
class Again:
    """A stored message whose turn failed before."""

    row: InboxRow

    def wants(self, directory: Directory, agreement: Agreement) -> Wanted:
        """Say what it touches; it is known to be seen."""
        return replace(wanted(self.row.message, directory, agreement), seen=())

    def shows(self, directory: Directory, agreement: Agreement) -> Shows:
        """What it asks to see."""
        return Message(self.row.message).shows(directory, agreement)

    def turn(self, view: View, context: Context) -> Turn:
        """Compute its turn again; the stored row is brought up to date. Its window was opened the first time."""
        turn = respond(self.row.message, view, context)
        inbox = replace(turn.inbox, id=self.row.id, attempts=self.row.attempts + 1) if turn.inbox else None
        return replace(turn, inbox=inbox, retries_inbox=self.row.id, windows=())

    def failed(self, context: Context, error: str) -> Turn:
        """Try later, or park it for somebody to look at."""
        attempts = self.row.attempts + 1
        is_last = attempts >= TRIES
        row = replace(
            self.row,
            state=InboxState.PARKED if is_last else InboxState.FAILED,
            error=error,
            attempts=attempts,
            next_attempt_at=None if is_last else context.now + _FIRST_RETRY * 4**self.row.attempts,
        )
        told = self._told(context) if attempts == _TOLD_AFTER else ()
        return Turn(inbox=row, retries_inbox=row.id, outgoing=told)

    def _told(self, context: Context) -> tuple[Outgoing, ...]:
        """Tell whoever wrote that nobody has read it yet: somebody may be in danger."""
        message = self.row.message
        if message.place is None or not message.in_private:
            return ()
        words = tr(
            "en",
            "Your message is stored, but the bridge cannot handle it. Please write it again in other words; if "
            "somebody is in danger, call your desk now.",
        )
        key = f"failed:{self.row.id}"
        return (
            Outgoing(
                context.new_id(), key, OutgoingKind.REPLY, "sender", message.place, text=words, created_at=context.now
            ),
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A command from the command line or the program itself."""

    act: Callable[[Composer], None]
    actor: str
    wanted: Wanted = field(default_factory=Wanted)

    def wants(self, _directory: Directory, _agreement: Agreement) -> Wanted:
        """Say what it touches."""
        return self.wanted

    def shows(self, _directory: Directory, _agreement: Agreement) -> Shows:
        """Nothing."""
        return NOTHING

    def turn(self, view: View, context: Context) -> Turn:
        """Do it."""
        c = Composer(context, view, actor=self.actor)
        self.act(c)
        return c.finish()

    def failed(self, _context: Context, error: str) -> Turn:
        """Nothing to keep: whoever gave the order is told by a `StorageError`."""
        raise StorageError(f"This was not done ({error}); nothing was changed. Please try again.")


@dataclass(frozen=True, slots=True)
class PageAct:
    """What somebody does on a page that is no message, so that nothing of it is kept in the inbox."""

    act: Callable[[Composer], None]
    person_id: int
    address: Address
    cases: tuple[int, ...] = ()

    def wants(self, directory: Directory, agreement: Agreement) -> Wanted:
        """Say what it touches."""
        person = directory.get(self.person_id)
        scope = scope_of(person, agreement) if person else NOBODY
        return Wanted(named=tuple((case_id, scope) for case_id in self.cases))

    def shows(self, directory: Directory, _agreement: Agreement) -> Shows:
        """The secure cases of the cases that it names."""
        return Shows(reader=directory.get(self.person_id), secure=bool(self.cases))

    def turn(self, view: View, context: Context) -> Turn:
        """Do it, as somebody unknown when the person was cut off meanwhile."""
        person = view.directory.get(self.person_id)
        is_known = person is not None and person.is_active
        c = Composer(context, view, person=person if is_known else None, actor=f"person:{self.person_id}")
        c.address = str(self.address)
        self.act(c)
        return c.finish()

    def failed(self, _context: Context, error: str) -> Turn:
        """Nothing to keep: the page says that it was not done."""
        raise StorageError(f"This was not done ({error}); nothing was changed. Please try again.")
