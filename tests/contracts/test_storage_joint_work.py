"""Liaison officers, plans of joint operations and referrals come back as they were stored, for whom they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.case import DeadlineKind
from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Confirmation, Plan
from bot.domain.referral import Ground, Referral, ReferralState
from bot.domain.turn import Turn
from bot.ports.reads import Scope, Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import DUTY, OFFICER, case, deadline, new_id, opening, step

LIAISON = Scope(71, "CN", sees_party=False, reads_as=("person:71",))
AT_SHELTER = Scope(72, "KH", sees_party=False, reads_as=("support:kh-shelter",))


def referral(case_id: int, **changes: object) -> Referral:
    plain = Referral(
        new_id(), case_id, "kh-shelter", "KH", ReferralState.SENT, DUTY, START, Ground.CONSENT, (1, 47),
        next_at=START + timedelta(hours=1), spoken=Guarded("khm"),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


async def test_a_plan_comes_back_version_by_version_with_who_confirmed_it_when(kept: Kept) -> None:
    opened = case()
    first = Plan(new_id(), opened.id, START, DUTY, "CN", starts_at=START + timedelta(days=2))
    said = Confirmation("CN", DUTY, START + timedelta(microseconds=7))
    second = replace(first, id=new_id(), where=Guarded("hall B"), where_by=OFFICER, where_party="KH")
    planned = step(opened, plans=(first, second))
    confirmed = step(planned, plans=(first, replace(second, confirmations=(said,))))
    await kept.storage.apply([opening(opened), Turn(cases=(planned,)), Turn(cases=(confirmed,))])
    other = await kept.other_node()
    assert (await other.load(Wanted(cases=(opened.id,)))).cases == {opened.id: confirmed}


async def test_a_referral_comes_back_and_what_its_desk_answered_takes_its_place(kept: Kept) -> None:
    opened = case()
    asked, elsewhere = referral(opened.id), referral(opened.id, desk="kh-ngo", covers=(47,))
    answered = replace(
        asked, state=ReferralState.ACCEPTED, next_at=None, pings=2, answered_at=START, answered_by=72,
        taken_by=Guarded("night team"),
    )  # fmt: skip
    sent = step(opened, referrals=(asked, elsewhere))
    taken = step(sent, referrals=(answered, elsewhere))
    await kept.storage.apply([opening(opened), Turn(cases=(sent,)), Turn(cases=(taken,))])
    other = await kept.other_node()
    assert (await other.load(Wanted(cases=(opened.id,)))).cases == {opened.id: taken}


async def test_a_support_desk_is_loaded_its_referral_also_when_it_was_taken_back(kept: Kept) -> None:
    opened, unreferred = case(), case()
    sent = step(opened, referrals=(referral(opened.id),))
    await kept.storage.apply([opening(opened), opening(unreferred), Turn(cases=(sent,))])
    gone = step(sent, referrals=(replace(sent.referrals[0], state=ReferralState.WITHDRAWN, next_at=None),))
    for now in (sent, gone):
        if now is gone:
            await kept.storage.apply([Turn(cases=(gone,))])
        assert await kept.storage.find_case(opened.reference, AT_SHELTER) == now
        assert (await kept.storage.load(Wanted(named=((opened.id, AT_SHELTER),)))).cases == {opened.id: now}
    for scope in (replace(AT_SHELTER, party="VN"), replace(AT_SHELTER, reads_as=("support:cn-shelter",))):
        assert await kept.storage.find_case(opened.reference, scope) is None
    listed = await kept.storage.list_cases(AT_SHELTER, open_only=False, limit=9)
    assert [one.id for one in listed] == [opened.id]


async def test_a_liaison_officer_finds_the_case_until_they_are_taken_off(kept: Kept) -> None:
    opened = case()
    named = step(opened, liaisons=(71, 5))
    await kept.storage.apply([opening(opened), Turn(cases=(named,))])
    assert await kept.storage.find_case(opened.reference, LIAISON) == named
    assert set((await kept.storage.load(Wanted(leaving=(71,)))).cases) == {opened.id}
    ended = step(named, liaisons=(5,))
    await kept.storage.apply([Turn(cases=(ended,))])
    assert await kept.storage.find_case(opened.reference, LIAISON) is None
    assert (await kept.storage.load(Wanted(leaving=(71,)))).cases == {}


async def test_the_clock_claims_when_a_desk_is_to_be_reminded(kept: Kept) -> None:
    opened = case()
    timer = replace(deadline(opened.id, DeadlineKind.REFERRAL, 60))
    sent = step(opened, referrals=(referral(opened.id),), deadlines=(*opened.deadlines, timer))
    await kept.storage.apply([opening(opened), Turn(cases=(sent,))])
    found = await kept.storage.claim_deadlines(START + timedelta(minutes=61), 9, timedelta(seconds=30))
    assert (timer.id, DeadlineKind.REFERRAL) in [(due.deadline_id, due.kind) for due in found]
