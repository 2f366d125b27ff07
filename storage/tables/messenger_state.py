"""Tables of what messengers' own rules need: reply windows, access tokens, browsers that are pushed to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from storage.tables.cases import Row, partial
from storage.types import Id, Moment


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


class PushSubscriptionRow(Row, table=True):
    """A browser that is told when something is due, by the hash of where its push service is called."""

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        Index("ix_push_subscriptions_person_id", "person_id"),
        Index("ix_push_subscriptions_session_hash", "session_hash"),
    )

    endpoint_hash: str = Field(primary_key=True)
    person_id: int = Field(sa_type=Id)
    session_hash: str
    sealed: bytes = Field(sa_type=LargeBinary)  #: the endpoint and the browser's keys
    created_at: datetime = Field(sa_type=Moment)
    last_ok_at: datetime | None = Field(sa_type=Moment)
