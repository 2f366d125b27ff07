"""Orders for identified exports, as frozen values: one person asks, a second one decides. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.button_data import to_base36
from bot.domain.messages import Address
from bot.domain.people import Person, Role

#: For how long somebody may decide.
DECIDED_WITHIN = timedelta(hours=24)

_DECIDES = frozenset({Role.SUPERVISOR, Role.ADMIN})


class OrderState(StrEnum):
    """Where an order stands. It leaves `waiting` once and for all."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"  #: nobody decided in time, or whoever asked was cut off


@dataclass(frozen=True, slots=True)
class IdentifiedOrder:
    """That somebody wants the cases of their side with what points to people."""

    id: int
    person_id: int  #: who asked
    party: str  #: their side; only its cases go into the file
    format: str
    since: datetime
    until: datetime  #: exclusive
    recipient: str  #: age recipient
    reason: str = field(repr=False)
    place: Address | None  #: where they asked and are answered; None: on the command line
    asked_at: datetime
    expires_at: datetime
    state: OrderState = OrderState.WAITING
    decided_by: int | None = None  #: person id
    decided_at: datetime | None = None
    refusal: str = field(default="", repr=False)  #: why it was refused

    @property
    def number(self) -> str:
        """What people call it."""
        return to_base36(self.id)

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided."""
        return self.state is OrderState.WAITING

    def has_lapsed(self, now: datetime) -> bool:
        """Whether its time to be decided is over."""
        return self.is_waiting and now >= self.expires_at


def may_ask(person: Person) -> bool:
    """Whether this person may ask for an identified export of their side."""
    return person.is_active and person.role is Role.ADMIN


def may_decide(person: Person, order: IdentifiedOrder) -> bool:
    """Whether this person may approve or refuse an order: a second person of the same side, never who asked."""
    return is_second(person, order.person_id, order.party)


def is_second(person: Person, asker: int, party: str) -> bool:
    """Whether this person could decide what somebody of a side asks for."""
    return person.is_active and person.party == party and person.role in _DECIDES and person.id != asker


def is_alive(order: IdentifiedOrder, asker: Person | None) -> bool:
    """Whether whoever asked still may: an order dies with their rights."""
    return asker is not None and may_ask(asker) and asker.party == order.party
