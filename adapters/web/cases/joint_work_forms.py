"""The forms for who works on a case together: liaison officers, a joint operation, a support desk. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.web.cases.gate_forms import Input
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.people import Directory, Person
from bot.language.texts import later, tr
from bot.protection.permissions import may_be_given

#: The acts with such forms, in the order in which a page shows them.
ACTS = (Act.LIAISON, Act.OPERATION, Act.REFER)


def inputs(act: Act, person: Person, agreement: Agreement, directory: Directory) -> tuple[Input, ...]:
    """List the questions of a form."""
    return _FORMS[act].inputs(person, agreement, directory)


def hint(act: Act, language: str) -> str:
    """Say what a form does."""
    return tr(language, _FORMS[act].hint)


def _liaison(person: Person, agreement: Agreement, directory: Directory) -> tuple[Input, ...]:
    language = person.language
    side = (each for each in directory.people.values() if may_be_given(each, person, agreement))
    people = tuple((str(each.id), each.name) for each in sorted(side, key=lambda each: each.name))
    changes = (("on", tr(language, "is liaison officer")), ("off", tr(language, "is no liaison officer any more")))
    return (
        Input("person", tr(language, "Person of your side"), "select", people),
        Input("change", tr(language, "What becomes of them"), "select", changes),
    )


def _operation(person: Person, _agreement: Agreement, _directory: Directory) -> tuple[Input, ...]:
    language = person.language
    parts = (("when", tr(language, "When")), ("where", tr(language, "Where")))
    said = tr(language, "Day and time in your local time, for example 18 Apr 05:00; or the place")
    return (Input("part", tr(language, "What is planned"), "select", parts), Input("text", said, "text"))


def _refer(person: Person, agreement: Agreement, _directory: Directory) -> tuple[Input, ...]:
    language = person.language
    desks = agreement.desks_of(person.party, DeskRole.SUPPORT)
    said = (
        ("yes", tr(language, "Yes: refer")),
        ("no", tr(language, "No: do not refer")),
        ("off", tr(language, "Take the referral back")),
    )
    return (
        Input("desk", tr(language, "Support desk"), "select", tuple((each.id, each.name) for each in desks)),
        Input("said", tr(language, "Does the person agree?"), "select", said),
        Input("why", tr(language, "Why it is taken back; else leave it empty")),
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """The questions of one act, and what is said above them."""

    inputs: Callable[[Person, Agreement, Directory], tuple[Input, ...]]
    hint: str


_FORMS = for_each(
    Act,
    {
        Act.LIAISON: _Form(
            _liaison, later("They are told what an assignee is told. The other side reads side and role only.")
        ),
        Act.OPERATION: _Form(
            _operation, later("Both sides confirm every change. An exact place is shown in the secure case only.")
        ),
        Act.REFER: _Form(
            _refer,
            later(
                "Ask the person first: for an adult choose Yes only when they agreed. The desk reads age group, help "
                "asked for, area, language and health needs, and nothing else."
            ),
        ),
    },
    but={act for act in Act if act not in ACTS},
)
