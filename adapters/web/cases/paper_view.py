"""The papers of a case as its page lists them to whoever may take them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.papers.dossier import Dossier
from bot.channels.papers.kinds import RULES, PaperKind
from bot.channels.papers.offered import Offered, offered, why_not
from bot.language.texts import tr


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper on the page."""

    name: str  #: as in its address
    title: str
    why_not: str  #: empty when it can be taken
    needs_purpose: bool


def listed(dossier: Dossier, language: str) -> Sequence[Shown]:
    """List the papers that somebody may take; none for everybody else."""
    return [_shown(each, language) for each in offered(dossier)]


def _shown(each: Offered, language: str) -> Shown:
    return Shown(
        name=each.kind.value,
        title=tr(language, RULES[each.kind].title),
        why_not=why_not(each.stopped_by, language),
        needs_purpose=each.kind is PaperKind.ANNEX,
    )
