"""Who may read, add to, release from and search the secure case (tier 2), and by what an entry is found. Pure.

Narrower than who sees the case: outside of it there is no secure case, in the same words as for no case at all.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from math import floor

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.attachments import StoredFile
from bot.domain.case import Case, CaseText
from bot.domain.closed_sets import for_each
from bot.domain.likeness import Likeness
from bot.domain.people import Person, Role
from bot.domain.recipients import reads_as
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.language.folding import fold
from bot.language.normalise import bare
from bot.ports.reads import NOBODY, Scope
from bot.protection.gates import stops_relay
from bot.protection.permissions import is_duty, may_see
from bot.protection.redaction_policy import Way, may_read_file, secure_for
from bot.protection.seen_by import seen_by
from bot.protection.standings import Reader, concerned, is_cleared

_DESK_ROLES = frozenset({Role.DUTY, Role.SUPERVISOR})
_CHANNEL_DESKS = frozenset({DeskRole.POLICE, DeskRole.DIPLOMATIC})


class Purpose(StrEnum):
    """Why somebody opens a secure case."""

    LOCATE = "locate"  #: locate or rescue the person
    VERIFY = "verify"  #: verify an identity
    PAPER = "paper"  #: write the paper of a hand-off
    SUPPORT = "support"  #: support the person
    CORRECT = "correct"  #: add or correct an entry
    OTHER = "other"  #: in the reader's own words


class SearchKey(StrEnum):
    """What an entry can be found by, exactly."""

    PHONE = "phone"
    DOCUMENT = "document"
    APP = "app"  #: a name in an app, as WeChat's
    SPOT = "spot"  #: an address, or a square of about a hundred metres


#: By what two cases are alike that share a key.
LIKENESS = for_each(
    SearchKey,
    {
        SearchKey.PHONE: Likeness.PHONE,
        SearchKey.DOCUMENT: Likeness.DOCUMENT,
        SearchKey.APP: Likeness.APP,
        SearchKey.SPOT: Likeness.SPOT,
    },
)
#: What somebody may type to search by.
TYPED_KEYS = (SearchKey.PHONE, SearchKey.DOCUMENT, SearchKey.APP)


def may_read_secure(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether there is a secure case for this person; what of it they read is for `readable`."""
    if person.role is Role.ADMIN or not may_see(person, case, agreement):
        return False
    if person.party != case.reporting and not border_is_open(case, agreement):
        return False
    return person.id == case.officer or _reads_all(person, case, agreement)


def may_write_secure(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether this person may add an entry: whoever may read, while the case is open. Nobody changes an entry."""
    return case.is_open and may_read_secure(person, case, agreement)


def may_release(person: Person, entry: SecureEntry, case: Case, agreement: Agreement) -> bool:
    """Whether this person may say that a withheld text holds nothing that points to a person."""
    is_desk = person.role in _DESK_ROLES and is_duty(person, agreement)
    return is_desk and person.party == entry.party and may_write_secure(person, case, agreement)


def may_open_file(person: Person, file: StoredFile, case: Case, agreement: Agreement) -> bool:
    """Whether this person may open a file of a case, and so learn of it: like the secure case, or as their own."""
    if not may_see(person, case, agreement):
        return False
    is_theirs = file.by == person.id or may_read_secure(person, case, agreement)
    return is_theirs and may_read_file(file, case, Reader.of(person, agreement), agreement)


def may_keep_back(person: Person, file: StoredFile, case: Case, agreement: Agreement) -> bool:
    """Whether this person may say that a file is for its own side only: whoever left it, or the desk of their side.

    Whoever reported what was joined to this case left it here and does not see the case.
    """
    if file.by == person.id:
        return person.is_active and may_read_file(file, case, Reader.of(person, agreement), agreement)
    is_desk = person.role in _DESK_ROLES and is_duty(person, agreement)
    return is_desk and file.party == person.party and may_open_file(person, file, case, agreement)


def is_held(entry: SecureEntry) -> bool:
    """Whether this is a text of a messenger that is kept back until somebody releases it."""
    return entry.field is SecureField.MESSAGE and entry.text_id is not None and entry.released_at is None


def readable(
    entries: Iterable[SecureEntry], texts: Iterable[CaseText], person: Person, case: Case, agreement: Agreement
) -> list[SecureEntry]:
    """List the entries that this person may read: officers their own, and memos stay on their side."""
    if not may_read_secure(person, case, agreement):
        return []
    reads_all = _reads_all(person, case, agreement)
    theirs = {text.id for text in texts if text.own_side_only and text.party != person.party}
    found = [e for e in entries if (reads_all or e.by == person.id) and e.text_id not in theirs]
    return found if not case.apart else [e for e in found if not _is_held_back(e, person, case, agreement)]


def numbered(
    entries: Sequence[SecureEntry], texts: Iterable[CaseText], person: Person, case: Case, agreement: Agreement
) -> dict[int, SecureEntry]:
    """The entries that this person may read, by their number; of several persons no number is left out for anybody."""
    mine = readable(entries, texts, person, case, agreement)
    counted = mine if case.apart and person.party != case.reporting else entries
    return {number: entry for number, entry in enumerate(counted, start=1) if entry in mine}


def finds(
    entries: Iterable[SecureEntry],
    texts: Iterable[CaseText],
    wanted: tuple[SearchKey, str],
    person: Person,
    case: Case,
    agreement: Agreement,
) -> bool:
    """Whether a search finds anything that this person may read in a case."""
    reader = Reader.of(person, agreement)
    opened = (
        (entry, secure_for(entry, case, reader, Way.SECURE, agreement))
        for entry in readable(entries, texts, person, case, agreement)
    )
    return any(words is not None and wanted in keys_of(entry, words) for entry, words in opened)


def _is_held_back(entry: SecureEntry, person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether an entry may be about somebody of whom this side knows nothing; what somebody wrote stays theirs."""
    whom = () if entry.field is SecureField.MESSAGE else concerned(case, entry.id, (entry.subject,))
    return entry.party != person.party and stops_relay(case, person.party, agreement, whom)


def border_is_open(case: Case, agreement: Agreement) -> bool:
    """Whether the requested side may read the secure case of those of whom it may know."""
    return bool(case.requested) and is_cleared(seen_by(case, case.requested, agreement), agreement)


def secure_scope_of(person: Person, agreement: Agreement) -> Scope:
    """Whose entries this person may look for: the rule of `readable`, for the query of a search."""
    if person.role is Role.ADMIN or not person.is_active:
        return NOBODY
    return Scope(
        person.id,
        person.party,
        sees_party=person.role in _DESK_ROLES and is_duty(person, agreement),
        reads_as=reads_as(person) if _is_at_channel(person, agreement) else (),
    )


def may_search(person: Person, agreement: Agreement) -> bool:
    """Whether there is any secure case in which this person may ever find something."""
    scope = secure_scope_of(person, agreement)
    return person.role is Role.OFFICER or scope.sees_party or bool(scope.reads_as)


def normalised(key: SearchKey, text: str) -> str:
    """Write a phone or document number in the one form in which it is compared; empty when it is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    if key is SearchKey.SPOT:
        return text
    if key is SearchKey.APP:
        return _app_name(fold(text).casefold())
    if key is SearchKey.DOCUMENT:
        return "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if text.startswith("00"):
        digits = digits[2:]
    elif not text.startswith("+"):
        return ""
    return f"+{digits}" if re.fullmatch(r"[1-9]\d{6,14}", digits) else ""


def _app_name(text: str) -> str:
    """A name in an app without the words for the app that is meant where nothing else is said; empty when too short."""
    parts = [part for part in re.split(r"[^\w.-]+|(?<=[^\x00-\x7f])(?=[\x00-\x7f])", text) if part]
    name = "".join(part for part in parts if part not in _WECHAT)
    return name if len(name) >= _SHORTEST_NAME else ""


_WECHAT = frozenset({"wechat", "weixin", "wx", "微信", "微信号", "id"})
_SHORTEST_NAME = 4  #: signs


def keys_of(entry: SecureEntry, words: str) -> tuple[tuple[SearchKey, str], ...]:
    """By what an entry with these words is found, each normalised and named once."""
    find = _FOUND_BY.get(entry.field)
    found = find(words) if find is not None else []
    made = ((key, normalised(key, text)) for key, text in found)
    return tuple(dict.fromkeys((key, text) for key, text in made if text))


def _of_phone(words: str) -> list[tuple[SearchKey, str]]:
    return [(SearchKey.PHONE, _part(words, "phone")), (SearchKey.APP, _named(words, "app"))]


def _of_spot(words: str) -> list[tuple[SearchKey, str]]:
    """An address as it is compared, and the squares of four grids, so that what is near shares one of them."""
    address = bare(_named(words, "address"))
    at = _COORDINATES.match(words) or _COORDINATES.match(f"{_named(words, 'lat')}, {_named(words, 'lon')}")
    spots = [address] if len(address) >= _TELLING else []
    if at is not None:
        north, east = float(at[1]) / _GRID, float(at[2]) / _GRID
        spots += [f"{floor(north + n)},{floor(east + e)},{n},{e}" for n in (0.0, 0.5) for e in (0.0, 0.5)]
    return [(SearchKey.SPOT, spot) for spot in spots]


_COORDINATES = re.compile(r"\s*(-?\d{1,3}\.\d{3,8}), (-?\d{1,3}\.\d{3,8})")
_GRID = 0.001  #: degrees; some hundred metres
_TELLING = 10  #: signs that an address must have to be of one house


def _in_message(words: str) -> list[tuple[SearchKey, str]]:
    phones = ((SearchKey.PHONE, number) for number in _PHONE.findall(words))
    return list(chain(phones, ((SearchKey.DOCUMENT, number) for number in _DOCUMENT.findall(words))))


#: By what an entry of a field is found; the others are not found by anything exact.
_FOUND_BY: Mapping[SecureField, Callable[[str], list[tuple[SearchKey, str]]]] = for_each(
    SecureField,
    {
        SecureField.PHONE: _of_phone,
        SecureField.EXACT_LOCATION: _of_spot,
        SecureField.TRAVEL_DOCUMENT: lambda words: [(SearchKey.DOCUMENT, _part(words, "number"))],
        SecureField.MESSAGE: _in_message,
    },
    but={
        SecureField.NAMES, SecureField.BIRTH_DATE, SecureField.GENDER,
        SecureField.DESCRIPTION, SecureField.CONTROL, SecureField.SUSPECTS, SecureField.LEGAL_BASIS,
        SecureField.LANGUAGE, SecureField.HEALTH, SecureField.REQUESTING_AUTHORITY,
    },
)  # fmt: skip


#: In a whole text only what is written with its country code is a phone number for sure.
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)[1-9][\d ().\-]{5,20}\d")
_DOCUMENT = re.compile(r"(?<!\w)[A-Z]{1,2}[ -]?\d{6,9}(?!\w)", re.IGNORECASE)


def _part(words: str, name: str) -> str:
    """One part of an entry made on the page, or the whole of one that came in otherwise."""
    try:
        parts = json.loads(words)
    except ValueError:
        return words
    return str(parts.get(name, "")) if isinstance(parts, dict) else words


def _named(words: str, name: str) -> str:
    """One part of an entry made on the page; nothing of one that came in otherwise."""
    part = _part(words, name)
    return "" if part == words else part


def _reads_all(person: Person, case: Case, agreement: Agreement) -> bool:
    if person.role not in _DESK_ROLES:
        return False
    if is_duty(person, agreement):
        return True
    return _is_at_channel(person, agreement) and not case.given_to.isdisjoint(reads_as(person))


def _is_at_channel(person: Person, agreement: Agreement) -> bool:
    desk = agreement.desks.get(person.desk)
    is_theirs = desk is not None and desk.party == person.party and desk.role in _CHANNEL_DESKS
    return is_theirs and person.role in _DESK_ROLES
