"""How somebody stands to what is known of a case: whose side they are of, and whether it may cross to theirs. Pure.

Of several persons it can be asked for some only; what may be about anybody crosses only where it could about all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case
from bot.domain.people import Person, Role
from bot.domain.subjects import COUNT, as_of, numbers, set_apart_at
from bot.domain.understood import confirmed
from bot.protection import gates


class Standing(StrEnum):
    """How a reader stands to what is read."""

    AUTHOR = "author"  #: they wrote it
    OWN = "own"  #: of the author's side
    OTHER = "other"  #: of the other side, nothing in the way
    UNCLEARED = "uncleared"  #: of the other side, before citizenship and fear of own authorities are known
    CLOSED = "closed"  #: of the other side, to which the police gate is closed
    SUPPORT = "support"  #: of a support desk, whatever its side: reads what was referred to it
    NOBODY = "nobody"  #: none of these


@dataclass(frozen=True, slots=True)
class Reader:
    """Who would read it: a person, or a whole side where nobody in particular is told."""

    party: str
    role: Role | None = None  #: None: whoever is told on that side
    person_id: int = 0
    desk: DeskRole | None = None
    is_overheard: bool = False  #: in a group that is not the own desk's: others read too

    @classmethod
    def of(cls, person: Person, agreement: Agreement, *, is_overheard: bool = False) -> Reader:
        """Make a reader of an enrolled person."""
        desk = agreement.desks.get(person.desk)
        return cls(person.party, person.role, person.id, desk.role if desk else None, is_overheard)


def standing(
    case: Case,
    reader: Reader,
    agreement: Agreement,
    *,
    author: int = 0,
    side: str = "",
    whom: Collection[int] = (),
) -> Standing:
    """Say how a reader stands to what `author` (of `side`; else the reporting officer) wrote about a case.

    `whom` says of whom alone it can be; of nobody named it may be about anybody.
    """
    side = side or case.reporting
    if reader.person_id and reader.person_id == (author or case.officer):
        return Standing.AUTHOR
    if reader.desk is DeskRole.SUPPORT:
        return (
            Standing.SUPPORT if reader.party and reader.party in (case.reporting, case.requested) else Standing.NOBODY
        )
    if reader.party == side:
        return Standing.OWN
    if reader.party == case.reporting:
        return Standing.OTHER
    if not reader.party or reader.party != case.requested:
        return Standing.NOBODY
    return border(case, agreement, whom)


def border(case: Case, agreement: Agreement, whom: Collection[int] = ()) -> Standing:
    """Say how the requested side stands to what the reporting side knows of these persons, or of anybody."""
    if gates.stops_relay(case, case.requested, agreement, whom):
        return Standing.CLOSED
    return Standing.OTHER if _is_known(case, whom) else Standing.UNCLEARED


def is_cleared(case: Case, agreement: Agreement) -> bool:
    """Whether all coded answers may cross the border."""
    return _is_known(case) and not gates.stops_relay(case, case.requested, agreement, numbers(case))


def _is_known(case: Case, whom: Collection[int] = ()) -> bool:
    """Whether citizenship and fear are known of each of them, and of several that nobody else is different."""
    count = case.value(COUNT)
    if isinstance(count, int) and count > 1 and case.sent_at is None and "differs" not in case.answers:
        return False
    if not case.apart:
        return all(confirmed(case, name) is not None for name in ("citizenship", "fears_own_authorities"))
    each = (as_of(case, number) for number in numbers(case) if not whom or number in whom)
    return all(confirmed(one, name) is not None for one in each for name in ("citizenship", "fears_own_authorities"))


def concerned(case: Case, made: int, whom: Collection[int] = ()) -> Collection[int]:
    """Whom something can be about that was made under this id and says whom: also who was set apart only later."""
    later = [number for number in case.apart if set_apart_at(case, number) > made]
    return frozenset((*whom, *later)) if whom else ()


def standing_to_all(seen: Case, reader: Reader, agreement: Agreement) -> Standing:
    """Say how a reader stands to what is told of all persons of whom they may know."""
    return standing(seen, reader, agreement, whom=numbers(seen))
