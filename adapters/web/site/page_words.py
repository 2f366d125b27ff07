"""How the pages name what only they show: roles, states of deadlines and hand-offs, acts as headings.

What messages name too is named by `bot.domain.names`; nothing has a name in both.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.attachments import FilePurpose, FileState
from bot.domain.case import Case, DeadlineState, HandoffState, TextKind
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.messages import OutgoingKind
from bot.domain.names import closure_name, standing_name
from bot.domain.people import Role
from bot.language.texts import later, tr
from bot.protection.secure_access import Purpose

_ROLES = for_each(
    Role,
    {
        Role.OFFICER: later("officer"),
        Role.DUTY: later("duty officer"),
        Role.SUPERVISOR: later("supervisor"),
        Role.ADMIN: later("admin"),
    },
)
_DEADLINES = for_each(
    DeadlineState,
    {
        DeadlineState.RUNNING: later("running"),
        DeadlineState.MET: later("met"),
        DeadlineState.ENDED: later("ended"),
    },
)
_HANDOFFS = for_each(
    HandoffState,
    {
        HandoffState.DRAFTED: later("drafted, not sent"),
        HandoffState.BLOCKED: later("drafted, blocked"),
        HandoffState.SENT: later("sent, not yet accepted"),
        HandoffState.ACCEPTED: later("accepted"),
        HandoffState.RETURNED: later("returned"),
        HandoffState.WITHDRAWN: later("withdrawn"),
    },
)
_TEXTS = for_each(
    TextKind,
    {
        TextKind.FIRST: later("First message"),
        TextKind.TEXT: later("Message"),
        TextKind.NOTE: later("Note to both sides"),
        TextKind.MEMO: later("Memo, own side only"),
        TextKind.OUTCOME: later("Outcome"),
        TextKind.REASON: later("Reason"),
        TextKind.LOCATION: later("Location"),
        TextKind.CONTACT: later("Contact"),
        TextKind.FILE: later("File left at the messenger"),
        TextKind.PROTECTION: later("Protection, own side only"),
    },
)
_ACTS = for_each(
    Act,
    {
        Act.ACK: later("Acknowledge"),
        Act.ASSIGN: later("Assign"),
        Act.LIAISON: later("Liaison officer"),
        Act.OPERATION: later("Plan the joint operation"),
        Act.REFER: later("Refer to a support desk"),
        Act.SNOOZE: later("Snooze pings"),
        Act.ONIT: later("I am on it"),
        Act.URGENCY: later("Change urgency"),
        Act.STANDDOWN: later("Stand down"),
        Act.CLOSE: later("Close"),
        Act.REOPEN: later("Reopen"),
        Act.WITHDRAW: later("Withdraw the alert"),
        Act.WRONG: later("This closure is wrong"),
        Act.NOTE: later("Note to both sides"),
        Act.MEMO: later("Memo to own side"),
        Act.OWNSIDE: later("Own side only"),
        Act.ENGLISH: later("English version"),
        Act.PERSON: later("Persons"),
        Act.HANDOFF: later("Hand off"),
        Act.ACCEPT: later("Record acceptance"),
        Act.RETURN: later("Return hand-off"),
        Act.DELIVERED: later("Paper handed over in person"),
        Act.REFUSE: later("Refuse, with a reason"),
        Act.CLARIFY: later("Ask the other side"),
        Act.ANSWER: later("Answer the question"),
        Act.LATE: later("We will be late"),
        Act.REMIND: later("Remind the other side"),
        Act.RECALL: later("Take a hand-off back"),
        Act.STOPPED: later("Confirm that you have stopped"),
        Act.WRITTEN: later("Record letter"),
        Act.NOTNEEDED: later("Diplomatic channel not needed"),
        Act.CONSENT: later("Record consent or fear"),
        Act.PROTECT: later("Record protection need"),
        Act.GUARDIAN: later("Name guardian"),
        Act.INTEREST: later("Best-interests reason"),
        Act.VITAL: later("Vital-interest reason"),
        Act.DECIDE: later("Decide on the police channel"),
        Act.ALTERNATIVE: later("Alternative to the diplomatic step"),
        Act.RELEASE: later("Release a withheld text"),
        Act.HOLD: later("Put on legal hold"),
        Act.UNHOLD: later("Release from legal hold"),
        Act.DISCARD: later("Delete this exercise"),
        Act.SAME: later("The same as another case"),
        Act.RELATED: later("Related to another case"),
        Act.DIFFERENT: later("Not the same as another case"),
    },
)
_FILES = for_each(
    FileState,
    {
        FileState.WAITING: later("being fetched"),
        FileState.STORED: later("stored"),
        FileState.PARKED: later("could not be fetched"),
    },
)
_PURPOSES = for_each(
    FilePurpose,
    {
        FilePurpose.SAFETY: later("to find or protect the person"),
        FilePurpose.IDENTITY: later("to establish identity"),
        FilePurpose.EVIDENCE: later("evidence"),
        FilePurpose.SUPPORT: later("support and return"),
        FilePurpose.RECORD: later("to check the record"),
    },
)
_SECURE_PURPOSES = for_each(
    Purpose,
    {
        Purpose.LOCATE: later("Locate or rescue the person"),
        Purpose.VERIFY: later("Verify an identity"),
        Purpose.PAPER: later("Write the paper of a hand-off"),
        Purpose.SUPPORT: later("Support the person"),
        Purpose.CORRECT: later("Add or correct an entry"),
        Purpose.OTHER: later("Something else, in a line"),
    },
)
_KINDS = for_each(
    OutgoingKind,
    {
        OutgoingKind.ALERT: later("alert"),
        OutgoingKind.PING: later("ping"),
        OutgoingKind.TOLD: later("news"),
        OutgoingKind.RELAY: later("relayed message"),
        OutgoingKind.EDIT: later("update"),
        OutgoingKind.TEST: later("test"),
        OutgoingKind.REPLY: later("answer"),
        OutgoingKind.FILE: later("message"),
        OutgoingKind.DIGEST: later("message"),
        OutgoingKind.WINDOW: later("message"),
        OutgoingKind.CALL: later("phone call"),
    },
)
_ERRORS = {
    400: later("The bridge could not read this request."),
    403: later("This is not open to you."),
    404: later("There is no such page."),
    405: later("This page does not take that kind of request."),
    413: later("This is too large for the bridge."),
    429: later("That is too much at once. Please wait a little and send it again."),
    500: later("Something went wrong in the bridge. It has been logged; please try again."),
    503: later("The bridge cannot reach its database at the moment. Please try again."),
}


def role_name(role: Role, language: str) -> str:
    """Name a role."""
    return tr(language, _ROLES[role])


def deadline_state_name(state: DeadlineState, language: str) -> str:
    """Name whether a deadline counts."""
    return tr(language, _DEADLINES[state])


def handoff_name(state: HandoffState, language: str) -> str:
    """Name how far a hand-off has come."""
    return tr(language, _HANDOFFS[state])


def file_state_name(state: FileState, language: str) -> str:
    """Name how far a file has come."""
    return tr(language, _FILES[state])


def purposes(language: str) -> list[tuple[str, str]]:
    """List what a file may be read for, by code."""
    return [(purpose.value, tr(language, name)) for purpose, name in _PURPOSES.items()]


def secure_purposes(language: str, among: Iterable[Purpose] = Purpose) -> list[tuple[str, str]]:
    """List what a secure case may be opened for, and of these what its annex may be taken for."""
    return [(purpose.value, tr(language, _SECURE_PURPOSES[purpose])) for purpose in among]


def text_name(kind: TextKind, language: str) -> str:
    """Name what a free text is."""
    return tr(language, _TEXTS[kind])


def act_name(act: Act, language: str) -> str:
    """Name an act."""
    return tr(language, _ACTS[act])


def http_error(status: int, language: str) -> str:
    """Say what an HTTP status means, empty when there is no sentence for it."""
    return tr(language, _ERRORS[status]) if status in _ERRORS else ""


def case_status(case: Case, language: str) -> str:
    """Say where a case stands, with its closure code, that its clock was stood down, that it is on hold."""
    status = _case_status(case, language)
    return tr(language, "{status}, on legal hold", status=status) if case.held_at else status


def _case_status(case: Case, language: str) -> str:
    if case.closure and not case.is_open:
        return tr(language, "closed: {closure}", closure=closure_name(case.closure, language))
    status = standing_name(case, language)
    return tr(language, "{status}, stood down", status=status) if case.stood_down_at else status


def message_kind(kind: OutgoingKind, language: str) -> str:
    """Name what a message of ours was."""
    return tr(language, _KINDS[kind])


def actor_name(actor: str, language: str) -> str:
    """Name who did something when it was no enrolled person."""
    if actor == "clock":
        return tr(language, "the clock")
    kind, _, account = actor.partition(":")
    if kind == "cli":
        return tr(language, "{account}, by the command line", account=account)
    return tr(language, "the bridge")
