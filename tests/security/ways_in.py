"""Every way in: what people can type and every route of a page, each with how it is attacked. New ones come in here.

The suite compares these tables with the program's own lists and fails when one of them has more. Webhooks need no
table: `test_ways_in.py` finds them where the adapters are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Every command, as an outsider would aim it at somebody else's case. `lost` is left harmless.
COMMANDS = {
    "addresses": "/addresses {ref}",
    "accept": "/accept {ref} police 77/26",
    "ack": "/ack {ref}",
    "alert": "/alert {ref}",  # opens a case of one's own
    "alternative": "/alternative {ref} a shelter takes her in",
    "approve": "/approve {ref}",
    "assign": "/assign {ref} me",
    "back": "/back {ref}",
    "bind": "/bind {ref}",
    "board": "/board {ref}",
    "case": "/case {ref}",
    "cases": "/cases {ref}",
    "close": "/close {ref} found_safe all is well",
    "confirm": "/confirm {ref}",
    "consent": "/consent {ref} police no",
    "different": "/different {ref} KC26-M9S34-4",
    "decide": "/decide {ref} allowed nothing to fear",
    "edit": "/edit 1",
    "english": "/english {ref} summary the door is open",
    "export": "/export 2026-01-01 2027-01-01 {ref}",
    "guardian": "/guardian {ref} a man who says so",
    "handoff": "/handoff {ref} police send",
    "help": "/help {ref}",
    "handover": "/handover {ref}",
    "hold": "/hold {ref} for ever",
    "interest": "/interest {ref} it is better so",
    "liaison": "/liaison {ref} me",
    "lost": "/lost {ref}",
    "memo": "/memo {ref} quietly",
    "menu": "/menu {ref}",
    "note": "/note {ref} hello",
    "notneeded": "/notneeded {ref} no need",
    "offduty": "/offduty {ref}",
    "onduty": "/onduty {ref}",
    "overdue": "/overdue {ref}",
    "ownside": "/ownside {ref} 1",
    "papers": "/papers {ref}",
    "onit": "/onit {ref}",
    "operation": "/operation {ref} when tomorrow 05:00",
    "person": "/person {ref} 1 split 2",
    "plan": "/plan {ref}",
    "prefer": "/prefer {ref}",
    "protect": "/protect {ref} none_known",
    "refer": "/refer {ref} yes",
    "refuse": "/refuse {ref} police harm no",
    "disapprove": "/disapprove {ref}",
    "discard": "/discard {ref} yes",
    "drill": "/drill {ref}",
    "recall": "/recall {ref} police no need",
    "stopped": "/stopped {ref} police",
    "delivered": "/delivered {ref} police a man who says so",
    "clarify": "/clarify {ref} where is she",
    "answer": "/answer {ref} nowhere",
    "late": "/late {ref} 2h busy",
    "remind": "/remind {ref}",
    "related": "/related {ref} KC26-M9S34-4",
    "release": "/release {ref} 1",
    "reopen": "/reopen {ref} again",
    "return": "/return {ref} police not ours",
    "roster": "/roster {ref}",
    "same": "/same {ref} KC26-M9S34-4",
    "secure": "/secure {ref}",
    "send": "/send {ref}",
    "skip": "/skip {ref}",
    "snooze": "/snooze {ref} 15m quiet",
    "standdown": "/standdown {ref} over",
    "start": "/start {ref}",
    "summary": "/summary {ref}",
    "takeover": "/takeover {ref}",
    "unbind": "/unbind {ref}",
    "unhold": "/unhold {ref} let it go",
    "withdraw": "/withdraw {ref} mistake",
    "wrong": "/wrong {ref} she is not safe",
    "urgency": "/urgency {ref} U4 calm down",
    "urgent": "urgent {ref}",  # likewise
    "vital": "/vital {ref} it is urgent",
    "written": "/written {ref} L-77",
}


class For(StrEnum):
    """Whom a route serves."""

    ANYBODY = "anybody"
    MACHINES = "machines"  #: monitoring; no personal data
    PEOPLE = "people"  #: with a session
    DECIDERS = "deciders"  #: supervisors and admins, who decide orders for exports
    ADMINS = "admins"


@dataclass(frozen=True)
class Way:
    """A route, and an address of it that is about somebody else's case, file, export or link."""

    serves: For
    example: str
    marks_seen: bool = False  #: whether looking is noted: who was told has it; a file that is read is in the journal
    uploads: bool = False  #: whether its form carries a file

    def at(self, ref: str = "", *, file: str = "none.csv", token: str = "t", kept: int = 0) -> str:
        """The address for a case, an export, a link, a file of the case."""
        return self.example.format(ref=ref, file=file, token=token, kept=kept)


ROUTES = {
    ("GET", "/"): Way(For.ANYBODY, "/"),
    ("GET", "/health/live"): Way(For.MACHINES, "/health/live"),
    ("GET", "/health/ready"): Way(For.MACHINES, "/health/ready"),
    ("GET", "/metrics"): Way(For.MACHINES, "/metrics"),
    ("GET", "/static/{name}"): Way(For.ANYBODY, "/static/app.css"),
    ("GET", "/signin/{token}"): Way(For.ANYBODY, "/signin/{token}"),
    ("POST", "/signin/{token}"): Way(For.ANYBODY, "/signin/{token}"),
    ("GET", "/receipt/{token}"): Way(For.ANYBODY, "/receipt/{token}"),
    ("POST", "/receipt/{token}"): Way(For.ANYBODY, "/receipt/{token}"),
    ("GET", "/paper/{token}"): Way(For.ANYBODY, "/paper/{token}"),
    ("POST", "/paper/{token}"): Way(For.ANYBODY, "/paper/{token}"),
    ("GET", "/papers"): Way(For.ANYBODY, "/papers"),
    ("GET", "/papers/{name}"): Way(For.ANYBODY, "/papers/police-request.pdf"),
    ("POST", "/signout"): Way(For.PEOPLE, "/signout"),
    ("GET", "/sessions"): Way(For.PEOPLE, "/sessions"),
    ("POST", "/sessions"): Way(For.PEOPLE, "/sessions"),
    ("GET", "/chat"): Way(For.PEOPLE, "/chat", marks_seen=True),
    ("GET", "/chat/lines"): Way(For.PEOPLE, "/chat/lines", marks_seen=True),
    ("POST", "/chat"): Way(For.PEOPLE, "/chat"),
    ("POST", "/chat/file"): Way(For.PEOPLE, "/chat/file", uploads=True),
    ("GET", "/board"): Way(For.PEOPLE, "/board"),
    ("POST", "/board"): Way(For.PEOPLE, "/board"),
    ("GET", "/board/rows"): Way(For.PEOPLE, "/board/rows"),
    ("GET", "/bells"): Way(For.PEOPLE, "/bells"),
    ("GET", "/push/worker.js"): Way(For.ANYBODY, "/push/worker.js"),
    ("POST", "/push"): Way(For.PEOPLE, "/push"),
    ("GET", "/cases"): Way(For.PEOPLE, "/cases"),
    ("POST", "/cases"): Way(For.PEOPLE, "/cases"),
    ("GET", "/cases/{reference}"): Way(For.PEOPLE, "/cases/{ref}", marks_seen=True),
    ("POST", "/cases/{reference}"): Way(For.PEOPLE, "/cases/{ref}"),
    ("GET", "/cases/{reference}/secure"): Way(For.PEOPLE, "/cases/{ref}/secure"),
    ("POST", "/cases/{reference}/secure"): Way(For.PEOPLE, "/cases/{ref}/secure"),
    ("POST", "/cases/{reference}/files"): Way(For.PEOPLE, "/cases/{ref}/files", uploads=True),
    ("POST", "/cases/{reference}/letter"): Way(For.PEOPLE, "/cases/{ref}/letter", uploads=True),
    # Whoever downloads a file says what for, and the journal has it before the first byte leaves.
    ("GET", "/cases/{reference}/files/{file}"): Way(
        For.PEOPLE, "/cases/{ref}/files/{kept}?purpose=evidence", marks_seen=True
    ),
    # Whoever takes a paper is in the journal before the first byte leaves, with its hash.
    ("GET", "/cases/{reference}/papers/{name}"): Way(
        For.PEOPLE, "/cases/{ref}/papers/annex.pdf?purpose=paper", marks_seen=True
    ),
    ("GET", "/roster"): Way(For.PEOPLE, "/roster"),
    ("POST", "/roster"): Way(For.PEOPLE, "/roster"),
    ("GET", "/exports"): Way(For.DECIDERS, "/exports"),
    ("POST", "/exports"): Way(For.DECIDERS, "/exports"),
    ("GET", "/exports/{name}"): Way(For.ADMINS, "/exports/{file}"),
}
