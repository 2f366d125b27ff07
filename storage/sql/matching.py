"""How the databases find cases that may be one: by tokens and by moments, never by going through all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, or_, select, text

from bot.domain.guarded import Guarded
from bot.domain.likeness import Look, Match
from bot.domain.reference import DRILL
from bot.domain.secure_entry import SecureField
from bot.ports.matching import Around, Hit, NamedIn, Sought
from bot.protection.sealing import Vault
from bot.protection.secure_access import LIKENESS, SearchKey
from storage.rows.cases import found_by, secure_of, text_of
from storage.rows.matching import look_of, match_of
from storage.sql.claims import Claim, Term
from storage.sql.query_parts import rows
from storage.sql.statements import Statements, T

_MOST = 50  #: cases in each list
_PLACE = "place"  #: kind of its tokens
_NAMES = 300  #: entries with names that are compared
_NAMES_LOOKED_THROUGH = 3000  #: newest entries with names among which those of a corridor are looked for
_MATCHES = 200  #: that are read of one case
_LOOKS, _CASES, _ENTRIES, _PLACES = (T[name].c for name in ("looks", "cases", "secure_entries", "place_index"))
#: Word for word as the partial index has it, else SQLite does not use it.
_IS_NAME = text("secure_entries.field = 'names'")
_DUE_LOOKS = Claim("looks", _LOOKS.stamp > 0, ("stamp",))


def claim_looks(connection: Connection, term: Term) -> list[Look]:
    """Take cases that wait to be compared."""
    return [look_of(row) for row in _DUE_LOOKS.take(connection, term)]


def file_place(
    connection: Connection, statements: Statements, vault: Vault, case_id: int, at: datetime, keys: Sequence[str]
) -> None:
    """Let a case be found by these keys of its place."""
    connection.execute(delete(T["place_index"]).where(_PLACES.case_id == case_id))
    tokens = sorted(vault.token(_PLACE, key) for key in keys)
    statements.add_places.run(connection, [{"token": token, "case_id": case_id, "at": at} for token in tokens])


def look_around(connection: Connection, vault: Vault, sought: Sought) -> Around:
    """Find what may be one with a case."""
    of_officer = _of_officer(connection, sought)
    return Around(
        hits=tuple(_hits(connection, vault, sought)),
        at_place=_at_place(connection, vault, sought),
        of_officer=of_officer,
        first_words=_first_words(connection, vault, (sought.case_id, *of_officer)) if of_officer else {},
        names=tuple(_names(connection, vault, sought)) if sought.names else (),
    )


def matches_of(connection: Connection, cases: Iterable[int]) -> tuple[Match, ...]:
    """What is known of these cases and others, the newest of each."""
    table = T["matches"]
    found: dict[tuple[int, int], Match] = {}
    for case_id in dict.fromkeys(cases):
        for column in (table.c.older, table.c.younger):
            mine = select(table).where(column == case_id).order_by(table.c.found_at.desc()).limit(_MATCHES)
            found |= {match.pair: match for match in map(match_of, rows(connection, mine))}
    return tuple(found.values())


def _is_compared(sought: Sought) -> ColumnElement[bool]:
    """Whether a case is another one in earnest (or a drill too), and open or closed not long ago."""
    is_drill = or_(_CASES.exercise, _CASES.reference.startswith(DRILL))
    is_kept = or_(_CASES.closed_at.is_(None), _CASES.closed_at >= sought.closed_since)
    return and_(_CASES.id != sought.case_id, is_drill if sought.is_drill else ~is_drill, is_kept)


def _hits(connection: Connection, vault: Vault, sought: Sought) -> Iterable[Hit]:
    """Cases with a number, a name in an app or an exact place of this one, and in whose memos only these stand."""
    own = [secure_of(vault, row) for row in rows(connection, _entries().where(_ENTRIES.case_id == sought.case_id))]
    by_token: dict[bytes, SearchKey] = {}
    mine: dict[bytes, set[str]] = defaultdict(set)
    memos = _memos(connection, [entry.text_id for entry in own if entry.text_id])
    for entry in own:
        for key, words in found_by(entry):
            token = vault.token(key, words)
            by_token[token] = key
            mine[token].add(memos.get(entry.text_id or 0, ""))
    theirs: dict[tuple[int, bytes], set[str]] = defaultdict(set)
    for case_id, token, memo_of in _with_tokens(connection, list(by_token), sought):
        theirs[case_id, token].add(memo_of)
    hidden = [(case_id, by_token[token], _only(mine[token], parties)) for (case_id, token), parties in theirs.items()]
    return [Hit(case_id, LIKENESS[key], only) for case_id, key, only in hidden if only is not None]


def _entries() -> Select[Any]:
    return select(T["secure_entries"]).where(_ENTRIES.released_at.is_(None), _ENTRIES.sealed.is_not(None))


def _only(mine: set[str], theirs: set[str]) -> frozenset[str] | None:
    """The sides that may know of both halves; empty for all, None for nobody."""
    limits = [frozenset(parties) for parties in (mine, theirs) if "" not in parties]
    if not limits:
        return frozenset()
    return frozenset.intersection(*limits) or None


def _memos(connection: Connection, text_ids: Sequence[int]) -> dict[int, str]:
    """Of these texts those that only one side reads, with that side."""
    texts = T["texts"].c
    found = select(texts.id, texts.party).where(texts.id.in_(text_ids), texts.own_side_only)
    return {row.id: row.party for row in connection.execute(found)} if text_ids else {}


def _with_tokens(connection: Connection, tokens: Sequence[bytes], sought: Sought) -> list[tuple[int, bytes, str]]:
    if not tokens:
        return []
    index = T["secure_index"].c
    query = (
        select(index.case_id, index.token, _ENTRIES.text_id)
        .join_from(T["secure_index"], T["secure_entries"], index.entry_id == _ENTRIES.id)
        .join(T["cases"], _CASES.id == index.case_id)
        .where(index.token.in_(tokens), _ENTRIES.released_at.is_(None), _is_compared(sought))
        .order_by(index.case_id.desc())
        .limit(_MOST)
    )
    found = connection.execute(query).all()
    memos = _memos(connection, [text_id for _, _, text_id in found if text_id])
    return [(case_id, bytes(token), memos.get(text_id or 0, "")) for case_id, token, text_id in found]


def _at_place(connection: Connection, vault: Vault, sought: Sought) -> tuple[int, ...]:
    if not sought.place:
        return ()
    tokens = [vault.token(_PLACE, key) for key in sought.place]
    query = (
        select(_PLACES.case_id)
        .join_from(T["place_index"], T["cases"], _CASES.id == _PLACES.case_id)
        .where(_PLACES.token.in_(tokens), _PLACES.at >= sought.at - sought.days, _PLACES.at <= sought.at + sought.days)
        .where(_is_compared(sought))
        .distinct()
        .order_by(_PLACES.case_id.desc())
        .limit(_MOST)
    )
    return tuple(connection.execute(query).scalars())


def _of_officer(connection: Connection, sought: Sought) -> tuple[int, ...]:
    query = (
        select(_CASES.id)
        .where(_CASES.officer == sought.officer, _is_compared(sought))
        .where(_CASES.opened_at >= sought.at - sought.hour, _CASES.opened_at <= sought.at + sought.hour)
        .order_by(_CASES.id.desc())
        .limit(_MOST)
    )
    return tuple(connection.execute(query).scalars())


def _first_words(connection: Connection, vault: Vault, cases: Sequence[int]) -> Mapping[int, Guarded]:
    texts = T["texts"]
    query = select(texts).where(texts.c.case_id.in_(cases), texts.c.kind == "first", texts.c.amends.is_(None))
    return {row["case_id"]: text_of(vault, row).text for row in rows(connection, query)}


def _names(connection: Connection, vault: Vault, sought: Sought) -> Iterable[NamedIn]:
    """The names in the secure case and the newest in those between the same two sides."""
    between = and_(_CASES.reporting.in_(sought.sides), _CASES.requested.in_(sought.sides))
    names = _entries().where(_IS_NAME)
    own = rows(connection, names.where(_ENTRIES.case_id == sought.case_id))
    if not own:
        return []
    newest = select(_ENTRIES.id).where(_IS_NAME).order_by(_ENTRIES.id.desc()).limit(_NAMES_LOOKED_THROUGH)
    others = (
        names.where(_ENTRIES.id.in_(newest.scalar_subquery()))
        .join(T["cases"], _CASES.id == _ENTRIES.case_id)
        .where(between, _is_compared(sought))
    )
    found = [*own, *rows(connection, others.order_by(_ENTRIES.id.desc()).limit(_NAMES))]
    memos = _memos(connection, [row["text_id"] for row in found if row["text_id"]])
    entries = (secure_of(vault, row) for row in found if row["field"] == SecureField.NAMES.value)
    return [NamedIn(entry.case_id, entry.value, memos.get(entry.text_id or 0, "")) for entry in entries]
