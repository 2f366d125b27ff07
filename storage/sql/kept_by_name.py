"""Small things that are kept by name: leases, cursors, sign-in links and sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, func, or_, select, update

from bot.domain.frozen import replace
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.people import SignIn, WebSession
from bot.domain.push import KEPT_FOR as PUSHED_FOR
from bot.ports.messenger_state import Token
from bot.protection.sealing import Vault
from storage.batch import LEASES_KEPT, ROSTER_KEPT, WINDOWS_KEPT, attempt_key
from storage.rows.messenger_state import token_of, token_row
from storage.rows.people import handoff_link_of, handoff_link_row, sign_in_row
from storage.sql.claims import DATABASE_NOW, Term
from storage.sql.statements import SCHEMA, Statements, T


def database_time(connection: Connection) -> datetime:
    """The database's own time, which all nodes share."""
    told: datetime = connection.execute(select(DATABASE_NOW)).scalar_one()
    return told.astimezone(UTC)


def take_lease(connection: Connection, statements: Statements, name: str, owner: str, now: Any, ttl: timedelta) -> bool:
    """Take or renew a lease; `now` is a moment, or the database's own."""
    leases = T["leases"].c
    insert = statements.insert(T["leases"]).values(name=name, owner=owner, expires_at=now + ttl)
    is_free = or_(leases.owner == owner, leases.expires_at <= now)
    taken = insert.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": insert.excluded.owner, "expires_at": insert.excluded.expires_at},
        where=is_free,
    )
    return connection.execute(taken.returning(leases.owner)).first() is not None


def release_lease(connection: Connection, name: str, owner: str) -> None:
    """Give a lease back."""
    leases = T["leases"]
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))


def beat(connection: Connection, statements: Statements, node: str, now: datetime, size: int) -> None:
    """Write that a node lives, with so many bytes beside it; on a server, show that every table takes rows."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(sorted(SCHEMA.tables))} IN ROW EXCLUSIVE MODE")
    row = {"node": node, "at": now, "padding": token_bytes(size)}
    connection.execute(statements.upsert("heartbeats"), row)


def cursor(connection: Connection, name: str) -> int | None:
    """Read a poll offset."""
    return connection.execute(select(T["cursors"].c.value).where(T["cursors"].c.name == name)).scalar_one_or_none()


def save_cursor(connection: Connection, statements: Statements, name: str, value: int) -> None:
    """Store a poll offset."""
    connection.execute(statements.upsert("cursors"), {"name": name, "value": value})


def add_sign_in(connection: Connection, link: SignIn) -> None:
    """Keep a link."""
    connection.execute(T["sign_ins"].insert(), sign_in_row(link))


def use_sign_in(connection: Connection, token_hash: str, session: SignIn, now: datetime) -> int | None:
    """Use a link up and keep the session."""
    links = T["sign_ins"]
    used = delete(links).where(links.c.token_hash == token_hash, links.c.expires_at > now).returning(links.c.person_id)
    person_id: int | None = connection.execute(used).scalar_one_or_none()
    if person_id is not None:
        connection.execute(T["sessions"].insert(), {**sign_in_row(session), "person_id": person_id})
    return person_id


def handoff_link(connection: Connection, use: LinkUse, token_hash: str, now: datetime) -> HandoffLink | None:
    """Find a link about a hand-off that holds."""
    found = connection.execute(select(T["handoff_links"]).where(*_holds(use, token_hash, now))).mappings().first()
    return None if found is None else handoff_link_of(found)


def use_handoff_link(
    connection: Connection, use: LinkUse, token_hash: str, opened: HandoffLink, now: datetime
) -> HandoffLink | None:
    """Use a link up and keep what it opens."""
    links = T["handoff_links"]
    used = connection.execute(delete(links).where(*_holds(use, token_hash, now)).returning(links)).mappings().first()
    if used is None:
        return None
    link = handoff_link_of(used)
    kept = replace(opened, case_id=link.case_id, handoff_id=link.handoff_id, person_id=link.person_id)
    connection.execute(links.insert(), handoff_link_row(kept))
    return kept


def _holds(use: LinkUse, token_hash: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    links = T["handoff_links"].c
    return links.token_hash == token_hash, links.use == use.value, links.expires_at > now


def peek(connection: Connection, table: str, token_hash: str, now: datetime) -> int | None:
    """Whose link or session this is, while it holds."""
    kept = T[table].c
    query = select(kept.person_id).where(kept.token_hash == token_hash, kept.expires_at > now)
    return connection.execute(query).scalar_one_or_none()


def session(
    connection: Connection, token_hash: str, now: datetime, idle: timedelta | None
) -> tuple[int, datetime] | None:
    """Whose session this is, while it holds, and when it was last used."""
    kept = T["sessions"].c
    used_at = func.coalesce(kept.used_at, kept.created_at)
    query = select(kept.person_id, used_at).where(kept.token_hash == token_hash, kept.expires_at > now)
    found = connection.execute(query if idle is None else query.where(used_at > now - idle)).first()
    return None if found is None else (found[0], found[1])


def sessions_of(connection: Connection, person_id: int, now: datetime, idle: timedelta) -> list[WebSession]:
    """The sessions of a person that hold, the one that was used last first."""
    kept = T["sessions"].c
    used_at = func.coalesce(kept.used_at, kept.created_at)
    query = select(kept.token_hash, kept.created_at, used_at.label("used_at"))
    query = query.where(kept.person_id == person_id, kept.expires_at > now, used_at > now - idle)
    found = connection.execute(query.order_by(used_at.desc(), kept.token_hash))
    return [WebSession(row.token_hash, row.created_at, row.used_at) for row in found]


def renew_session(connection: Connection, token_hash: str, now: datetime) -> None:
    """Note that a session is used."""
    sessions = T["sessions"]
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(used_at=now))


def count_attempt(
    connection: Connection, statements: Statements, kind: str, key: str, now: datetime, window: timedelta
) -> int:
    """Count one more in the window that is open, or begin the next."""
    attempts = T["attempts"].c
    insert = statements.insert(T["attempts"]).values(key=attempt_key(kind, key), count=1, expires_at=now + window)
    is_over = attempts.expires_at <= now
    counted = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((is_over, 1), else_=attempts["count"] + 1),
            "expires_at": case((is_over, insert.excluded.expires_at), else_=attempts.expires_at),
        },
    )
    return int(connection.execute(counted.returning(attempts["count"])).scalar_one())


def attempts(connection: Connection, kind: str, key: str, now: datetime) -> int:
    """How many there were in the window that is open."""
    kept = T["attempts"].c
    query = select(kept["count"]).where(kept.key == attempt_key(kind, key), kept.expires_at > now)
    return connection.execute(query).scalar_one_or_none() or 0


def sweep(connection: Connection, term: Term) -> int:
    """Delete what is over."""
    tables = [T[name] for name in ("attempts", "sign_ins", "sessions", "handoff_links")]
    gone = sum(connection.execute(delete(table).where(table.c.expires_at <= term.now)).rowcount for table in tables)
    leases, windows, beats = T["leases"], T["reply_windows"], T["heartbeats"]
    gone += connection.execute(delete(beats).where(beats.c.at <= term.now - LEASES_KEPT)).rowcount
    gone += _sweep_roster(connection, term)
    pushed = T["push_subscriptions"]
    gone += connection.execute(delete(pushed).where(pushed.c.created_at <= term.now - PUSHED_FOR)).rowcount
    gone += connection.execute(delete(leases).where(leases.c.expires_at <= term.lease_now - LEASES_KEPT)).rowcount
    return gone + connection.execute(delete(windows).where(windows.c.closes_at <= term.now - WINDOWS_KEPT)).rowcount


def _sweep_roster(connection: Connection, term: Term) -> int:
    """Delete shifts and hand-overs that are over since long; what nobody took over stays."""
    shifts, hand_overs = T["shifts"], T["hand_overs"]
    gone = connection.execute(delete(shifts).where(shifts.c.ends_at <= term.now - ROSTER_KEPT)).rowcount
    is_over = hand_overs.c.taken_at <= term.now - ROSTER_KEPT
    return gone + connection.execute(delete(hand_overs).where(is_over)).rowcount


def token(connection: Connection, vault: Vault, name: str) -> Token | None:
    """Read a token."""
    found = connection.execute(select(T["tokens"]).where(T["tokens"].c.name == name)).mappings().first()
    return None if found is None else token_of(vault, found)


def save_token(connection: Connection, statements: Statements, vault: Vault, name: str, token: Token) -> None:
    """Keep a token in place of the one before."""
    connection.execute(statements.upsert("tokens"), token_row(vault, name, token))


def end_session(connection: Connection, token_hash: str) -> None:
    """Sign out; the browser is told no more either."""
    connection.execute(delete(T["sessions"]).where(T["sessions"].c.token_hash == token_hash))
    pushed = T["push_subscriptions"]
    connection.execute(delete(pushed).where(pushed.c.session_hash == token_hash))


def directory_version(connection: Connection) -> int:
    """How often people changed."""
    meta = T["meta"].c
    version: int | None = connection.execute(select(meta.value).where(meta.key == "directory")).scalar_one_or_none()
    return version or 0
