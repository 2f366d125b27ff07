"""How the databases keep reply windows: spent and handed out by one statement each, on any number of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, RowMapping, and_, bindparam, or_, select, text, update

from bot.domain.messages import Address
from bot.domain.reply_windows import Window
from storage.rows.messenger_state import window_of
from storage.sql.claims import Term, lease_of
from storage.sql.query_parts import rows
from storage.sql.statements import T
from storage.types import Moment

_WINDOWS = T["reply_windows"]
#: Word for word as the partial index has it, else SQLite does not use it.
_UNASKED = text("NOT by_tap AND NOT asked")


def spend(connection: Connection, address: Address, now: datetime, keep: int) -> Window | None:
    """Take one message out of a window; what two nodes want at once is counted by whoever comes second."""
    windows = _WINDOWS.c
    # All are held before one is chosen, so that whoever waited chooses by what the other one left.
    # A window is taken from before its own moment too: the clocks of two nodes are never quite the same.
    opened = select(windows.by_tap, windows.left).where(windows.address == str(address), windows.closes_at > now)
    held = opened.order_by(windows.by_tap.desc()).with_for_update().cte("held")
    allows = or_(held.c.left > keep, and_(held.c.by_tap, held.c.left > 0))
    chosen = select(held.c.by_tap).where(allows).order_by(held.c.by_tap.desc()).limit(1)
    is_chosen = and_(windows.address == str(address), windows.by_tap.in_(chosen))
    spent = update(_WINDOWS).where(is_chosen).values(left=windows.left - 1)
    row = connection.execute(spent.returning(*windows)).mappings().first()
    return window_of(row) if row is not None else None


def give_back(connection: Connection, window: Window) -> None:
    """Put a message back into the window that it came out of."""
    windows = _WINDOWS.c
    is_it = and_(windows.address == str(window.address), windows.by_tap.is_(window.by_tap))
    same = and_(is_it, windows.opened_at == window.opened_at)
    connection.execute(update(_WINDOWS).where(same).values(left=windows.left + 1))


def close(connection: Connection, address: Address, now: datetime) -> None:
    """Leave nothing in the windows that are open."""
    windows = _WINDOWS.c
    is_known = and_(windows.address == str(address), windows.opened_at <= now)
    connection.execute(update(_WINDOWS).where(is_known).values(left=0))


def opened(connection: Connection, address: Address, now: datetime) -> list[Window]:
    """Read the windows that are open, the short one first."""
    windows = _WINDOWS.c
    usable = and_(windows.address == str(address), windows.closes_at > now, windows.left > 0)
    return [window_of(row) for row in rows(connection, select(_WINDOWS).where(usable).order_by(windows.by_tap.desc()))]


def claim(connection: Connection, term: Term, until: datetime) -> list[Window]:
    """Take long windows that close soon and whose people were not asked, the first to close first."""
    taken = connection.execute(_claim(by_database=term.by_database), term.parameters | {"until": until})
    return _in_order(taken.mappings().all())


@cache
def _claim(*, by_database: bool) -> Any:
    windows = _WINDOWS.c
    now, until = bindparam("now", type_=Moment), bindparam("until", type_=Moment)
    closing = and_(_UNASKED, windows.left > 0, windows.closes_at > now, windows.closes_at < until)
    is_free, end = lease_of(_WINDOWS, by_database=by_database)
    picked = select(windows.address).where(closing, is_free).order_by(windows.closes_at, windows.address)
    picked = picked.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)
    is_picked = and_(windows.address.in_(select(picked.cte("picked").c.address)), ~windows.by_tap)
    return update(_WINDOWS).where(is_picked).values(leased_until=end).returning(*windows)


def _in_order(taken: Sequence[RowMapping]) -> list[Window]:
    return sorted(map(window_of, taken), key=lambda window: (window.closes_at, window.address))
