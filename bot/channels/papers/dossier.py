"""What a paper is made of, and the case as the other side may know it there: fewer persons, never more. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.papers.kinds import RULES, PaperKind, PaperRule
from bot.domain.agreement import Agreement, Party
from bot.domain.case import Case, CaseText, Channel, Handoff
from bot.domain.errors import NoPaper
from bot.domain.guarded import Guarded
from bot.domain.people import Person, Role
from bot.domain.secure_entry import SecureEntry
from bot.domain.subjects import numbers
from bot.protection import gates
from bot.protection.seen_by import seen_by, shown_numbers
from bot.protection.standings import Reader, Standing, standing_to_all

#: Under which name the English version of the first message is kept, where that stands in for a summary.
FIRST = "first"


@dataclass(frozen=True, slots=True)
class EnglishVersion:
    """A free text of a case in English, and whose English it is."""

    text: Guarded
    party: str  #: the side of whoever wrote or confirmed it
    role: Role  #: of the same
    at: datetime
    is_machine_draft: bool = False  #: a machine drafted it, and nobody has confirmed it


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a paper may be made of. What goes into it is for the redaction policy to say."""

    case: Case
    agreement: Agreement
    signer: Person  #: somebody of the reporting side, for whom it is drawn up
    texts: Sequence[CaseText] = ()  #: those that their writers have not taken back
    entries: Sequence[SecureEntry] = ()  #: of the secure case, as far as the signer reads it
    english: Mapping[str, EnglishVersion] = field(default_factory=dict)  #: by field id, or `FIRST`
    handoff: Handoff | None = None  #: which the papers are of; else the channel's own that stands


@dataclass(frozen=True, slots=True)
class Drawn:
    """A dossier narrowed to one kind of paper: nothing else of a case is at hand while one is written."""

    kind: PaperKind
    dossier: Dossier
    case: Case  #: as the other side may know it, with nobody in it who is not on this paper
    whom: tuple[int, ...]  #: the numbers of those whom it is about

    @property
    def rule(self) -> PaperRule:
        """What holds for this kind."""
        return RULES[self.kind]

    @property
    def agreement(self) -> Agreement:
        """What the two sides agreed."""
        return self.dossier.agreement

    @property
    def ours(self) -> Party:
        """The side that signs."""
        return self.agreement.parties[self.case.reporting]

    @property
    def theirs(self) -> Party:
        """The side that is asked."""
        return self.agreement.parties[self.case.requested]

    @property
    def reader(self) -> Reader:
        """Who will read it: a desk of the side that is asked."""
        desk = self.rule.desk if self.rule.channel is not None else None  # a referral is read by whoever it is taken to
        return Reader(self.case.requested, desk=desk)

    @property
    def handoff(self) -> Handoff | None:
        """The hand-off that it belongs to."""
        return _handoff_of(self.dossier, self.rule.channel)

    @property
    def is_told_all(self) -> bool:
        """Whether coded answers and words may cross, and not only what is needed to act."""
        return standing_to_all(self.case, self.reader, self.agreement) is Standing.OTHER

    @property
    def leaves_out(self) -> bool:
        """Whether somebody of the case is not on it, so that words about the case may be about them."""
        return self.case.is_partial or len(self.whom) < len(numbers(self.dossier.case))


def narrowed(kind: PaperKind, dossier: Dossier) -> Drawn:
    """Take of a case what a kind of paper may know. Raises `NoPaper` when that is nobody, or no side is asked yet."""
    case = dossier.case
    if not case.requested:
        raise NoPaper("First the officer must say which side is asked to help.")
    whom = on_paper(kind, dossier)
    if not whom:
        raise NoPaper(_WHY_NOBODY)
    return Drawn(kind, dossier, seen_by(case, case.requested, dossier.agreement, among=whom), whom)


_WHY_NOBODY = "Its gate is not open for anybody. The page of the case says what is missing."


def on_paper(kind: PaperKind, dossier: Dossier) -> tuple[int, ...]:
    """The numbers of those whom a paper may be about: at this moment, whatever was sent before.

    The other side may know of them, the channel's gate is open for them, and the hand-off covers them.
    """
    case, agreement, channel = dossier.case, dossier.agreement, RULES[kind].channel
    known = shown_numbers(case, case.requested, agreement)
    if channel is None:
        return known if not gates.stops_relay(case, case.requested, agreement, known or numbers(case)) else ()
    judged, covers = gates.verdicts(case, channel, agreement), _covered(dossier, channel)
    return tuple(n for n in known if isinstance(judged[n], gates.Open) and (not covers or n in covers))


def _covered(dossier: Dossier, channel: Channel) -> tuple[int, ...]:
    """Whom the hand-off covers; nobody named, as in one that is not sent, means everybody whose gate is open."""
    handoff = _handoff_of(dossier, channel)
    return handoff.covers if handoff is not None else ()


def _handoff_of(dossier: Dossier, channel: Channel | None) -> Handoff | None:
    if dossier.handoff is not None and dossier.handoff.channel is channel:
        return dossier.handoff
    return dossier.case.handoff(channel) if channel is not None else None
