"""Which papers there are: of which channel, how guarded, and which answers go into each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agreement import DeskRole
from bot.domain.case import Channel
from bot.domain.closed_sets import for_each
from bot.language.texts import later


class PaperKind(StrEnum):
    """A paper, by the word in its address."""

    POLICE_REQUEST = "police-request"
    POLICE_REPLY = "police-reply"  #: filled in by the other side
    NOTE_VERBALE = "note-verbale"  #: identifies nobody
    ANNEX = "annex"  #: sealed, to the note verbale: who the persons are
    DIPLOMATIC_REPLY = "diplomatic-reply"  #: filled in by the other side
    SUPPORT_REFERRAL = "support-referral"  #: to a shelter or the ministry of social affairs; tells of no suspect


@dataclass(frozen=True, slots=True)
class Marking:
    """How guarded a paper is; on each of its pages."""

    tlp: str
    handling: str = "H2"

    @property
    def line(self) -> str:
        """As it is printed."""
        return f"{self.tlp} · Handling {self.handling}"


AMBER, RED = Marking("TLP:AMBER+STRICT"), Marking("TLP:RED")


@dataclass(frozen=True, slots=True)
class PaperRule:
    """What holds for a kind of paper."""

    title: str  #: English
    desk: DeskRole  #: which desk's standing decides what it may hold, and whose letterhead it has
    channel: Channel | None  #: whose gate must be open for everybody it is about
    fields: tuple[str, ...] = ()  #: ids of the answers that go into it, as far as the policy lets them
    assistance: frozenset[str] = frozenset()  #: codes of the help that is asked by it; empty: all
    marking: Marking = AMBER
    has_words: bool = False  #: whether it tells in words what happened


_PLACE = ("country", "area")
_SUPPORT = frozenset(
    {"medical_care", "safe_shelter", "interpreter", "travel_document", "family_contact", "advice_only"}
)

RULES = for_each(
    PaperKind,
    {
        PaperKind.POLICE_REQUEST: PaperRule(
            later("Request for police assistance"),
            DeskRole.POLICE,
            Channel.POLICE,
            ("danger_now", "situation", "last_contact_at", "category", "exploitation", *_PLACE, "summary",
             "persons_count", "age_group", "citizenship", "safe_to_contact", "consent_police", "assistance"),
            has_words=True,
        ),
        PaperKind.POLICE_REPLY: PaperRule(later("Reply slip: police channel"), DeskRole.POLICE, Channel.POLICE),
        PaperKind.NOTE_VERBALE: PaperRule(
            later("Note verbale"),
            DeskRole.DIPLOMATIC,
            Channel.DIPLOMATIC,
            ("situation", "category", "exploitation", *_PLACE, "persons_count", "age_group", "citizenship",
             "safe_to_contact", "consent_diplomatic", "assistance"),
        ),
        PaperKind.ANNEX: PaperRule(
            later("Sealed annex to a note verbale"), DeskRole.DIPLOMATIC, Channel.DIPLOMATIC, marking=RED
        ),
        PaperKind.DIPLOMATIC_REPLY: PaperRule(
            later("Reply slip: diplomatic channel"), DeskRole.DIPLOMATIC, Channel.DIPLOMATIC
        ),
        PaperKind.SUPPORT_REFERRAL: PaperRule(
            later("Referral for support"),
            DeskRole.SUPPORT,
            None,
            (*_PLACE, "exploitation", "persons_count", "age_group", "citizenship", "safe_to_contact", "assistance"),
            _SUPPORT,
        ),
    },
)  # fmt: skip


def kind_named(word: str) -> PaperKind | None:
    """The paper that an address names."""
    return next((kind for kind in PaperKind if kind.value == word), None)
