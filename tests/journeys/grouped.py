"""Cases of several persons, told as an officer tells them."""

from __future__ import annotations

from bot.domain.case import Case, Value
from bot.domain.subjects import as_of, count_of, numbers
from tests.kit.played import PlayedBridge

OFFICER, CLERK, OWN_GROUP, OWN_SUPERVISOR = (
    "telegram:officer", "telegram:clerk", "telegram:kh-group", "telegram:kh-supervisor",
)  # fmt: skip
DUTY, POLICE = "wechat:duty", "wecom:police-group"
THEIRS = (DUTY, "wechat:night", "wecom:supervisor", "wecom:detective", POLICE, "wecom:secretariat")
FIRST = "17 people locked in a compound in Nanchang"
#: After the first words: everything that one person would be asked, for all of them.
STEPS = (
    "no", "25", "today 9am", "[Yes, that is right]", "unknown", "KH, VN, CN", "rescue", "[Yes]",
    "[Yes to both, no fear]",
)  # fmt: skip


async def told(bridge: PlayedBridge, *more: str, first: str = FIRST, steps: tuple[str, ...] = STEPS) -> Case:
    """A compound, told to the end; `more` is what is said of those who differ, and what follows."""
    await bridge.says(OFFICER, first)
    await bridge.answers(OFFICER, *steps, *more)
    return await bridge.only_case()


def groups(case: Case) -> list[tuple[Value | None, ...]]:
    """How many, age, citizenship and fear of each group, the largest first."""
    asked = ("age_group", "citizenship", "fears_own_authorities")
    found = [(count_of(case, n), *map(as_of(case, n).value, asked)) for n in numbers(case)]
    return sorted(found, key=lambda group: -int(str(group[0])))


def number_of(case: Case, field: str, value: Value) -> int:
    """The number of the group that has this answer of its own."""
    return next(n for n, own in case.apart.items() if field in own and own[field].value == value)
