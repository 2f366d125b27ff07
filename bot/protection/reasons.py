"""Why something was done: that it is on the page is said only to whoever may read it there. Pure.

Of what the reporting side wrote the other one is always told the same: whether it reads it depends on people of whom it
may not even know that they are there.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.agreement import Agreement
from bot.domain.case import Case, CaseText, Handoff, HandoffState
from bot.domain.recipients import Recipient
from bot.language.texts import later, tr
from bot.protection.permissions import has_page
from bot.protection.redaction_policy import Way, line_for, text_for
from bot.protection.standings import Reader, concerned

#: To the other side, of a reason of the reporting one.
_IF_READ = later("If you may read why, it is on the page.")


@dataclass(frozen=True, slots=True)
class Why:
    """A reason as it is kept, and the sentence that says where it is read."""

    said: CaseText | Handoff  #: a text; or a hand-off that was returned or taken back, and has its reason with it
    sentence: str = later("The reason is on the page.")

    def told(self, case: Case, to: Recipient, agreement: Agreement) -> str:
        """The sentence for a recipient; empty for one who may not open the page, or not read the reason there."""
        if not has_page(to, case, agreement):
            return ""
        if to.party != case.reporting and self._side(case) == case.reporting:
            return "" if isinstance(self.said, CaseText) and self.said.own_side_only else tr("en", _IF_READ)
        return tr("en", self.sentence) if self.is_read(case, to, agreement) else ""

    def is_read(self, case: Case, to: Recipient, agreement: Agreement) -> bool:
        """Whether a recipient may open the page and read the reason there."""
        is_there = has_page(to, case, agreement)
        return is_there and bool(self._opened(case, _reader(to, agreement), agreement))

    def _side(self, case: Case) -> str:
        if isinstance(self.said, CaseText):
            return self.said.party
        return case.reporting if self.said.state is HandoffState.WITHDRAWN else case.requested

    def _opened(self, case: Case, reader: Reader, agreement: Agreement) -> str | None:
        if isinstance(self.said, CaseText):
            return text_for(self.said, case, reader, Way.PAGE, agreement)
        return reason_of(self.said, case, reader, Way.PAGE, agreement)


def reason_of(handoff: Handoff, case: Case, reader: Reader, way: Way, agreement: Agreement) -> str | None:
    """Open why a hand-off was returned, or taken back; None when it was neither, or when it is not for a reader."""
    if handoff.state is HandoffState.WITHDRAWN:
        whom = concerned(case, handoff.id, handoff.covers)
        words, side = handoff.withdraw_reason, case.reporting
    else:
        desk = agreement.desks.get(handoff.desk)
        whom, words, side = (), handoff.return_reason, desk.party if desk is not None else case.reporting
    return line_for(words, 0, side, case, reader, way, agreement, whom=whom) or None


def _reader(to: Recipient, agreement: Agreement) -> Reader:
    if to.person is not None:
        return Reader.of(to.person, agreement)
    desk = agreement.desks.get(to.name.removeprefix("desk:"))
    return Reader(to.party, desk=desk.role if desk is not None else None)
