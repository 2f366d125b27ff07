"""Tables of English versions of what people wrote in other languages, and of what waits for a machine's draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from storage.tables.cases import OURS, Row, partial
from storage.types import Id, Moment


class EnglishRow(Row, table=True):
    """An English version of an answer or a text; rows are only ever added."""

    __tablename__ = "english"
    __table_args__ = (Index("ix_english_case_id", "case_id"),)

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id", ondelete="CASCADE")
    of: int = Field(sa_type=Id)  #: id of the answer or the text
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: text
    at: datetime = Field(sa_type=Moment)
    by: int = Field(sa_type=Id)
    party: str
    role: str | None
    is_machine: bool
    draft: int | None = Field(sa_type=Id)


class TranslationRow(Row, table=True):
    """That a machine is to draft the English of an answer or a text, and who asks it just now."""

    __tablename__ = "translations"
    __table_args__ = (
        Index("ix_translations_case_id", "case_id"),
        partial("ix_translations_waiting", "next_attempt_at", where="state = 'waiting'"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id", ondelete="CASCADE")
    field: str
    state: str
    attempts: int
    next_attempt_at: datetime | None = Field(sa_type=Moment)
    reason: str
    leased_until: datetime | None = Field(sa_type=Moment)
