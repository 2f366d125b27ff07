"""Tables by which cases that may be one are found, and what was said of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from storage.tables.cases import OURS, Row
from storage.types import Id, Moment


class MatchRow(Row, table=True):
    """Two cases that may be one, or that somebody linked or told apart."""

    __tablename__ = "matches"
    __table_args__ = (Index("ix_matches_younger", "younger"),)

    older: int = Field(primary_key=True, sa_type=Id, foreign_key="cases.id", ondelete="CASCADE", sa_column_kwargs=OURS)
    younger: int = Field(
        primary_key=True, sa_type=Id, foreign_key="cases.id", ondelete="CASCADE", sa_column_kwargs=OURS
    )
    reasons: str = Field(sa_type=Text)  #: JSON: codes, each with the side that alone may know
    found_at: datetime = Field(sa_type=Moment)
    verdict: str
    decided_at: datetime | None = Field(sa_type=Moment)
    decided_by: int | None = Field(sa_type=Id)
    version: int


class LookRow(Row, table=True):
    """That a case waits to be compared with others, and who does it just now."""

    __tablename__ = "looks"

    case_id: int = Field(
        primary_key=True, sa_type=Id, foreign_key="cases.id", ondelete="CASCADE", sa_column_kwargs=OURS
    )
    stamp: int = Field(sa_type=Id)  #: time-ordered; another one each time
    names: bool
    leased_until: datetime | None = Field(sa_type=Moment)


class PlaceIndexRow(Row, table=True):
    """By what the place of a case is found: a token that says nothing to whoever has no key."""

    __tablename__ = "place_index"
    __table_args__ = (Index("ix_place_index_case_id", "case_id"), Index("ix_place_index_token_at", "token", "at"))

    token: bytes = Field(primary_key=True)
    case_id: int = Field(
        primary_key=True, sa_type=Id, foreign_key="cases.id", ondelete="CASCADE", sa_column_kwargs=OURS
    )
    at: datetime = Field(sa_type=Moment)  #: when the case was opened
