"""What is kept of a person in the secure case, as frozen values. Who may read it: `bot.protection.redaction_policy`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.guarded import Guarded


class SecureField(StrEnum):
    """What an entry of the secure case tells of a person (tier 2)."""

    MESSAGE = "message"  #: a whole text from a messenger that held something which points to a person
    NAMES = "names"  #: family name, given names, native script, order as in the document
    BIRTH_DATE = "birth_date"  #: ``2009``, ``2009-05`` or ``2009-05-17``
    GENDER = "gender"
    TRAVEL_DOCUMENT = "travel_document"  #: type, issuer, number
    PHONE = "victim_phone"  #: E.164, or an app handle
    EXACT_LOCATION = "exact_location"  #: address or coordinates
    DESCRIPTION = "description"
    CONTROL = "control"  #: methods of control seen
    SUSPECTS = "suspects"
    LEGAL_BASIS = "legal_basis"
    HEALTH = "health"  #: what the person needs for their health
    LANGUAGE = "language"
    REQUESTING_AUTHORITY = "requesting_authority"


@dataclass(frozen=True, slots=True)
class SecureEntry:
    """One dated, attributed thing in the secure case. Nothing is overwritten: a later entry stands beside it."""

    id: int
    case_id: int
    field: SecureField
    value: Guarded
    at: datetime
    by: int  #: person id
    party: str  #: the author's side
    subject: int = 1  #: which of the affected persons, counted from 1
    message: str = ""  #: ``place#message_id`` it came in as
    text_id: int | None = None  #: the case text that stands in its place, without what points to a person
    released_at: datetime | None = None  #: when the duty desk said that it was a false alarm
    released_by: int | None = None
