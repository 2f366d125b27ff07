"""How the databases keep test rings: a row each, and a row for the first answer of each desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, or_, select

from bot.domain.rings import Ring, RingAnswer
from storage.batch import RINGS_KEPT, Batch
from storage.rows.rings import ring_answer_of, ring_answer_row, ring_of, ring_row
from storage.sql.claims import Term
from storage.sql.query_parts import each, rows
from storage.sql.statements import T
from storage.sql.writing import Writing


def write_rings(writing: Writing, batch: Batch) -> None:
    """Write rings over those of which nobody was told yet, and answers where a desk has none."""
    sql = writing.statements
    rings = [ring_row(batch.rings[i]) for i in sorted(batch.rings)]
    writing.run_all(sql.put_rings, rings, "It was told meanwhile who is silent.")
    answers = sorted(batch.ring_answers, key=lambda answer: (answer.ring_id, answer.desk))
    writing.run_all(sql.add_ring_answers, list(map(ring_answer_row, answers)), "The desk answered meanwhile.")


def rings_wanted(connection: Connection, ids: Sequence[int], since: Sequence[datetime]) -> dict[int, Ring]:
    """These test rings, and those that began at the earliest of some moments or later; asks nothing for none."""
    if not (ids or since):
        return {}
    table = T["rings"].c
    wanted: list[ColumnElement[bool]] = [table.id.in_(ids)] if ids else []
    wanted += [table.begun_at >= min(since)] if since else []
    return {
        ring.id: ring for ring in _with_answers(connection, rows(connection, select(T["rings"]).where(or_(*wanted))))
    }


def rings_since(connection: Connection, since: datetime) -> list[Ring]:
    """All test rings that began then or later, oldest first."""
    return list(rings_wanted(connection, (), (since,)).values())


def silent_rings(connection: Connection, now: datetime) -> list[int]:
    """Those of which it has to be told who is silent."""
    table = T["rings"].c
    return list(connection.execute(select(table.id).where(table.due_at <= now).order_by(table.id)).scalars())


def sweep_rings(connection: Connection, term: Term) -> int:
    """Delete test rings that nobody asks for any more, with their answers."""
    rings, answers = T["rings"], T["ring_answers"]
    old = select(rings.c.id).where(rings.c.begun_at <= term.now - RINGS_KEPT, rings.c.due_at.is_(None))
    connection.execute(delete(answers).where(answers.c.ring_id.in_(old)))
    return connection.execute(delete(rings).where(rings.c.id.in_(old))).rowcount


def _with_answers(connection: Connection, found: Sequence[RowMapping]) -> list[Ring]:
    answers: dict[int, list[RingAnswer]] = defaultdict(list)
    for answer in each(connection, "ring_answers", "ring_id", [row["id"] for row in found], ring_answer_of):
        answers[answer.ring_id].append(answer)
    return sorted((ring_of(row, answers[row["id"]]) for row in found), key=lambda ring: ring.id)
