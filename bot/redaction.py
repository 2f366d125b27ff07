"""Which answers of a case may go to whom on a messenger. Pure; one place for the rule.

Free text leaves on no messenger except to its author. Coded answers cross the border only in part until citizenship
and fear of own authorities are known, and in part for ever when the person fears a State that would be told.
"""

from __future__ import annotations

from bot.agreement import Agreement
from bot.case import Case, SecureEntry, Value
from bot.fields import FIELDS, Field

#: What the requested side may always read: enough to act on, nothing that points to the person.
MINIMUM = frozenset({"situation", "age_group", "country", "assistance"})

#: Never told to the other side: it could be the State that is feared.
_OWN_SIDE = frozenset({"fears_own_authorities"})


def on_messenger(case: Case, party: str, agreement: Agreement) -> tuple[tuple[Field, Value], ...]:
    """List the answers that people of a side may read on a messenger, in the order asked."""
    allowed = None if party == case.reporting or is_cleared(case, agreement) else MINIMUM
    return tuple(
        (f, value)
        for f in FIELDS
        if f.coded
        and (value := case.value(f.id)) is not None
        and (allowed is None or f.id in allowed)
        and may_read(f, case, party, agreement)
    )


def may_read(asked: Field, case: Case, party: str, agreement: Agreement) -> bool:
    """Whether people of a side may read an answer at all, on pages too."""
    if party == case.reporting:
        return True
    is_feared = case.value("fears_own_authorities") == "yes" and not is_cleared(case, agreement)
    return asked.id in MINIMUM if is_feared else asked.id not in _OWN_SIDE


def is_cleared(case: Case, agreement: Agreement) -> bool:
    """Whether all coded answers may cross the border."""
    citizenship, fears = case.value("citizenship"), case.value("fears_own_authorities")
    if citizenship is None or fears is None:
        return False
    if fears == "no":
        return True
    requested = agreement.parties.get(case.requested)
    told_states = set(requested.countries) if requested else set()
    own_states = set(citizenship) if isinstance(citizenship, tuple) else {str(citizenship)}
    return fears == "unknown" or ("unknown" not in own_states and not own_states & told_states)


def words_of(entry: SecureEntry) -> str:
    """The words of an entry of the secure case, for whoever `bot.securing` lets read it."""
    return entry.value.reveal()
