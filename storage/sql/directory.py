"""How the databases read who is enrolled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import structlog
from sqlalchemy import Connection, RowMapping, select

from bot.domain.errors import SealBroken
from bot.domain.frozen import replace
from bot.domain.people import Person
from bot.domain.roster import Roster
from bot.protection.sealing import Vault
from storage.rows.cases import unread
from storage.rows.people import person_of
from storage.rows.roster import hand_over_of, shift_of
from storage.sql.kept_by_name import directory_version
from storage.sql.query_parts import rows
from storage.sql.statements import T

NAMELESS = "(name unreadable)"

log = structlog.get_logger(__name__)


def directory(connection: Connection, vault: Vault) -> tuple[list[Person], int, Roster]:
    """Everybody enrolled, the version of that, and the roster."""
    bound: dict[int, list[RowMapping]] = defaultdict(list)
    bindings = T["bindings"]
    for row in rows(connection, select(bindings).order_by(bindings.c.person_id, bindings.c.position)):
        bound[row["person_id"]].append(row)
    people = [_person(vault, row, bound[row["id"]]) for row in rows(connection, select(T["people"]).order_by("id"))]
    return people, directory_version(connection), _roster(connection)


def _roster(connection: Connection) -> Roster:
    shifts = rows(connection, select(T["shifts"]).order_by("id"))
    hand_overs = rows(connection, select(T["hand_overs"]).order_by("id"))
    return Roster(tuple(map(shift_of, shifts)), tuple(map(hand_over_of, hand_overs)))


def _person(vault: Vault, row: RowMapping, bindings: Sequence[RowMapping]) -> Person:
    """A person; one whose name does not open stays enrolled, nameless: nobody else waits for it."""
    try:
        return person_of(vault, row, bindings)
    except SealBroken as error:
        log.error("A person's name cannot be opened.", person_id=row["id"], error=str(error))  # noqa: TRY400
        return replace(person_of(vault, unread(row), bindings), name=NAMELESS)
