"""What a person may see, as SQL: the rule of bot.protection.permissions, in every query of cases."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, true

from bot.ports.reads import Scope
from storage.sql.statements import T


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Whether a case is within a scope, as `bot.protection.permissions.may_see` says of cases in hand."""
    cases = T["cases"].c
    own = cases.officer == scope.person_id
    if not scope.party:
        return own
    if scope.sees_party:
        return or_(own, _is_of_their_side(scope))
    if not scope.reads_as:
        return own
    return or_(own, and_(_is_of_their_side(scope), _was_given(scope)))


def _is_of_their_side(scope: Scope) -> ColumnElement[bool]:
    return or_(T["cases"].c.reporting == scope.party, T["cases"].c.requested == scope.party)


def _was_given(scope: Scope) -> ColumnElement[bool]:
    cases, given = T["cases"].c, T["given"].c
    found = exists().where(given.case_id == cases.id, given.reader.in_(scope.reads_as))
    return found.correlate(T["cases"])  # by itself it would look only one query out


def reads_secure(scope: Scope) -> ColumnElement[bool]:
    """Whether an entry of a case is for this reader, as `secure_access.readable` says of entries in hand."""
    cases, entries = T["cases"].c, T["secure_entries"].c
    is_theirs = or_(cases.reporting == scope.party, cases.border_is_open)
    own = and_(cases.officer == scope.person_id, entries.by == scope.person_id)
    has_it = and_(_is_of_their_side(scope), true() if scope.sees_party else _was_given(scope))
    return and_(is_theirs, or_(own, has_it))


def is_their_memo(scope: Scope) -> ColumnElement[bool]:
    """Whether an entry came in words that the other side wrote for its own people only."""
    entries, texts = T["secure_entries"].c, T["texts"].c
    is_memo = exists().where(texts.id == entries.text_id, texts.own_side_only, texts.party != scope.party)
    return and_(entries.text_id.is_not(None), is_memo.correlate(T["secure_entries"]))
