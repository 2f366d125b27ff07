"""Support desks: they are asked for what the person wants, read what they need and no more, and write to one side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web.cases import referral_view
from bot.domain.case import Case
from bot.domain.guarded import Guarded
from bot.domain.referral import Ground, ReferralState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from tests.journeys.gated import page_of
from tests.journeys.supported import (
    CLERK,
    DUTY,
    NGO,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    SHELTER,
    SUPPORT_DESKS,
    SUSPECT_WORDS,
    THEIR_SHELTER,
    referable,
    referred,
    supported,
)
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

THEIRS = (DUTY, "wechat:night", "wecom:supervisor", "wecom:detective", "wecom:police-group", "wecom:secretariat")


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    async with supported(tmp_path) as played:
        yield played


async def sent(bridge: PlayedBridge, case: Case, desk: str = "kh-shelter", who: str = CLERK) -> None:
    await bridge.says(who, f"/refer {case.reference} {desk} yes")
    bridge.forget(who)


async def test_a_shelter_is_asked_takes_her_in_writes_back_and_hears_of_the_end(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter")
    bridge.expect(CLERK, "Does the person agree that KH Shelter is told", "Ask them first")
    bridge.expect_nothing(SHELTER)
    await bridge.taps(CLERK, "Yes, they agree")
    bridge.expect(CLERK, "referred to KH Shelter, which is asked to answer")
    asked = bridge.expect(
        SHELTER, f"U2 urgent · {case.reference}", "Referred to you by KH Duty desk, Sat 18 Apr 14:05 Phnom Penh.",
        "People: 1 person · 18 or over", "Assistance asked: Medical care, Safe shelter", "Area: Jiangxi, Nanchang",
    )  # fmt: skip
    assert not [word for word in (*SUSPECT_WORDS, "Beijing", "CN", "Kim Ly", "Sok Dara") if word in asked.text]
    bridge.expect(OWN_GROUP, "Referred to KH Shelter by KH Duty desk; it has not answered yet.")
    await bridge.taps(SHELTER, "We take them")
    bridge.expect(SHELTER, "Who takes them in, and when?")
    await bridge.says(SHELTER, "night team, from six")
    bridge.expect(SHELTER, "you take them in; KH was told")
    bridge.expect(OWN_GROUP, "KH Shelter takes them in.", "night team, from six")
    await bridge.says(SHELTER, f"/note {case.reference} we need an interpreter")
    bridge.expect(SHELTER, "Sent to KH Duty desk")
    bridge.expect(OWN_GROUP, "KH Shelter writes:", "we need an interpreter")
    bridge.expect_nothing(*THEIRS)
    await bridge.says(CLERK, f"/close {case.reference} rescued She is in a shelter now")
    bridge.expect(SHELTER, case.reference, "KH has closed the case. Nothing more is asked of you about it")
    referral = await referred(bridge, case)
    assert (referral.state, referral.ground) == (ReferralState.ACCEPTED, Ground.CONSENT)


async def test_the_other_side_learns_nothing_of_a_referral(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    await bridge.says(SHELTER, f"/accept {case.reference} night team")
    await bridge.says(SHELTER, f"/note {case.reference} she arrived")
    bridge.expect_nothing(*THEIRS)
    shown = await page_of(bridge, DUTY, case)
    assert shown.pop("referrals") == []
    page = str(shown)
    for word in ("helter desk", "KH Shelter", "she arrived", "night team", "referr"):
        assert word not in page
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "KH Shelter" not in bridge.expect(DUTY, case.reference).text
    own = str(await page_of(bridge, CLERK, case))
    assert "she arrived" in own
    assert "KH Shelter" in own


async def test_a_desk_that_does_not_answer_is_reminded_and_then_its_side_too(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    bridge.forget()
    await bridge.fast_forward(minutes=59)
    bridge.expect_nothing(SHELTER)
    await bridge.fast_forward(minutes=2)
    bridge.expect(SHELTER, case.reference, "You were asked to take somebody in, and have not answered.")
    bridge.expect_nothing(OWN_GROUP, containing="has not answered")
    await bridge.fast_forward(minutes=30)
    bridge.expect(SHELTER, "have not answered")
    bridge.expect(OWN_GROUP, "KH Shelter has not answered the referral.", "off reason")
    bridge.expect_nothing(*THEIRS, containing="referral")
    await bridge.says(SHELTER, f"/return {case.reference} no bed is free")
    bridge.forget()
    await bridge.fast_forward(hours=5)
    bridge.expect_nothing(SHELTER)


async def test_a_stand_down_does_not_silence_what_a_desk_was_asked(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    await bridge.says(OWN_SUPERVISOR, f"/standdown {case.reference} we wait")
    bridge.forget()
    await bridge.fast_forward(minutes=61)
    bridge.expect(SHELTER, "have not answered")


async def test_a_referral_is_returned_with_a_reason_and_sent_to_another_desk(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    await bridge.taps(SHELTER, "We cannot take them")
    bridge.expect(SHELTER, "Why can you not take them in?")
    await bridge.says(SHELTER, "no bed is free")
    bridge.expect(OWN_GROUP, "KH Shelter returns the referral", "no bed is free")
    await sent(bridge, case, "kh-ngo")
    bridge.expect(NGO, "Referred to you by KH Duty desk")


async def test_of_several_support_desks_it_is_asked_which_by_one_tap(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(CLERK, f"/refer {case.reference}")
    bridge.expect(CLERK, "To which support desk?")
    await bridge.taps(CLERK, "House of an NGO")
    await bridge.taps(CLERK, "Yes, they agree")
    bridge.expect(NGO, "Referred to you by KH Duty desk")
    bridge.expect_nothing(SHELTER)


async def test_where_a_side_has_one_support_desk_nobody_is_asked_which(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(DUTY, f"/refer {case.reference} yes")
    bridge.expect(DUTY, "referred to CN Shelter")
    asked = bridge.expect(THEIR_SHELTER, "Referred to you by CN Duty desk", "Area: Jiangxi, Nanchang")
    assert "Phnom Penh" not in asked.text
    bridge.expect_nothing(SHELTER, NGO, OWN_GROUP, containing="Referred")


@pytest.mark.parametrize("said", ["no", ""])
async def test_an_adult_who_does_not_agree_is_not_referred(bridge: PlayedBridge, said: str) -> None:
    case = await referable(bridge)
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter {said}")
    bridge.expect_nothing(*SUPPORT_DESKS)
    assert (await bridge.case(case)).referrals == ()


async def test_a_child_is_referred_with_a_guardian_and_a_best_interests_reason(bridge: PlayedBridge) -> None:
    case = await referable(bridge, age="15")
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter yes")
    bridge.expect(CLERK, "Not referred yet, nothing was sent.", f"/guardian {case.reference}",
                  f"/interest {case.reference}")  # fmt: skip
    bridge.expect_nothing(SHELTER)
    await bridge.says(CLERK, f"/guardian {case.reference} the child-protection office of the province")
    await bridge.says(CLERK, f"/interest {case.reference} she has nowhere to sleep")
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter")
    bridge.expect(SHELTER, "12 to 17")
    assert (await referred(bridge, case)).ground is Ground.BEST_INTERESTS


async def test_a_desk_of_a_state_that_she_fears_is_never_asked_and_an_independent_one_is(bridge: PlayedBridge) -> None:
    case = await referable(bridge, "fears: yes")
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter yes")
    bridge.expect(CLERK, "Not referred: KH Shelter belongs to a State that the person must be protected from.")
    await bridge.says(OWN_SUPERVISOR, f"/decide {case.reference} allowed she agreed")
    await bridge.says(OWN_SUPERVISOR, f"/refer {case.reference} kh-shelter yes")
    bridge.expect_nothing(SHELTER)
    await sent(bridge, case, "kh-ngo")
    bridge.expect(NGO, "Referred to you by KH Duty desk")


async def test_a_side_that_she_fears_cannot_refer_her_and_does_not_learn_why(bridge: PlayedBridge) -> None:
    case = await referable(bridge, "fears: yes", citizenship="China")
    await bridge.says(DUTY, f"/refer {case.reference} yes")
    said = bridge.expect(DUTY, "It waits: KH must answer or decide something first.")
    assert "fear" not in said.text
    bridge.expect(OWN_GROUP, "CN Duty desk wants to refer", "CN Shelter", "must not go there")
    bridge.expect_nothing(*SUPPORT_DESKS)


async def test_before_it_is_known_whom_she_fears_the_officer_is_asked(bridge: PlayedBridge) -> None:
    case = await referable(bridge, "safe to contact: yes")
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter yes")
    bridge.expect(CLERK, "Not referred yet, nothing was sent.", "Fears own authorities was not asked")
    bridge.expect(OFFICER, "a support desk is to be asked", "Does the person fear the authorities")
    bridge.expect_nothing(SHELTER)


async def test_fear_that_is_told_later_takes_the_referral_back_at_once(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    await sent(bridge, case, "kh-ngo")
    bridge.forget()
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.expect(SHELTER, "Withdrawn by KH: please do nothing more about it.")
    bridge.expect_nothing(NGO, containing="Withdrawn")
    bridge.expect(OWN_GROUP, "The referral to KH Shelter was taken back, because that desk may not know")
    await bridge.says(SHELTER, f"/case {case.reference}")
    shown = bridge.expect(SHELTER, "please do nothing more about it")
    assert "Nanchang" not in shown.text
    await bridge.says(SHELTER, f"/note {case.reference} but she is here")
    bridge.expect(SHELTER, "that does not apply, it is withdrawn")


async def test_a_referral_is_taken_back_with_a_reason_that_the_desk_does_not_read(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    await bridge.says(CLERK, f"/refer {case.reference} kh-shelter off")
    bridge.expect(CLERK, "Why is the referral taken back?")
    await bridge.says(CLERK, "her family came")
    told = bridge.expect(SHELTER, "Withdrawn by KH")
    assert "family" not in told.text
    await bridge.says(SHELTER, f"/accept {case.reference} night team")
    bridge.expect(SHELTER, "that does not apply, it is withdrawn")


async def test_its_messenger_names_the_language_and_its_page_also_what_she_needs_for_her_health(
    bridge: PlayedBridge,
) -> None:
    case = await referable(bridge)
    by = await bridge.person(CLERK)
    kept = (
        (SecureField.LANGUAGE, '{"code": "khm", "interpreter": "yes"}'),
        (SecureField.HEALTH, '{"text": "insulin"}'),
        (SecureField.SUSPECTS, '{"text": "a man with a scar"}'),
        (SecureField.NAMES, '{"family": "Zebrasok"}'),
    )
    for number, (asked, said) in enumerate(kept):
        entry = SecureEntry(8_000 + number, case.id, asked, Guarded(said), bridge.now, by.id, "KH")
        await bridge.storage.apply([Turn(secure=(entry,))])
    await sent(bridge, case)
    told = bridge.expect(SHELTER, "Language: khm, interpreter needed")
    assert not [word for word in ("insulin", "scar", "ebrasok") if word in told.text]
    directory = await bridge.storage.directory()
    entries = await bridge.storage.secure_entries(case.id)
    person = await bridge.person(SHELTER)
    (shown,) = referral_view.referrals(await bridge.case(case), entries, person, bridge.rules.agreement, directory)
    facts = dict(shown.facts)
    assert facts["Health needs"] == "Needs: insulin"
    assert "khm" in facts["Language of the person"]
    assert not [word for word in ("scar", "ebrasok", *SUSPECT_WORDS) if word in str(shown)]


@pytest.mark.parametrize(
    "typed",
    ["/ack {}", "/assign {} me", "/close {} rescued She is fine", "/memo {} x", "/handoff {} police", "/plan {}",
     "/operation {} when tomorrow 05:00", "/liaison {} me", "/refer {} kh-ngo yes", "/person {} 1 located",
     "/consent {} police yes", "/written {} L-1", "/same {} {}", "/hold {} x", "/secure {}", "/release {} 1"],
)  # fmt: skip
async def test_of_the_case_itself_nothing_is_there_for_a_support_desk(bridge: PlayedBridge, typed: str) -> None:
    case = await referable(bridge)
    before = await bridge.case(case)
    await bridge.says(SHELTER, typed.replace("{}", case.reference))
    bridge.expect(SHELTER, "No such case.")
    await sent(bridge, case)
    after = await bridge.case(case)
    bridge.forget()
    await bridge.says(SHELTER, typed.replace("{}", case.reference))
    bridge.expect(SHELTER, f"Of {case.reference} you have the referral: /case, /accept, /return and /note.")
    bridge.expect_nothing(*THEIRS, OWN_GROUP, CLERK, OFFICER)
    assert (before.status, (await bridge.case(case)).version) == (after.status, after.version)


async def test_another_support_desk_of_the_same_side_knows_nothing(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    for who in (NGO, THEIR_SHELTER):
        for typed in ("/case {}", "/accept {} us", "/note {} hello", "/return {} full"):
            await bridge.says(who, typed.replace("{}", case.reference))
            bridge.expect(who, "No such case.")


async def test_of_what_a_desk_writes_names_and_numbers_go_to_the_secure_case(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    bridge.forget()
    await bridge.says(SHELTER, f"/accept {case.reference} night team, call +855 10 234 567")
    bridge.expect(SHELTER, "holds something that points to a person")
    told = bridge.expect(OWN_GROUP, "KH Shelter takes them in.")
    assert "234" not in told.text
    assert any("234" in words for _, words in await bridge.secure(case))


async def test_plain_words_and_replies_of_a_desk_are_for_the_side_that_referred(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    bridge.forget()
    await bridge.says(SHELTER, "is she able to walk?")
    bridge.expect(SHELTER, f"{case.reference}: Sent to KH Duty desk")
    bridge.expect(OWN_GROUP, "KH Shelter writes:", "is she able to walk?")
    await bridge.replies(SHELTER, "we have a wheelchair", at=SHELTER)
    bridge.expect(OWN_GROUP, "we have a wheelchair")
    first = await bridge.says(SHELTER, f"/note {case.reference} bed 3")
    await bridge.edits(first, f"/note {case.reference} bed 4")
    bridge.expect(OWN_GROUP, "bed 4")
    assert len(await bridge.cases()) == 1
    bridge.expect_nothing(*THEIRS)


async def test_a_desk_lists_what_it_has_and_gets_help_that_works(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(SHELTER, "/cases")
    bridge.expect(SHELTER, "No cases.")
    await sent(bridge, case)
    bridge.forget()
    await bridge.says(SHELTER, "/cases")
    bridge.expect(SHELTER, f"{case.reference} · U2 urgent · waits for your answer")
    await bridge.says(SHELTER, "/help")
    bridge.expect(SHELTER, "what was referred to you", "/accept")
    await bridge.says(SHELTER, "/help more")
    assert "/handoff" not in bridge.expect(SHELTER, "/bind").text


async def test_a_case_that_is_opened_again_is_watched_again(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await sent(bridge, case)
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is at home")
    await bridge.says(SHELTER, f"/accept {case.reference} night team")
    bridge.expect(SHELTER, f"{case.reference} is closed.")
    bridge.forget()
    await bridge.fast_forward(hours=3)
    bridge.expect_nothing(SHELTER)
    await bridge.says(CLERK, f"/reopen {case.reference} it was not her")
    bridge.expect(SHELTER, "KH has opened the case again.")
    await bridge.fast_forward(minutes=61)
    bridge.expect(SHELTER, "have not answered")


async def test_a_desk_that_reports_somebody_itself_reads_no_word_of_others_about_them(bridge: PlayedBridge) -> None:
    await bridge.says(SHELTER, "/alert a girl came to our door and is followed")
    case = await bridge.only_case()
    await bridge.answers(SHELTER, "yes", "locked in", "15", "send", "send")
    bridge.forget()
    await bridge.says(DUTY, f"/ack {case.reference}")
    bridge.expect(SHELTER, "Acknowledged by CN Duty desk")
    await bridge.says(DUTY, f"/note {case.reference} the broker is known here")
    await bridge.says(CLERK, f"/note {case.reference} we know the broker too")
    await bridge.says(SHELTER, f"/case {case.reference}")
    assert "broker" not in str([shown.text for shown in bridge.phones.at(SHELTER)])


async def test_only_duty_desks_and_supervisors_refer(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(OFFICER, f"/refer {case.reference} kh-shelter yes")
    bridge.expect(OFFICER, "That is for the duty desk or a supervisor")
    bridge.expect_nothing(SHELTER)


async def test_on_wechat_without_buttons_a_shelter_answers_by_numbers_and_words(tmp_path: Path) -> None:
    async with supported(tmp_path, messengers=OFFICIAL_ACCOUNT) as bridge:
        case = await referable(bridge)
        await bridge.says(DUTY, f"/refer {case.reference} yes")
        bridge.expect(THEIR_SHELTER, "Do you take them in?")
        await bridge.says(THEIR_SHELTER, "1")
        assert bridge.expect(THEIR_SHELTER, "Who takes them in, and when?").in_call
        await bridge.says(THEIR_SHELTER, "the night team")
        bridge.expect(THEIR_SHELTER, "you take them in; CN was told")
        bridge.expect(DUTY, "CN Shelter takes them in.", "the night team")
        await bridge.says(THEIR_SHELTER, "she is here and sleeps")
        bridge.expect(DUTY, "CN Shelter writes:", "she is here and sleeps")
        bridge.expect_nothing(OWN_GROUP, CLERK, containing="sleeps")
        assert bridge.now - case.opened_at < timedelta(hours=1)
