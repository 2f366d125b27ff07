"""Every way in: what people can type and every route, each with how it is attacked. New ones must be added here.

The suite compares these tables with the program's own lists and fails when one of them has more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Every command, as an outsider would aim it at somebody else's case. `lost` is left harmless.
COMMANDS = {
    "ack": "/ack {ref}",
    "accept": "/accept {ref} police 77/26",
    "alert": "/alert {ref}",  # opens a case of one's own
    "assign": "/assign {ref} me",
    "back": "/back {ref}",
    "board": "/board {ref}",
    "case": "/case {ref}",
    "cases": "/cases {ref}",
    "close": "/close {ref} found_safe all is well",
    "edit": "/edit 1",
    "export": "/export 2026-01-01 2027-01-01 {ref}",
    "handoff": "/handoff {ref} police",
    "help": "/help {ref}",
    "lost": "/lost {ref}",
    "memo": "/memo {ref} quietly",
    "menu": "/menu {ref}",
    "note": "/note {ref} hello",
    "notneeded": "/notneeded {ref} no need",
    "offduty": "/offduty {ref}",
    "onduty": "/onduty {ref}",
    "plan": "/plan {ref}",
    "reopen": "/reopen {ref} again",
    "return": "/return {ref} police not ours",
    "send": "/send {ref}",
    "skip": "/skip {ref}",
    "snooze": "/snooze {ref} 15m quiet",
    "standdown": "/standdown {ref} over",
    "start": "/start {ref}",
    "summary": "/summary {ref}",
    "urgency": "/urgency {ref} U4 calm down",
    "urgent": "urgent {ref}",  # likewise
    "written": "/written {ref} L-77",
}


class For(StrEnum):
    """Whom a route serves."""

    ANYBODY = "anybody"
    MACHINES = "machines"  #: monitoring; no personal data
    PEOPLE = "people"  #: with a session
    ADMINS = "admins"


@dataclass(frozen=True)
class Way:
    """A route, and an address of it that is about somebody else's case, export or link."""

    serves: For
    example: str
    marks_seen: bool = False  #: whether looking is noted: who was told has it


ROUTES = {
    ("GET", "/"): Way(For.ANYBODY, "/"),
    ("GET", "/health/live"): Way(For.MACHINES, "/health/live"),
    ("GET", "/health/ready"): Way(For.MACHINES, "/health/ready"),
    ("GET", "/metrics"): Way(For.MACHINES, "/metrics"),
    ("GET", "/static/{name}"): Way(For.ANYBODY, "/static/app.css"),
    ("GET", "/signin/{token}"): Way(For.ANYBODY, "/signin/{token}"),
    ("POST", "/signin/{token}"): Way(For.ANYBODY, "/signin/{token}"),
    ("POST", "/signout"): Way(For.PEOPLE, "/signout"),
    ("GET", "/chat"): Way(For.PEOPLE, "/chat", marks_seen=True),
    ("GET", "/chat/lines"): Way(For.PEOPLE, "/chat/lines", marks_seen=True),
    ("POST", "/chat"): Way(For.PEOPLE, "/chat"),
    ("GET", "/board"): Way(For.PEOPLE, "/board"),
    ("GET", "/cases"): Way(For.PEOPLE, "/cases"),
    ("GET", "/cases/{reference}"): Way(For.PEOPLE, "/cases/{ref}", marks_seen=True),
    ("POST", "/cases/{reference}"): Way(For.PEOPLE, "/cases/{ref}"),
    ("GET", "/exports"): Way(For.ADMINS, "/exports"),
    ("GET", "/exports/{name}"): Way(For.ADMINS, "/exports/{file}"),
}

#: Webhooks stand in front of the routes.
HOOKS = ("telegram",)
