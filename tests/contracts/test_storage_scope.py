"""A case that somebody names is looked for within their scope: outside of it nothing is read or costs more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

import storage
from bot.domain.case import Channel, Handoff, HandoffState
from bot.ports.reads import NOBODY, Scope, Wanted
from storage.sql.store import SqlStorage
from tests.kit.clock import START, Clock
from tests.kit.engines import Kept
from tests.kit.keys import VAULT
from tests.kit.values import DUTY, OFFICER, case, new_id, opening

OWN = Scope(OFFICER, "KH", sees_party=False)
REQUESTED = Scope(DUTY, "CN", sees_party=True)
POLICE = Scope(7, "CN", sees_party=False, reads_as=("person:7", "desk:cn-police"))
OUTSIDE = (Scope(3, "VN", sees_party=True), Scope(4, "KH", sees_party=False), POLICE, NOBODY)


async def test_a_named_case_is_loaded_within_the_scope_of_who_named_it(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened), opening(case())])
    for named in (opened.id, opened.reference):
        for scope in (OWN, REQUESTED):
            assert (await kept.storage.load(Wanted(named=((named, scope),)))).cases == {opened.id: opened}
        for scope in OUTSIDE:
            assert (await kept.storage.load(Wanted(named=((named, scope),)))).cases == {}


async def test_a_case_that_was_handed_over_is_loaded_for_its_desk(kept: Kept) -> None:
    opened = case()
    given = Handoff(new_id(), opened.id, Channel.POLICE, HandoffState.SENT, "cn-police", DUTY, START)
    opened = replace(opened, handoffs=(given,))
    await kept.storage.apply([opening(opened)])
    assert (await kept.storage.load(Wanted(named=((opened.id, POLICE),)))).cases == {opened.id: opened}
    elsewhere = replace(POLICE, party="VN")
    assert (await kept.storage.load(Wanted(named=((opened.id, elsewhere),)))).cases == {}


async def test_many_people_name_many_cases_in_one_batch_and_each_gets_their_own(kept: Kept) -> None:
    cases = [case(officer=number) for number in range(100, 140)]
    await kept.storage.apply([opening(one) for one in cases])
    named = [(one.reference, Scope(one.officer, "KH", sees_party=False)) for one in cases[::2]]
    strangers = [(one.reference, Scope(1, "KH", sees_party=False)) for one in cases[1::2]]
    loaded = await kept.storage.load(Wanted(named=(*named, *strangers)))
    assert set(loaded.cases) == {one.id for one in cases[::2]}


@pytest.mark.parametrize("is_known", [True, False])
async def test_outside_the_scope_a_case_costs_as_many_statements_as_none_at_all(
    database: str, *, is_known: bool
) -> None:
    kept = storage.open_storage(database, clock=Clock(), vault=VAULT)
    assert isinstance(kept, SqlStorage)
    await kept.start()
    opened = case()
    await kept.apply([opening(opened)])
    if not is_known:
        kept._known._cases.clear()
    statements: list[str] = []
    event.listen(kept._reader, "before_cursor_execute", lambda _c, _x, statement, *_: statements.append(statement))
    for scope in OUTSIDE:
        told: list[list[str]] = []
        for named in (opened.reference, "KC26-XXXXX-X"):
            statements.clear()
            assert (await kept.load(Wanted(named=((named, scope),)))).cases == {}
            assert await kept.find_case(named, scope) is None
            told.append(list(statements))
        assert told[0] == told[1]
    await kept.stop()
