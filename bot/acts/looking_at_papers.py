"""Says on a messenger where the papers of a case are taken; the papers themselves go by no messenger."""

from __future__ import annotations

from collections.abc import Sequence

from bot.acts.finding import is_among_own
from bot.channels import paper_links
from bot.channels.papers.dossier import Dossier
from bot.channels.papers.kinds import RULES
from bot.channels.papers.offered import Offered, offered, why_not
from bot.domain.case import Case, Handoff
from bot.domain.journal_acts import JournalAct
from bot.domain.names import link
from bot.domain.people import Person
from bot.language.texts import tr
from bot.protection.permissions import may_draw_up, may_take_over
from bot.turns.composer import Composer


def papers(c: Composer, shown: Case) -> None:
    """List the papers that this person may take, each with its link or with what it waits for."""
    person, agreement = c.person, c.context.agreement
    if person is None:
        return
    c.saw(shown)
    handed = [each for each in shown.handoffs if may_take_over(person, each, shown, agreement)]
    if handed:
        _give_links(c, shown, handed, person)
        return
    if not may_draw_up(person, shown, agreement):
        words = tr(c.language, "Only the duty desk or a supervisor of {party} takes the papers of {reference}.",
                   party=shown.reporting, reference=shown.reference)  # fmt: skip
        c.say(words, case=shown)
        return
    at = link(c.context.public_url, shown)
    lead = tr(c.language, "{reference}: its papers are taken on the page of the case only: {link}",
              reference=shown.reference, link=at)  # fmt: skip
    found = offered(Dossier(shown, agreement, person)) if is_among_own(c, person.party) else ()
    c.say("\n".join([lead, *(_line(each, at, c.language) for each in found)]), case=shown)


def _give_links(c: Composer, shown: Case, handed: Sequence[Handoff], person: Person) -> None:
    """Give somebody of the desk that has it a one-time link to the papers, where nobody else reads it."""
    if c.message is None or not c.message.in_private:
        c.say(tr(c.language, "Please write that to me in a private chat; a group is read by many."), case=shown)
        return
    for each in handed:
        c.journal(JournalAct.PAPER_LINK, shown, channel=each.channel.value)
        c.say(f"{shown.reference}: {paper_links.to_papers(c, each, person, c.language)}", case=shown)


def _line(each: Offered, at: str, language: str) -> str:
    title = tr(language, RULES[each.kind].title)
    return f"{title}: {why_not(each.stopped_by, language) or f'{at}/papers/{each.kind.value}.pdf'}"
