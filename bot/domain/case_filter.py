"""Which of the cases of a period are wanted, as a frozen value. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import Case, Status


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """A corridor, a status, both or neither."""

    corridor: str = ""  #: code; empty: all
    status: Status | None = None  #: None: all

    def takes(self, case: Case) -> bool:
        """Whether a case is wanted."""
        return self.corridor in ("", case.corridor) and self.status in (None, case.status)


#: Every case.
EVERY_CASE = CaseFilter()
