"""What of a case is in English and whose words that is; what no paper for whom can be made from yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.agreement import DeskRole
from bot.domain.case import Answer, Case, CaseText, TextKind, Value
from bot.domain.english import English, InEnglish
from bot.domain.guarded import Guarded
from bot.domain.people import Role
from bot.language.writing_systems import Script, is_record
from bot.protection.in_english import (
    beside,
    english_of_text,
    english_versions,
    lacking,
    missing_english,
    originals,
    sentence,
)
from bot.protection.redaction_policy import Way, to_be_drafted
from bot.protection.standings import Reader
from tests.kit.cases import AGREEMENT, OFFICER, a_case
from tests.kit.clock import START

KHMER = "ទ្វារ"
OWN = Reader("KH", Role.DUTY, 77)
CHANNEL = Reader("CN", desk=DeskRole.POLICE)
KNOWN: dict[str, Value] = {"citizenship": ("KH",), "fears_own_authorities": "no"}


def told(**values: Value) -> Case:
    """A case with these answers; texts are guarded, as they are kept."""
    made = {}
    for number, (name, value) in enumerate(values.items(), start=100):
        is_text = name in ("area", "summary") and value != "unknown"
        made[name] = Answer(number, 1, name, Guarded(str(value)) if is_text else value, START, OFFICER.id)
    return a_case(answers=made)


def said(case: Case, name: str, line: str, **changes: object) -> Case:
    version = English(900, case.id, case.answers[name].id, Guarded(line), START, 77, "KH", Role.DUTY)
    version = replace(version, **changes)  # type: ignore[arg-type]  # field names are checked by `replace` itself
    return replace(case, english={**case.english, version.of: version})


def versions(case: Case, reader: Reader = CHANNEL) -> dict[str, InEnglish]:
    return dict(english_versions(case, reader, Way.PACKET, AGREEMENT))


def missing(case: Case, reader: Reader = CHANNEL, *texts: CaseText) -> list[str]:
    return [each.field or each.name("en") for each in missing_english(case, reader, Way.PACKET, AGREEMENT, texts)]


def test_what_was_written_in_english_stands_as_it_is_with_whose_it_is() -> None:
    case = told(area="Nanchang", summary="door locked", **KNOWN)
    assert versions(case) == {
        name: InEnglish(text, "KH", Role.OFFICER, START, is_original=True)
        for name, text in (("area", "Nanchang"), ("summary", "door locked"))
    }
    assert missing(case) == []
    other = replace(case.answers["area"], by=5)
    assert versions(replace(case, answers={**case.answers, "area": other}))["area"].role is None


def test_what_is_in_another_script_is_missing_until_a_person_says_it() -> None:
    case = told(area="南昌", summary=KHMER, **KNOWN)
    assert missing(case) == ["area", "summary"]
    assert versions(case) == {}
    assert sentence(lacking(case), case.reference, "en").startswith(
        "No paper can be made before there is an English version of 5 Area (written in Chinese), "
        "14 Summary (written in Khmer). To write it: /english "
    )
    case = said(case, "summary", "the door")
    assert missing(case) == ["area"]
    assert versions(case) == {"summary": InEnglish("the door", "KH", Role.DUTY, START)}


def test_a_machines_draft_is_no_version_before_a_person_confirms_it() -> None:
    case = said(told(summary=KHMER, **KNOWN), "summary", "door", by=0, role=None, is_machine=True)
    assert missing(case) == ["summary"]
    assert versions(case) == {}
    assert "door" not in beside(originals(case, "KH")[0].of, case, OWN, Way.PAGE, AGREEMENT, "en")  # type: ignore[arg-type]
    confirmed = said(case, "summary", "door", is_machine=True, draft=900)
    assert versions(confirmed)["summary"].is_machine
    assert missing(confirmed) == []


def test_an_answer_given_anew_has_no_english_of_its_own() -> None:
    case = said(told(summary=KHMER, **KNOWN), "summary", "the door")
    again = replace(case.answers["summary"], id=999, value=Guarded("នាង"))
    assert missing(replace(case, answers={**case.answers, "summary": again})) == ["summary"]


def test_what_nobody_knows_is_a_code_and_needs_no_english() -> None:
    case = told(area="unknown", **KNOWN)
    assert missing(case) == []
    assert versions(case) == {}


@pytest.mark.parametrize(
    "answers", [{}, {"citizenship": ("CN",), "fears_own_authorities": "yes"}], ids=["not known yet", "feared"]
)
def test_whom_the_words_do_not_reach_their_english_does_not_either(answers: dict[str, Value]) -> None:
    case = said(told(area="南昌", summary=KHMER, **answers), "summary", "the door")
    assert versions(case) == {}
    assert missing(case) == []
    assert missing(case, OWN) == ["area"]
    assert versions(case, OWN)["summary"].text == "the door"
    assert versions(case, Reader("VN", Role.DUTY, 8)) == {}


def a_text(kind: TextKind, text: str = KHMER, **changes: object) -> CaseText:
    made = CaseText(500, 1, kind, Guarded(text), START, OFFICER.id, "KH")
    return replace(made, **changes)  # type: ignore[arg-type]  # likewise


def test_of_texts_what_a_paper_holds_is_missing_too_and_only_its_side_says_it() -> None:
    case, first = told(**KNOWN), a_text(TextKind.FIRST)
    assert missing(case, CHANNEL, first) == ["First message"]
    assert [each.id for each in originals(case, "KH", [first])] == [500]
    assert originals(case, "CN", [first]) == ()
    case = replace(case, english={500: English(901, 1, 500, Guarded("door"), START, 77, "KH", Role.DUTY)})
    found = english_of_text(first, case, CHANNEL, Way.PACKET, AGREEMENT)
    assert found == InEnglish("door", "KH", Role.DUTY, START)
    assert missing(case, CHANNEL, first) == []


def test_of_a_changed_text_the_newest_wording_is_said_in_english() -> None:
    first, later = a_text(TextKind.NOTE), a_text(TextKind.NOTE, "នាង", id=501, amends=500)
    assert [each.id for each in originals(told(), "KH", [first, later])] == [501]


@pytest.mark.parametrize("kind", TextKind)
def test_a_machine_is_given_no_text_of_one_side_and_nothing_that_points_to_a_person(kind: TextKind) -> None:
    is_given = kind in (TextKind.FIRST, TextKind.NOTE)
    assert (to_be_drafted(a_text(kind)) is not None) is is_given
    assert to_be_drafted(a_text(kind, own_side_only=True)) is None
    is_asked = is_given or kind is TextKind.REASON  # why something was done is for a person to say in English
    assert [each.script for each in originals(told(), "KH", [a_text(kind)])] == [Script.KHMER] * is_asked


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("The door is locked", True), ("Café Sóc, room 5", True), (KHMER, False), ("door 门", False), ("", False),
        ("12", False), ("Bà ấy nói cửa bị khóa từ bên ngoài", False),
        ("Ba ay noi cua bi khoa tu ben ngoai", True),  # only the script is looked at: nobody promises more
    ],
)  # fmt: skip
def test_an_english_line_is_known_by_its_letters_alone(line: str, is_one: bool) -> None:
    assert is_record(line) is is_one
