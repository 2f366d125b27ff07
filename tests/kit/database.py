"""SQLite as tests keep things in it: migrated once a process, used again by the next test, looked into by hand.

The files lie in memory where the machine has a disk there, and the work is done in the calling thread: both make tests
quick and change nothing of what is stored. Whoever must see files and threads opens a database of their own.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, RowMapping, func, select, text, union_all

from bot.domain.attachments import StoredFile
from bot.domain.case import Case, CaseText, Deadline
from bot.domain.conversation import Conversation
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.journal import Link
from bot.domain.messages import Delivery, Outgoing
from bot.domain.people import Invite
from bot.domain.reply_windows import Window
from bot.domain.turn import InboxRow
from storage.rows.cases import case_row, deadline_of, handoff_row, text_of
from storage.rows.conversations import conversation_of
from storage.rows.files import file_of
from storage.rows.journal import link_of
from storage.rows.messages import delivery_of, inbox_of, said_row
from storage.rows.messenger_state import window_of
from storage.rows.people import invite_of, order_of
from storage.sql.checks import check_keys
from storage.sql.engine_threads import transact
from storage.sql.engines import reading_engine, writing_engine
from storage.sql.query_parts import rows
from storage.sql.statements import SCHEMA, T, statements_of
from storage.sql.whole_cases import cases_by_id
from storage.sqlite import SqliteStorage
from tests.kit.engines import sqlite_in
from tests.kit.keys import VAULT

NOON = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)
P = ParamSpec("P")
R = TypeVar("R")
_IN_MEMORY = Path("/dev/shm")  #: a disk in memory
#: When the clock has something to do: the moments of rows that wait for one.
_WAITS = (
    ("deadlines", "next_at"),
    ("conversations", "wakes_at"),
    ("outbox", "next_attempt_at"),
    ("inbox", "next_attempt_at"),
    ("attachments", "next_attempt_at"),
    ("translations", "next_attempt_at"),
    ("rings", "due_at"),
)


class InThisThread(Executor):
    """Does work at once, in the thread that asks for it."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it."""
        done: Future[R] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            done.set_exception(error)
        return done


@dataclass(frozen=True)
class _Place:
    """A database with its engines, used by one storage at a time."""

    url: str
    writer: Engine
    reader: Engine

    def empty(self) -> None:
        """Delete what the last test left; the key checks stay."""
        with self.writer.begin() as connection:
            for table in reversed(SCHEMA.sorted_tables):
                if table.name != "key_checks":
                    connection.execute(table.delete())


_FREE: list[_Place] = []
_TAKEN: list[_Place] = []
_NUMBERS = count(1)


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="casebridge-tests-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _new_place() -> _Place:
    url = sqlite_in(_folder(), f"{next(_NUMBERS)}.db")
    place = _Place(url, writing_engine(url), reading_engine(url))
    transact(place.writer, lambda connection: check_keys(connection, VAULT))
    return place


def _taken() -> _Place:
    _TAKEN.append(_FREE.pop() if _FREE else _new_place())
    return _TAKEN[-1]


def taken() -> int:
    """How many databases are in use."""
    return len(_TAKEN)


def put_back(but: int) -> None:
    """Empty the databases that were taken after the first so many, for the next test."""
    while len(_TAKEN) > but:
        place = _TAKEN.pop()
        place.empty()
        _FREE.append(place)


class KeptStorage(SqliteStorage):
    """The SQLite storage as it ships, open at once; what it keeps outlives `stop`."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOON, *, beside: KeptStorage | None = None) -> None:
        """Take an empty database, or be another node on that of `beside`."""
        place = beside.place if beside else _taken()
        self.place: _Place = place
        super().__init__(place.url, clock=clock, owner="test", vault=VAULT)
        self._writer, self._reader = place.writer, place.reader
        self._statements = statements_of("sqlite")
        self._writing = self._reading = InThisThread()
        self._is_open = True
        self.kept = Rows(place)

    def follow(self, clock: Callable[[], datetime]) -> None:
        """Tell the time by this clock from now on."""
        self._clock = clock

    async def start(self) -> None:
        """Open it again."""
        self._is_open = True

    async def stop(self) -> None:
        """Close it; the engines stay for the next test."""
        self._is_open = False

    def overwrite(self, case: Case) -> None:
        """Put a case in the place of the one that is stored, as somebody would who owns the database."""
        sql = self._statements

        def write(connection: Connection) -> None:
            sql.step_cases.run(connection, [{**case_row(case), "of_id": case.id, "base": case.version}])
            sql.put_handoffs.run(connection, [handoff_row(VAULT, handoff) for handoff in case.handoffs])

        self.kept.change(write)
        self._known.drop(case.id)

    def reword(self, message: Outgoing) -> None:
        """Let a message that waits say something else, as another node would."""
        outbox = T["outbox"]
        said = outbox.update().where(outbox.c.id == message.id).values(said_row(VAULT, message))
        self.kept.change(lambda connection: connection.execute(said))


class Rows:
    """What a storage keeps, read past it: every row of a table, whoever may see it."""

    def __init__(self, place: _Place) -> None:
        self._place = place

    @property
    def cases(self) -> dict[int, Case]:
        """By id, oldest first."""
        ids = [row["id"] for row in self._rows("cases", "id")]
        return self._read(lambda connection: cases_by_id(connection, VAULT, ids))

    @property
    def texts(self) -> list[CaseText]:
        return [text_of(VAULT, row) for row in self._rows("texts", "id")]

    @property
    def deadlines(self) -> list[Deadline]:
        return [deadline_of(row) for row in self._rows("deadlines", "id")]

    @property
    def conversations(self) -> dict[int, Conversation]:
        """By person."""
        return {row["person_id"]: conversation_of(VAULT, row) for row in self._rows("conversations", "person_id")}

    @property
    def inbox(self) -> list[InboxRow]:
        return [inbox_of(VAULT, row) for row in self._rows("inbox", "id")]

    @property
    def outbox(self) -> list[Delivery]:
        return [delivery_of(VAULT, row) for row in self._rows("outbox", "id")]

    @property
    def files(self) -> list[StoredFile]:
        return [file_of(VAULT, row) for row in self._rows("attachments", "id")]

    @property
    def journal(self) -> list[Link]:
        """Chain by chain, in their order."""
        return [link_of(VAULT, row) for row in self._rows("journal", "chain", "sequence")]

    @property
    def invites(self) -> list[Invite]:
        return [invite_of(VAULT, row) for row in self._rows("invites", "id")]

    @property
    def orders(self) -> list[IdentifiedOrder]:
        return [order_of(VAULT, row) for row in self._rows("export_orders", "id")]

    @property
    def windows(self) -> list[Window]:
        return [window_of(row) for row in self._rows("reply_windows", "address")]

    def raw(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table as they are stored."""
        return [dict(row) for row in self._rows(table)]

    @property
    def everything(self) -> str:
        """All that is kept, opened as far as it is sealed, as one text to look for words in."""
        opened = (
            self.cases, self.texts, self.conversations, self.inbox, self.outbox, self.files, self.journal,
            self.invites, self.orders,
        )  # fmt: skip
        return " ".join([*map(str, opened), *(str(self.raw(table)) for table in SCHEMA.tables)])

    def next_moment(self, now: datetime, asked_before: timedelta) -> datetime | None:
        """The first moment after now at which something waits for the clock."""
        waiting = []
        for name, column in _WAITS:
            moment = T[name].c[column]
            is_waiting = (moment > now) & (T[name].c.state == "running") if name == "deadlines" else moment > now
            waiting.append(select(func.min(moment, type_=moment.type).label("moment")).where(is_waiting))
        found = self._read(lambda connection: connection.execute(union_all(*waiting)).scalars().all())
        asked = [window.closes_at - asked_before for window in self.windows if not window.by_tap]
        return min((moment for moment in (*found, *asked) if moment is not None and moment > now), default=None)

    def change(self, work: Callable[[Connection], object] | str) -> None:
        """Write past the storage, as somebody would who owns the database: by a function, or one statement."""
        transact(self._place.writer, work if callable(work) else lambda connection: connection.execute(text(work)))

    def _rows(self, table: str, *order: str) -> Sequence[RowMapping]:
        query = select(T[table]).order_by(*(T[table].c[name] for name in order))
        return self._read(lambda connection: rows(connection, query))

    def _read(self, work: Callable[[Connection], R]) -> R:
        return transact(self._place.reader, work)
