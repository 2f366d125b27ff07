"""What people are promised about the questions: which, in what order, in words they understand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain import countries
from bot.domain.agreement import Party
from bot.domain.case import Answer, Value
from bot.domain.fields import (
    COUNT,
    FIELDS,
    UNKNOWN,
    Field,
    FieldKind,
    ask,
    asked,
    by_number,
    field,
    find_label,
    sentences,
    show,
)

KH = Party("KH", "Kingdom of Cambodia", "Asia/Phnom_Penh")
CN = Party("CN", "People's Republic of China", "Asia/Shanghai")

# The agreed codes, written out: what is stored and exported, so that a slip in the data file is seen.
CODES = {
    "danger_now": "yes no unknown",
    "situation": "being_moved confined contact_lost escaped_not_safe with_authorities in_safe_place other",
    "age_group": "under_12 12_17 18_or_over unknown",
    "category": "trafficking_in_persons missing_person_at_risk online_scam_site_victim",
    "exploitation": "ForcedLabour SexualExploitation ChildLabour ForcedMarriage Servitude"
    " ForcedMilitaryByNonStateActors OrganRemoval ForcedBegging ForcedAdoption Surrogacy Other unknown",
    "assistance": "urgent_rescue locate_person stop_departure verify_identity medical_care safe_shelter interpreter"
    " travel_document family_contact preserve_evidence joint_operation advice_only",
    "safe_to_contact": "yes no only_via_reporter unknown",
    "consent_police": "yes no not_asked cannot_ask",
    "consent_diplomatic": "yes no not_asked cannot_ask",
    "fears_own_authorities": "yes no unknown",
    "differs": "child country fears no",
}
ORDER = """
    danger_now situation age_group country area last_contact_at category exploitation persons_count citizenship
    assistance safe_to_contact consent_police consent_diplomatic fears_own_authorities differs
    summary
"""


def test_the_questions_come_in_the_agreed_order() -> None:
    assert [f.id for f in FIELDS] == ORDER.split()
    assert [f.number for f in FIELDS] == [*map(str, range(1, 13)), "13a", "13b", "13c", "13d", "14"]
    assert COUNT == 14


@pytest.mark.parametrize("each", FIELDS, ids=lambda f: f.id)
def test_the_answers_are_the_agreed_codes(each: Field) -> None:
    assert [c.code for c in each.choices] == CODES.get(each.id, "").split()
    assert bool(each.choices) == (each.kind in (FieldKind.CHOICE, FieldKind.CHOICES))


def test_unknown_is_allowed_where_it_was_agreed_and_nowhere_else() -> None:
    assert {f.id for f in FIELDS if f.may_be_unknown} == {
        "danger_now", "age_group", "area", "last_contact_at", "exploitation", "citizenship", "safe_to_contact",
        "fears_own_authorities",
    }  # fmt: skip


def test_what_may_be_skipped_was_agreed() -> None:
    assert [f.id for f in FIELDS if f.may_skip] == [
        "category", "persons_count", "consent_police", "consent_diplomatic", "fears_own_authorities", "differs",
        "summary",
    ]  # fmt: skip
    assert all(f.required is not f.may_skip for f in FIELDS)


def test_defaults_and_limits_are_the_agreed_ones() -> None:
    assert {f.id: f.default for f in FIELDS if f.default} == {"category": "trafficking_in_persons", "persons_count": 1}
    assert {f.id: f.limit for f in FIELDS if f.limit} == {"area": 80, "persons_count": 999, "summary": 500}


def test_only_free_text_stays_off_the_messengers() -> None:
    assert [f.id for f in FIELDS if not f.coded] == ["area", "summary"]
    assert all(f.coded is (f.kind is not FieldKind.TEXT) for f in FIELDS)


@pytest.mark.parametrize("each", FIELDS, ids=lambda f: f.id)
def test_questions_and_labels_fit_a_phone(each: Field) -> None:
    assert len(each.question) <= 130
    assert len(each.label) <= 24
    assert max((len(c.label) for c in each.choices), default=0) <= 40
    assert each.question[0].isupper()
    assert each.question.endswith(("?", "."))


@pytest.mark.parametrize("each", FIELDS, ids=lambda f: f.id)
def test_no_two_choices_of_a_question_read_the_same(each: Field) -> None:
    labels = [c.label.casefold() for c in each.choices]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("answers", "is_asked"),
    [
        ({}, True),
        ({"category": "trafficking_in_persons"}, True),
        ({"category": "online_scam_site_victim"}, True),
        ({"category": "missing_person_at_risk"}, False),
    ],
)
def test_exploitation_is_asked_only_where_it_may_be_one(answers: dict[str, Value], is_asked: bool) -> None:
    assert asked(field("exploitation"), answers) is is_asked
    given = {name: Answer(1, 1, name, value, datetime(2026, 4, 18, tzinfo=UTC), 1) for name, value in answers.items()}
    assert asked(field("exploitation"), given) is is_asked


@pytest.mark.parametrize(("count", "is_asked"), [(None, False), (1, False), (2, True), (17, True)])
def test_whether_anybody_differs_is_asked_only_of_several(count: int | None, is_asked: bool) -> None:
    assert asked(field("differs"), {} if count is None else {"persons_count": count}) is is_asked


def test_every_other_question_is_always_asked() -> None:
    answers: dict[str, Value] = {"category": "missing_person_at_risk", "persons_count": 2}
    assert [f.id for f in FIELDS if not asked(f, answers)] == ["exploitation"]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("4", ["country"]),
        (" #4 ", ["country"]),
        ("4.", ["country"]),
        ("13", ["consent_police", "consent_diplomatic", "fears_own_authorities", "differs"]),
        ("13b", ["consent_diplomatic"]),
        ("13 B", ["consent_diplomatic"]),
        ("14", ["summary"]),
        ("0", []),
        ("15", []),
        ("13d", ["differs"]),
        ("13e", []),
        ("4a", []),
        ("", []),
        ("country", []),
    ],
)
def test_a_question_is_found_by_its_number(typed: str, ids: list[str]) -> None:
    assert [f.id for f in by_number(typed)] == ids


@pytest.mark.parametrize("each", FIELDS, ids=lambda f: f.id)
def test_a_question_is_found_by_label_id_and_other_words(each: Field) -> None:
    for name in (each.id, each.label, each.label.upper(), each.id.replace("_", " "), f" {each.label}: ", *each.also):
        assert find_label(name) is each, name
    assert find_label(each.label, "km") is each


@pytest.mark.parametrize("typed", ["", "name", "passport", "14:05", "consent", "she said"])
def test_other_words_are_no_label(typed: str) -> None:
    assert find_label(typed) is None


def test_a_question_says_how_far_it_is() -> None:
    assert ask(field("situation"), "en") == "(2 of 14) What is happening to the person now?"
    assert ask(field("consent_diplomatic"), "en").startswith("(13b of 14) ")


@pytest.mark.parametrize(
    ("field_id", "value", "shown"),
    [
        ("situation", "confined", "Locked in or held"),
        ("age_group", "12_17", "12 to 17"),
        ("age_group", UNKNOWN, "Unknown"),
        ("country", "CN", "China"),
        ("citizenship", ("KH", "VN"), "Cambodia, Viet Nam"),
        ("citizenship", UNKNOWN, "Unknown"),
        ("assistance", ("urgent_rescue", "interpreter"), "Urgent rescue, Interpreter"),
        ("exploitation", ("ForcedMarriage",), "Forced marriage"),
        ("persons_count", 3, "3"),
        ("area", "Jiangxi, Nanchang", "Jiangxi, Nanchang"),
        ("last_contact_at", UNKNOWN, "Unknown"),
        ("last_contact_at", "2026-04-18T16:30:00Z", "Sat 18 Apr 2026 23:30 Phnom Penh / Sun 19 Apr 2026 00:30 Beijing"),
    ],
)
def test_values_are_shown_in_words(field_id: str, value: Value, shown: str) -> None:
    assert show(field(field_id), value, "en", [KH, CN]) == shown


def test_every_choice_is_shown_by_its_label() -> None:
    for each in FIELDS:
        for choice in each.choices:
            assert show(each, choice.code, "en") == choice.label


def test_the_catalogue_gets_every_text_of_the_questions() -> None:
    texts = set(sentences())
    for each in FIELDS:
        assert {each.question, each.label, each.example, *(c.label for c in each.choices)} <= texts


def test_every_country_of_the_standard_has_a_name_and_is_found_by_it() -> None:
    assert len(countries.NAMES) == 249
    for code, name in countries.NAMES.items():
        assert countries.find(name) == countries.FoundCountry((code,), certain=True), name


def test_every_country_is_found_by_its_two_letter_code_but_the_one_that_says_no() -> None:
    for code in countries.NAMES:
        assert countries.find(code).codes == (() if code == "NO" else (code,))
