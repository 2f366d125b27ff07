"""A hint to supervisors that a text may be about a matter outside the purpose. Nothing is refused, the clock runs."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.agreement import DeskRole
from bot.domain.case import Case
from bot.domain.journal_acts import JournalAct
from bot.domain.names import link, urgency_name
from bot.domain.purpose_limits import is_suspected
from bot.domain.recipients import at_desks, supervisors
from bot.language.texts import tr
from bot.protection import gates
from bot.turns.composer import Composer


def on_texts(c: Composer, case: Case, texts: Iterable[str]) -> None:
    """Ask the own side's supervisors to look, once a case; never the other side, which may be the State feared."""
    if not any(map(is_suspected, texts)):
        return
    words = tr(
        "en",
        "{urgency} · {reference}\nIts words may touch a political, military, religious or racial matter. Nothing is "
        "refused and the clock runs; please look: {link}",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        link=link(c.context.public_url, case),
    )
    directory = c.view.directory
    people = supervisors(directory, case.reporting)
    desk = at_desks(c.context.agreement, directory, case.reporting, DeskRole.DUTY)
    c.tell(people or desk, gates.key_of(case, "category"), words, case=case)
    c.journal(JournalAct.CATEGORY_HINT, case)
