"""The gate before a support desk, row by row, and what of a case its people get, field by field."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bot.domain.agreement import Desk, DeskRole
from bot.domain.case import Case, CaseText, TextKind, Value
from bot.domain.case_acts import Act
from bot.domain.fields import DESK_FIELDS, FIELDS, SUBJECT_FIELDS, field
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.domain.referral import Ground, Referral, ReferralState
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.protection import redaction_policy, referral_gate
from bot.protection.gates import Blocked, Needs, Open, Verdict
from bot.protection.permissions import is_support, may, may_see, may_see_referral, scope_of
from bot.protection.redaction_policy import Way
from bot.protection.secure_access import may_read_secure, may_search
from bot.protection.standings import Reader
from tests.kit.cases import AGREEMENT as PLAIN
from tests.kit.cases import KH_DUTY, NOW, OFFICER, a_case, a_person, with_answers

STATE = Desk("kh-shelter", "KH", DeskRole.SUPPORT, "Shelter")
NGO = Desk("kh-ngo", "KH", DeskRole.SUPPORT, "House of an NGO", is_independent=True)
THEIRS = Desk("cn-shelter", "CN", DeskRole.SUPPORT, "Shelter")
AGREEMENT = replace(PLAIN, desks={**PLAIN.desks, **{desk.id: desk for desk in (STATE, NGO, THEIRS)}})
SHELTER = a_person(31, "KH", Role.DUTY, "kh-shelter")
ALL_FIELDS = (*FIELDS, *DESK_FIELDS, *SUBJECT_FIELDS)
ADULT: dict[str, Value] = {"age_group": "18_or_over", "citizenship": ("KH",), "fears_own_authorities": "no"}


def case_of(**more: Value) -> Case:
    return with_answers(a_case(), **(ADULT | more))


def asked(case: Case, desk: Desk = STATE, *, said_yes: bool = True) -> Verdict:
    return referral_gate.check(case, 1, desk, AGREEMENT, has_consent=said_yes)


def test_an_adult_says_yes_to_this_very_desk() -> None:
    assert isinstance(asked(case_of()), Open)
    verdict = asked(case_of(), said_yes=False)
    assert isinstance(verdict, Needs)
    assert verdict.missing == (referral_gate.CONSENT,)
    assert isinstance(asked(case_of(consent_police="yes", consent_diplomatic="yes"), said_yes=False), Needs)


@pytest.mark.parametrize("age", ["under_12", "12_17", "unknown"])
def test_for_a_child_a_guardian_and_a_reason_are_asked_for_and_no_yes_stands_in_for_them(age: str) -> None:
    verdict = asked(case_of(age_group=age))
    assert isinstance(verdict, Needs)
    assert verdict.missing == ("guardian", "best_interests")
    half = asked(case_of(age_group=age, guardian="named"))
    assert isinstance(half, Needs)
    assert half.missing == ("best_interests",)
    recorded = case_of(age_group=age, guardian="named", best_interests="recorded")
    assert isinstance(asked(recorded, said_yes=False), Open)
    assert referral_gate.ground_of(recorded, 1, STATE, AGREEMENT) is Ground.BEST_INTERESTS


@pytest.mark.parametrize(
    "why",
    [{"fears_own_authorities": "yes"}, *({"protection_flag": flag} for flag in
     ("possible", "asylum_seeker_or_refugee", "stateless"))],
)  # fmt: skip
@pytest.mark.parametrize("decision", [None, "allowed", "refused"])
def test_no_decision_opens_a_desk_of_the_state_that_is_feared(why: dict[str, Value], decision: str | None) -> None:
    decided: dict[str, Value] = {} if decision is None else {"police_decision": decision}
    case = case_of(**why, **decided)
    assert isinstance(asked(case), Blocked)
    assert isinstance(asked(case, NGO), Open), "an independent desk belongs to no State"
    abroad = case_of(**why, citizenship=("VN",))
    assert isinstance(asked(abroad), Open), "of another State there is nothing to fear here"
    unknown = case_of(**why, citizenship="unknown")
    assert isinstance(asked(unknown), Blocked)


def test_a_side_that_may_know_nothing_of_her_asks_no_desk_not_even_an_independent_one() -> None:
    case = case_of(citizenship=("CN",), fears_own_authorities="yes")
    for desk in (THEIRS, replace(THEIRS, is_independent=True)):
        assert isinstance(asked(case, desk), Blocked)


def test_whether_she_fears_her_state_is_asked_before_its_desk_is() -> None:
    known = {name: answer for name, answer in case_of().answers.items() if name != "fears_own_authorities"}
    case = replace(case_of(), answers=known)
    verdict = asked(case)
    assert isinstance(verdict, Needs)
    assert verdict.missing == ("fears_own_authorities",)
    assert isinstance(asked(case, NGO), Open)


def referral(desk: Desk = STATE) -> Referral:
    return Referral(
        9, 1, desk.id, desk.party, ReferralState.SENT, KH_DUTY.id, NOW, Ground.CONSENT, (1,),
        spoken=Guarded("khm"),
    )  # fmt: skip


#: Every answer there can be, as wide as it may be.
EVERYTHING: dict[str, Value] = {
    "danger_now": "no", "situation": "confined", "country": "CN", "area": Guarded("Nanchang"),
    "last_contact_at": "2026-04-17T07:05:00Z", "category": "trafficking_in_persons",
    "exploitation": ("ForcedMarriage",), "persons_count": 1,
    "assistance": ("urgent_rescue", "safe_shelter", "joint_operation", "preserve_evidence"),
    "safe_to_contact": "no", "consent_police": "yes", "consent_diplomatic": "yes", "differs": "no",
    "summary": Guarded("a broker with a white van"), "protection_flag": "none_known", "guardian": "named",
    "best_interests": "recorded", "vital_interest": "recorded", "police_decision": "allowed",
    "diplomatic_alternative": "decided", "state": "located", "sex": "female",
}  # fmt: skip


def test_every_answer_is_among_those_that_are_tried() -> None:
    assert {*ADULT, *EVERYTHING} == {each.id for each in ALL_FIELDS}


def test_of_the_answers_a_support_desk_gets_age_area_and_the_help_that_is_asked_of_it() -> None:
    case = case_of(**EVERYTHING)
    reader = Reader.of(SHELTER, AGREEMENT)
    for way in Way:
        got = {
            each.id: value
            for each in ALL_FIELDS
            if (value := redaction_policy.support_answer(each, case, reader, way, AGREEMENT)) is not None
        }
        told = way in (Way.ALERT, Way.CASE, Way.PAGE)
        assert got == ({"age_group": "18_or_over", "area": "Nanchang", "assistance": ("safe_shelter",)} if told else {})
        assert not redaction_policy.answers(case, reader, way, AGREEMENT), "by no other function either"
        assert not [f for f in ALL_FIELDS if redaction_policy.may_read(f, case, reader, way, AGREEMENT)]


def test_of_the_secure_case_it_gets_language_and_on_its_page_health_and_nothing_about_suspects() -> None:
    case, reader = case_of(), Reader.of(SHELTER, AGREEMENT)
    for asked_for, way in product(SecureField, Way):
        entry = SecureEntry(1, 1, asked_for, Guarded("the words"), NOW, OFFICER.id, "KH")
        got = redaction_policy.support_entry(entry, case, reader, way, AGREEMENT)
        is_language = asked_for is SecureField.LANGUAGE and way in (Way.ALERT, Way.CASE, Way.PAGE)
        is_health = asked_for is SecureField.HEALTH and way is Way.PAGE
        assert got == ("the words" if is_language or is_health else None), (asked_for, way)
        assert redaction_policy.secure_for(entry, case, reader, way, AGREEMENT) is None


@pytest.mark.parametrize("kind", list(TextKind))
def test_no_text_of_a_case_opens_for_a_support_desk(kind: TextKind) -> None:
    for party, own_side_only, way in product(("KH", "CN"), (True, False), Way):
        text = CaseText(1, 1, kind, Guarded("the words"), NOW, OFFICER.id, party, own_side_only)
        assert redaction_policy.text_for(text, case_of(), Reader.of(SHELTER, AGREEMENT), way, AGREEMENT) is None


def test_what_a_desk_wrote_opens_for_its_side_and_for_nobody_of_the_other() -> None:
    for reader, opens in (
        (Reader.of(KH_DUTY, AGREEMENT), True),
        (Reader.of(SHELTER, AGREEMENT), True),
        (Reader("CN", Role.DUTY, 4, DeskRole.DUTY), False),
        (Reader("CN", Role.DUTY, 44, DeskRole.SUPPORT), False),
        (Reader("VN", Role.DUTY, 7, DeskRole.DUTY), False),
        (Reader("KH", Role.ADMIN, 8), False),
    ):
        said = redaction_policy.support_words(Guarded("she came"), SHELTER.id, "KH", case_of(), reader, Way.PAGE)
        assert (said is not None) is opens, reader


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_whatever_their_role_people_of_a_support_desk_see_no_case(role: Role) -> None:
    person = replace(SHELTER, role=role)
    case = case_of()
    case = replace(case, referrals=(referral(),), assignees=(person.id,), liaisons=(person.id,))
    assert is_support(person, AGREEMENT)
    assert not may_see(person, case, AGREEMENT)
    assert not may_read_secure(person, case, AGREEMENT)
    assert not [act for act in Act if may(person, act, case, AGREEMENT)]
    assert not scope_of(person, AGREEMENT).sees_party
    assert scope_of(person, AGREEMENT).reads_as == ()
    assert role is Role.OFFICER or not may_search(person, AGREEMENT)
    assert may_see_referral(person, referral(), case, AGREEMENT)


def test_a_referral_is_there_for_its_desk_only() -> None:
    case = replace(case_of(), referrals=(referral(),))
    assert not may_see_referral(replace(SHELTER, desk="kh-ngo"), referral(), case, AGREEMENT)
    assert not may_see_referral(replace(SHELTER, party="CN", desk="cn-shelter"), referral(), case, AGREEMENT)
    assert not may_see_referral(replace(SHELTER, party="CN"), referral(), case, AGREEMENT)
    assert not may_see_referral(replace(SHELTER, revoked_at=NOW), referral(), case, AGREEMENT)
    assert not may_see_referral(KH_DUTY, referral(), case, AGREEMENT)


def test_the_requested_side_tells_its_desk_no_more_than_it_knows_itself() -> None:
    shelter = replace(SHELTER, party="CN", desk="cn-shelter")
    reader = Reader.of(shelter, AGREEMENT)
    unknown = with_answers(a_case(), age_group="18_or_over", area=Guarded("Nanchang"), assistance=("safe_shelter",))
    assert redaction_policy.support_answer(field("area"), unknown, reader, Way.ALERT, AGREEMENT) is None
    assert redaction_policy.support_answer(field("age_group"), unknown, reader, Way.ALERT, AGREEMENT) == "18_or_over"
