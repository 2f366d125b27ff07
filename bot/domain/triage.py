"""The triage rules: how urgent a case is, from its answers so far. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.agreement import Urgency
from bot.domain.case import Value

_HELD = frozenset({"confined", "contact_lost"})
_FLEEING = frozenset({"being_moved", "escaped_not_safe"})
_IN_GOOD_HANDS = frozenset({"with_authorities", "in_safe_place"})
#: An unknown age counts as a child's until it is checked.
_MAY_BE_A_CHILD = frozenset({"under_12", "12_17", "unknown"})
_URGENT_HELP = frozenset({"urgent_rescue", "medical_care", "safe_shelter"})


@dataclass(frozen=True, slots=True)
class _Facts:
    danger: str
    situation: str
    age: str
    exploitation: frozenset[str]
    assistance: frozenset[str]

    @property
    def may_be_a_child(self) -> bool:
        return self.age in _MAY_BE_A_CHILD


_RULES: tuple[tuple[str, Urgency, Callable[[_Facts], bool]], ...] = (
    ("R1", Urgency.U1, lambda f: f.danger == "yes"),
    ("R2", Urgency.U1, lambda f: f.situation in _FLEEING),
    ("R3", Urgency.U1, lambda f: f.situation in _HELD and f.may_be_a_child),
    ("R4", Urgency.U1, lambda f: "OrganRemoval" in f.exploitation and f.situation not in _IN_GOOD_HANDS),
    ("R5", Urgency.U1, lambda f: "stop_departure" in f.assistance),
    ("R6", Urgency.U2, lambda f: f.situation in _HELD),
    ("R7", Urgency.U2, lambda f: f.may_be_a_child),
    ("R8", Urgency.U2, lambda f: f.danger == "unknown" and f.situation == "other"),
    ("R9", Urgency.U2, lambda f: bool(f.assistance & _URGENT_HELP)),
)
_OTHERWISE = ("R10", Urgency.U3)


def assess(answers: Mapping[str, Value]) -> tuple[Urgency, tuple[str, ...]]:
    """Give the level and every rule that fired, in order. What is unanswered counts as the worse case allows."""
    facts = _Facts(
        danger=str(answers.get("danger_now", "unknown")),
        situation=str(answers.get("situation", "other")),
        age=str(answers.get("age_group", "unknown")),
        exploitation=_codes(answers.get("exploitation")),
        assistance=_codes(answers.get("assistance")),
    )
    fired = [(rule, level) for rule, level, holds in _RULES if holds(facts)] or [_OTHERWISE]
    return min(level for _, level in fired), tuple(rule for rule, _ in fired)


def decisive(rules: Sequence[str], urgency: Urgency) -> tuple[str, ...]:
    """Of the rules that fired, those that put a case at this level; the others would have put it lower."""
    levels = {rule: level for rule, level, _ in _RULES} | dict([_OTHERWISE])
    return tuple(rule for rule in rules if levels.get(rule, urgency) is urgency)


def _codes(value: Value | None) -> frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()
