"""What people are told of a gate: the reporting side why and what to do, the other side only that it waits."""

from __future__ import annotations

import pytest

from bot.domain.case import Case, Channel, Value
from bot.domain.fields import DESK_FIELDS, FIELDS, field, find_label, is_field
from bot.domain.purpose_limits import REFUSED, is_suspected, outside_purpose
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import OutsidePurpose, Read, Unclear
from bot.protection.gate_words import for_side, in_pings, sentence
from bot.protection.gates import Blocked, Needs, Open, Reason
from tests.kit.cases import AGREEMENT, NOW, a_case, with_answers

ADULT: dict[str, Value] = {"age_group": "18_or_over", "citizenship": ("CN",)}
CONSENTING: dict[str, Value] = {**ADULT, "consent_police": "yes", "consent_diplomatic": "yes"}
CLOSED = with_answers(a_case(), **CONSENTING, fears_own_authorities="yes")
WAITING = with_answers(a_case(), **ADULT)
UNWILLING = with_answers(a_case(), **ADULT, consent_police="no", fears_own_authorities="no")
REVEALING = ("fear", "Fear", "protect", "flag", "consent", "Consent", "refugee", "asylum", "UNHCR")


def test_the_first_row_offers_a_referral() -> None:
    said = sentence(Blocked(1, Reason.FEAR), "KC26-M9S34-4", "en")
    assert "fears the authorities" in said
    assert "UNHCR, IOM or an NGO" in said
    assert "/alternative KC26-M9S34-4" in said


@pytest.mark.parametrize("reason", list(Reason))
def test_every_closed_gate_says_how_to_go_on(reason: Reason) -> None:
    said = sentence(Blocked(1, reason), "KC26-M9S34-4", "en")
    assert said.startswith("Blocked: ")
    assert "/" in said
    assert "KC26-M9S34-4" in said


def test_what_is_missing_is_named_with_the_command_that_records_it() -> None:
    said = sentence(Needs(3, ("fears_own_authorities", "guardian", "best_interests")), "KC26-M9S34-4", "en")
    assert "Fears own authorities was not asked" in said
    assert "/guardian KC26-M9S34-4 name" in said
    assert "/interest KC26-M9S34-4 reason" in said
    assert sentence(Open(2), "KC26-M9S34-4", "en") == "Open."


@pytest.mark.parametrize("channel", list(Channel))
def test_the_other_side_reads_no_reason(channel: Channel) -> None:
    for case in (CLOSED, WAITING, UNWILLING):
        for words in (for_side(case, channel, "CN", AGREEMENT, "en"), in_pings(case, channel, "CN", AGREEMENT)):
            assert words
            assert not [word for word in REVEALING if word in words]


def test_a_closed_police_gate_sounds_to_the_feared_side_like_a_missing_answer() -> None:
    def heard(case: Case) -> tuple[str, str]:
        return for_side(case, Channel.POLICE, "CN", AGREEMENT, "en"), in_pings(case, Channel.POLICE, "CN", AGREEMENT)

    assert heard(CLOSED) == heard(WAITING) == heard(UNWILLING)


def test_a_ping_gives_no_reason_to_anybody() -> None:
    for case in (CLOSED, WAITING, UNWILLING):
        assert "fears the" not in in_pings(case, Channel.DIPLOMATIC, "KH", AGREEMENT)
    assert "decide an alternative. Think of a referral" in in_pings(CLOSED, Channel.DIPLOMATIC, "KH", AGREEMENT)


# What a gate needs, and the category gate.


def test_the_intake_never_asks_what_only_a_desk_records() -> None:
    assert [f.id for f in DESK_FIELDS] == [
        "protection_flag", "guardian", "best_interests", "vital_interest", "police_decision", "diplomatic_alternative",
    ]  # fmt: skip
    assert not {f.id for f in DESK_FIELDS} & {f.id for f in FIELDS}
    for each in DESK_FIELDS:
        assert field(each.id) is each
        assert not is_field(each.id), "no tap answers it"
        assert find_label(each.label) is None, "no block answers it"
        assert each.coded


def test_a_chosen_category_outside_the_purpose_is_refused() -> None:
    zone = AGREEMENT.parties["KH"].zone
    for word in ("political", "Political security", "military matter", "religion", "Racial matter"):
        answer = read(field("category"), word, now=NOW, zone=zone)
        assert isinstance(answer, OutsidePurpose), word
        assert answer.code in REFUSED
        assert answer.sentence == outside_purpose("en")
    assert {"political", "military", "religious", "racial"} == REFUSED


def test_only_the_category_question_refuses_and_only_a_choice() -> None:
    zone = AGREEMENT.parties["KH"].zone
    assert isinstance(read(field("summary"), "a political matter", now=NOW, zone=zone), Read)
    assert not isinstance(read(field("situation"), "political", now=NOW, zone=zone), OutsidePurpose)
    unsure = read(field("category"), "held because of her political views", now=NOW, zone=zone)
    assert isinstance(unsure, Unclear)
    assert not isinstance(unsure, OutsidePurpose)
    trafficking = read(field("category"), "trafficking", now=NOW, zone=zone)
    assert isinstance(trafficking, Read)
    assert trafficking.value == "trafficking_in_persons"


@pytest.mark.parametrize(
    ("text", "is_hint"),
    [
        ("he is wanted as a political dissident", True),
        ("she says it is a RELIGIOUS matter", True),
        ("a deserter, asks for help", True),
        ("girl of 16 locked in a flat in Nanchang", False),
        ("two women, taken by a broker, forced marriage", False),
        ("police came to the party office, she hid in a racing car", False),
        ("forced military work for a gang", False),
    ],
)
def test_few_words_of_an_alert_are_a_hint(text: str, is_hint: bool) -> None:
    assert is_suspected(text) is is_hint
