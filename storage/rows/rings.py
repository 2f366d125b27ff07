"""Test rings and their answers, to rows and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import RowMapping

from bot.domain.rings import Ring, RingAnswer
from storage.rows.cases import RowDict


def ring_row(ring: Ring) -> RowDict:
    """A test ring, without its answers; it waits until it was told who is silent."""
    return {
        "id": ring.id,
        "corridor": ring.corridor,
        "desks": json.dumps(ring.desks),
        "begun_at": ring.begun_at,
        "begun_by": ring.begun_by,
        "due_at": ring.due_at if ring.told_at is None else None,
        "told_at": ring.told_at,
    }


def ring_of(row: RowMapping, answers: Iterable[RingAnswer]) -> Ring:
    """A test ring with its answers."""
    return Ring(
        row["id"],
        row["corridor"],
        tuple(json.loads(row["desks"])),
        row["begun_at"],
        row["begun_by"],
        row["told_at"],
        tuple(sorted(answers, key=lambda answer: (answer.at, answer.desk))),
    )


def ring_answer_row(answer: RingAnswer) -> RowDict:
    """The answer of a desk."""
    return asdict(answer)


def ring_answer_of(row: RowMapping) -> RingAnswer:
    """The answer of a desk."""
    return RingAnswer(**row)
