"""Files that people leave with a case: fetched after the commit, kept sealed by hash, handed out to few. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case import Case
from bot.domain.errors import SendError
from bot.domain.file_types import EXTENSIONS, UNKNOWN
from bot.domain.frozen import replace
from bot.domain.messages import Attachment
from bot.domain.people import Person
from bot.language.normalise import clean

LIMIT = 20_000_000  #: bytes of one file; more a bot cannot fetch from Telegram either
TRIES = 10  #: then it is parked
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_LABEL = 80  #: characters
#: Where the content is kept by us before the message says so.
_HERE = "web"
_BLANKS = re.compile(r"\s+")


class FileState(StrEnum):
    """How far a file has come."""

    WAITING = "waiting"  #: it lies at the messenger still
    STORED = "stored"
    PARKED = "parked"  #: given up, visibly


class FilePurpose(StrEnum):
    """What somebody wants to read a file for; it goes into the journal."""

    SAFETY = "safety"  #: to find or protect the person
    IDENTITY = "identity"  #: to establish who somebody is
    EVIDENCE = "evidence"
    SUPPORT = "support"  #: shelter, health, return
    RECORD = "record"  #: to check or correct what is recorded


@dataclass(frozen=True, slots=True)
class Left:
    """A file where the sender left it."""

    messenger: str
    attachment: Attachment

    def as_json(self) -> list[str | int]:
        """Write it for the conversation's pending state."""
        a = self.attachment
        return [self.messenger, a.file_id, a.name, a.media_type, a.size]

    @classmethod
    def from_json(cls, held: Sequence[str | int]) -> Left:
        """Read it back."""
        messenger, file_id, name, media_type, size = held
        return cls(str(messenger), Attachment(str(file_id), str(name), str(media_type), int(size)))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a case: what is known of it, not its content."""

    id: int
    case_id: int
    messenger: str
    file_id: str  #: by which the messenger knows it
    name: str  #: as the sender called it: a label, never a path
    at: datetime
    by: int  #: person id
    party: str  #: the sender's side
    size: int = 0  #: bytes; as claimed until it is stored
    sha256: str = ""  #: hex, of the content
    media_type: str = UNKNOWN  #: told by its first bytes
    state: FileState = FileState.WAITING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    reason: str = ""  #: why it waits still, or was parked
    own_side_only: bool = False  #: the other side neither opens it nor learns of it; for good once it was said


@dataclass(frozen=True, slots=True)
class FileRead:
    """That somebody had a file handed out to them."""

    file_id: int
    person_id: int
    at: datetime


def received(
    left: Left, *, number: int, case: Case, person: Person, now: datetime, own_side_only: bool = False
) -> StoredFile:
    """Make the row of a file that somebody just left: waiting, or stored when it came in over our own pages."""
    a = left.attachment
    file = StoredFile(
        number, case.id, left.messenger, a.file_id, label_of(a.name), now, person.id, person.party, a.size,
        next_attempt_at=now, own_side_only=own_side_only,
    )  # fmt: skip
    return stored(file, a.file_id, a.media_type, a.size) if left.messenger == _HERE else file


def stored(file: StoredFile, sha256: str, media_type: str, size: int) -> StoredFile:
    """Say that the content is kept."""
    return replace(
        file,
        state=FileState.STORED,
        sha256=sha256,
        media_type=media_type,
        size=size,
        next_attempt_at=None,
        reason="",
    )


def failed(file: StoredFile, error: SendError, now: datetime) -> StoredFile:
    """Say that a try failed: another one comes later, or none when it is no use or was tried often enough."""
    attempts = file.attempts + 1
    if not error.retryable or attempts >= TRIES:
        return replace(file, state=FileState.PARKED, attempts=attempts, next_attempt_at=None, reason=error.reason)
    wait = min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
    return replace(
        file, attempts=attempts, next_attempt_at=now + max(wait, error.retry_after or wait), reason=error.reason
    )


def label_of(name: str) -> str:
    """Make a label of what a sender calls a file: one short line without folders or marks that turn it around."""
    last = re.split(r"[/\\]", clean(name))[-1]
    label = _BLANKS.sub(" ", last).strip(". ")
    if len(label) <= _LABEL:
        return label
    return f"{label[: _LABEL - 10]}…{label[-9:]}"


def download_name(file: StoredFile, reference: str) -> str:
    """Name a download: nothing in it comes from the sender."""
    return f"{reference}-{file.sha256[:8]}.{EXTENSIONS.get(file.media_type, 'bin')}"


def came_with(files: Iterable[StoredFile], file: StoredFile) -> tuple[StoredFile, ...]:
    """The files that came in one message with this one, itself among them."""
    return tuple(f for f in files if (f.case_id, f.by, f.at) == (file.case_id, file.by, file.at))
