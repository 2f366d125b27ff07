"""Takes a paper out of the bridge: the right is asked again in the turn that journals it, before a byte leaves."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.papers.files import Form
from bot.channels.papers.kinds import PaperKind
from bot.channels.papers.offered import may_take
from bot.domain.journal_acts import JournalAct
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
