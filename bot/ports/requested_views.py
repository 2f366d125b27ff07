"""What a piece of work asks to see besides what it names. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.people import Person
from bot.ports.storage import Scope


@dataclass(frozen=True, slots=True)
class Shows:
    """What a piece of work asks to see besides the cases it names: a list of cases, or what is kept of one."""

    scope: Scope | None = None
    reader: Person | None = None  #: who asks; what belongs to a case is read only for somebody who may see it
    deliveries: bool = False
    secure: bool = False
    open_in: tuple[Scope, ...] = ()  #: the newest open cases within each of these


NOTHING = Shows()
