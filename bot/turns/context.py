"""What every decision may know besides the message and the state: the moment, the agreement, a few settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.agreement import Agreement
from bot.domain.messages import Capabilities, WindowRules
from bot.domain.restored import Restored, no_such_case


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one batch. Randomness and time come in here, so that decisions stay functions."""

    now: datetime
    agreement: Agreement
    new_id: Callable[[], int]
    choose: Callable[[str], str]  #: picks one character, for references
    salt: Callable[[], str]  #: random hex, for the journal
    alert_after: timedelta = timedelta(minutes=3)
    public_url: str = ""
    pings_per_hour: int = 12  #: to one person, but for U1; what is above is gathered into one message; 0: no limit
    identity: str = "never"  #: what identifiers may do on a messenger: never, masked or allowed
    confirm_every: timedelta = timedelta(days=90)  #: how long an enrolment holds until it is confirmed again
    drafts_english: bool = False  #: whether a program is set up that drafts English versions
    windows: Mapping[str, WindowRules] = field(default_factory=dict)  #: of the messengers that have reply windows
    phones: Mapping[str, Capabilities] = field(default_factory=dict)  #: of whatever can ring somebody's phone
    restored: Restored | None = None  #: that the database comes from a backup

    def no_such_case(self, language: str) -> str:
        """What whoever names a case that they do not see is told."""
        return no_such_case(language, self.restored, self.now)
