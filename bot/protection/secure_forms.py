"""What can be entered in a secure case: a small form a field, as data, and how an entry reads. Pure after loading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.data.reader import data
from bot.domain.closed_sets import for_each
from bot.domain.fields import Choice
from bot.domain.secure_entry import SecureField
from bot.language.texts import later, tr

#: Confinement has no code in the standard: one of our own, marked as such.
_CONFINED = Choice("x_RestrictsMovement", later("Restricts movement, locks in"))

LINE_LIMIT = 200  #: characters
TEXT_LIMIT = 2000  #: characters


@dataclass(frozen=True, slots=True)
class FormPart:
    """One question of a form."""

    name: str
    label: str  #: English
    kind: str = "line"  #: line, text, select or checks
    choices: tuple[Choice, ...] = ()
    example: str = ""
    short: str = ""  #: English; how an entry calls it, where the question is longer

    @property
    def limit(self) -> int:
        """Most characters."""
        return TEXT_LIMIT if self.kind == "text" else LINE_LIMIT


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The form of a field."""

    field: SecureField
    title: str  #: English
    parts: tuple[FormPart, ...]
    hint: str = ""


def _listed(name: str) -> tuple[Choice, ...]:
    return tuple(Choice(each["code"], each["label"]) for each in _codes()[name])


@cache
def _codes() -> Mapping[str, Any]:
    codes: Mapping[str, Any] = data("htcds")["codes"]
    return codes


_ORDERS = (Choice("family_first", later("Family name first")), Choice("given_first", later("Given names first")))
_DOCUMENTS = (
    Choice("P", later("Passport")),
    Choice("I", later("Identity card")),
    Choice("B", later("Border pass")),
    Choice("O", later("Another document")),
)
_YES_NO = (Choice("yes", later("Yes")), Choice("no", later("No")))

_ALL = (
    EntryForm(
        SecureField.NAMES,
        later("Names"),
        (
            FormPart("family", later("Family name"), example="SOK"),
            FormPart("given", later("Given names"), example="Dara"),
            FormPart("native", later("Name in the person's own script"), example="សុខ ដារ៉ា", short=later("Own script")),
            FormPart("order", later("Order in the document"), "select", _ORDERS, short=later("Order")),
        ),
        later("As the document has them."),
    ),
    EntryForm(
        SecureField.BIRTH_DATE,
        later("Date of birth"),
        (
            FormPart(
                "date", later("Year, year and month, or the whole date"), example="2009-05-17", short=later("Born")
            ),
        ),
        later("What is not known is left out: 2009 or 2009-05 will do."),
    ),
    EntryForm(
        SecureField.GENDER, later("Gender"), (FormPart("code", later("Gender"), "select", _listed("prs_Gender")),)
    ),
    EntryForm(
        SecureField.TRAVEL_DOCUMENT,
        later("Travel document"),
        (
            FormPart("type", later("Type"), "select", _DOCUMENTS),
            FormPart(
                "issuer", later("Issued by: three letters of the country"), example="KHM", short=later("Issued by")
            ),
            FormPart("number", later("Number"), example="N01234567"),
            FormPart(
                "line",
                later("Second machine-readable line, if you see it"),
                example="N01234567<...",
                short=later("Machine-readable line"),
            ),
        ),
        later("With the machine-readable line the check digits are verified."),
    ),
    EntryForm(
        SecureField.PHONE,
        later("Phone of the person"),
        (
            FormPart(
                "phone", later("Number with + and the country code"), example="+85510000000", short=later("Number")
            ),
            FormPart("app", later("Name in an app, with the app"), example="WeChat: example", short=later("App")),
        ),
        later("Before anybody calls: is it safe to contact the person?"),
    ),
    EntryForm(
        SecureField.EXACT_LOCATION,
        later("Exact location"),
        (
            FormPart("address", later("Address"), "text"),
            FormPart("lat", later("Latitude"), example="28.68"),
            FormPart("lon", later("Longitude"), example="115.86"),
            FormPart("known", later("How is it known?"), example="pin in an app", short=later("Known by")),
        ),
    ),
    EntryForm(
        SecureField.DESCRIPTION, later("Description of the person"), (FormPart("text", later("Description"), "text"),)
    ),
    EntryForm(
        SecureField.CONTROL,
        later("Methods of control seen"),
        (FormPart("codes", later("Methods"), "checks", (*_listed("vic_MethodsOfControl"), _CONFINED)),),
        later("Never asked of anybody under 18: note only what was seen."),
    ),
    EntryForm(
        SecureField.SUSPECTS,
        later("Suspects"),
        (FormPart("text", later("Who, which role, how to recognise or reach them"), "text", short=later("Said")),),
        later("What is reported of somebody proves nothing yet."),
    ),
    EntryForm(
        SecureField.LEGAL_BASIS,
        later("Legal basis"),
        (
            FormPart(
                "text",
                later("Offence and provision, purpose, and why the other side holds the information"),
                "text",
                short=later("Basis"),
            ),
        ),
    ),
    EntryForm(
        SecureField.LANGUAGE,
        later("Language of the person"),
        (
            FormPart(
                "code", later("Code of the language, two or three letters"), example="khm", short=later("Language")
            ),
            FormPart("interpreter", later("Interpreter needed?"), "select", _YES_NO, short=later("Interpreter")),
        ),
    ),
    EntryForm(
        SecureField.HEALTH,
        later("Health needs"),
        (FormPart("text", later("What the person needs now"), "text", short=later("Needs")),),
        later("A support desk to which the case is referred reads this on its page. No names."),
    ),
    EntryForm(
        SecureField.REQUESTING_AUTHORITY,
        later("Requesting authority"),
        (
            FormPart("agency", later("Agency")),
            FormPart("unit", later("Unit")),
            FormPart("officer", later("Officer, with rank")),
            FormPart("phone", later("Phone with + and the country code"), example="+85510000000", short=later("Phone")),
            FormPart("email", later("Official e-mail"), example="desk@example.org"),
        ),
    ),
)

FORMS = for_each(SecureField, {form.field: form for form in _ALL}, but={SecureField.MESSAGE})


def sentences() -> tuple[str, ...]:
    """List the labels of codes, which stand in a data file, so that they can be extracted."""
    return tuple(choice.label for name in ("prs_Gender", "vic_MethodsOfControl") for choice in _listed(name))


def title(field: SecureField, language: str) -> str:
    """Name a field of the secure case."""
    form = FORMS.get(field)
    return tr(language, form.title if form else later("Text from a messenger"))


def values(field: SecureField, words: str) -> dict[str, str | list[str]]:
    """Take an entry apart; one that was not made by a form is one text, under an empty name."""
    if field not in FORMS:
        return {"": words}
    try:
        found = json.loads(words)
    except ValueError:
        return {"": words}
    return dict(found) if isinstance(found, dict) else {"": words}


def lines(field: SecureField, words: str, language: str) -> list[tuple[str, str]]:
    """Write an entry for people, label by label, without what was left empty."""
    kept = values(field, words)
    if "" in kept:
        return [("", words)]
    found = ((part, _shown(field, part, kept.get(part.name, ""), language)) for part in FORMS[field].parts)
    return [(tr(language, part.short or part.label), shown) for part, shown in found if shown]


def _shown(field: SecureField, part: FormPart, value: str | list[str], language: str) -> str:
    if isinstance(value, list):
        return ", ".join(_label(part, code, language) for code in value)
    if field is SecureField.NAMES and part.name == "family":
        return value.upper()
    return _label(part, value, language) if part.kind == "select" else value


def _label(part: FormPart, code: str, language: str) -> str:
    return next((tr(language, choice.label) for choice in part.choices if choice.code == code), code)
