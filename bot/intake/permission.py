"""The three questions about permission as one, while none of them is answered: a tap for each usual answer. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.domain import button_data
from bot.domain.case import Case
from bot.domain.fields import COUNT, Field, field
from bot.domain.messages import Button, Keyboard
from bot.domain.names import rows
from bot.intake.answers import follow_up, keep
from bot.intake.reading.choice import read_choice
from bot.intake.reading.result import Read
from bot.language.normalise import whole_number
from bot.language.texts import later, tr
from bot.turns.composer import Composer

_THREE = tuple(map(field, ("consent_police", "consent_diplomatic", "fears_own_authorities")))
FIRST, LAST = _THREE[0], _THREE[-1]
#: What is usual, by the code of its button: the label, and the answers in the order of the questions.
_USUAL: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "all_yes": (later("Yes to both, no fear"), ("yes", "yes", "no")),
        "all_police": (later("Police only, fears own State"), ("yes", "no", "yes")),
        "all_not_asked": (later("Not asked yet"), ("not_asked", "not_asked", "unknown")),
        "all_cannot_ask": (later("Cannot be asked"), ("cannot_ask", "cannot_ask", "unknown")),
    }
)
#: Of a button: the three are asked one by one.
APART = "apart"
_BETWEEN = re.compile(r"[,;/\n，；、]+")


def is_together(c: Composer, case: Case, asking: Field) -> bool:
    """Whether a question is asked with the two that belong to it."""
    is_apart = c.conversation.pending.get("returning") or c.conversation.pending.get(APART)
    return asking is FIRST and case.sent_at is None and not is_apart and not any(f.id in case.answers for f in _THREE)


def question(language: str) -> str:
    """Ask all three."""
    asked = tr(
        language,
        "Does the person agree that we share this with the police, and with their embassy or consulate? Do they fear "
        "the authorities of their own country? Tap, or answer all three: yes, not asked, unknown.",
    )
    number = str(FIRST.whole_number)
    return tr(language, "({number} of {count}) {question}", number=number, count=COUNT, question=asked)


def keyboard(case: Case, language: str) -> Keyboard:
    """Offer what is usual, and each question by itself."""
    offered = {code: tr(language, label) for code, (label, _) in _USUAL.items()} | {APART: tr(language, "One by one")}
    moves = {"skip": tr(language, "Skip"), "back": tr(language, "Back")}
    laid = rows([_button(case, code, label) for code, label in offered.items()])
    return (*laid, tuple(_button(case, code, label) for code, label in moves.items()))


def _button(case: Case, code: str, label: str) -> Button:
    return Button(label, button_data.write(button_data.ChoiceTap(case.id, FIRST.id, code)))


def usual(code: str) -> tuple[str, ...] | None:
    """The three answers that a button stands for."""
    found = _USUAL.get(code)
    return found[1] if found else None


def read_three(text: str, language: str) -> tuple[str, ...] | None:
    """Read three answers in the order asked, or one that says that nobody was asked; None for anything else."""
    number = whole_number(text)
    if number is not None:
        return dict(enumerate(codes for _, codes in _USUAL.values())).get(number - 1)
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if any(whole_number(part) is not None for part in parts):
        return None
    if len(parts) == len(_THREE):
        readings = [read_choice(each, part, language) for each, part in zip(_THREE, parts, strict=True)]
        codes = tuple(str(reading.value) for reading in readings if isinstance(reading, Read))
        return codes if len(codes) == len(_THREE) else None
    alone = read_choice(FIRST, text, language)
    unasked = alone.value if isinstance(alone, Read) else ""
    return next(
        (codes for _, codes in _USUAL.values() if codes[0] == codes[1] == unasked and codes[2] == "unknown"), None
    )


def store(c: Composer, case: Case, codes: Sequence[str], source: str) -> Case:
    """Keep the three answers; what follows from them follows once."""
    before = case
    for each, code in zip(_THREE, codes, strict=True):
        case = keep(c, case, each, code, source)
    return follow_up(c, case, before)
