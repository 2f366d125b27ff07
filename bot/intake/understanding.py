"""What first words already say: kept as answers at once, shown back, and not asked again. Decides, does no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.fields import Field, field, show
from bot.domain.messages import Button, Keyboard
from bot.domain.names import rows
from bot.domain.understood import UNDERSTOOD, confirmed, understood
from bot.intake.answers import follow_up, keep
from bot.intake.next_question import to_ask
from bot.intake.reading.block import parse_block
from bot.intake.reading.first_facts import facts_in
from bot.language.normalise import plain
from bot.language.texts import later, tr
from bot.language.words import words
from bot.protection.redaction_policy import echoed
from bot.turns.composer import Composer

#: What the buttons below it carry: all is right, something is not, this is not. Where there are none, two are typed.
RIGHT, CHANGE, WRONG = "right", "change", "wrong"
_LABELS = {RIGHT: later("Right"), CHANGE: later("Change")}
_CONFIRMED = "confirmed"
_TOGETHER = {"country": "area", "area": "country"}
#: Values that say by themselves what they are about; others come with their label.
_PLAIN = ("situation", "age_group", "category")


def understand(c: Composer, case: Case, said: Iterable[str]) -> Case:
    """Keep what a person's first words say beyond doubt; a block of `label: value` lines is read as one."""
    text, before = "\n".join(said), case
    if parse_block(text) is not None or (c.message is not None and c.message.origin):
        return case  # who forwards says nothing by it
    for name, value in facts_in(text).items():
        if confirmed(case, name) is None and case.value(name) != value:
            case = keep(c, case, field(name), value, UNDERSTOOD)
    return case if case is before else follow_up(c, case, before)


def tells(text: str) -> bool:
    """Whether words say more than how many they are about."""
    return bool(facts_in(text).keys() - {"persons_count"})


def confirm(c: Composer, case: Case) -> Case:
    """Take what was understood as said: the person tapped that it is right, or sent what was shown back."""
    before = case
    for name, answer in understood(case).items():
        case = keep(c, case, field(name), answer.value, _CONFIRMED)
    return case if case is before else follow_up(c, case, before)


def beside(case: Case, current: Field) -> Field | None:
    """What was understood together with a field that is answered otherwise now, and is asked again."""
    other = _TOGETHER.get(current.id, "")
    return field(other) if other in understood(case) and current.id not in understood(case) else None


def sentence(case: Case, language: str) -> str:
    """Say what was understood; empty when that is nothing."""
    shown = {asked.id: value for asked, value in _shown(case, language)}
    if "area" in shown and "country" in shown:
        shown["area"] += f", {shown.pop('country')}"
    facts = [value if name in (*_PLAIN, "area") else f"{tr(language, field(name).label)}: {value}"
             for name, value in shown.items()]  # fmt: skip
    return tr(language, "I understood: {facts}.", facts=" · ".join(facts)) if facts else ""


def row(case: Case, language: str) -> Keyboard:
    """Offer that all is right, and that something is not."""
    first = next((asked for asked, _ in _shown(case, language)), None)
    if first is None:
        return ()
    return (tuple(_button(case, first, code, tr(language, label)) for code, label in _LABELS.items()),)


def each(case: Case, language: str) -> Keyboard:
    """Offer each thing that was understood, to say which is wrong, and that none is."""
    shown = _shown(case, language)
    offered = [_button(case, asked, WRONG, f"{tr(language, asked.label)}: {value}") for asked, value in shown]
    right = [_button(case, asked, RIGHT, tr(language, "All is right")) for asked, _ in shown[:1]]
    return rows([*offered, *right], width=1)


def typed(c: Composer, case: Case, text: str) -> str:
    """What typed words say of what was understood, as its buttons carry it; empty for words that say nothing of it.

    "Right" and "wrong" answer no question of the intake, so that they say this wherever somebody stands in it.
    """
    if case.sent_at is not None:
        return ""
    said = plain(text)
    return RIGHT if said in words("right") else CHANGE if said in words("wrong") else _labels(c.language).get(said, "")


@cache
def _labels(language: str) -> dict[str, str]:
    return {plain(tr(language, label)): code for code, label in _LABELS.items()}


def _shown(case: Case, language: str) -> list[tuple[Field, str]]:
    """What nobody confirmed yet, in asking order."""
    waiting = [asked for asked in to_ask(case) if asked.id in understood(case)]
    return [(asked, show(asked, value, language)) for asked in waiting if (value := echoed(asked, case)) is not None]


def _button(case: Case, asked: Field, code: str, label: str) -> Button:
    return Button(label, button_data.write(button_data.ChoiceTap(case.id, asked.id, code)))
