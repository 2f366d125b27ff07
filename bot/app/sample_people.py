"""The sample people of the embedded default, so that two browser windows can play the whole story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain.messages import Address
from bot.domain.people import Person, Role
from bot.domain.turn import Turn

#: Invented: side, role, desk, name.
_PEOPLE = (
    ("KH", Role.OFFICER, "", "Sample Officer"),
    ("CN", Role.DUTY, "cn-duty", "Sample Duty"),
    ("CN", Role.SUPERVISOR, "cn-duty", "Sample Supervisor"),
    ("KH", Role.ADMIN, "", "Sample Admin"),
)


def sample_people(new_id: Callable[[], int], now: datetime) -> Turn:
    """Make an officer, a duty officer, a supervisor and an admin, all in web chat."""
    return Turn(people=tuple(_person(new_id(), *each, now) for each in _PEOPLE))


def _person(person_id: int, party: str, role: Role, desk: str, name: str, now: datetime) -> Person:
    return Person(
        id=person_id,
        name=name,
        party=party,
        role=role,
        desk=desk,
        enrolled_at=now,
        confirmed_at=now,
        addresses=(Address("web", str(person_id)),),
    )
