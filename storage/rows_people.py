"""People, invites, strangers and sign-ins, to rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import RowMapping

from bot.messages import Address
from bot.orders import IdentifiedOrder, OrderState
from bot.people import Invite, Person, Role, Stranger
from bot.ports import SignIn
from storage.rows import RowDict, address, address_or_none, text_or_none


def person_row(person: Person) -> RowDict:
    """A person without addresses."""
    return {
        "id": person.id,
        "name": person.name,
        "party": person.party,
        "role": person.role.value,
        "desk": person.desk,
        "corridor": person.corridor,
        "language": person.language,
        "on_duty": person.on_duty,
        "enrolled_at": person.enrolled_at,
        "confirmed_at": person.confirmed_at,
        "revoked_at": person.revoked_at,
    }


def person_of(row: RowMapping, addresses: Sequence[Address]) -> Person:
    """A person with addresses, preferred first."""
    return Person(**{**row, "role": Role(row["role"]), "addresses": tuple(addresses)})


def binding_rows(person: Person) -> list[RowDict]:
    """A person's addresses in order."""
    return [
        {"address": str(one), "person_id": person.id, "position": position}
        for position, one in enumerate(person.addresses)
    ]


def invite_row(invite: Invite) -> RowDict:
    """An invite."""
    return {**asdict(invite), "role": invite.role.value}


def invite_of(row: RowMapping) -> Invite:
    """An invite."""
    return Invite(**{**row, "role": Role(row["role"])})


def stranger_row(stranger: Stranger) -> RowDict:
    """A stranger."""
    return {**asdict(stranger), "address": str(stranger.address)}


def stranger_of(row: RowMapping) -> Stranger:
    """A stranger."""
    return Stranger(**{**row, "address": address(row["address"])})


def order_row(order: IdentifiedOrder) -> RowDict:
    """An order for an identified export."""
    row = {field.name: getattr(order, field.name) for field in fields(IdentifiedOrder)}
    return {**row, "place": text_or_none(order.place), "state": order.state.value}


def order_of(row: RowMapping) -> IdentifiedOrder:
    """An order for an identified export."""
    return IdentifiedOrder(**{**row, "place": address_or_none(row["place"]), "state": OrderState(row["state"])})


def sign_in_row(link: SignIn) -> RowDict:
    """A sign-in link or a session."""
    return asdict(link)
