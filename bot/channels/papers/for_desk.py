"""The papers that a desk gets of what was handed to it, and for whom of the reporting side they are drawn up. Pure."""

from __future__ import annotations

from bot.channels.papers.dossier import Dossier
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.offered import dossier_of, may_take
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel, Handoff
from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.people import Directory, Person, Role
from bot.ports.reads import History

#: What goes to the desk of a channel; the annex only where nobody else can read it.
PAPERS = for_each(
    Channel,
    {
        Channel.POLICE: (PaperKind.POLICE_REQUEST, PaperKind.POLICE_REPLY),
        Channel.DIPLOMATIC: (PaperKind.NOTE_VERBALE, PaperKind.DIPLOMATIC_REPLY, PaperKind.ANNEX),
    },
)


def without_annex(channel: Channel) -> tuple[PaperKind, ...]:
    """What may go where others might read it."""
    return tuple(kind for kind in PAPERS[channel] if kind is not PaperKind.ANNEX)


def signer(case: Case, handoff: Handoff, directory: Directory, agreement: Agreement) -> Person | None:
    """Somebody of the reporting side for whom it is drawn up: who handed off, else a supervisor or a duty officer."""
    sent_by = directory.get(handoff.by)
    ranked = sorted(directory.people.values(), key=lambda p: (p.role is not Role.SUPERVISOR, p.id))
    able = (p for p in (sent_by, *ranked) if p is not None and p.party == case.reporting)
    return next((p for p in able if may_take(PaperKind.ANNEX, p, case, agreement)), None)


def dossier_for(case: Case, handoff: Handoff, history: History, signed_by: Person, agreement: Agreement) -> Dossier:
    """What the papers of a hand-off are made of, without the secure case."""
    return replace(dossier_of(case, history, signed_by, agreement), handoff=handoff)
