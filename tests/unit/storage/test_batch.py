"""What a batch comes down to: the same for every storage."""

from __future__ import annotations

from bot.domain.messages import Address
from storage.batch import Batch, present
from storage.sql.case_cache import KnownCases
from tests.kit.values import answered, case, opening, step

A, B, C = (Address("telegram", peer) for peer in "abc")


def test_of_a_case_in_many_turns_only_the_last_state_is_written() -> None:
    opened = case()
    first = answered(opened, "age", 15)
    second = answered(first.cases[0], "age", 16)
    batch = Batch.of([opening(opened), first, second], [])
    assert batch.cases[opened.id].base == 0
    assert batch.cases[opened.id].last == second.cases[0]
    assert [answer.value for answer in batch.answers] == [15, 16]


def test_an_address_is_followed_however_often_a_chat_moved() -> None:
    assert present(A, {A: B, B: C}) == C
    assert present(C, {A: B, B: C}) == C


def test_chats_that_moved_in_a_circle_do_not_hang_the_bridge() -> None:
    assert present(A, {A: B, B: A}) == B


def test_a_case_is_known_at_its_version_only() -> None:
    known, opened = KnownCases(), case()
    known.keep([opened])
    assert known.at(opened.id, 1) is opened
    assert known.at(opened.id, 2) is None


def test_an_older_state_never_replaces_a_newer_one() -> None:
    known, opened = KnownCases(), case()
    newer = step(opened)
    known.keep([newer, opened])
    assert known.at(opened.id, 2) is newer


def test_of_very_many_cases_the_oldest_are_forgotten() -> None:
    known = KnownCases()
    cases = [case() for _ in range(5001)]
    known.keep(cases)
    assert known.at(cases[0].id, 1) is None
    assert known.at(cases[-1].id, 1) is cases[-1]
