"""Questions with several choices: what is chosen so far, and what a word or a tap adds or takes out. Pure.

Every choice is kept as an answer at once, so that whatever comes next loses none. Only what names a choice that is
chosen takes it out: a tap on its mark, or ``not interpreter``.
"""

from __future__ import annotations

from bot.domain.case import Case, Value
from bot.domain.fields import UNKNOWN, Field, FieldKind
from bot.domain.understood import confirmed

_KINDS = (FieldKind.CHOICES, FieldKind.COUNTRIES)
DONE = "done"
_OUT = "-"  #: before the code of a choice: it is chosen, and a tap takes it out


def takes_several(asking: Field) -> bool:
    """Whether a question takes several choices."""
    return asking.kind in _KINDS


def chosen(asking: Field, case: Case) -> tuple[str, ...]:
    """The choices that are made; what was only understood is replaced by what is chosen."""
    value = confirmed(case, asking.id)
    return value if takes_several(asking) and isinstance(value, tuple) else ()


def added(asking: Field, before: Value | None, value: Value) -> Value:
    """The choices with these added, in the field's order; any other answer as it is. Unknown adds to none."""
    if not takes_several(asking) or not isinstance(before, tuple):
        return value
    return before if not isinstance(value, tuple) else _in_order(asking, (*before, *value))


def without(asking: Field, case: Case, codes: Value) -> Value | None:
    """What is left when these are taken out: unknown where nothing is and that is an answer, else None."""
    out = codes if isinstance(codes, tuple) else (str(codes),)
    left = tuple(code for code in chosen(asking, case) if code not in out)
    return left or (UNKNOWN if asking.may_be_unknown else None)


def _in_order(asking: Field, codes: tuple[str, ...]) -> tuple[str, ...]:
    order = [choice.code for choice in asking.choices]
    found = dict.fromkeys(codes)
    return tuple(sorted(found, key=lambda code: order.index(code) if code in order else len(order)))


def tap_of(code: str, *, is_chosen: bool) -> str:
    """What the button of a choice carries: one that is chosen is taken out, any other added, however often."""
    return f"{_OUT}{code}" if is_chosen else code


def adds(tapped: str) -> bool:
    """Whether what a button carries adds the choice."""
    return not tapped.startswith(_OUT)


def code_of(tapped: str) -> str:
    """The choice that a button names."""
    return tapped.removeprefix(_OUT)
