"""Cases as they were last read or written here, so that a case that nobody else touched is not read again.

A case is known by its version: whoever asks has read the stored version first, so a case that another process
changed is never taken from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from bot.domain.case import Case

_MOST = 5000


class KnownCases:
    """The latest committed cases that this process has seen, at most 5,000."""

    def __init__(self) -> None:
        self._cases: dict[int, Case] = {}
        self._policies: set[str] = set()
        self._lock = Lock()

    def at(self, case_id: int, version: int) -> Case | None:
        """The case at this very version."""
        case = self._cases.get(case_id)
        return case if case is not None and case.version == version else None

    def has_policies(self, digest: str) -> bool:
        """Whether policies are stored, as is known of those of any case that was here."""
        return digest in self._policies

    def drop(self, case_id: int) -> None:
        """Forget a case that lost something."""
        with self._lock:
            self._cases.pop(case_id, None)

    def keep(self, cases: Iterable[Case]) -> None:
        """Remember committed cases."""
        with self._lock:
            for case in cases:
                if case.policies is not None:
                    self._policies.add(case.policies.digest)
                before = self._cases.pop(case.id, None)
                self._cases[case.id] = before if before is not None and before.version > case.version else case
            while len(self._cases) > _MOST:
                del self._cases[next(iter(self._cases))]
