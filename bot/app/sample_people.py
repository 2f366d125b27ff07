"""The sample people of the embedded default, so that browser windows can play the whole story, every hand-off too."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from bot.domain.messages import Address
from bot.domain.people import Person, Role
from bot.domain.turn import Turn

_SAMPLE = "Sample "
#: Invented: side, role, desk, name. Somebody at every desk that a hand-off or the clock may ask.
_PEOPLE = (
    ("KH", Role.OFFICER, "", "Officer"),
    ("CN", Role.DUTY, "cn-duty", "Duty"),
    ("CN", Role.SUPERVISOR, "cn-duty", "Supervisor"),
    ("KH", Role.ADMIN, "", "Admin"),
    ("KH", Role.DUTY, "kh-duty", "Duty of KH"),
    ("KH", Role.SUPERVISOR, "kh-duty", "Supervisor of KH"),
    ("CN", Role.DUTY, "cn-police", "Police"),
    ("CN", Role.DUTY, "cn-diplomatic", "Diplomat"),
    ("KH", Role.DUTY, "kh-diplomatic", "Diplomat of KH"),
    ("KH", Role.DUTY, "kh-secretariat", "Secretary of KH"),
    ("CN", Role.DUTY, "cn-secretariat", "Secretary"),
)


def sample_people(new_id: Callable[[], int], now: datetime, there: Collection[str] = ()) -> Turn:
    """Make somebody for each role and desk, all in web chat, but those whose names are there already."""
    missing = (each for each in _PEOPLE if _SAMPLE + each[3] not in there)
    return Turn(people=tuple(_person(new_id(), *each, now) for each in missing))


def is_sample(person: Person) -> bool:
    """Whether somebody is one of these."""
    return person.name.startswith(_SAMPLE)


def shown(person: Person) -> str:
    """Name what somebody does here: ``supervisor CN``, at another desk than the duty desk ``police CN``."""
    desk = person.desk.partition("-")[2]
    return f"{desk if person.role is Role.DUTY else person.role.value} {person.party}"


def _person(person_id: int, party: str, role: Role, desk: str, name: str, now: datetime) -> Person:
    return Person(
        id=person_id,
        name=_SAMPLE + name,
        party=party,
        role=role,
        desk=desk,
        enrolled_at=now,
        confirmed_at=now,
        addresses=(Address("web", str(person_id)),),
    )
