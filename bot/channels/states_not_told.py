"""The States of a case's persons that are no side of it: the bridge tells none of their embassies, and says so. Pure.

It is said to whoever may know the citizenship, and invites nobody to tell such a State: the person may fear it.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.fields import field, show
from bot.domain.names import sides
from bot.domain.subjects import as_of, numbers
from bot.domain.understood import confirmed
from bot.language.texts import tr
from bot.protection.redaction_policy import Way, may_read
from bot.protection.seen_by import seen_by
from bot.protection.standings import Reader

_CITIZENSHIP = field("citizenship")


def sentence(
    case: Case, reader: Reader, way: Way, agreement: Agreement, language: str, covers: Collection[int] = ()
) -> str:
    """Say that no embassy of these States is told; empty where there are none, or where the reader may not know."""
    if not case.requested or not may_read(_CITIZENSHIP, case, reader, way, agreement):
        return ""
    seen = seen_by(case, reader.party, agreement)
    whom = [as_of(seen, number) for number in numbers(seen) if not covers or number in covers]
    told = {country for party in sides(case, agreement) for country in party.countries}
    states = dict.fromkeys(code for one in whom for code in _states(one) if code not in told)
    if not states:
        return ""
    names = show(_CITIZENSHIP, tuple(states), language)
    return tr(language, "The bridge tells no embassy of {states}: it is no side of this case.", states=names)


def _states(one: Case) -> tuple[str, ...]:
    value = confirmed(one, _CITIZENSHIP.id)
    codes = value if isinstance(value, tuple) else (str(value or ""),)
    return tuple(code for code in codes if code not in ("", "unknown"))
