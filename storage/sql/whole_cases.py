"""How the databases read cases with what hangs on them; what is known here at its stored version is not read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, RowMapping

from bot.domain.case import Answer, Case, Deadline, Handoff
from bot.domain.joint_operation import Plan
from bot.domain.referral import Referral
from bot.protection.sealing import Vault
from storage.rows.cases import Hanging, answer_of, case_of, deadline_of, handoff_of
from storage.rows.english import english_of
from storage.rows.joint_work import plan_of, referral_of
from storage.rows.policies import policies_of
from storage.sql.case_cache import KnownCases
from storage.sql.query_parts import each, rows, rows_with

P = TypeVar("P", Deadline, Handoff, Referral, Plan)


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
    """Cases with what hangs on them, in the order of the rows; few have referrals or plans, so the row says so."""
    ids = [row["id"] for row in found]
    answers: dict[int, dict[int, Answer]] = defaultdict(dict)
    for answer in each(connection, "answers", "case_id", ids, partial(answer_of, vault)):
        answers[answer.case_id][answer.id] = answer
    deadlines = _by_case(each(connection, "deadlines", "case_id", ids, deadline_of))
    handoffs = _by_case(each(connection, "handoffs", "case_id", ids, partial(handoff_of, vault)))
    referred = [row["id"] for row in found if row["referrals"]]
    referrals = _by_case(each(connection, "referrals", "case_id", referred, partial(referral_of, vault)))
    planned = [row["id"] for row in found if row["plans"]]
    plans = _by_case(each(connection, "plans", "case_id", planned, partial(plan_of, vault)))
    in_english = [row["id"] for row in found if row["english"]]
    english = {v.id: v for v in each(connection, "english", "case_id", in_english, partial(english_of, vault))}
    bound_by = {row["policies"] for row in found if row["policies"]}
    policies = dict(each(connection, "policies", "digest", bound_by, policies_of))
    return [
        case_of(
            row,
            Hanging(
                answers[i], deadlines[i], handoffs[i], referrals[i], plans[i], english, policies.get(row["policies"])
            ),
        )
        for row, i in zip(found, ids, strict=True)
    ]


def _by_case(parts: Iterable[P]) -> Mapping[int, list[P]]:
    """What hangs on cases, by case, each in the order of their ids."""
    found: dict[int, list[P]] = defaultdict(list)
    for part in sorted(parts, key=lambda part: part.id):
        found[part.case_id].append(part)
    return found
