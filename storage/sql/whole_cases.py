"""How the databases read cases with what hangs on them; what is known here at its stored version is not read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, RowMapping

from bot.domain.case import Answer, Case, Deadline, Handoff
from bot.protection.sealing import Vault
from storage.rows.cases import answer_of, case_of, deadline_of, handoff_of
from storage.rows.english import english_of
from storage.sql.case_cache import KnownCases
from storage.sql.query_parts import each, rows, rows_with


def cases_at(connection: Connection, vault: Vault, known: KnownCases, versions: dict[int, int]) -> dict[int, Case]:
    """The cases at these stored versions; only what is not known is read."""
    found = {i: case for i, version in versions.items() if (case := known.at(i, version)) is not None}
    missing = [case_id for case_id in versions if case_id not in found]
    read = cases_by_id(connection, vault, missing)
    known.keep(read.values())
    return {**found, **read}


def cases_by_id(connection: Connection, vault: Vault, ids: Sequence[int]) -> dict[int, Case]:
    """Read whole cases, in the order of their rows."""
    if not ids:
        return {}
    found = rows(connection, rows_with("cases", "id"), {"wanted": ids})
    return {case.id: case for case in whole(connection, vault, found)}


def whole(connection: Connection, vault: Vault, found: Sequence[RowMapping]) -> list[Case]:
    """Cases with what hangs on them, in the order of the rows."""
    ids = [row["id"] for row in found]
    answers: dict[int, dict[int, Answer]] = defaultdict(dict)
    for answer in each(connection, "answers", "case_id", ids, partial(answer_of, vault)):
        answers[answer.case_id][answer.id] = answer
    deadlines: dict[int, list[Deadline]] = defaultdict(list)
    for deadline in sorted(each(connection, "deadlines", "case_id", ids, deadline_of), key=lambda d: d.id):
        deadlines[deadline.case_id].append(deadline)
    handoffs: dict[int, list[Handoff]] = defaultdict(list)
    found_handoffs = each(connection, "handoffs", "case_id", ids, partial(handoff_of, vault))
    for handoff in sorted(found_handoffs, key=lambda h: h.id):
        handoffs[handoff.case_id].append(handoff)
    in_english = [row["id"] for row in found if row["english"]]
    english = {v.id: v for v in each(connection, "english", "case_id", in_english, partial(english_of, vault))}
    return [case_of(row, answers[row["id"]], deadlines[row["id"]], handoffs[row["id"]], english) for row in found]
