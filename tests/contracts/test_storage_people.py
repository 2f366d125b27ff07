"""Who is enrolled, how they got in, and how they are shut out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Stale, StorageError
from bot.domain.handoff_links import HandoffLink, LinkUse
from bot.domain.messages import Address
from bot.domain.people import Invite, Role, SignIn, Stranger
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import DUTY, OFFICER, OFFICERS_CHAT, person

WEB = Address("web", "1")
HOUR = timedelta(hours=1)
INVITE = Invite(9, "hash-of-code", "KH", Role.OFFICER, "Sok Dara", "", "KC", START, START + 24 * HOUR)


def _link(token: str = "link", of: int = OFFICER) -> SignIn:
    return SignIn(token, of, START, START + HOUR)


async def test_an_enrolled_person_is_found_by_each_address_preferred_first(kept: Kept) -> None:
    officer = person(OFFICER, WEB, OFFICERS_CHAT, desk="kh-duty", corridor="KC", on_duty=False, revoked_at=START)
    await kept.storage.apply([Turn(people=(officer, person(DUTY)))])
    directory = await kept.storage.directory()
    assert directory.at(OFFICERS_CHAT) == directory.at(WEB) == officer
    assert directory.people == {OFFICER: officer, DUTY: person(DUTY)}


async def test_the_directory_is_the_same_object_until_somebody_changes(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(),))])
    first = await kept.storage.directory()
    await kept.storage.apply([Turn()])
    assert await kept.storage.directory() is first


async def test_who_was_cut_off_stays_so_whatever_is_written_of_them_by_somebody_who_read_them_before(
    kept: Kept,
) -> None:
    await kept.storage.apply([Turn(people=(person(),))])
    await kept.storage.apply([Turn(people=(person(revoked_at=START),))])
    await kept.storage.apply([Turn(people=(person(on_duty=False),))])
    assert (await kept.storage.directory()).get(OFFICER) == person(revoked_at=START, on_duty=False)


async def test_a_change_by_another_node_is_in_the_next_directory(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(),))])
    await kept.storage.directory()
    other = await kept.other_node()
    await other.apply([Turn(people=(person(revoked_at=START),))])
    found = (await kept.storage.directory()).get(OFFICER)
    assert found is not None
    assert not found.is_active


async def test_an_address_that_is_taken_from_a_person_is_free_for_another(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT),))])
    await kept.storage.apply([Turn(people=(person(OFFICER), person(DUTY, OFFICERS_CHAT)))])
    found = (await kept.storage.directory()).at(OFFICERS_CHAT)
    assert found is not None
    assert found.id == DUTY


async def test_an_address_belongs_to_one_person(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT),))])
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(people=(person(DUTY, OFFICERS_CHAT),))])
    assert (await kept.storage.directory()).get(DUTY) is None


async def test_of_two_that_bind_one_address_at_once_one_is_stale(kept: Kept) -> None:
    other = await kept.other_node()
    turns = [Turn(people=(person(number, OFFICERS_CHAT),)) for number in (OFFICER, DUTY)]
    both = (kept.storage.apply([turns[0]]), other.apply([turns[1]]))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stale", "frozenset"]


async def test_a_person_keeps_their_place_when_their_chat_moves(kept: Kept) -> None:
    moved = Address("telegram", "777")
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT, WEB),))])
    await kept.storage.directory()
    await kept.storage.readdress(OFFICERS_CHAT, moved)
    directory = await kept.storage.directory()
    assert directory.people[OFFICER].addresses == (moved, WEB)
    assert directory.at(OFFICERS_CHAT) is None


async def test_a_chat_that_moved_to_where_it_is_bound_already_is_bound_once(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT, WEB),))])
    await kept.storage.readdress(OFFICERS_CHAT, WEB)
    assert (await kept.storage.directory()).people[OFFICER].addresses == (WEB,)


async def test_where_a_person_blocked_us_is_remembered_until_they_are_back(kept: Kept) -> None:
    officer = person(OFFICER, WEB, OFFICERS_CHAT, unreachable=frozenset([OFFICERS_CHAT]))
    await kept.storage.apply([Turn(people=(officer,))])
    assert (await kept.storage.directory()).people[OFFICER] == officer
    other = await kept.other_node()
    assert (await other.directory()).people[OFFICER].unreachable == {OFFICERS_CHAT}
    await kept.storage.apply([Turn(people=(replace(officer, unreachable=frozenset()),))])
    assert (await other.directory()).people[OFFICER].unreachable == frozenset()


async def test_only_addresses_that_are_still_bound_are_remembered_as_blocked(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(OFFICER, WEB, unreachable=frozenset([OFFICERS_CHAT])),))])
    assert (await kept.storage.directory()).people[OFFICER].unreachable == frozenset()


async def test_a_chat_that_moved_is_blocked_where_it_is_now(kept: Kept) -> None:
    moved = Address("telegram", "777")
    blocked = person(OFFICER, OFFICERS_CHAT, WEB, unreachable=frozenset([OFFICERS_CHAT]))
    await kept.storage.apply([Turn(people=(blocked,))])
    await kept.storage.readdress(OFFICERS_CHAT, moved)
    assert (await kept.storage.directory()).people[OFFICER].unreachable == {moved}
    await kept.storage.readdress(moved, WEB)
    assert (await kept.storage.directory()).people[OFFICER].unreachable == frozenset()


async def test_a_code_that_binds_a_further_messenger_names_whose_it_is_and_goes_with_them(kept: Kept) -> None:
    binding = replace(INVITE, person_id=OFFICER, name="")
    await kept.storage.apply([Turn(people=(person(OFFICER),), invites=(binding,))])
    assert (await kept.storage.load(Wanted(codes=(INVITE.code_hash,)))).invites == {INVITE.code_hash: binding}
    assert (await kept.storage.load(Wanted(leaving=(OFFICER,)))).invites == {INVITE.code_hash: binding}
    assert (await kept.storage.load(Wanted(leaving=(DUTY,)))).invites == {}


async def test_an_invite_is_found_by_the_hash_of_its_code(kept: Kept) -> None:
    await kept.storage.apply([Turn(invites=(INVITE,))])
    loaded = await kept.storage.load(Wanted(codes=(INVITE.code_hash, "another")))
    assert loaded.invites == {INVITE.code_hash: INVITE}


async def test_an_invite_lets_one_person_in_even_when_two_use_it_at_once(kept: Kept) -> None:
    await kept.storage.apply([Turn(invites=(INVITE,))])
    other = await kept.other_node()
    turns = [
        Turn(invites=(replace(INVITE, used_at=START, used_by=number),), people=(person(number),))
        for number in (OFFICER, DUTY)
    ]
    both = (kept.storage.apply([turns[0]]), other.apply([turns[1]]))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stale", "frozenset"]
    assert len((await kept.storage.directory()).people) == 1


async def test_an_invite_used_twice_in_one_batch_is_stale(kept: Kept) -> None:
    await kept.storage.apply([Turn(invites=(INVITE,))])
    turns = [Turn(invites=(replace(INVITE, used_at=START, used_by=number),)) for number in (OFFICER, DUTY)]
    with pytest.raises(Stale):
        await kept.storage.apply(turns)
    assert (await kept.storage.load(Wanted(codes=(INVITE.code_hash,)))).invites[INVITE.code_hash].used_at is None


async def test_of_a_stranger_only_the_attempts_are_counted(kept: Kept) -> None:
    stranger = Stranger(OFFICERS_CHAT, "2026-04-18", 1, 2, 3, START + HOUR)
    await kept.storage.apply([Turn(strangers=(Stranger(OFFICERS_CHAT, "2026-04-17"),))])
    await kept.storage.apply([Turn(strangers=(stranger,))])
    loaded = await kept.storage.load(Wanted(strangers=(OFFICERS_CHAT, WEB)))
    assert loaded.strangers == {OFFICERS_CHAT: stranger}


async def test_a_sign_in_link_works_once(kept: Kept) -> None:
    await kept.storage.add_sign_in(_link())
    assert await kept.storage.peek_sign_in("link", START)
    assert await kept.storage.peek_sign_in("link", START)
    session = SignIn("cookie", 0, START, START + 8 * HOUR)
    assert await kept.storage.use_sign_in("link", session, START) == OFFICER
    assert not await kept.storage.peek_sign_in("link", START)
    assert await kept.storage.use_sign_in("link", replace(session, token_hash="other"), START) is None
    assert await kept.storage.session("cookie", START) == OFFICER
    assert await kept.storage.session("other", START) is None


async def test_a_sign_in_link_of_a_turn_is_kept_with_it_or_not_at_all(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(),), sign_ins=(_link(),))])
    assert await kept.storage.peek_sign_in("link", START)
    with pytest.raises(StorageError):
        await kept.storage.apply([Turn(people=(person(DUTY),), sign_ins=(_link("new"), _link()))])
    assert not await kept.storage.peek_sign_in("new", START)
    assert DUTY not in (await kept.storage.directory()).people


async def test_a_link_that_is_made_as_others_end_is_the_one_that_holds(kept: Kept) -> None:
    await kept.storage.add_sign_in(_link("before"))
    await kept.storage.apply([Turn(ends_sessions_of=(OFFICER,), sign_ins=(_link("after"),))])
    assert not await kept.storage.peek_sign_in("before", START)
    assert await kept.storage.peek_sign_in("after", START)


async def test_a_link_used_by_two_at_once_lets_one_in(kept: Kept) -> None:
    other = await kept.other_node()
    await kept.storage.add_sign_in(_link())
    stores = [kept.storage, other]
    used = (s.use_sign_in("link", _link(f"cookie-{i}", 0), START) for i, s in enumerate(stores))
    assert sorted(await asyncio.gather(*used), key=str) == [OFFICER, None]


async def test_an_expired_or_unknown_link_lets_nobody_in(kept: Kept) -> None:
    await kept.storage.add_sign_in(_link())
    for token, at in (("link", START + HOUR), ("guess", START)):
        assert not await kept.storage.peek_sign_in(token, at)
        assert await kept.storage.use_sign_in(token, _link("cookie"), at) is None
    assert await kept.storage.session("cookie", START) is None


async def test_a_session_ends_by_time_and_by_signing_out(kept: Kept) -> None:
    for token in ("one", "two"):
        await kept.storage.add_sign_in(_link(token))
        await kept.storage.use_sign_in(token, _link(f"cookie-{token}"), START)
    await kept.storage.end_session("cookie-one")
    assert await kept.storage.session("cookie-one", START) is None
    assert await kept.storage.session("cookie-two", START) == OFFICER
    assert await kept.storage.session("cookie-two", START + HOUR) is None


async def test_cutting_a_person_off_ends_their_sessions_and_links_only(kept: Kept) -> None:
    for owner in (OFFICER, DUTY):
        for token in (f"used-{owner}", f"unused-{owner}"):
            await kept.storage.add_sign_in(_link(token, owner))
        await kept.storage.use_sign_in(f"used-{owner}", _link(f"cookie-{owner}"), START)
    await kept.storage.apply([Turn(ends_sessions_of=(OFFICER,))])
    assert await kept.storage.session(f"cookie-{OFFICER}", START) is None
    assert not await kept.storage.peek_sign_in(f"unused-{OFFICER}", START)
    assert await kept.storage.session(f"cookie-{DUTY}", START) == DUTY
    assert await kept.storage.peek_sign_in(f"unused-{DUTY}", START)


async def test_ids_of_all_63_bits_are_kept(kept: Kept) -> None:
    largest = (1 << 63) - 1
    await kept.storage.apply([Turn(people=(person(largest),))])
    assert list((await kept.storage.directory()).people) == [largest]


def _handoff_link(token: str = "link", use: LinkUse = LinkUse.PAPER, of: int = OFFICER) -> HandoffLink:
    return HandoffLink(token, use, 7, 70, of, START, START + HOUR)


async def test_a_link_of_a_hand_off_is_kept_with_its_turn_and_used_up_by_another(kept: Kept) -> None:
    await kept.storage.apply([Turn(handoff_links=(_handoff_link(use=LinkUse.RECEIPT), _handoff_link("other")))])
    found = await kept.storage.handoff_link(LinkUse.RECEIPT, "link", START)
    assert found == _handoff_link(use=LinkUse.RECEIPT)
    assert await kept.storage.handoff_link(LinkUse.PAPER, "link", START) is None
    assert await kept.storage.handoff_link(LinkUse.RECEIPT, "link", START + HOUR) is None
    await kept.storage.apply([Turn(used_links=("link",))])
    assert await kept.storage.handoff_link(LinkUse.RECEIPT, "link", START) is None
    assert await kept.storage.handoff_link(LinkUse.PAPER, "other", START) is not None


async def test_a_link_of_a_hand_off_used_by_two_at_once_opens_for_one(kept: Kept) -> None:
    other = await kept.other_node()
    await kept.storage.apply([Turn(handoff_links=(_handoff_link(),))])
    makes = [replace(_handoff_link(f"opened-{i}", LinkUse.OPENED, 0), case_id=0, handoff_id=0) for i in range(2)]
    used = (
        store.use_handoff_link(LinkUse.PAPER, "link", opened, START)
        for store, opened in zip((kept.storage, other), makes, strict=True)
    )
    (won,) = [each for each in await asyncio.gather(*used) if each is not None]
    assert (won.case_id, won.handoff_id, won.person_id) == (7, 70, OFFICER), "what it opens is what the link was for"
    assert await kept.storage.handoff_link(LinkUse.OPENED, won.token_hash, START) == won


async def test_cutting_a_person_off_ends_their_links_of_hand_offs_only(kept: Kept) -> None:
    links = (_handoff_link(), _handoff_link("theirs", of=DUTY), _handoff_link("mail", LinkUse.RECEIPT, 0))
    await kept.storage.apply([Turn(people=(person(), person(DUTY)), handoff_links=links)])
    await kept.storage.apply([Turn(ends_sessions_of=(OFFICER,))])
    assert await kept.storage.handoff_link(LinkUse.PAPER, "link", START) is None
    assert await kept.storage.handoff_link(LinkUse.PAPER, "theirs", START) is not None
    assert await kept.storage.handoff_link(LinkUse.RECEIPT, "mail", START) is not None


async def test_links_of_hand_offs_that_are_over_are_swept(kept: Kept) -> None:
    await kept.storage.apply([Turn(handoff_links=(_handoff_link(),))])
    assert await kept.storage.sweep(START + HOUR) >= 1
