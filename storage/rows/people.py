"""People, invites, strangers and sign-ins, to rows and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import RowMapping

from bot.domain.export_orders import IdentifiedOrder, OrderState
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.people import Invite, Person, Role, SignIn, Stranger
from bot.protection.sealing import Vault
from storage.rows.cases import KeptRow, RowDict, address, address_or_none, text_or_none
from storage.sealed import seal, unseal

#: What people wrote of an order.
_WHY = ("reason", "refusal")


def person_row(vault: Vault, person: Person) -> RowDict:
    """A person without addresses."""
    return {
        "id": person.id,
        "sealed": seal(vault, "people", person.id, {"name": person.name}),
        "party": person.party,
        "role": person.role.value,
        "desk": person.desk,
        "corridor": person.corridor,
        "language": person.language,
        "on_duty": person.on_duty,
        "duty_said_at": person.duty_said_at,
        "enrolled_at": person.enrolled_at,
        "confirmed_at": person.confirmed_at,
        "revoked_at": person.revoked_at,
    }


def person_of(vault: Vault, row: KeptRow, bindings: Iterable[RowMapping]) -> Person:
    """A person with addresses, preferred first, which come in their order."""
    reachable = {address(bound["address"]): bound["is_reachable"] for bound in bindings}
    values = {**row, "role": Role(row["role"]), "addresses": tuple(reachable), "name": ""}
    values["unreachable"] = frozenset(one for one in reachable if not reachable[one])
    return Person(**values | unseal(vault, "people", row["id"], values.pop("sealed")))


def binding_rows(person: Person) -> list[RowDict]:
    """A person's addresses in order."""
    return [
        {
            "address": str(one),
            "person_id": person.id,
            "position": position,
            "is_reachable": one not in person.unreachable,
        }
        for position, one in enumerate(person.addresses)
    ]


def invite_row(vault: Vault, invite: Invite) -> RowDict:
    """An invite."""
    row = asdict(invite)
    return {**row, "role": invite.role.value, "sealed": seal(vault, "invites", invite.id, {"name": row.pop("name")})}


def invite_of(vault: Vault, row: RowMapping) -> Invite:
    """An invite."""
    values = {**row, "role": Role(row["role"]), "name": ""}
    return Invite(**values | unseal(vault, "invites", row["id"], values.pop("sealed")))


def stranger_row(stranger: Stranger) -> RowDict:
    """A stranger."""
    return {**asdict(stranger), "address": str(stranger.address)}


def stranger_of(row: RowMapping) -> Stranger:
    """A stranger."""
    return Stranger(**{**row, "address": address(row["address"])})


def order_row(vault: Vault, order: IdentifiedOrder) -> RowDict:
    """An order for an identified export."""
    row = {f.name: getattr(order, f.name) for f in fields(IdentifiedOrder) if f.name not in _WHY}
    sealed = seal(vault, "export_orders", order.id, {name: getattr(order, name) for name in _WHY})
    return {**row, "sealed": sealed, "place": text_or_none(order.place), "state": order.state.value}


def order_of(vault: Vault, row: RowMapping) -> IdentifiedOrder:
    """An order for an identified export."""
    values = {**row, "place": address_or_none(row["place"]), "state": OrderState(row["state"])}
    why = dict.fromkeys(_WHY, "") | unseal(vault, "export_orders", row["id"], values.pop("sealed"))
    return IdentifiedOrder(**values, **why)


def handoff_link_row(link: HandoffLink) -> RowDict:
    """A link about a hand-off."""
    return {**asdict(link), "use": link.use.value}


def handoff_link_of(row: RowMapping) -> HandoffLink:
    """A link about a hand-off."""
    return HandoffLink(**{**row, "use": LinkUse(row["use"])})


def sign_in_row(link: SignIn) -> RowDict:
    """A sign-in link or a session."""
    return asdict(link)
