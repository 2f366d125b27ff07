"""Tables of cases and of what hangs on them, and the ground that all tables stand on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, MetaData, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from storage.types import Id, Moment

#: Every constraint and index has a name that both engines and the migrations agree on.
_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
METADATA = MetaData(naming_convention=_NAMES)
#: We make the ids, the database does not.
OURS = {"autoincrement": False}


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """Base of all table rows."""


def partial(name: str, *columns: str, where: str) -> Index:
    """An index of only those rows that somebody looks for."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class CaseRow(Row, table=True):
    """A case, without what hangs on it. Its current answers are named by their ids."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("uq_cases_reference", "reference", unique=True),
        partial("ix_cases_officer_open", "officer", "id", where="status <> 'closed' OR joined_to IS NOT NULL"),
        Index("ix_cases_officer", "officer"),
        partial("ix_cases_open", "id", where="status <> 'closed'"),
        Index("ix_cases_opened_at", "opened_at", "id"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    reference: str
    corridor: str
    reporting: str
    requested: str
    officer: int = Field(sa_type=Id)
    place: str
    opened_at: datetime = Field(sa_type=Moment)
    clock_from: datetime = Field(sa_type=Moment)
    version: int
    stage: int
    status: str
    urgency: str
    rules: str = Field(sa_type=Text)  #: JSON
    exercise: bool
    pace: int = Field(sa_column_kwargs={"server_default": "1"})
    discarded_at: datetime | None = Field(sa_type=Moment)
    sent_at: datetime | None = Field(sa_type=Moment)
    alerted_at: datetime | None = Field(sa_type=Moment)
    alerted_requested_at: datetime | None = Field(sa_type=Moment)
    alerted_urgency: str | None
    flagged_country: str
    acknowledged_at: datetime | None = Field(sa_type=Moment)
    acknowledged_by: int | None = Field(sa_type=Id)
    lapsed_at: datetime | None = Field(sa_type=Moment)
    lapsed_by: int | None = Field(sa_type=Id)
    requested_act_at: datetime | None = Field(sa_type=Moment)
    reminded_at: datetime | None = Field(sa_type=Moment)
    assignees: str = Field(sa_type=Text)  #: JSON
    stood_down_at: datetime | None = Field(sa_type=Moment)
    diplomatic_not_needed_at: datetime | None = Field(sa_type=Moment)
    border_is_open: bool
    closed_at: datetime | None = Field(sa_type=Moment)
    closed_by: int | None = Field(sa_type=Id)
    closure: str | None
    held_at: datetime | None = Field(sa_type=Moment)
    held_by: int | None = Field(sa_type=Id)
    purged_at: datetime | None = Field(sa_type=Moment)
    joined_to: int | None = Field(sa_type=Id)
    joined_at: datetime | None = Field(sa_type=Moment)
    joins: str | None = Field(sa_type=Text)  #: JSON; NULL where a version wrote it that joined none
    english: str | None = Field(sa_type=Text)  #: JSON: ids of the current English versions; NULL for none
    answers: str = Field(sa_type=Text)  #: JSON: ids of the current answers, in their order
    liaisons: str | None = Field(sa_type=Text)  #: JSON; NULL where there are none
    pinged: str | None = Field(sa_type=Text)  #: JSON: key, moment and quiet until, by recipient; NULL for nobody
    referrals: int = Field(sa_column_kwargs={"server_default": "0"})  #: how many rows of that table are its
    plans: int = Field(sa_column_kwargs={"server_default": "0"})  #: likewise
    policies: str | None  #: digest of those that bind it; NULL where it was not written since they are kept


class AnswerRow(Row, table=True):
    """An answer; rows are only ever added."""

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_case_id", "case_id"),
        partial("ix_answers_message", "message", where="message <> ''"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    field: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: value
    at: datetime = Field(sa_type=Moment)
    by: int = Field(sa_type=Id)
    source: str
    message: str
    subject: int = Field(sa_column_kwargs={"server_default": "0"})


class TextRow(Row, table=True):
    """A free text of a case; rows are only ever added."""

    __tablename__ = "texts"
    __table_args__ = (
        Index("ix_texts_case_id", "case_id"),
        partial("ix_texts_message", "message", where="message <> ''"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    kind: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: text
    at: datetime = Field(sa_type=Moment)
    by: int = Field(sa_type=Id)
    party: str
    own_side_only: bool
    message: str
    amends: int | None = Field(sa_type=Id)
    subjects: str = Field(sa_column_kwargs={"server_default": text("''")})  #: ``2,47``


class SecureRow(Row, table=True):
    """Something of the secure case that points to a person."""

    __tablename__ = "secure_entries"
    __table_args__ = (
        Index("ix_secure_entries_case_id", "case_id"),
        partial("ix_secure_entries_names", "id", where="field = 'names'"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    field: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: the value
    at: datetime = Field(sa_type=Moment)
    by: int = Field(sa_type=Id)
    party: str
    subject: int
    message: str
    text_id: int | None = Field(sa_type=Id)
    released_at: datetime | None = Field(sa_type=Moment)
    released_by: int | None = Field(sa_type=Id)


class DeadlineRow(Row, table=True):
    """A deadline, and who looks at it just now."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_case_id", "case_id"),
        partial("ix_deadlines_due", "next_at", where="next_at IS NOT NULL"),
        partial("ix_deadlines_running", "case_id", "kind", where="state = 'running' AND next_at IS NOT NULL"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    kind: str
    due_at: datetime = Field(sa_type=Moment)
    next_at: datetime | None = Field(sa_type=Moment)
    state: str
    pings: int
    channel: str | None
    party: str = Field(sa_column_kwargs={"server_default": text("''")})  #: of a reply: who was asked
    promised_at: datetime | None = Field(sa_type=Moment)
    snoozed_until: datetime | None = Field(sa_type=Moment)
    settled_at: datetime | None = Field(sa_type=Moment)
    met_by: int | None = Field(sa_type=Id)  #: NULL where nobody met it, or a version wrote it that did not keep who
    leased_until: datetime | None = Field(sa_type=Moment)


class HandoffRow(Row, table=True):
    """A hand-off to a formal channel."""

    __tablename__ = "handoffs"
    __table_args__ = (Index("ix_handoffs_case_id", "case_id"),)

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    channel: str
    state: str
    desk: str
    by: int = Field(sa_type=Id)
    drafted_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(sa_type=Moment)
    accepted_at: datetime | None = Field(sa_type=Moment)
    formal_reference: str
    returned_at: datetime | None = Field(sa_type=Moment)
    refusal: str | None
    letter_reference: str
    letter_at: datetime | None = Field(sa_type=Moment)
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: who accepted, why it was returned
    covers: str = Field(sa_column_kwargs={"server_default": text("''")})  #: ``2,47``
    copies: str = Field(sa_column_kwargs={"server_default": text("''")})  #: ``kh-embassy,cn-ministry``
    withdrawn_at: datetime | None = Field(sa_type=Moment)
    stopped_at: datetime | None = Field(sa_type=Moment)
    delivered_at: datetime | None = Field(sa_type=Moment)
    owner: int | None = Field(sa_type=Id)
    claimed_at: datetime | None = Field(sa_type=Moment)
    letter_file: int | None = Field(sa_type=Id)


class ReferralRow(Row, table=True):
    """A case referred to a support desk."""

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_case_id", "case_id"),)

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    desk: str
    party: str
    state: str
    by: int = Field(sa_type=Id)
    sent_at: datetime = Field(sa_type=Moment)
    ground: str
    covers: str  #: ``2,47``
    next_at: datetime | None = Field(sa_type=Moment)
    pings: int
    answered_at: datetime | None = Field(sa_type=Moment)
    answered_by: int | None = Field(sa_type=Id)
    withdrawn_at: datetime | None = Field(sa_type=Moment)
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: who takes the person in, why it was returned or withdrawn


class PlanRow(Row, table=True):
    """A version of the plan of a joint operation; of a row only its confirmations change."""

    __tablename__ = "plans"
    __table_args__ = (Index("ix_plans_case_id", "case_id"),)

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int = Field(sa_type=Id, foreign_key="cases.id")
    at: datetime = Field(sa_type=Moment)
    by: int = Field(sa_type=Id)
    party: str
    starts_at: datetime | None = Field(sa_type=Moment)
    where_by: int | None = Field(sa_type=Id)
    where_party: str
    confirmations: str = Field(sa_type=Text)  #: JSON: side, person and moment of each
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: where it is to be


class SecureIndexRow(Row, table=True):
    """By what an entry of the secure case is found: a token that says nothing to whoever has no key."""

    __tablename__ = "secure_index"
    __table_args__ = (Index("ix_secure_index_case_id", "case_id"), Index("ix_secure_index_entry_id", "entry_id"))

    token: bytes = Field(primary_key=True)
    entry_id: int = Field(
        primary_key=True, sa_type=Id, foreign_key="secure_entries.id", ondelete="CASCADE", sa_column_kwargs=OURS
    )
    case_id: int = Field(sa_type=Id, foreign_key="cases.id", ondelete="CASCADE")


class GivenRow(Row, table=True):
    """That a case was given to a desk or a person besides those who follow all cases of their side."""

    __tablename__ = "given"
    __table_args__ = (Index("ix_given_reader", "reader", "case_id"),)

    case_id: int = Field(
        primary_key=True, sa_type=Id, foreign_key="cases.id", ondelete="CASCADE", sa_column_kwargs=OURS
    )
    reader: str = Field(primary_key=True)


class ConversationRow(Row, table=True):
    """Where one person stands, and who looks at it just now."""

    __tablename__ = "conversations"
    __table_args__ = (partial("ix_conversations_wakes", "wakes_at", where="wakes_at IS NOT NULL"),)

    person_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    case_id: int | None = Field(sa_type=Id)
    asking: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: what is pending
    place: str | None
    updated_at: datetime | None = Field(sa_type=Moment)
    wakes_at: datetime | None = Field(sa_type=Moment)
    version: int
    leased_until: datetime | None = Field(sa_type=Moment)


class JournalRow(Row, table=True):
    """An act in its place of a chain; rows are only ever added, and lose nothing but their details."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("uq_journal_chain_sequence", "chain", "sequence", unique=True),
        partial("ix_journal_case_id", "case_id", where="case_id IS NOT NULL"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    chain: str
    sequence: int = Field(sa_type=Id)
    at: datetime = Field(sa_type=Moment)
    actor: str
    act: str
    case_id: int | None = Field(sa_type=Id)
    address: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: details and their salt; NULL once they are purged
    previous: str
    digest: str
    hash: str


class ChainRow(Row, table=True):
    """The last entry of a chain: whoever adds to the chain holds this row."""

    __tablename__ = "chain_heads"

    chain: str = Field(primary_key=True)
    sequence: int = Field(sa_type=Id)
    hash: str
