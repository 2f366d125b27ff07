"""What can be typed into the forms of a secure case: read, mended, or answered with one clear sentence."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.acts.secure_entries import read_entry, read_subject
from bot.domain.secure_entry import SecureField
from bot.domain.travel_documents import check_digit, read_line
from bot.intake.reading.result import Read, Unclear
from bot.protection.secure_forms import FORMS, lines, title, values

TODAY = date(2026, 4, 18)
#: The specimen of ICAO Doc 9303.
LINE = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
F = SecureField

READ: list[tuple[SecureField, dict[str, str], dict[str, object]]] = [
    (F.NAMES, {"family": " SOK ", "given": "Dara", "order": "family_first"},
     {"family": "SOK", "given": "Dara", "order": "family_first"}),
    (F.NAMES, {"native": "សុខ ដារ៉ា", "order": "upside_down"}, {"native": "សុខ ដារ៉ា"}),
    (F.BIRTH_DATE, {"date": "2009"}, {"date": "2009"}),
    (F.BIRTH_DATE, {"date": "2009-5"}, {"date": "2009-05"}),
    (F.BIRTH_DATE, {"date": "2008-02-29"}, {"date": "2008-02-29"}),
    (F.GENDER, {"code": "Feminine"}, {"code": "Feminine"}),
    (F.TRAVEL_DOCUMENT, {"type": "P", "issuer": "khm", "number": "n 0123-4567"},
     {"type": "P", "issuer": "KHM", "number": "N01234567"}),
    (F.TRAVEL_DOCUMENT, {"issuer": "XXA", "number": "1"}, {"issuer": "XXA", "number": "1"}),
    (F.TRAVEL_DOCUMENT, {"line": LINE.lower()}, {"number": "L898902C3", "line": LINE}),
    (F.TRAVEL_DOCUMENT, {"line": LINE, "number": "L898902C3"}, {"number": "L898902C3", "line": LINE}),
    (F.PHONE, {"phone": "+855 10 000 000"}, {"phone": "+85510000000"}),
    (F.PHONE, {"app": "WeChat: example"}, {"app": "WeChat: example"}),
    (F.EXACT_LOCATION, {"lat": "28.68", "lon": "-115.86", "known": "pin"},
     {"lat": "28.68", "lon": "-115.86", "known": "pin"}),
    (F.EXACT_LOCATION, {"address": "House 1\nRoom 2"}, {"address": "House 1\nRoom 2"}),
    (F.CONTROL, {"codes.WithholdsDocuments": "1", "codes.x_RestrictsMovement": "1", "codes.Nonsense": "1"},
     {"codes": ["WithholdsDocuments", "x_RestrictsMovement"]}),
    (F.LANGUAGE, {"code": "KHM", "interpreter": "yes"}, {"code": "khm", "interpreter": "yes"}),
    (F.REQUESTING_AUTHORITY, {"agency": "NCCT", "phone": "+855 10 000 000", "email": "desk@example.org"},
     {"agency": "NCCT", "phone": "+85510000000", "email": "desk@example.org"}),
    (F.SUSPECTS, {"text": "a recruiter"}, {"text": "a recruiter"}),
]  # fmt: skip

UNREAD: list[tuple[SecureField, dict[str, str], str]] = [
    (F.NAMES, {"order": "family_first"}, "Nothing was filled in"),
    (F.NAMES, {"family": " \u202e "}, "Nothing was filled in"),
    (F.DESCRIPTION, {}, "Nothing was filled in"),
    (F.DESCRIPTION, {"text": "x" * 2001}, "Description: at most 2000 characters"),
    (F.GENDER, {"code": "Other"}, "Nothing was filled in"),
    (F.CONTROL, {"codes": "Other"}, "Nothing was filled in"),
    (F.BIRTH_DATE, {"date": "17.5.2009"}, "2009, 2009-05 or 2009-05-17"),
    (F.BIRTH_DATE, {"date": "2009-02-30"}, "There is no such date"),
    (F.BIRTH_DATE, {"date": "0000"}, "There is no such date"),
    (F.BIRTH_DATE, {"date": "2027"}, "no date of birth of anybody alive"),
    (F.BIRTH_DATE, {"date": "1899"}, "no date of birth of anybody alive"),
    (F.TRAVEL_DOCUMENT, {"issuer": "KH", "number": "1"}, "three letters"),
    (F.TRAVEL_DOCUMENT, {"issuer": "QQQ", "number": "1"}, "three letters"),
    (F.TRAVEL_DOCUMENT, {"issuer": "KHM"}, "number of the document"),
    (F.TRAVEL_DOCUMENT, {"line": "L898902C3"}, "44 or 36"),
    (F.TRAVEL_DOCUMENT, {"line": LINE.replace("C36", "C46")}, "document number in the machine-readable line"),
    (F.TRAVEL_DOCUMENT, {"line": LINE.replace("740812", "740813")}, "date of birth in the machine-readable line"),
    (F.TRAVEL_DOCUMENT, {"line": LINE.replace("120415", "120416")}, "date of expiry in the machine-readable line"),
    (F.TRAVEL_DOCUMENT, {"line": LINE[:-1] + "1"}, "last check digit"),
    (F.TRAVEL_DOCUMENT, {"line": LINE, "number": "N01234567"}, "do not agree"),
    (F.PHONE, {"phone": "010 000 000"}, "with + and the country code, for example +85510000000"),
    (F.EXACT_LOCATION, {"known": "pin"}, "address, or latitude and longitude"),
    (F.EXACT_LOCATION, {"lat": "28.68"}, "both"),
    (F.EXACT_LOCATION, {"lat": "91", "lon": "1"}, "in degrees"),
    (F.EXACT_LOCATION, {"lat": "1", "lon": "181"}, "in degrees"),
    (F.LANGUAGE, {"code": "Khmer"}, "two or three letters"),
    (F.REQUESTING_AUTHORITY, {"unit": "3"}, "name the agency"),
    (F.REQUESTING_AUTHORITY, {"agency": "NCCT", "email": "desk"}, "desk@example.org"),
    (F.REQUESTING_AUTHORITY, {"agency": "NCCT", "phone": "12"}, "with +"),
]


@pytest.mark.parametrize(("field", "typed", "expected"), READ)
def test_what_is_understood_is_kept_in_one_form(
    field: SecureField, typed: dict[str, str], expected: dict[str, object]
) -> None:
    reading = read_entry(field, typed, TODAY, "en")
    assert isinstance(reading, Read), reading
    assert json.loads(str(reading.value)) == expected


@pytest.mark.parametrize(("field", "typed", "sentence"), UNREAD)
def test_what_is_not_understood_is_answered_with_what_would_be(
    field: SecureField, typed: dict[str, str], sentence: str
) -> None:
    reading = read_entry(field, typed, TODAY, "en")
    assert isinstance(reading, Unclear), reading
    assert sentence in reading.sentence


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_whatever_is_typed_is_read_or_refused_and_never_breaks(field: SecureField, data: st.DataObject) -> None:
    typed = {part.name: data.draw(st.text(max_size=50)) for part in FORMS[field].parts}
    reading = read_entry(field, typed, TODAY, "en")
    if isinstance(reading, Read):
        assert lines(field, str(reading.value), "en")
    else:
        assert reading.sentence.endswith(".")


def test_an_entry_reads_label_by_label_with_the_family_name_in_capitals() -> None:
    words = json.dumps({"family": "Sok", "given": "Dara", "order": "family_first"})
    assert lines(F.NAMES, words, "en") == [
        ("Family name", "SOK"), ("Given names", "Dara"), ("Order", "Family name first"),
    ]  # fmt: skip
    control = json.dumps({"codes": ["DebtBondage", "x_RestrictsMovement"]})
    assert lines(F.CONTROL, control, "en") == [("Methods", "Debt bondage, Restricts movement, locks in")]


@pytest.mark.parametrize("words", ["28.68, 115.86", "[1]", "12", '"x"'])
def test_what_no_form_made_is_shown_as_it_is(words: str) -> None:
    assert lines(F.EXACT_LOCATION, words, "en") == [("", words)]
    assert values(F.MESSAGE, '{"family": "SOK"}') == {"": '{"family": "SOK"}'}
    assert title(F.MESSAGE, "en") == "Text from a messenger"


def test_every_field_but_whole_texts_has_a_form() -> None:
    assert set(FORMS) == set(SecureField) - {SecureField.MESSAGE}


@pytest.mark.parametrize(("typed", "number"), [("1", 1), (" 12 ", 12), ("999", 999), ("0", 0), ("x", 0), ("1000", 0)])
def test_people_are_counted_from_one(typed: str, number: int) -> None:
    assert read_subject(typed) == number


def test_the_check_digit_is_that_of_the_specimen() -> None:
    assert check_digit("L898902C3") == 6
    assert check_digit("<<<<<<<<<") == 0
    line = read_line(f" {LINE[:20]} {LINE[20:]} ")
    assert line is not None
    assert (line.number, line.nationality, line.wrong) == ("L898902C3", "UTO", ())


@given(st.integers(0, 8), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_in_the_number_is_noticed_unless_its_value_is_the_same(place: int, wrong: str) -> None:
    before = LINE[place]
    line = read_line(LINE[:place] + wrong + LINE[place + 1 :])
    assert line is not None
    same = (int(before, 36) - int(wrong, 36)) % 10 == 0
    assert ("number" in line.wrong) is not same
