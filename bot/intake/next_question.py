"""Which question of an intake comes next, came before, and is still missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.case import Case, Value
from bot.domain.fields import Field, asked_for

#: What is asked when all answers are shown back; no field has this name.
REVIEW = "review"


def values(case: Case) -> Mapping[str, Value]:
    """The current values by field id."""
    return {name: answer.value for name, answer in case.answers.items()}


def to_ask(case: Case) -> tuple[Field, ...]:
    """The fields that this case is asked, in order."""
    count = case.value("persons_count")
    return asked_for(case.value("category"), several=isinstance(count, int) and count > 1)


def next_question(case: Case, after: str = "") -> Field | None:
    """What is asked after this field: what is required first, then the rest; None when the summary is next.

    What may be asked later is left to whoever asks for it, and then asked to its end.
    """
    fields = to_ask(case)
    position = next((i for i, f in enumerate(fields) if f.id == after), -1)
    left_out = next((f for f in fields[: position + 1] if f.required and f.id not in case.answers), None)
    is_later = position >= 0 and fields[position].is_later
    behind = (f for f in fields[position + 1 :] if f.id not in case.answers and (is_later or not f.is_later))
    return left_out or next(behind, None)


def open_question(case: Case) -> Field | None:
    """The first field without an answer, those too that may be asked later."""
    return next((f for f in to_ask(case) if f.id not in case.answers), None)


def question_before(case: Case, current: str) -> Field | None:
    """The field asked before `current`; None at the first one."""
    fields = [f for f in to_ask(case) if not f.is_later or f.id in (*case.answers, current)]
    position = next((i for i, f in enumerate(fields) if f.id == current), len(fields))
    return fields[position - 1] if position > 0 else None


def missing(case: Case) -> list[Field]:
    """The fields that should be answered before `send`."""
    return [f for f in to_ask(case) if f.required and f.id not in case.answers]
