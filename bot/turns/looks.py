"""What of a turn makes its cases worth comparing with others: an alert, a place, an identifier. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bot.domain.case import Answer, Case
from bot.domain.likeness import Look
from bot.domain.secure_entry import SecureEntry, SecureField

#: Answers by which a case is found.
_PLACE = frozenset({"country", "area", "exploitation"})
#: Entries of the secure case by which it is found.
_IDENTIFYING = frozenset(
    {SecureField.PHONE, SecureField.TRAVEL_DOCUMENT, SecureField.MESSAGE, SecureField.EXACT_LOCATION, SecureField.NAMES}
)


def looks(
    changed: Iterable[tuple[Case, Case | None]],
    answers: Iterable[Answer],
    secured: Iterable[SecureEntry],
    new_id: Callable[[], int],
) -> Iterator[Look]:
    """Go through the cases worth a look, given with how each was before. Before its alert nobody knows a case."""
    located = {answer.case_id for answer in answers if answer.field in _PLACE}
    entries = [entry for entry in secured if entry.field in _IDENTIFYING]
    named = {entry.case_id for entry in entries if entry.field is SecureField.NAMES}
    found = located | {entry.case_id for entry in entries}
    for case, before in changed:
        is_new = _is_told_anew(case, before)
        if case.alerted_at is not None and case.is_open and (is_new or case.id in found):
            yield Look(case.id, new_id(), is_new or case.id in named)


def _is_told_anew(case: Case, before: Case | None) -> bool:
    """Whether a desk hears of it that did not, or its border opened."""
    if before is None or before.alerted_at is None:
        return True
    is_told = before.alerted_requested_at is None and case.alerted_requested_at is not None
    return is_told or (case.border_is_open and not before.border_is_open)
