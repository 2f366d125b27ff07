"""Shifts and hand-overs, to rows and back."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import RowMapping

from bot.domain.roster import HandOver, Shift
from storage.rows.cases import RowDict


def shift_row(shift: Shift) -> RowDict:
    """A shift."""
    return asdict(shift)


def shift_of(row: RowMapping) -> Shift:
    """A shift."""
    return Shift(**row)


def hand_over_row(hand_over: HandOver) -> RowDict:
    """A hand-over."""
    return {**asdict(hand_over), "cases": json.dumps(hand_over.cases)}


def hand_over_of(row: RowMapping) -> HandOver:
    """A hand-over."""
    return HandOver(**{**row, "cases": tuple(json.loads(row["cases"]))})
