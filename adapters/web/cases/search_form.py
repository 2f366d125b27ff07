"""What the search form of the list offers and shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.people import Person
from bot.language.texts import later, tr
from bot.protection.secure_access import TYPED_KEYS, SearchKey, may_search

REFERENCE = "reference"
_LABELS = {
    REFERENCE: later("Reference"),
    SearchKey.PHONE.value: later("Phone number"),
    SearchKey.DOCUMENT.value: later("Travel document"),
    SearchKey.APP.value: later("Name in an app"),
}


@dataclass(frozen=True, slots=True)
class Search:
    """A search as the page shows it."""

    is_made: bool = False
    found: Sequence[Case] = ()
    kind: str = REFERENCE
    typed: str = ""  #: only while the search could not be made; what was found does not say by what
    problem: str = ""


def search_kinds(person: Person, agreement: Agreement, language: str) -> list[tuple[str, str]]:
    """List by what this person may search: numbers only where they read secure cases."""
    kinds = [REFERENCE, *(key.value for key in TYPED_KEYS)] if may_search(person, agreement) else [REFERENCE]
    return [(kind, tr(language, _LABELS[kind])) for kind in kinds]
