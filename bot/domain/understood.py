"""Answers that were read out of somebody's first words: they count at once, but only ever upwards. Pure.

Nobody was asked, so none of them may calm anything: what would make a case less urgent, or open a gate, waits until
the person said that it is right, by a tap or by sending what was shown back.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from bot.domain.agreement import Urgency
from bot.domain.case import Answer, Case, Value
from bot.domain.fields import Field
from bot.domain.triage import assess
from bot.language.texts import tr

#: How such an answer came, as its `source` says.
UNDERSTOOD = "understood"
#: What may put a case lower than if it were not known; anything else that is understood can only raise it.
_MAY_CALM = ("age_group", "situation")


def understood(case: Case) -> dict[str, Answer]:
    """The answers that nobody confirmed yet, by field id."""
    return {name: answer for name, answer in case.answers.items() if answer.source == UNDERSTOOD}


def confirmed(case: Case, field_id: str) -> Value | None:
    """The current value of a field if a person gave or confirmed it."""
    answer = case.answers.get(field_id)
    return None if answer is None or answer.source == UNDERSTOOD else answer.value


def doubt(case: Case, asked: Field, language: str) -> str:
    """What is said behind an answer that nobody confirmed yet; empty for others."""
    return tr(language, " (from the first words, not confirmed)") if asked.id in understood(case) else ""


def urgency_of(answers: Mapping[str, Answer]) -> tuple[Urgency, tuple[str, ...]]:
    """Give the level and the rules that fired, at the worst with each unconfirmed answer that may calm left out."""
    values = {name: answer.value for name, answer in answers.items()}
    unsure = [name for name in _MAY_CALM if name in answers and answers[name].source == UNDERSTOOD]
    left_out = (names for size in range(len(unsure) + 1) for names in combinations(unsure, size))
    worst = (assess({name: value for name, value in values.items() if name not in names}) for names in left_out)
    return min(worst, key=lambda found: found[0])
