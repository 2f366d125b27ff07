"""Receipts that are claimed by the link of a mail. Whoever has the mail can claim one, so it stops no clock by itself.

Somebody who may accept sees it, and records it as accepted with one tap; until then the deadline and its pings run on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.handoffs import with_handoff
from bot.clock.alerts import act_button
from bot.clock.claimed_receipts import record_button
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.handoff_links import HandoffLink
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Button
from bot.domain.names import channel_name, link, rows, urgency_name
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, at_desk, at_desks, desk_name, unique
from bot.language.normalise import clean
from bot.language.texts import tr
from bot.protection.redaction_policy import claimed_number
from bot.turns.composer import Composer

OFFICER_LIMIT, NUMBER_LIMIT = 80, 40  #: characters
#: What a formal number is made of. It is shown on messengers, so that nothing else can be said with it.
_NUMBER = re.compile(r"(?=.*\d)[\w./()\[\]〔〕号第 \-–—:]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody who has the mail says of its receipt."""

    officer: str
    number: str

    @classmethod
    def of(cls, officer: str, number: str) -> Claim:
        """Take it as it was typed, in one line each."""
        return cls(" ".join(clean(officer).split()), " ".join(clean(number).split()))

    @property
    def mistake(self) -> str:
        """What must be mended before it can be taken; empty for nothing."""
        if not self.officer or len(self.officer) > OFFICER_LIMIT:
            return tr("en", "Please write who received it, in at most {count} signs.", count=OFFICER_LIMIT)
        if len(self.number) > NUMBER_LIMIT or not _NUMBER.fullmatch(self.number):
            return tr("en", "Please write the formal number as it is in your register: letters and figures, at least "
                            "one figure, at most {count} signs.", count=NUMBER_LIMIT)  # fmt: skip
        return ""


@dataclass(slots=True)
class Claiming:
    """A claim that is to be recorded, once, and while the hand-off waits for its answer."""

    link: HandoffLink
    claim: Claim
    is_recorded: bool = False

    def act(self, c: Composer) -> None:
        """Keep the claim, use the link up, and show it to those who may accept."""
        self.is_recorded = False
        case = c.case(self.link.case_id)
        handoff = waiting(case, self.link) if case is not None else None
        if case is None or handoff is None:
            return
        claimed = replace(
            handoff, claimed_at=c.now, claimed_officer=Guarded(self.claim.officer),
            claimed_reference=Guarded(self.claim.number),
        )  # fmt: skip
        case = c.put(with_handoff(case, claimed))
        c.people.use_up(self.link.token_hash)
        c.journal(JournalAct.RECEIPT_CLAIMED, case, channel=handoff.channel.value, formal_reference=self.claim.number,
                  officer=self.claim.officer)  # fmt: skip
        _tell(c, case, claimed, self.link)
        self.is_recorded = True


def waiting(case: Case, of_link: HandoffLink) -> Handoff | None:
    """The hand-off of a link, while it waits for an answer of its desk."""
    found = (h for h in case.handoffs if h.id == of_link.handoff_id)
    return next((h for h in found if h.state is HandoffState.SENT), None)


def _tell(c: Composer, case: Case, handoff: Handoff, by: HandoffLink) -> None:
    desk = c.context.agreement.desks.get(handoff.desk)
    words = tr(
        "en",
        "{urgency} · {reference}\nThe {desk} says by the link in our mail: received for the {channel}, under {number}. "
        "By whom is on the page. Anybody who has that mail can say so; if you are not sure, ask the desk. The deadline "
        "runs on until it is recorded as accepted. {link}",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        desk=desk_name(desk) if desk is not None else handoff.desk,
        channel=channel_name(handoff.channel, "en"),
        number=claimed_number(handoff),
        link=link(c.context.public_url, case),
    )
    key = f"case:{case.id}:claimed:{handoff.id}:{by.token_hash[:16]}"
    buttons = rows([record_button(case, handoff, "en"), _returns(case, handoff)])
    c.tell(_whom(case, handoff, c.context.agreement, c.view.directory), key, words, case=case, buttons=buttons)


def _returns(case: Case, handoff: Handoff) -> Button:
    return act_button(case, tr("en", "Return"), Act.RETURN, handoff.channel.value)


def _whom(case: Case, handoff: Handoff, agreement: Agreement, directory: Directory) -> Iterable[Recipient]:
    """Those who may accept: the requested side's duty desk, and the desk itself."""
    desk = agreement.desks.get(handoff.desk)
    duty = at_desks(agreement, directory, case.requested, DeskRole.DUTY)
    return unique([*duty, *(at_desk(desk, directory) if desk is not None else ())])
