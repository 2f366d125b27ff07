"""What people read for a role, a state, an act: in one table each, for every one there is, ready to be translated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from types import ModuleType
from typing import Any

import pytest
from babel.messages.pofile import read_po

from adapters.web.site import page_words
from bot.domain import names
from tests.house.texts import TEMPLATE

MODULES: tuple[ModuleType, ...] = (names, page_words)


def tables() -> list[tuple[str, type[Enum], Mapping[Any, str]]]:
    """The tables that name the members of an enumeration."""
    return [
        (f"{module.__name__}.{name}", type(next(iter(table))), table)
        for module in MODULES
        for name, table in vars(module).items()
        if isinstance(table, Mapping)
        and table
        and all(isinstance(key, Enum) and isinstance(named, str) for key, named in table.items())
    ]


@pytest.mark.parametrize(("enumeration", "table"), [each[1:] for each in tables()], ids=[each[0] for each in tables()])
def test_every_member_has_a_name_that_can_be_translated(enumeration: type[Enum], table: Mapping[Any, str]) -> None:
    assert set(table) == set(enumeration)
    with TEMPLATE.open("rb") as file:
        known = {message.id for message in read_po(file)}
    assert [name for name in table.values() if name not in known] == [], "write later(...) around it: make texts"


def test_nothing_has_its_names_in_two_places() -> None:
    assert len(tables()) > 10
    named = Counter(enumeration for _, enumeration, _ in tables())
    assert [enumeration for enumeration, count in named.items() if count > 1] == []
