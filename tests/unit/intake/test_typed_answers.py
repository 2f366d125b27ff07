"""What officers type in four languages, with the right reading: most is read, and nothing is read wrongly.

`python -m tests.unit.intake.test_typed_answers` prints every line that is not read as it should be.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain import reference
from bot.domain.fields import FIELDS, FieldKind, by_number, field, is_field
from bot.domain.typed_commands import parse_command
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Unclear
from bot.intake.reading.yes_no import read_agreement
from bot.people.enrolment import code_from

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Phnom_Penh")
ASK = "ask"  #: only asking again is right
_CONFIRMATION, _COMMAND = "confirmation", "command"


@dataclass(frozen=True, slots=True)
class Line:
    """One typed answer."""

    language: str
    question: str
    typed: str
    right: str


@cache
def lines() -> tuple[Line, ...]:
    """Read the data set."""
    raw = json.loads(Path(__file__).with_name("typed_answers.json").read_text("utf-8"))
    del raw["note"]
    return tuple(_lines(raw))


def _lines(raw: dict[str, dict[str, dict[str, list[str]]]]) -> Iterator[Line]:
    for language, questions in raw.items():
        for question, readings in questions.items():
            for right, typed in readings.items():
                yield from (Line(language, question, each, right) for each in typed)


def reading_of(line: Line) -> str:
    """Write what is read as the data set writes it."""
    if line.question == _COMMAND:
        return _command(line.typed)
    if line.question == _CONFIRMATION:
        agreed = read_agreement(line.typed)
        return ASK if agreed is None else "yes" if agreed else "no"
    found = read(field(line.question), line.typed, now=NOW, zone=ZONE)
    if isinstance(found, Unclear):
        return ASK
    if field(line.question).kind is FieldKind.TIME and found.value != "unknown":
        return f"{datetime.fromisoformat(str(found.value)).astimezone(ZONE):%Y-%m-%d %H:%M}"
    return ",".join(found.value) if isinstance(found.value, tuple) else str(found.value)


def _command(text: str) -> str:
    command = parse_command(text)
    if command is None:
        return "none"
    named = reference.find_in(command.rest)
    if named is not None:
        return f"{command.name} {named[0]}"
    if command.name == "edit":
        return " ".join(["edit", *(each.number for each in by_number(command.rest))])
    return f"{command.name} {code_from(command.rest)}".strip()


def figures() -> str:
    """Say how much is read, by language and in all, and how much wrongly."""
    everything, read_right, wrong = Counter[str](), Counter[str](), 0
    for line in lines():
        found = reading_of(line)
        wrong += found not in (line.right, ASK)
        if line.right != ASK:
            everything[line.language] += 1
            read_right[line.language] += found == line.right
    shares = ", ".join(f"{name} {read_right[name]} of {count}" for name, count in everything.items())
    share = read_right.total() / everything.total()
    return f"typed answers: {len(lines())}; read {share:.1%} of those that can be ({shares}); read wrongly: {wrong}"


def test_the_set_has_every_kind_of_question_in_four_languages() -> None:
    assert len({(line.language, line.question, line.typed) for line in lines()}) == len(lines()) >= 400
    assert {line.language for line in lines()} == {"en", "zh", "km", "vi"}
    asked = {field(line.question).kind for line in lines() if is_field(line.question)}
    assert asked == {each.kind for each in FIELDS}
    for language in ("en", "zh", "km", "vi"):
        assert {_CONFIRMATION, _COMMAND} <= {line.question for line in lines() if line.language == language}


def test_most_is_read_and_nothing_is_read_wrongly() -> None:
    sys.stdout.write(f"{figures()}\n")
    can_be = [line for line in lines() if line.right != ASK]
    is_read = [line for line in can_be if reading_of(line) == line.right]
    assert [line for line in lines() if reading_of(line) not in (line.right, ASK)] == []
    assert len(is_read) >= 0.98 * len(can_be)


if __name__ == "__main__":
    sys.stdout.write(f"{figures()}\n")
    for line in lines():
        found = reading_of(line)
        if found != line.right:
            mark = "not read" if found == ASK else "WRONG"
            what = f"{line.language} {line.question}: {line.typed!r} is {line.right!r}, read {found!r}"
            sys.stdout.write(f"{mark}: {what}\n")
