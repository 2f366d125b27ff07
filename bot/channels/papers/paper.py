"""A paper as a value: what it says, part by part, before it is set as PDF or DOCX. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.papers.kinds import Marking, PaperKind


@dataclass(frozen=True, slots=True)
class Entry:
    """A label and what it says; a blank one is filled in by hand."""

    label: str
    text: str = ""
    note: str = ""  #: who put it into English, and whether a machine did
    beside: str = ""  #: what stands beside it where a sign of it cannot be printed: the romanised name

    @property
    def is_blank(self) -> bool:
        """Whether it waits for a pen."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper: sentences, then entries, then boxes to tick."""

    title: str
    sentences: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    boxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a party's template gives to a paper, filled in."""

    letterhead: str = ""
    addressee: str = ""
    opening: str = ""
    legal_basis: str = ""
    closing: str = ""
    signatory: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, in English."""

    kind: PaperKind
    title: str
    reference: str
    marking: Marking
    urgent: str  #: ``URGENT: ...``; empty for what is not
    as_of: datetime  #: the newest moment of what it is made of: the same case gives the same paper
    moment: str  #: the same in both local times
    head: Letterhead
    sections: tuple[Section, ...]
    record: Mapping[str, object]  #: the same as data; goes with the PDF as an attachment
    number_of: str = ""  #: the year of the number that is given by hand; empty: no number
    is_exercise: bool = False

    @property
    def is_note(self) -> bool:
        """Whether it has the form of a note: its addressee at the foot, initials in place of a signature."""
        return self.kind is PaperKind.NOTE_VERBALE

    @property
    def is_reply(self) -> bool:
        """Whether the other side fills it in."""
        return self.kind in (PaperKind.POLICE_REPLY, PaperKind.DIPLOMATIC_REPLY)

    @property
    def as_json(self) -> str:
        """The attachment."""
        return json.dumps(self.record, ensure_ascii=False, indent=2) + "\n"

    @property
    def file_name(self) -> str:
        """Its name without an ending."""
        return f"{self.reference}-{self.kind.value}"
