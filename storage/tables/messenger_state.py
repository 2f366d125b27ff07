"""Tables of what messengers' own rules need: reply windows and access tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from storage.tables.cases import Row, partial
from storage.types import Moment


class WindowRow(Row, table=True):
    """A reply window, and who asks its person to write just now. An address has a long one and a short one at most."""

    __tablename__ = "reply_windows"
    __table_args__ = (
        Index("ix_reply_windows_closes_at", "closes_at"),
        partial("ix_reply_windows_unasked", "closes_at", where="NOT by_tap AND NOT asked"),
    )

    address: str = Field(primary_key=True)
    by_tap: bool = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=Moment)
    closes_at: datetime = Field(sa_type=Moment)
    left: int
    asked: bool
    leased_until: datetime | None = Field(sa_type=Moment)


class TokenRow(Row, table=True):
    """An access token of a messenger's API, shared by all nodes."""

    __tablename__ = "tokens"

    name: str = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=Moment)
