"""Tables of people and of what processes tell each other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field

from storage.tables.cases import OURS, Row, partial
from storage.types import Id, Moment


class PersonRow(Row, table=True):
    """An enrolled human."""

    __tablename__ = "people"

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: name
    party: str
    role: str
    desk: str
    corridor: str
    language: str
    on_duty: bool
    duty_said_at: datetime | None = Field(sa_type=Moment)
    enrolled_at: datetime | None = Field(sa_type=Moment)
    confirmed_at: datetime | None = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(sa_type=Moment)


class BindingRow(Row, table=True):
    """Whose address it is; an address belongs to one person."""

    __tablename__ = "bindings"
    __table_args__ = (Index("ix_bindings_person_id", "person_id"),)

    address: str = Field(primary_key=True)
    person_id: int = Field(sa_type=Id, foreign_key="people.id")
    position: int  #: preferred first
    is_reachable: bool


class ShiftRow(Row, table=True):
    """That somebody has the duty of a desk for a while."""

    __tablename__ = "shifts"
    __table_args__ = (Index("ix_shifts_person_id", "person_id"), Index("ix_shifts_ends_at", "ends_at"))

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    desk: str
    person_id: int = Field(sa_type=Id)
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)


class HandOverRow(Row, table=True):
    """What somebody left at the end of their duty, and who took it over."""

    __tablename__ = "hand_overs"
    __table_args__ = (Index("uq_hand_overs_person_id_ends_at", "person_id", "ends_at", unique=True),)

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    desk: str
    person_id: int = Field(sa_type=Id)
    ends_at: datetime = Field(sa_type=Moment)
    begun_at: datetime = Field(sa_type=Moment)
    cases: str = Field(sa_type=Text)  #: JSON: their ids
    given_at: datetime | None = Field(sa_type=Moment)
    taken_by: int | None = Field(sa_type=Id)
    taken_at: datetime | None = Field(sa_type=Moment)


class RingRow(Row, table=True):
    """A test ring of the duty desks of a corridor."""

    __tablename__ = "rings"
    __table_args__ = (
        Index("ix_rings_begun_at", "begun_at"),
        partial("ix_rings_due_at", "due_at", where="due_at IS NOT NULL"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    corridor: str
    desks: str = Field(sa_type=Text)  #: JSON: their ids
    begun_at: datetime = Field(sa_type=Moment)
    begun_by: int | None = Field(sa_type=Id)
    due_at: datetime | None = Field(sa_type=Moment)  #: when it is told who is silent; None: that was done
    told_at: datetime | None = Field(sa_type=Moment)


class RingAnswerRow(Row, table=True):
    """The first answer of a desk to a test ring."""

    __tablename__ = "ring_answers"

    ring_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    desk: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    person_id: int = Field(sa_type=Id)


class InviteRow(Row, table=True):
    """A one-time code, hashed."""

    __tablename__ = "invites"
    __table_args__ = (Index("uq_invites_code_hash", "code_hash", unique=True),)

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    code_hash: str
    party: str
    role: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: name
    desk: str
    corridor: str
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(sa_type=Moment)
    used_by: int | None = Field(sa_type=Id)
    person_id: int | None = Field(sa_type=Id)


class StrangerRow(Row, table=True):
    """That somebody who is not enrolled tried."""

    __tablename__ = "strangers"

    address: str = Field(primary_key=True)
    day: str
    answered: int
    attempts: int
    wrong_codes: int
    blocked_until: datetime | None = Field(sa_type=Moment)


class ExportOrderRow(Row, table=True):
    """That somebody asked for an identified export, and what a second person decided."""

    __tablename__ = "export_orders"
    __table_args__ = (
        Index("ix_export_orders_party", "party", "id"),
        partial("ix_export_orders_waiting", "expires_at", where="state = 'waiting'"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    person_id: int = Field(sa_type=Id)
    party: str
    format: str
    since: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    recipient: str
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: why it is wanted, why it was refused
    place: str | None
    asked_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    state: str
    decided_by: int | None = Field(sa_type=Id)
    decided_at: datetime | None = Field(sa_type=Moment)


class SignInRow(Row, table=True):
    """A one-time sign-in link, by the hash of its token."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_person_id", "person_id"),)

    token_hash: str = Field(primary_key=True)
    person_id: int = Field(sa_type=Id)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class HandoffLinkRow(Row, table=True):
    """A one-time link about a hand-off, by the hash of its token."""

    __tablename__ = "handoff_links"
    __table_args__ = (Index("ix_handoff_links_person_id", "person_id"),)

    token_hash: str = Field(primary_key=True)
    use: str
    case_id: int = Field(sa_type=Id)
    handoff_id: int = Field(sa_type=Id)
    person_id: int = Field(sa_type=Id)  #: 0 where whoever has it may use it
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class SessionRow(Row, table=True):
    """A web session, by the hash of its token."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_person_id", "person_id"),)

    token_hash: str = Field(primary_key=True)
    person_id: int = Field(sa_type=Id)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(sa_type=Moment)  #: None: not since it began


class AttemptRow(Row, table=True):
    """How often somebody, or somebody from somewhere, tried something within a window."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_expires_at", "expires_at"),)

    key: str = Field(primary_key=True)  #: hash of kind and key
    count: int
    expires_at: datetime = Field(sa_type=Moment)  #: end of the window


class LeaseRow(Row, table=True):
    """Which process does a job that only one may do."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    owner: str
    expires_at: datetime = Field(sa_type=Moment)


class HeartbeatRow(Row, table=True):
    """When each process last wrote; shows that something can be written, also when nothing happens."""

    __tablename__ = "heartbeats"

    node: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    padding: bytes = Field(sa_type=LargeBinary)  #: random, as much as a large message has: shows that there is room


class CursorRow(Row, table=True):
    """How far a poller has come."""

    __tablename__ = "cursors"

    name: str = Field(primary_key=True)
    value: int = Field(sa_type=Id)


class MetaRow(Row, table=True):
    """About the database itself: ``directory`` goes up when people change; ``serves:0001`` lets that version go on."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: int = Field(sa_type=Id)


class KeyCheckRow(Row, table=True):
    """Something known, sealed with a key: shows whether the keys at hand are those of the database."""

    __tablename__ = "key_checks"

    key_id: str = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)
