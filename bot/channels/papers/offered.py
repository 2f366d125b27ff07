"""Which papers somebody may take of a case, and why one cannot be drawn up just now. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.channels.papers.dossier import FIRST, Dossier, EnglishVersion, narrowed
from bot.channels.papers.facts import facts
from bot.channels.papers.kinds import PaperKind
from bot.domain.agreement import Agreement
from bot.domain.case import Case, CaseText, TextKind
from bot.domain.errors import EnglishMissing, NoPaper
from bot.domain.guarded import Guarded
from bot.domain.journal import Link
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person
from bot.language.texts import tr
from bot.ports.reads import History
from bot.protection.in_english import english_of_text, english_versions
from bot.protection.permissions import may_draw_up
from bot.protection.redaction_policy import Way
from bot.protection.secure_access import may_read_secure
from bot.protection.standings import Reader


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper that somebody may take, once nothing stands in its way."""

    kind: PaperKind
    stopped_by: NoPaper | None = None  #: None: it can be drawn up now


def may_take(kind: PaperKind, person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether a paper is for this person: for whoever may hand off, and the annex for who opens the secure case too."""
    is_theirs = may_draw_up(person, case, agreement)
    return is_theirs and (kind is not PaperKind.ANNEX or may_read_secure(person, case, agreement))


def offered(dossier: Dossier) -> Iterator[Offered]:
    """List the papers that the signer may take, each with what stands in its way."""
    for kind in PaperKind:
        if may_take(kind, dossier.signer, dossier.case, dossier.agreement):
            yield _offered(kind, dossier)


def _offered(kind: PaperKind, dossier: Dossier) -> Offered:
    try:
        facts(narrowed(kind, dossier))
    except NoPaper as error:
        return Offered(kind, error)
    return Offered(kind)


def why_not(error: NoPaper | None, language: str) -> str:
    """Say why there is no paper now, and what to do; empty where nothing stops it."""
    if error is None:
        return ""
    if isinstance(error, EnglishMissing):
        labels = ", ".join(tr(language, label) for label in error.labels)
        return tr(language, "First an English version is needed of: {labels}.", labels=labels)
    return tr(
        language,
        "Its gate is not open for anybody in this case: the page of the case says under Gates what is missing.",
    )


def still_said(texts: Sequence[CaseText], journal: Sequence[Link]) -> tuple[CaseText, ...]:
    """The texts of a case without those that whoever wrote them has deleted since."""
    gone = {link.entry.told.get("text") for link in journal if link.entry.act == JournalAct.DELETED_BY_WRITER}
    return tuple(text for text in texts if text.id not in gone and text.amends not in gone)


def dossier_of(case: Case, history: History, person: Person, agreement: Agreement) -> Dossier:
    """What papers may be made of for somebody, without the secure case."""
    texts = still_said(history.texts, history.journal)
    return Dossier(case, agreement, person, texts, english=_in_english(case, texts, person, agreement))


def _in_english(
    case: Case, texts: Sequence[CaseText], person: Person, agreement: Agreement
) -> Mapping[str, EnglishVersion]:
    """The English versions that a person confirmed, of answers and of the first message."""
    reader = Reader.of(person, agreement)
    found = dict(english_versions(case, reader, Way.PACKET, agreement))
    for text in texts:
        version = english_of_text(text, case, reader, Way.PACKET, agreement) if text.kind is TextKind.FIRST else None
        if version is not None:
            found[FIRST] = version
    return {
        name: EnglishVersion(Guarded(version.text), version.party, version.role, version.at)
        for name, version in found.items()
        if not version.is_original and version.role is not None
    }
