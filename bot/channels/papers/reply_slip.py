"""The reply slip: what the other side fills in, acceptance or return. Of the case it tells the name only. Pure."""

from __future__ import annotations

from bot.channels.papers.dossier import Drawn
from bot.channels.papers.paper import Entry, Section
from bot.domain.case import RefusalCode
from bot.domain.names import refusal_name
from bot.language.texts import tr


def reply(drawn: Drawn, reply_by: str) -> tuple[Section, ...]:
    """Write the sections of a reply slip."""
    back = tr(
        "en",
        "To be filled in by the authority that was asked, and given back to the authority that asks, {by}. An "
        "acceptance counts once it names an officer and a formal reference.",
        by=reply_by,
    )
    return (
        Section("", (back,)),
        Section(
            tr("en", "We accept the case"),
            entries=(
                Entry(tr("en", "Our formal reference")),
                Entry(tr("en", "Accepting officer, with rank or function")),
                Entry(tr("en", "Authority, unit")),
                Entry(tr("en", "To be reached at any hour under")),
                *_when(drawn),
            ),
            boxes=(tr("en", "Accepted"),),
        ),
        Section(
            tr("en", "We return the case"),
            entries=(Entry(tr("en", "In words")), *_when(drawn)),
            boxes=(*(refusal_name(code, "en").capitalize() for code in RefusalCode), tr("en", "Another reason")),
        ),
    )


def _when(drawn: Drawn) -> tuple[Entry, ...]:
    sides = f"{drawn.ours.city} / {drawn.theirs.city}"
    return (Entry(tr("en", "Date and time, {sides}", sides=sides)),)
