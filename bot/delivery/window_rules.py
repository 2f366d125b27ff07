"""What reply windows mean: what opens one, what may use its last messages, what is said because of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from bot.domain.agreement import Agreement
from bot.domain.case import TIMERS, Case, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Contact, Inbound, Kind, Outgoing, OutgoingKind, Priority, WindowRules
from bot.domain.names import moment
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, at_desk, side_of_case, supervisors
from bot.domain.reply_windows import Window
from bot.domain.turn import KnockOutcome, Turn
from bot.language.texts import later, tr
from bot.turns.composer import Composer


class _Knock(Enum):
    """Whether somebody is asked by a template message to tap, so that a message can reach them."""

    ALWAYS = "always"
    ABOUT_A_CASE = "about a case"
    NEVER = "never"  #: it comes too late, or answers somebody who will write again


_KNOCKS = for_each(
    OutgoingKind,
    {
        OutgoingKind.REPLY: _Knock.NEVER,
        OutgoingKind.ALERT: _Knock.ALWAYS,
        OutgoingKind.PING: _Knock.ALWAYS,
        OutgoingKind.TOLD: _Knock.ALWAYS,
        OutgoingKind.RELAY: _Knock.ABOUT_A_CASE,
        OutgoingKind.EDIT: _Knock.NEVER,
        OutgoingKind.FILE: _Knock.ABOUT_A_CASE,
        OutgoingKind.TEST: _Knock.ALWAYS,
        OutgoingKind.DIGEST: _Knock.ABOUT_A_CASE,
        OutgoingKind.WINDOW: _Knock.NEVER,
        OutgoingKind.CALL: _Knock.NEVER,
    },
)


def opened(message: Inbound, rules: Mapping[str, WindowRules]) -> tuple[Window, ...]:
    """Say which window a verified message opens: the sender's own, from the moment we got it."""
    known = rules.get(message.messenger)
    if known is None or message.sender is None or message.contact is Contact.NONE:
        return ()
    is_tap = message.contact is Contact.TAP
    grant = known.tap if is_tap else known.message
    at = message.received_at
    return (Window(message.sender, at, at + grant.span, grant.count, by_tap=is_tap),)


def outcome(message: Inbound) -> tuple[KnockOutcome, ...]:
    """Read what a messenger says of a knock."""
    if message.kind is not Kind.OUTCOME or message.sender is None or not message.message_id:
        return ()
    return (KnockOutcome(message.sender, message.message_id, message.text),)


def noted(turn: Turn, message: Inbound, rules: Mapping[str, WindowRules]) -> Turn:
    """Add to a message's turn what it does to windows, whatever else it means."""
    return replace(turn, windows=opened(message, rules), knock_outcomes=outcome(message))


def keep(message: Outgoing, rules: WindowRules) -> int:
    """How many messages of a window must be left when this one wants to use it."""
    uses_the_last = message.kind in (OutgoingKind.PING, OutgoingKind.WINDOW)
    return 0 if uses_the_last else rules.kept


def is_needless_when_closed(message: Outgoing) -> bool:
    """Whether a message means nothing once the window is closed."""
    return message.kind is OutgoingKind.WINDOW


def wants_knock(message: Outgoing) -> bool:
    """Whether somebody is asked to tap so that this can reach them."""
    knock = _KNOCKS[message.kind]
    return knock is _Knock.ALWAYS or (knock is _Knock.ABOUT_A_CASE and message.case_id is not None)


def is_urgent(message: Outgoing) -> bool:
    """Whether it is of a case that knocks for itself."""
    return message.case_id is not None and message.priority in (Priority.U1, Priority.U2)


def headline(message: Outgoing, case: Case | None) -> str:
    """Say on a knock which case, how urgent, which act is wanted; nothing else, for nothing else may be told there."""
    if case is None:
        return (
            tr("en", "Test message: please tap")
            if message.kind is OutgoingKind.TEST
            else tr("en", "A message waits for you")
        )
    return f"{case.reference} {case.urgency.value}: {wanted(message, case)}"


#: What a missed deadline asks for, in a few words.
_WANTED = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: later("please acknowledge"),
        DeadlineKind.POLICE: later("police channel, please look"),
        DeadlineKind.DIPLOMATIC: later("diplomatic channel, please look"),
        DeadlineKind.ANSWER: later("please accept or return it"),
        DeadlineKind.STOP: later("please stop, and say so"),
        DeadlineKind.REPLY: later("a question waits for you"),
        DeadlineKind.WRITTEN: later("please confirm in writing"),
        DeadlineKind.REVIEW: later("are you still on it?"),
    },
    but=TIMERS,
)


def wanted(message: Outgoing, case: Case) -> str:
    """Say in a few words which act is wanted."""
    deadline = next((d for d in case.deadlines if d.id == message.deadline_id), None)
    if deadline is not None and not deadline.is_timer:
        return tr("en", _WANTED[deadline.kind])
    return (
        tr("en", "new alert, please look")
        if message.kind is OutgoingKind.ALERT
        else tr("en", "a message waits for you")
    )


def concerning(address: Address, cases: Iterable[Case], agreement: Agreement, directory: Directory) -> tuple[Case, ...]:
    """Choose the open cases about which this address is told things, the most urgent first."""
    found = [k for k in cases if k.is_open and address in _told(k, agreement, directory)]
    return tuple(sorted(found, key=lambda k: (k.urgency, -k.id)))


def _told(case: Case, agreement: Agreement, directory: Directory) -> frozenset[Address]:
    """Find every address that pings and messages of a case may go to."""
    recipients: list[Recipient] = []
    for party in filter(None, (case.reporting, case.requested)):
        recipients += [*side_of_case(case, party, agreement, directory), *supervisors(directory, party)]
    for desk in (agreement.desks.get(name.removeprefix("desk:")) for name in case.given_to):
        recipients += at_desk(desk, directory) if desk is not None else ()
    return frozenset(address for recipient in recipients for address in recipient.addresses)


def ask(c: Composer, window: Window, case: Case) -> bool:
    """Ask somebody to write before their window closes; answers whether an open case still concerns them."""
    person = c.view.directory.at(window.address)
    is_told = bool(concerning(window.address, [case], c.context.agreement, c.view.directory))
    if person is None or not person.is_active or not is_told:
        return False
    words = tr(
        person.language,
        "{reference}: this messenger lets me write to you until {moment}, unless you write first. Please write the "
        "word: cases. Then pings can still reach you.",
        reference=case.reference,
        moment=moment(window.closes_at, case, c.context.agreement),
    )
    c.send(
        Outgoing(
            id=c.context.new_id(),
            dedupe_key=f"window:{window.address}:{window.opened_at.isoformat()}",
            kind=OutgoingKind.WINDOW,
            recipient=f"person:{person.id}",
            address=window.address,
            text=words,
            priority=Priority[case.urgency.value],
            case_id=case.id,
            created_at=c.now,
        )
    )
    c.journal(JournalAct.ASKED_TO_WRITE, case, messenger=window.address.messenger, until=window.closes_at.isoformat())
    return True


def takes_more(message: Outgoing, window: Window, rules: WindowRules) -> bool:
    """Whether a window lets one more of this kind through; a short one is used to its last message."""
    return window.left > (0 if window.by_tap else keep(message, rules))


def last_words(*, pings_follow: bool) -> str:
    """Say below the last message that may be sent that only a word of theirs lets more through."""
    if pings_follow:
        return tr("en", "(Until you write, only pings can reach you here. Please write the word: cases.)")
    return tr("en", "(Until you write, nothing more can reach you here. Please write the word: cases.)")
