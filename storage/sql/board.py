"""How the databases find a page of the duty board: which open cases, in which order, and how many there are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, and_, case, exists, func, literal, or_, select, true

from bot.domain.agreement import Urgency
from bot.domain.case import TIMERS, Status
from bot.ports.board import REPORTING_ACTS, REQUESTED_ACTS, BoardCounts, BoardFilter, BoardPage, Waits
from bot.ports.reads import Scope
from storage.sql.query_parts import IS_OPEN
from storage.sql.scope import in_scope
from storage.sql.statements import T

_UNDELIVERED = ("parked", "window-closed")
_LAST = max(level.value for level in Urgency)


def board(
    connection: Connection, scope: Scope, wanted: BoardFilter, now: datetime, limit: int, offset: int
) -> BoardPage:
    """Find one page of open cases within a scope."""
    found = _open_cases(scope)
    late = and_(found.c.due_at.is_not(None), found.c.due_at <= now)
    limits = _limits(found, wanted, scope, late)
    order = (
        case((late, 0), else_=1),
        case((late, found.c.urgency), else_=literal(_LAST)),
        found.c.due_at.is_(None),
        found.c.due_at,
        found.c.urgency,
        found.c.id.desc(),
    )
    query = select(found.c.id, found.c.version).where(limits).order_by(*order).limit(limit).offset(offset)
    versions = {row.id: row.version for row in connection.execute(query)}
    shown, counts = _counts(connection, found, limits, late)
    return BoardPage(versions, shown, counts, _undelivered(connection, versions))


def _open_cases(scope: Scope) -> CTE:
    """Open cases in scope, each with the deadline that is due next."""
    cases, due = T["cases"], T["deadlines"].alias("due")
    of_case = T["deadlines"].alias("of_case")
    first = select(of_case.c.id).where(of_case.c.case_id == cases.c.id, of_case.c.state == "running")
    first = first.where(of_case.c.kind.not_in([kind.value for kind in TIMERS]))
    first = first.order_by(of_case.c.due_at, of_case.c.id).limit(1).correlate(cases)
    columns = (cases.c.id, cases.c.version, cases.c.corridor, cases.c.reporting, cases.c.requested, cases.c.status,
               cases.c.urgency)  # fmt: skip
    opened = select(*columns, first.scalar_subquery().label("first"), _is_mine(scope).label("is_mine"))
    opened_now = opened.where(IS_OPEN, in_scope(scope)).cte("opened")
    joined = opened_now.outerjoin(due, due.c.id == opened_now.c.first)
    return select(opened_now, due.c.due_at, due.c.kind, due.c.party).select_from(joined).cte("found")


def _is_mine(scope: Scope) -> ColumnElement[bool]:
    cases, given = T["cases"].c, T["given"].c
    was_given = exists().where(given.case_id == cases.id, given.reader == f"person:{scope.person_id}")
    own = or_(cases.officer == scope.person_id, cases.acknowledged_by == scope.person_id)
    return func.coalesce(or_(own, was_given.correlate(T["cases"])), False)


def _limits(found: CTE, wanted: BoardFilter, scope: Scope, late: ColumnElement[bool]) -> ColumnElement[bool]:
    is_quiet = found.c.status == Status.HANDED_OFF.value
    limits: list[ColumnElement[bool]] = [is_quiet if wanted.is_quiet else ~is_quiet]
    if wanted.corridor:
        limits.append(found.c.corridor == wanted.corridor)
    if wanted.urgency is not None:
        limits.append(found.c.urgency == wanted.urgency.value)
    if wanted.status is not None:
        limits.append(found.c.status == wanted.status.value)
    if wanted.waits is not None:
        ours = _waits_for(found, scope.party)
        limits.append(ours if wanted.waits is Waits.FOR_US else and_(found.c.kind.is_not(None), ~ours))
    if wanted.is_mine:
        limits.append(found.c.is_mine)
    if wanted.is_late:
        limits.append(late)
    return and_(true(), *limits)


def _waits_for(found: CTE, party: str) -> ColumnElement[bool]:
    acts = case((found.c.requested == "", found.c.reporting), else_=found.c.requested)
    return func.coalesce(
        or_(
            and_(found.c.kind.in_([kind.value for kind in REQUESTED_ACTS]), acts == party),
            and_(found.c.kind.in_([kind.value for kind in REPORTING_ACTS]), found.c.reporting == party),
            and_(found.c.kind == "reply", found.c.party == party),
        ),
        False,
    )


def _counts(
    connection: Connection, found: CTE, limits: ColumnElement[bool], late: ColumnElement[bool]
) -> tuple[int, BoardCounts]:
    is_quiet = found.c.status == Status.HANDED_OFF.value
    asked = (limits, ~is_quiet, and_(~is_quiet, late), and_(~is_quiet, found.c.status == Status.OPEN.value),
             and_(~is_quiet, found.c.is_mine), is_quiet)  # fmt: skip
    row: Any = connection.execute(select(*(func.sum(case((each, 1), else_=0)) for each in asked))).one()
    shown, *counts = (number or 0 for number in row)
    return shown, BoardCounts(*counts)


def _undelivered(connection: Connection, versions: dict[int, int]) -> dict[int, int]:
    if not versions:
        return {}
    outbox = T["outbox"].c
    query = select(outbox.case_id, func.count()).where(outbox.case_id.in_(list(versions)))
    query = query.where(outbox.state.in_(_UNDELIVERED)).group_by(outbox.case_id)
    return {row[0]: row[1] for row in connection.execute(query)}
