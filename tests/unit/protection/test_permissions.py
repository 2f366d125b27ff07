"""Who sees a case and who may do what to it; the person counts, never the place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.case import Channel, Handoff, HandoffState, Status
from bot.domain.case_acts import Act
from bot.domain.people import Person
from bot.protection.fitting import fits
from bot.protection.permissions import may, may_see, scope_of
from tests.kit.cases import (
    ADMIN,
    AGREEMENT,
    CN_DUTY,
    CN_POLICE,
    CN_SUPERVISOR,
    KH_DUTY,
    KH_SUPERVISOR,
    NOW,
    OFFICER,
    OTHER_OFFICER,
    PEOPLE,
    VN_DUTY,
    a_case,
)

DESKS = {KH_DUTY, KH_SUPERVISOR, CN_DUTY, CN_SUPERVISOR}
EVERYBODY_INSIDE = {OFFICER, *DESKS, CN_POLICE}
MAY: dict[Act, set[Person]] = {
    Act.ACK: {CN_DUTY, CN_SUPERVISOR},
    Act.ASSIGN: DESKS,
    Act.LIAISON: DESKS,
    Act.OPERATION: DESKS,
    Act.REFER: DESKS,
    Act.SNOOZE: DESKS,
    Act.ONIT: EVERYBODY_INSIDE,
    Act.URGENCY: DESKS,
    Act.STANDDOWN: {KH_SUPERVISOR},
    Act.CLOSE: DESKS,
    Act.REOPEN: DESKS,
    Act.WITHDRAW: {OFFICER},
    Act.WRONG: {OFFICER},
    Act.NOTE: EVERYBODY_INSIDE,
    Act.MEMO: EVERYBODY_INSIDE,
    Act.OWNSIDE: EVERYBODY_INSIDE,  # of their own files, and desks of their side's: `may_keep_back`
    Act.ENGLISH: {OFFICER, *DESKS},
    Act.PERSON: {OFFICER, *DESKS},
    Act.HANDOFF: DESKS,
    Act.ACCEPT: {CN_DUTY, CN_SUPERVISOR, CN_POLICE},
    Act.RETURN: {CN_DUTY, CN_SUPERVISOR, CN_POLICE},
    Act.DELIVERED: DESKS,
    Act.REFUSE: {CN_DUTY, CN_SUPERVISOR, CN_POLICE},
    Act.CLARIFY: EVERYBODY_INSIDE,
    Act.ANSWER: EVERYBODY_INSIDE,
    Act.LATE: {*DESKS, CN_POLICE},
    Act.REMIND: DESKS,
    Act.RECALL: {KH_DUTY, KH_SUPERVISOR},
    Act.STOPPED: {CN_DUTY, CN_SUPERVISOR, CN_POLICE},
    Act.WRITTEN: DESKS,
    Act.NOTNEEDED: {KH_SUPERVISOR, CN_SUPERVISOR},
    Act.CONSENT: {OFFICER, KH_DUTY, KH_SUPERVISOR},
    Act.PROTECT: {KH_DUTY, KH_SUPERVISOR},
    Act.GUARDIAN: {KH_DUTY, KH_SUPERVISOR},
    Act.INTEREST: {KH_DUTY, KH_SUPERVISOR},
    Act.VITAL: {KH_SUPERVISOR},
    Act.DECIDE: {KH_SUPERVISOR},
    Act.ALTERNATIVE: {KH_SUPERVISOR},
    Act.RELEASE: DESKS,
    Act.HOLD: {KH_SUPERVISOR, CN_SUPERVISOR},
    Act.UNHOLD: {KH_SUPERVISOR, CN_SUPERVISOR},
    Act.DISCARD: {OFFICER, *DESKS},
    Act.SAME: DESKS,
    Act.RELATED: DESKS,
    Act.DIFFERENT: DESKS,
}


def handed(state: HandoffState, **changes: object) -> Handoff:
    plain = Handoff(5, 1, Channel.POLICE, state, "cn-police", KH_DUTY.id, NOW)
    return replace(plain, **changes)  # type: ignore[arg-type]


#: Given to the police desk.
HANDED = a_case(handoffs=(handed(HandoffState.SENT),))


@pytest.mark.parametrize("act", list(Act))
def test_each_act_is_for_exactly_these_people(act: Act) -> None:
    allowed = {p.id for p in PEOPLE if may(p, act, HANDED, AGREEMENT)}
    assert allowed == {p.id for p in MAY[act]}


def test_only_the_desk_of_a_channel_answers_for_it() -> None:
    assert may(CN_POLICE, Act.ACCEPT, HANDED, AGREEMENT, Channel.POLICE)
    assert not may(CN_POLICE, Act.ACCEPT, HANDED, AGREEMENT, Channel.DIPLOMATIC)
    assert may(CN_DUTY, Act.ACCEPT, a_case(), AGREEMENT, Channel.DIPLOMATIC)


@pytest.mark.parametrize("person", [VN_DUTY, OTHER_OFFICER, ADMIN])
def test_for_people_outside_it_a_case_does_not_exist(person: Person) -> None:
    assert not may_see(person, a_case(), AGREEMENT)


@pytest.mark.parametrize("person", EVERYBODY_INSIDE)
def test_both_sides_and_its_officer_see_a_case(person: Person) -> None:
    assert may_see(person, HANDED, AGREEMENT)


def test_the_desk_of_a_channel_sees_only_what_was_handed_or_assigned_to_it() -> None:
    drafted = a_case(handoffs=(handed(HandoffState.DRAFTED),))
    assert not may_see(CN_POLICE, a_case(), AGREEMENT)
    assert not may_see(CN_POLICE, drafted, AGREEMENT), "a draft is nobody's yet"
    assert may_see(CN_POLICE, a_case(assignees=(CN_POLICE.id,)), AGREEMENT)
    elsewhere = replace(CN_POLICE, party="VN")
    assert not may_see(elsewhere, HANDED, AGREEMENT), "a desk of another side of the same name has nothing"


def test_a_secretariat_follows_the_cases_of_its_side() -> None:
    assert may_see(replace(CN_POLICE, desk="cn-secretariat"), a_case(), AGREEMENT)
    assert not may_see(replace(CN_POLICE, desk="kh-secretariat"), a_case(), AGREEMENT)


def test_somebody_cut_off_sees_and_does_nothing() -> None:
    gone = replace(OFFICER, revoked_at=NOW)
    assert not may_see(gone, a_case(), AGREEMENT)
    assert not may(gone, Act.NOTE, a_case(), AGREEMENT)


def test_until_the_side_is_known_the_other_side_does_not_see_it() -> None:
    assert not may_see(CN_DUTY, a_case(requested=""), AGREEMENT)
    assert may_see(KH_DUTY, a_case(requested=""), AGREEMENT)


def test_an_officer_lists_their_own_cases_and_a_desk_those_of_its_side() -> None:
    assert not scope_of(OFFICER, AGREEMENT).sees_party
    assert all(scope_of(p, AGREEMENT).sees_party for p in (KH_DUTY, KH_SUPERVISOR))
    assert not any(scope_of(p, AGREEMENT).sees_party for p in (ADMIN, CN_POLICE))


@pytest.mark.parametrize(
    ("act", "state", "expected"),
    [
        (Act.HANDOFF, None, True),
        (Act.HANDOFF, HandoffState.DRAFTED, True),
        (Act.HANDOFF, HandoffState.BLOCKED, True),
        (Act.HANDOFF, HandoffState.SENT, False),
        (Act.HANDOFF, HandoffState.ACCEPTED, False),
        (Act.HANDOFF, HandoffState.RETURNED, True),
        (Act.ACCEPT, HandoffState.SENT, True),
        (Act.ACCEPT, HandoffState.DRAFTED, False),
        (Act.ACCEPT, HandoffState.ACCEPTED, False),
        (Act.RETURN, HandoffState.SENT, True),
        (Act.RETURN, None, False),
    ],
)
def test_a_hand_off_takes_one_step_at_a_time(act: Act, state: HandoffState | None, expected: bool) -> None:
    case = a_case(handoffs=(handed(state),) if state else ())
    assert fits(act, case, Channel.POLICE) is expected


def test_a_closed_case_can_only_be_opened_again_or_held_and_a_file_of_it_kept_back() -> None:
    closed = a_case(status=Status.CLOSED)
    assert [act for act in Act if fits(act, closed)] == [
        Act.REOPEN, Act.WRONG, Act.OWNSIDE, Act.HOLD, Act.SAME, Act.RELATED, Act.DIFFERENT,
    ]  # fmt: skip
    assert not fits(Act.REOPEN, a_case())
    assert fits(Act.REOPEN, a_case(stood_down_at=NOW))


@pytest.mark.parametrize("status", list(Status))
def test_a_case_is_held_once_and_only_a_held_one_is_released(status: Status) -> None:
    free, held = a_case(status=status), a_case(status=status, held_at=NOW)
    assert (fits(Act.HOLD, free), fits(Act.UNHOLD, free)) == (True, False)
    assert (fits(Act.HOLD, held), fits(Act.UNHOLD, held)) == (False, True)


def test_a_letter_is_recorded_once_for_each_acceptance() -> None:
    accepted = handed(HandoffState.ACCEPTED, accepted_at=NOW)
    assert fits(Act.WRITTEN, a_case(handoffs=(accepted,)))
    assert not fits(Act.WRITTEN, a_case(handoffs=(replace(accepted, letter_reference="L-1"),)))


@pytest.mark.parametrize("act", [Act.RECALL, Act.REFUSE, Act.DELIVERED])
def test_what_a_channel_never_had_is_not_offered_to_be_taken_back(act: Act) -> None:
    assert fits(act, HANDED, Channel.POLICE)
    assert not fits(act, HANDED, Channel.DIPLOMATIC)
