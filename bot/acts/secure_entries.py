"""Reads a filled form of the secure case into the words of an entry, or says in one sentence what is wrong. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date

from bot.domain import countries
from bot.domain.closed_sets import for_each
from bot.domain.secure_entry import SecureField
from bot.domain.travel_documents import read_line
from bot.intake.reading.result import Read, Unclear
from bot.language.normalise import clean
from bot.language.texts import later, tr
from bot.protection.secure_access import SearchKey, normalised
from bot.protection.secure_forms import FORMS, FormPart

_OLDEST = 1900  #: year of birth
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,8})?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

#: Issuers and statuses that documents name where others name a country.
_NO_COUNTRY = frozenset({"D", "EUE", "UNO", "UNA", "XOM", "XPO", "XXA", "XXB", "XXC", "XXX"})

_PHONE_HOW = later("Please write the phone number with + and the country code, for example +85510000000.")
_WRONG = {
    "number": later("The document number in the machine-readable line does not fit its check digit."),
    "birth": later("The date of birth in the machine-readable line does not fit its check digit."),
    "expiry": later("The date of expiry in the machine-readable line does not fit its check digit."),
    "whole": later("The machine-readable line does not fit its last check digit."),
}

Typed = dict[str, str | list[str]]
#: Answers with what is wrong, in English; mends what was typed on the way.
Check = Callable[[dict[str, str], date], str]


def read_entry(field: SecureField, typed: Mapping[str, str], today: date, language: str) -> Read | Unclear:
    """Read a form into canonical JSON, empty parts left out."""
    parts = FORMS[field].parts
    for part in parts:
        if len(typed.get(part.name, "")) > part.limit:
            sentence = tr(
                language, "{label}: at most {limit} characters.", label=tr(language, part.label), limit=part.limit
            )
            return Unclear(sentence)
    simple = {p.name: _typed(p, typed) for p in parts if p.kind != "checks"}
    ticked = {p.name: _ticked(p, typed) for p in parts if p.kind == "checks"}
    if not any(simple[p.name] for p in parts if p.kind in ("line", "text")) and not _is_chosen(parts, simple, ticked):
        return Unclear(tr(language, "Nothing was filled in. Please fill in at least one line."))
    wrong = _CHECKS[field](simple, today) if field in _CHECKS else ""
    if wrong:
        return Unclear(tr(language, wrong))
    kept: Typed = {name: value for name, value in (simple | ticked).items() if value}
    return Read(json.dumps(kept, ensure_ascii=False, sort_keys=True))


def read_subject(text: str) -> int:
    """Which of the affected persons an entry is about; 0 when it is no number from 1 to 999."""
    return int(text) if re.fullmatch(r"[1-9]\d{0,2}", text.strip()) else 0


def _typed(part: FormPart, typed: Mapping[str, str]) -> str:
    words = clean(typed.get(part.name, ""))
    if part.kind == "select":
        return words if words in {choice.code for choice in part.choices} else ""
    return words if part.kind == "text" else " ".join(words.split())


def _ticked(part: FormPart, typed: Mapping[str, str]) -> list[str]:
    return [choice.code for choice in part.choices if typed.get(f"{part.name}.{choice.code}")]


def _is_chosen(parts: tuple[FormPart, ...], simple: Mapping[str, str], ticked: Mapping[str, list[str]]) -> bool:
    """A form of choices only is filled in when something is chosen; elsewhere a choice alone says nothing."""
    only_choices = all(part.kind in ("select", "checks") for part in parts)
    return only_choices and any((*simple.values(), *ticked.values()))


def _names(typed: dict[str, str], _today: date) -> str:
    is_named = typed["family"] or typed["given"] or typed["native"]
    return "" if is_named else later("Please write at least one name.")


def _birth_date(typed: dict[str, str], today: date) -> str:
    found = _DATE.fullmatch(typed["date"])
    how = later("Please write the date of birth as 2009, 2009-05 or 2009-05-17.")
    if found is None:
        return how
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return later("There is no such date. Please write the date of birth as 2009, 2009-05 or 2009-05-17.")
    if first > today or first.year < _OLDEST:
        return later("That is no date of birth of anybody alive. Please write it as 2009, 2009-05 or 2009-05-17.")
    typed["date"] = "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part)])
    return ""


def _travel_document(typed: dict[str, str], _today: date) -> str:
    typed["issuer"] = typed["issuer"].upper()
    if typed["issuer"] and not _is_alpha3(typed["issuer"]):
        return later("The issuer is written with three letters, for example KHM, CHN or VNM.")
    wrong = _line(typed) if typed["line"] else ""
    if wrong:
        return wrong
    number = normalised(SearchKey.DOCUMENT, typed["number"])
    if not number:
        return later("Please write the number of the document.")
    typed["number"] = number
    return ""


def _line(typed: dict[str, str]) -> str:
    """Verify the machine-readable line and take the number from it where none was typed."""
    line = read_line(typed["line"])
    if line is None:
        return later("The second machine-readable line has 44 or 36 letters, figures and <.")
    if line.wrong:
        return _WRONG[line.wrong[0]]
    if typed["number"] and normalised(SearchKey.DOCUMENT, typed["number"]) != line.number:
        return later("The number and the machine-readable line do not agree. Please compare both with the document.")
    typed["number"], typed["line"] = line.number, "".join(typed["line"].split()).upper()
    return ""


def _is_alpha3(text: str) -> bool:
    if text in _NO_COUNTRY:
        return True
    found = countries.find(text, nearly=False)
    return re.fullmatch(r"[A-Z]{3}", text) is not None and len(found.codes) == 1


def _phone(typed: dict[str, str], _today: date) -> str:
    if not typed["phone"]:
        return ""
    typed["phone"] = normalised(SearchKey.PHONE, typed["phone"])
    return "" if typed["phone"] else _PHONE_HOW


def _location(typed: dict[str, str], _today: date) -> str:
    lat, lon = typed["lat"], typed["lon"]
    if not (typed["address"] or lat or lon):
        return later("Please give an address, or latitude and longitude.")
    if not (lat or lon):
        return ""
    if not (_is_within(lat, 90) and _is_within(lon, 180)):
        return later("Please write latitude and longitude in degrees, both, for example 28.68 and 115.86.")
    return ""


def _is_within(text: str, most: int) -> bool:
    return _NUMBER.fullmatch(text) is not None and abs(float(text)) <= most


def _language(typed: dict[str, str], _today: date) -> str:
    typed["code"] = typed["code"].lower()
    is_code = re.fullmatch(r"[a-z]{2,3}", typed["code"]) is not None
    return "" if is_code else later("A language is written with two or three letters, for example khm, zho or vie.")


def _authority(typed: dict[str, str], today: date) -> str:
    if not typed["agency"]:
        return later("Please name the agency.")
    if typed["email"] and not _MAIL.fullmatch(typed["email"]):
        return later("The e-mail address looks like desk@example.org.")
    return _phone(typed, today)


_CHECKS: Mapping[SecureField, Check] = for_each(
    SecureField,
    {
        SecureField.NAMES: _names,
        SecureField.BIRTH_DATE: _birth_date,
        SecureField.TRAVEL_DOCUMENT: _travel_document,
        SecureField.PHONE: _phone,
        SecureField.EXACT_LOCATION: _location,
        SecureField.LANGUAGE: _language,
        SecureField.REQUESTING_AUTHORITY: _authority,
    },
    but={
        SecureField.MESSAGE,
        SecureField.GENDER,
        SecureField.DESCRIPTION,
        SecureField.CONTROL,
        SecureField.SUSPECTS,
        SecureField.LEGAL_BASIS,
        SecureField.HEALTH,
    },
)
