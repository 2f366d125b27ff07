"""Matches and looks, to rows and back."""

from __future__ import annotations

import json

from sqlalchemy import RowMapping

from bot.domain.likeness import Likeness, Look, Match, Reason, Verdict
from storage.rows.cases import RowDict, to_json


def match_row(match: Match) -> RowDict:
    """Two cases that may be one."""
    return {
        "older": match.older,
        "younger": match.younger,
        "reasons": to_json([[reason.by.value, reason.only] for reason in match.reasons]),
        "found_at": match.found_at,
        "verdict": match.verdict.value,
        "decided_at": match.decided_at,
        "decided_by": match.decided_by,
        "version": match.version,
    }


def match_of(row: RowMapping) -> Match:
    """Two cases that may be one."""
    reasons = tuple(Reason(Likeness(by), only) for by, only in json.loads(row["reasons"]))
    return Match(**{**row, "reasons": reasons, "verdict": Verdict(row["verdict"])})


def look_of(row: RowMapping) -> Look:
    """A case that waits to be compared."""
    return Look(row["case_id"], row["stamp"], row["names"])
