"""What the address of a board says: filters, page, wall. Unknown words limit nothing. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from adapters.web.site.visit import is_number
from bot.domain.agreement import Agreement, Urgency
from bot.domain.case import Status
from bot.domain.frozen import replace
from bot.ports.board import BoardFilter, Waits

CASES_A_PAGE = 50
_LAST_PAGE = 10_000
_SHORTEST, _LONGEST = 10, 3600  #: seconds between two loads of a page without a script
#: What can be asked of open cases: those that are closed are not on the board, handed-off ones on a list of their own.
STATUSES = (Status.OPEN, Status.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Everything the address says; what is empty or 0 is not in it."""

    corridor: str = ""
    urgency: str = ""
    status: str = ""
    waits: str = ""
    mine: int = 0
    late: int = 0
    quiet: int = 0
    page: int = 0
    every: int = 0  #: seconds after which a page without a script loads itself again
    wall: int = 0  #: for a screen that nobody touches

    @classmethod
    def of(cls, query: Mapping[str, str], agreement: Agreement) -> Wishes:
        """Read them; a word that is none of the known ones counts as left out."""

        def flag(name: str) -> int:
            return int(query.get(name) == "1")

        def number(name: str, most: int) -> int:
            typed = query.get(name, "")
            return min(int(typed), most) if is_number(typed) else 0

        def word(name: str, known: Container[str]) -> str:
            typed = query.get(name, "")
            return typed if typed in known else ""

        every = number("every", _LONGEST)
        return cls(
            corridor=word("corridor", agreement.corridors),
            urgency=word("urgency", [level.value for level in Urgency]),
            status=word("status", [status.value for status in STATUSES]),
            waits=word("waits", [waits.value for waits in Waits]),
            mine=flag("mine"),
            late=flag("late"),
            quiet=flag("quiet"),
            page=number("page", _LAST_PAGE),
            every=max(every, _SHORTEST) if every else 0,
            wall=flag("wall"),
        )

    @property
    def filter(self) -> BoardFilter:
        """The same for the storage."""
        return BoardFilter(
            corridor=self.corridor,
            urgency=Urgency(self.urgency) if self.urgency else None,
            status=Status(self.status) if self.status else None,
            waits=Waits(self.waits) if self.waits else None,
            is_mine=bool(self.mine),
            is_late=bool(self.late),
            is_quiet=bool(self.quiet),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return self.filter != BoardFilter(is_quiet=bool(self.quiet))

    @property
    def number(self) -> int:
        """The number of the page, from 1."""
        return max(1, self.page)

    def address(self, path: str = "/board", **changes: object) -> str:
        """The address that says this, with some of it changed."""
        said = {name: value for name, value in asdict(replace(self, **changes)).items() if value}
        return f"{path}?{urlencode(said)}" if said else path
