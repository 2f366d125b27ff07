"""Cases that may be one, on every storage: what is found around a case, what waits to be compared, what was said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseText, Status, TextKind
from bot.domain.errors import Stale
from bot.domain.guarded import Guarded
from bot.domain.likeness import COMPARED_FOR, Likeness, Look, Match, Reason, Verdict
from bot.domain.retention_rules import Cutoffs
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.ports.matching import Around, Hit, Sought
from bot.ports.reads import Wanted
from tests.contracts.closed_case import closed_case, order_for
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import OFFICER, case, new_id, opening, step

PHONE = json.dumps({"phone": "+85510000000"})
LEASE = timedelta(seconds=30)
KEYS = ("CN|Jiangxi", "CN=jiangxi nanchang")


def entry(of: Case, words: str = PHONE, field: SecureField = SecureField.PHONE, **changes: object) -> SecureEntry:
    made = SecureEntry(new_id(), of.id, field, Guarded(words), START, OFFICER, "KH")
    return replace(made, **changes)  # type: ignore[arg-type]


def sought(of: Case, **changes: object) -> Sought:
    made = Sought(
        of.id, of.officer, of.opened_at, False, KEYS, timedelta(days=7), timedelta(hours=1), START - COMPARED_FOR,
        frozenset({"KH", "CN"}), names=True,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


async def around(kept: Kept, of: Case, **changes: object) -> Around:
    return await kept.storage.look_around(sought(of, **changes))


def match(one: Case, other: Case, **changes: object) -> Match:
    return replace(Match(one.id, other.id, (Reason(Likeness.PHONE),), START), **changes)  # type: ignore[arg-type]


async def test_a_case_with_the_same_number_is_found_and_the_case_itself_is_not(kept: Kept) -> None:
    one, two, other = case(officer=4), case(officer=5), case(officer=6)
    await kept.storage.apply([opening(one, secure=(entry(one),)), opening(two, secure=(entry(two),)), opening(other)])
    assert (await around(kept, two)).hits == (Hit(one.id, Likeness.PHONE),)
    assert (await around(kept, other)).hits == ()


async def test_what_was_released_or_closed_long_ago_is_not_found_nor_a_drill(kept: Kept) -> None:
    mine, released, old, drill = case(), case(), case(), case(exercise=True)
    closed = {"status": Status.CLOSED, "closed_at": START - timedelta(days=366)}
    await kept.storage.apply([opening(one, secure=(entry(one),)) for one in (mine, old, drill)])
    await kept.storage.apply([opening(released, secure=(entry(released, released_at=START, released_by=2),))])
    await kept.storage.apply([Turn(cases=(step(old, **closed),))])
    assert (await around(kept, mine)).hits == ()
    assert (await around(kept, mine, closed_since=START - timedelta(days=367))).hits == (Hit(old.id, Likeness.PHONE),)


async def test_what_stands_in_a_memo_is_known_to_its_side_only(kept: Kept) -> None:
    one, two = case(), case()
    memo = CaseText(new_id(), one.id, TextKind.MEMO, Guarded("[number]"), START, OFFICER, "KH", own_side_only=True)
    theirs = replace(memo, id=new_id(), case_id=two.id, party="CN")
    in_memo = entry(one, "call +85510000000", SecureField.MESSAGE, text_id=memo.id)
    await kept.storage.apply([opening(one, texts=(memo,), secure=(in_memo,)), opening(two, secure=(entry(two),))])
    assert (await around(kept, two)).hits == (Hit(one.id, Likeness.PHONE, frozenset({"KH"})),)
    await kept.storage.apply([Turn(texts=(theirs,))])
    third = case()
    hidden = entry(third, "call +85510000000", SecureField.MESSAGE, text_id=theirs.id)
    await kept.storage.apply([opening(third, secure=(hidden,))])
    assert Hit(one.id, Likeness.PHONE) not in (await around(kept, third)).hits
    assert one.id not in [hit.case_id for hit in (await around(kept, third)).hits], "nobody reads both memos"


async def test_a_place_is_found_by_any_of_its_keys_within_days_and_moves_with_its_answer(kept: Kept) -> None:
    mine, near, late = case(), case(), case(opened_at=START + timedelta(days=8))
    await kept.storage.apply([opening(one) for one in (mine, near, late)])
    for one in (mine, near, late):
        await kept.storage.file_place(one.id, one.opened_at, KEYS[:1])
    assert (await around(kept, mine)).at_place == (near.id,)
    await kept.storage.file_place(near.id, near.opened_at, ("CN|Jiangsu",))
    assert (await around(kept, mine)).at_place == ()


async def test_the_first_words_of_an_officer_within_the_hour_are_found(kept: Kept) -> None:
    mine, again, late, other = case(), case(), case(opened_at=START + timedelta(hours=2)), case(officer=9)
    for one in (mine, again, late, other):
        words = CaseText(new_id(), one.id, TextKind.FIRST, Guarded(f"words {one.id}"), START, one.officer, "KH")
        await kept.storage.apply([opening(one, texts=(words,))])
    found = await around(kept, mine)
    assert found.of_officer == (again.id,)
    assert found.first_words == {one.id: Guarded(f"words {one.id}") for one in (mine, again)}


async def test_names_are_read_only_between_the_same_two_sides_and_only_where_there_is_one_to_compare(
    kept: Kept,
) -> None:
    mine, other, elsewhere, nameless = case(), case(), case(reporting="VN", officer=9), case()
    name = json.dumps({"family": "SOK"})
    await kept.storage.apply(
        [opening(one, secure=(entry(one, name, SecureField.NAMES),)) for one in (mine, other, elsewhere)]
    )
    await kept.storage.apply([opening(nameless)])
    assert {named.case_id for named in (await around(kept, mine)).names} == {mine.id, other.id}
    assert (await around(kept, nameless)).names == ()
    assert (await around(kept, mine, names=False)).names == ()


async def test_a_case_that_waits_to_be_compared_is_claimed_by_one_node_until_it_was(kept: Kept) -> None:
    one = case()
    look = Look(one.id, 1)
    await kept.storage.apply([opening(one, looks=(look,))])
    other = await kept.other_node()
    assert await kept.storage.claim_looks(kept.now, 10, LEASE) == [look]
    assert await other.claim_looks(kept.now, 10, LEASE) == []
    kept.let_pass(seconds=31)
    assert await other.claim_looks(kept.now, 10, LEASE) == [look]
    await other.apply([Turn(looked=(look,))])
    kept.let_pass(seconds=31)
    assert await kept.storage.claim_looks(kept.now, 10, LEASE) == []


async def test_what_changes_while_a_case_is_compared_is_compared_again(kept: Kept) -> None:
    one = case()
    await kept.storage.apply([opening(one, looks=(Look(one.id, 1, names=True),))])
    (taken,) = await kept.storage.claim_looks(kept.now, 10, LEASE)
    await kept.storage.apply([Turn(looks=(Look(one.id, 2),))])
    await kept.storage.apply([Turn(looked=(taken,))])
    assert await kept.storage.claim_looks(kept.now, 10, LEASE) == [Look(one.id, 2, names=True)]


async def test_a_pair_is_kept_once_and_written_only_over_what_was_read(kept: Kept) -> None:
    one, two = case(), case()
    await kept.storage.apply([opening(one), opening(two), Turn(matches=(match(one, two),))])
    loaded = await kept.storage.load(Wanted(matched=(two.id,)))
    assert loaded.matches == (match(one, two),)
    assert set(loaded.cases) == {one.id, two.id}
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(matches=(match(one, two),))])
    said = match(one, two, verdict=Verdict.RELATED, decided_at=START, decided_by=2, version=2)
    await kept.storage.apply([Turn(matches=(said,))])
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(matches=(said,))])
    assert (await kept.storage.load(Wanted(matched=(one.id, two.id)))).matches == (said,)


async def test_cases_that_lead_to_others_come_with_them(kept: Kept) -> None:
    oldest, older, younger = case(), case(), case()
    await kept.storage.apply([opening(one) for one in (oldest, older, younger)])
    closed = {"status": Status.CLOSED, "closed_at": START, "joined_at": START}
    oldest = step(oldest, joins=(older.id,))
    older = step(older, joins=(younger.id,), joined_to=oldest.id, **closed)
    younger = step(younger, joined_to=older.id, **closed)
    await kept.storage.apply([Turn(cases=(oldest, older, younger))])
    expected = {one.id: one for one in (oldest, older, younger)}
    for one in expected:
        assert (await kept.storage.load(Wanted(cases=(one,)))).cases == expected
    assert (await kept.storage.load(Wanted(people=(OFFICER,)))).cases == expected, "their officer's words go there"


async def test_what_is_purged_is_found_no_more(kept: Kept) -> None:
    about, mine = await closed_case(kept.storage), case()
    await kept.storage.apply([opening(mine)])
    for one in (about, mine):
        await kept.storage.file_place(one.id, one.opened_at, KEYS)
    assert (await around(kept, mine)).at_place == (about.id,)
    await kept.storage.purge(order_for(about))
    assert (await around(kept, mine)).at_place == ()


async def test_what_was_joined_is_kept_as_long_as_the_case_that_it_belongs_to(kept: Kept) -> None:
    older = case()
    await kept.storage.apply([opening(older)])
    younger = await closed_case(kept.storage, joined_to=older.id, joined_at=START)
    after = Cutoffs(START + timedelta(days=1), START - timedelta(days=1), START)
    assert await kept.storage.purgeable(after, limit=9) == []
    closed = step(older, status=Status.CLOSED, closed_at=START)
    await kept.storage.apply([Turn(cases=(closed,))])
    assert [one.id for one in await kept.storage.purgeable(after, limit=9)] == [older.id, younger.id]


async def test_of_a_case_that_goes_whole_no_pair_is_left(kept: Kept) -> None:
    about, other = await closed_case(kept.storage), case()
    await kept.storage.apply([opening(other, looks=(Look(about.id, 1),)), Turn(matches=(match(about, other),))])
    await kept.storage.purge(order_for(about, is_whole=True))
    assert (await kept.storage.load(Wanted(matched=(other.id,)))).matches == ()
    assert await kept.storage.claim_looks(kept.now, 10, LEASE) == []
