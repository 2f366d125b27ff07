"""Where else what a message said stands: told by how the keys of outbox rows are made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.messages import Address

_ID_LIMIT = 2**63  #: ids are below


@dataclass(frozen=True, slots=True)
class Copy:
    """A message of a case to one recipient that its messenger took."""

    id: int
    case_id: int
    key: str  #: ``case:7:note:9:desk:cn-duty``, and behind it ``>telegram:-1001`` where a further address joined
    recipient: str
    address: Address
    external_id: str

    @property
    def said(self) -> str:
        """What all copies of one message have in common: the key without the recipient."""
        return self.key.partition(">")[0].removesuffix(f":{self.recipient}")

    @property
    def came_from(self) -> frozenset[int]:
        """Ids that may be the inbox row which this passes on."""
        numbers = (int(part) for part in self.said.split(":") if part.isascii() and part.isdecimal() and len(part) < 20)
        return frozenset(number for number in numbers if number < _ID_LIMIT)


@dataclass(frozen=True, slots=True)
class Original:
    """A message of a case that somebody wrote."""

    id: int
    case_id: int
    place: Address
    message_id: str


@dataclass(frozen=True, slots=True)
class Meant:
    """What a message that was replied to is: our copies of something, or what somebody wrote, or both."""

    place: Address
    copies: tuple[Copy, ...] = ()
    originals: tuple[Original, ...] = ()

    @property
    def cases(self) -> frozenset[int]:
        """Which cases it is about."""
        return frozenset(copy.case_id for copy in self.copies) | {original.case_id for original in self.originals}

    @property
    def sources(self) -> frozenset[int]:
        """Ids that may be the inbox rows with which it began."""
        written = (original.id for original in self.originals)
        return frozenset(written).union(*(copy.came_from for copy in self.copies))


def thread_of(meant: Meant, copies: Iterable[Copy], originals: Iterable[Original]) -> Mapping[Address, str]:
    """Under which message id it stands at each other address; `copies` and `originals` are those of all cases."""
    said = {(copy.case_id, copy.said) for copy in meant.copies}
    began = {original.id for original in meant.originals}
    found = {
        copy.address: copy.external_id
        for copy in sorted(copies, key=lambda copy: copy.id)
        if (copy.case_id, copy.said) in said or (copy.case_id in meant.cases and not began.isdisjoint(copy.came_from))
    }
    for original in originals:
        if original.id in meant.sources and original.case_id in meant.cases:
            found.setdefault(original.place, original.message_id)
    found.pop(meant.place, None)
    return found
