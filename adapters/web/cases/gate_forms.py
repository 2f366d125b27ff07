"""The questions that forms ask, and the forms for what the gates of a case need. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import Channel
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.fields import field
from bot.language.texts import tr
from bot.protection import gates

#: Questions whose answer may stay empty.
MAY_BE_EMPTY = frozenset({"officer", "why"})

_ABOUT = {
    "police": gates.CONSENT[Channel.POLICE],
    "diplomatic": gates.CONSENT[Channel.DIPLOMATIC],
    "fears": gates.FEARS,
}
#: Acts that ask for one line of words, with the field that they answer.
_ONE_LINE = for_each(
    Act,
    {
        Act.GUARDIAN: gates.GUARDIAN,
        Act.INTEREST: gates.BEST_INTERESTS,
        Act.VITAL: gates.VITAL_INTEREST,
        Act.ALTERNATIVE: gates.ALTERNATIVE,
    },
    but={act for act in Act if act.rule.takes != ("words",)},
)
#: The acts with such forms, in the order in which a page shows them.
ACTS = (Act.CONSENT, Act.PROTECT, Act.DECIDE, *_ONE_LINE)


@dataclass(frozen=True, slots=True)
class Input:
    """One question of a form."""

    name: str
    label: str
    kind: str = "line"  #: line, text, number or select
    choices: tuple[tuple[str, str], ...] = ()  #: value and label of a select
    most: int = 0  #: largest number

    @property
    def may_be_empty(self) -> bool:
        """Whether the form is complete without it."""
        return self.name in MAY_BE_EMPTY


def inputs(act: Act, language: str) -> tuple[Input, ...]:
    """List the questions of a form."""
    if act in _ONE_LINE:
        return (Input("words", tr(language, field(_ONE_LINE[act]).question)),)
    match act:
        case Act.CONSENT:
            return _consent(language)
        case Act.PROTECT:
            return (_coded(gates.FLAG, language), Input("why", tr(language, "What is known (may stay empty)")))
        case Act.DECIDE:
            return (_coded(gates.DECISION, language), Input("reason", tr(language, "Reason")))
        case _:
            raise LookupError(f"no gate asks for {act}")


def _consent(language: str) -> tuple[Input, ...]:
    about = tuple((word, tr(language, field(name).label)) for word, name in _ABOUT.items())
    said = {k.code: tr(language, k.label) for name in _ABOUT.values() for k in field(name).choices}
    return (
        Input("about", tr(language, "About"), "select", about),
        Input("said", tr(language, "What the person says"), "select", tuple(said.items())),
    )


def _coded(name: str, language: str) -> Input:
    asked = field(name)
    choices = tuple((k.code, tr(language, k.label)) for k in asked.choices)
    return Input("code", tr(language, asked.question), "select", choices)
