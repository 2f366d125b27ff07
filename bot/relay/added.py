"""Tells whoever may open the secure case that something was added to it, never what. Decides, does no I/O.

Nobody hears of it before the alert, which is the first that a desk hears of a case. What the other side may not open
it does not hear of, and does not see that the own side was told.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.agreement import Agreement
from bot.domain.attachments import StoredFile
from bot.domain.case import Case
from bot.domain.messages import Outgoing
from bot.domain.names import link
from bot.domain.people import Role
from bot.domain.recipients import Recipient, is_overheard
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.file_words import other_side, who_may_open
from bot.protection.redaction_policy import Matter, Showing, Way, decide, may_read_file
from bot.protection.secure_access import may_open_file, may_read_secure
from bot.protection.standings import Reader, standing
from bot.relay import relay
from bot.turns.composer import Composer

#: What is said of a file by what it is; of another one, that it is a file.
_FILES = {
    "photo": later("A photo was added to the secure case: {link}"),
    "voice": later("A voice message was added to the secure case: {link}"),
}
_FILE = later("A file was added to the secure case: {link}")
_FILES_OF = "file:"  #: in the key of what tells of files


def key_of(case: Case, file: StoredFile) -> str:
    """Begin the dedupe key of what the other side is told of a file: several that are sent together are one message."""
    return f"case:{case.id}:{_what(file)}"


def is_hidden(message: Outgoing, case: Case, files: Iterable[StoredFile], party: str, agreement: Agreement) -> bool:
    """Whether people of a side are not shown that a message about a case was sent, or was to be.

    What tells of files is shown while they may open any of these.
    """
    if gates.is_hidden(message.dedupe_key, case, party):
        return True
    if not message.dedupe_key.startswith(f"case:{case.id}:{_FILES_OF}"):
        return False
    meant = (file for file in files if message.dedupe_key.startswith(f"{key_of(case, file)}:"))
    return not any(may_read_file(file, case, Reader(party), agreement) for file in meant)


def announce(c: Composer, case: Case, sentence: str) -> None:
    """Tell of a place or a contact: `sentence` with the link to the secure case."""
    if not _is_told(c, case) or c.person is None:
        return
    agreement, author, side = c.context.agreement, c.person.id, c.person.party
    is_own = side == case.reporting and gates.stops_relay(case, case.requested, agreement)
    what = f"added:{author}:{c.now:%Y%m%d%H%M}"
    key = gates.own_key(case, side, what) if is_own else f"case:{case.id}:{what}"
    for recipient in relay.addressed(c, case):
        if _opens(c, case, recipient, author, side):
            _tell(c, case, recipient, key, [tr(recipient.language, sentence, link=_page(c, case))])


def announce_file(c: Composer, case: Case, file: StoredFile, kind: str) -> None:
    """Tell of a file, and its own side also who may open it."""
    if not _is_told(c, case):
        return
    agreement, other = c.context.agreement, other_side(file, case)
    crosses = bool(other) and may_read_file(file, case, Reader(other), agreement)
    own = f"own:{_what(file)}" if file.own_side_only else _what(file)
    key = key_of(case, file) if crosses else gates.own_key(case, file.party, own)
    for recipient in relay.addressed(c, case):
        if not _opens_file(c, case, recipient, file):
            continue
        overheard = is_overheard(recipient, agreement, c.view.directory)
        if overheard and not crosses:
            continue
        lines = [tr(recipient.language, _FILES.get(kind, _FILE), link=_page(c, case))]
        if recipient.party == file.party and not overheard:
            lines.append(who_may_open(file, case, recipient.party, agreement, recipient.language))
        _tell(c, case, recipient, key, lines)


def _is_told(c: Composer, case: Case) -> bool:
    if c.person is None or case.alerted_at is None:
        return False
    return not c.person.has_lapsed(c.now, c.context.confirm_every)


def _what(file: StoredFile) -> str:
    return f"{_FILES_OF}{file.by}:{file.at:%Y%m%d%H%M}"


def _page(c: Composer, case: Case) -> str:
    return f"{link(c.context.public_url, case)}/secure"


def _opens(c: Composer, case: Case, recipient: Recipient, author: int, side: str) -> bool:
    agreement, person = c.context.agreement, recipient.person
    if person is not None and (person.role is Role.OFFICER or not may_read_secure(person, case, agreement)):
        return False
    reader = relay.reader_of(recipient, agreement)
    stands = standing(case, reader, agreement, author=author, side=side)
    return decide(Matter.IDENTITY, Way.SECURE, stands, reader) is Showing.SHOWN


def _opens_file(c: Composer, case: Case, recipient: Recipient, file: StoredFile) -> bool:
    agreement, person = c.context.agreement, recipient.person
    if person is not None:
        return person.role is not Role.OFFICER and may_open_file(person, file, case, agreement)
    return may_read_file(file, case, relay.reader_of(recipient, agreement), agreement)


def _tell(c: Composer, case: Case, recipient: Recipient, key: str, lines: list[str]) -> None:
    relay.send(c, case, recipient, key, [relay.header(c, case, recipient.language), *lines])
