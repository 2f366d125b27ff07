"""How the pages name roles, states and acts, beside what `bot.wording` names for all messengers."""

from __future__ import annotations

from bot.case import Case, DeadlineState, HandoffState, TextKind
from bot.messages import DeliveryState
from bot.people import Role
from bot.rights import Act
from bot.texts import tr
from bot.wording import closure_name, status_name

_ROLES = {Role.OFFICER: "officer", Role.DUTY: "duty officer", Role.SUPERVISOR: "supervisor", Role.ADMIN: "admin"}
_DELIVERY = {
    DeliveryState.QUEUED: "waiting to be sent",
    DeliveryState.SENT: "sent, not known to be read",
    DeliveryState.SEEN: "seen",
    DeliveryState.WINDOW_CLOSED: "the messenger allows no message now, kept",
    DeliveryState.PARKED: "could not be sent",
    DeliveryState.DROPPED: "not needed any more",
}
_DEADLINES = {DeadlineState.RUNNING: "running", DeadlineState.MET: "met", DeadlineState.ENDED: "ended"}
_HANDOFFS = {
    HandoffState.DRAFTED: "drafted, not sent",
    HandoffState.SENT: "sent, not yet accepted",
    HandoffState.ACCEPTED: "accepted",
    HandoffState.RETURNED: "returned",
}
_TEXTS = {
    TextKind.FIRST: "First message",
    TextKind.TEXT: "Message",
    TextKind.NOTE: "Note to both sides",
    TextKind.MEMO: "Memo, own side only",
    TextKind.OUTCOME: "Outcome",
    TextKind.REASON: "Reason",
    TextKind.LOCATION: "Location, own side only",
    TextKind.FILE: "File left at the messenger",
}
_ACTS = {
    Act.ACK: "Acknowledge",
    Act.ASSIGN: "Assign",
    Act.SNOOZE: "Snooze pings",
    Act.URGENCY: "Change urgency",
    Act.STANDDOWN: "Stand down",
    Act.CLOSE: "Close",
    Act.REOPEN: "Reopen",
    Act.NOTE: "Note to both sides",
    Act.MEMO: "Memo to own side",
    Act.HANDOFF: "Hand off",
    Act.ACCEPT: "Record acceptance",
    Act.RETURN: "Return hand-off",
    Act.WRITTEN: "Record letter",
    Act.NOTNEEDED: "Diplomatic channel not needed",
}
_KINDS = {"alert": "alert", "ping": "ping", "told": "news", "edit": "update", "test": "test", "reply": "answer"}
_ERRORS = {
    400: "The bridge could not read this request.",
    403: "This is not open to you.",
    404: "There is no such page.",
    405: "This page does not take that kind of request.",
    413: "This is too large for the bridge.",
    500: "Something went wrong in the bridge. It has been logged; please try again.",
    503: "The bridge cannot reach its database at the moment. Please try again.",
}


def role_name(role: Role, language: str) -> str:
    """Name a role."""
    return tr(language, _ROLES[role])


def delivery_name(state: DeliveryState, language: str) -> str:
    """Name how far a message has come."""
    return tr(language, _DELIVERY[state])


def deadline_state_name(state: DeadlineState, language: str) -> str:
    """Name whether a deadline counts."""
    return tr(language, _DEADLINES[state])


def handoff_name(state: HandoffState, language: str) -> str:
    """Name how far a hand-off has come."""
    return tr(language, _HANDOFFS[state])


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
    """Say where a case stands, with its closure code, or that its clock was stood down."""
    if case.closure and not case.is_open:
        return tr(language, "closed: {closure}", closure=closure_name(case.closure, language))
    status = status_name(case.status, language)
    return tr(language, "{status}, stood down", status=status) if case.stood_down_at else status


def message_kind(kind: str, language: str) -> str:
    """Name what a message of ours was."""
    return tr(language, _KINDS.get(kind, "message"))


def actor_name(actor: str, language: str) -> str:
    """Name who did something when it was no enrolled person."""
    if actor == "clock":
        return tr(language, "the clock")
    kind, _, account = actor.partition(":")
    if kind == "cli":
        return tr(language, "{account}, by the command line", account=account)
    return tr(language, "the bridge")
