"""The table of what cases are bound by. A row is never changed and never goes: cases of any age point to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.cases import Row
from storage.types import Moment


class PoliciesRow(Row, table=True):
    """The policies of all levels and corridors as they were configured when some case was opened."""

    __tablename__ = "policies"

    digest: str = Field(primary_key=True)  #: of the text: the same policies are kept once
    text: str = Field(sa_type=Text)  #: JSON
    since: datetime = Field(sa_type=Moment)  #: when the first case was bound by them
