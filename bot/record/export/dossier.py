"""A case with all that an export may write of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.agreement import Agreement
from bot.domain.case import CaseText
from bot.domain.people import Role
from bot.domain.secure_entry import SecureEntry
from bot.protection import standings
from bot.record.export.columns import Subject


@dataclass(frozen=True, slots=True)
class ExportReader:
    """For which side an identified export is made: what the other side keeps to itself is left out of it."""

    party: str
    agreement: Agreement

    @property
    def policy(self) -> standings.Reader:
        """The side as the policy knows it: an admin asks for exports."""
        return standings.Reader(self.party, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case, and of an identified export what was written about it."""

    subject: Subject
    reader: ExportReader | None = None  #: None: the export is de-identified
    texts: tuple[CaseText, ...] = field(default=(), repr=False)
    secure: tuple[SecureEntry, ...] = field(default=(), repr=False)
