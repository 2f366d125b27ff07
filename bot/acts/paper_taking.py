"""Takes a paper out of the bridge: the right is asked again in the turn that journals it, before a byte leaves."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.papers.files import Form
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.offered import may_take
from bot.domain.journal_acts import JournalAct
from bot.protection.permissions import may_take_over
from bot.protection.secure_access import Purpose
from bot.turns.composer import Composer

#: What the annex may be taken for: codes only, so that the record of it never needs to go.
PURPOSES = (Purpose.PAPER, Purpose.VERIFY, Purpose.LOCATE, Purpose.SUPPORT)


@dataclass(slots=True)
class PaperTaking:
    """A paper that was made and is to be handed out. It may be once its turn is committed and `is_recorded`."""

    case_id: int
    version: int  #: of the case that it was made of: an older paper is not handed out
    entries: tuple[int, ...]  #: ids of the entries of the secure case that it could be made of
    kind: PaperKind
    form: Form
    sha256: str
    purpose: Purpose | None = None  #: of the annex
    is_recorded: bool = False

    def act(self, c: Composer) -> None:
        """Journal that it was taken, by whom, and what its bytes are."""
        self.is_recorded = False
        case, person = c.case(self.case_id), c.person
        if case is None or person is None or not may_take(self.kind, person, case, c.context.agreement):
            return
        if case.version != self.version or self._has_newer(c):
            return
        purpose = {"purpose": self.purpose.value} if self.purpose is not None else {}
        c.journal(
            JournalAct.PAPER_TAKEN, case, paper=self.kind.value, form=self.form.value, sha256=self.sha256, **purpose
        )
        self.is_recorded = True

    def _has_newer(self, c: Composer) -> bool:
        """Whether the secure case has entries that the annex was made without."""
        case = c.case(self.case_id)
        if self.kind is not PaperKind.ANNEX or case is None:
            return False
        return {entry.id for entry in c.secure(case).entries} != set(self.entries)


@dataclass(slots=True)
class HandedPaper:
    """A paper of a hand-off for somebody of the desk that has it. It may be handed out once it `is_recorded`."""

    case_id: int
    version: int  #: of the case that it was made of
    handoff_id: int
    kind: PaperKind
    sha256: str
    is_recorded: bool = False

    def act(self, c: Composer) -> None:
        """Journal that it was taken, while the hand-off is with the person's desk."""
        self.is_recorded = False
        case, person = c.case(self.case_id), c.person
        if case is None or person is None or case.version != self.version:
            return
        handoff = next((each for each in case.handoffs if each.id == self.handoff_id), None)
        if handoff is None or not may_take_over(person, handoff, case, c.context.agreement):
            return
        c.saw(case)
        c.journal(JournalAct.PAPER_TAKEN, case, paper=self.kind.value, form=Form.PDF.value, sha256=self.sha256,
                  channel=handoff.channel.value)  # fmt: skip
        self.is_recorded = True
