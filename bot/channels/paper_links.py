"""The one-time links of a hand-off: to its papers, for somebody of its desk, and in a mail to say that it came. No I/O.

No paper goes by a messenger, and a link there may be read by others than the person: so it opens the papers of this
hand-off and nothing else, no annex among them, and signs nobody in.
"""

from __future__ import annotations

from bot.domain.case import Case, Handoff
from bot.domain.handoff_links import LASTS, LinkUse, new_link
from bot.domain.people import Person
from bot.domain.recipients import Recipient
from bot.language.texts import tr
from bot.protection.permissions import may_take_over
from bot.turns.composer import Composer

_MAIL = "email"


def offered_to(c: Composer, case: Case, handoff: Handoff, recipient: Recipient) -> str:
    """Say where the papers are taken, or in a mail how their receipt is told; the link is for this recipient alone."""
    if all(address.messenger == _MAIL for address in recipient.addresses):
        return _to_claim(c, handoff)
    if recipient.person is not None and may_take_over(recipient.person, handoff, case, c.context.agreement):
        return to_papers(c, handoff, recipient.person, recipient.language)
    return tr("en", "Its papers: write to the bridge in private /papers {reference}", reference=case.reference)


def to_papers(c: Composer, handoff: Handoff, person: Person, language: str) -> str:
    """Make a link to the papers for one person, and say what it does."""
    at = _link(c, LinkUse.PAPER, handoff, person.id)
    return tr(
        language,
        "Its papers, without the annex: {link}\nFor you alone: it opens them once, within {minutes} minutes. After "
        "that: /papers {reference}",
        link=at,
        minutes=round(LASTS[LinkUse.PAPER].total_seconds() / 60),
        reference=_reference(c, handoff),
    )


def _to_claim(c: Composer, handoff: Handoff) -> str:
    return tr(
        "en",
        "Received? Say so with your formal number: {link}\nThe link works once. It accepts nothing by itself: the duty "
        "desk sees what you write and records it.",
        link=_link(c, LinkUse.RECEIPT, handoff, 0),
    )


def _link(c: Composer, use: LinkUse, handoff: Handoff, person_id: int) -> str:
    link, path = new_link(use, handoff, person_id, c.now, c.context.choose)
    c.people.link(link)
    return f"{c.context.public_url.rstrip('/')}{path}"


def _reference(c: Composer, handoff: Handoff) -> str:
    case = c.case(handoff.case_id)
    return case.reference if case is not None else ""
