"""Table of the files that people left with cases; their contents lie sealed in a folder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, false
from sqlmodel import Field

from storage.tables.cases import OURS, Row, partial
from storage.types import Id, Moment


class AttachmentRow(Row, table=True):
    """A file of a case, and who fetches it just now."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_case_id", "case_id"),
        partial("ix_attachments_sha256", "sha256", where="sha256 <> ''"),
        partial("ix_attachments_undone", "state", "next_attempt_at", where="state <> 'stored'"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    messenger: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: what sender and messenger call it
    at: datetime = Field(sa_type=Moment)
    by: int = Field(sa_type=Id)
    party: str
    size: int = Field(sa_type=Id)  #: bytes
    sha256: str
    media_type: str
    state: str
    attempts: int
    next_attempt_at: datetime | None = Field(sa_type=Moment)
    reason: str
    leased_until: datetime | None = Field(sa_type=Moment)
    own_side_only: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: for good once it is set
