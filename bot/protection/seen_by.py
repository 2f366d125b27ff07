"""A case as one side may know it: of several persons without those held back from it, and without a trace of them.

Whatever shows a case to somebody asks here first. A number, a count, an answer, a rule or a deadline that only somebody
who is held back gives is not there, as if they had never been reported. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.domain.agreement import Agreement, Urgency
from bot.domain.case import Answer, Case, Channel, Deadline, HandoffState
from bot.domain.frozen import replace
from bot.domain.ids import first_at
from bot.domain.subjects import COUNT, OF_A_PERSON, REST, as_of, count_of, numbers
from bot.domain.understood import urgency_of
from bot.protection import gates

#: The worse first: of several the worst is shown for all.
_AGES = ("under_12", "12_17", "unknown", "18_or_over")


def seen_by(case: Case, party: str, agreement: Agreement, among: Collection[int] = ()) -> Case:
    """The case as people of a side may know it; of some persons only where these are named."""
    if not case.apart:
        return case
    held = gates.held_back(case, party, agreement)
    if among:
        held = (*held, *(n for n in numbers(case) if n not in among and n not in held))
    shown = [number for number in numbers(case) if number not in held]
    if not shown:
        return as_of(case, held[0])  # the whole case is closed to them, as that of one person would be
    if len(shown) == 1 and held:
        seen = replace(as_of(case, shown[0]), answers=_alone(case, shown[0]))
    else:
        seen = replace(case, answers=_together(case, shown), apart={n: _own(case, n) for n in shown})
    return _without_trace(seen) if held else seen


def shown_numbers(case: Case, party: str, agreement: Agreement) -> tuple[int, ...]:
    """The numbers of the persons and groups that people of a side may know of."""
    held = gates.held_back(case, party, agreement)
    return tuple(number for number in numbers(case) if number not in held)


def urgency_for_all(case: Case, agreement: Agreement) -> tuple[Urgency, tuple[str, ...]]:
    """Give the level and the rules that fire: the worst of all persons of whom the requested side may know.

    Whoever is held back from it moves no clock that it sees; where that is everybody, all of them count.
    """
    if not case.apart:
        return urgency_of(case.answers)
    whom = shown_numbers(case, case.requested, agreement) or numbers(case)
    each = [urgency_of(as_of(case, number).answers) for number in whom]
    return min(level for level, _ in each), tuple(dict.fromkeys(rule for _, rules in each for rule in rules))


def _own(case: Case, number: int) -> Mapping[str, Answer]:
    """All that is known of one of them, so that nothing is taken from the others where that is not theirs."""
    answers = as_of(case, number).answers
    own = {name: answers[name] for name in OF_A_PERSON if name in answers}
    return own if number == REST else {**own, COUNT: answers[COUNT]}


def _alone(case: Case, number: int) -> Mapping[str, Answer]:
    answers = dict(as_of(case, number).answers)
    return _with_count(answers, case, [number])


def _together(case: Case, shown: Sequence[int]) -> Mapping[str, Answer]:
    """What is told of all of them at once: only what is known of each."""
    each = [as_of(case, number).answers for number in shown]
    answers = {name: answer for name, answer in case.answers.items() if name not in OF_A_PERSON}
    for name in OF_A_PERSON:
        found = [known[name] for known in each if name in known]
        if len(found) == len(each) and (joined := _joined(name, found)) is not None:
            answers[name] = joined
    return _with_count(answers, case, shown)


def _with_count(answers: dict[str, Answer], case: Case, shown: Sequence[int]) -> Mapping[str, Answer]:
    counts = [count_of(case, number) for number in shown]
    known = [case.answers.get(COUNT), *(case.apart[number].get(COUNT) for number in shown if number != REST)]
    told = next(filter(None, known), None)
    if told is None or any(count is None for count in counts):
        answers.pop(COUNT, None)
        return answers
    return {**answers, COUNT: replace(told, value=sum(filter(None, counts)), subject=0)}


def _joined(name: str, found: Sequence[Answer]) -> Answer | None:
    newest = max(found, key=lambda answer: answer.id)
    values = {answer.value for answer in found}
    if len(values) == 1:
        return newest
    if name == "citizenship":
        lists = (value if isinstance(value, tuple) else (str(value),) for value in (a.value for a in found))
        return replace(newest, value=tuple(dict.fromkeys(code for codes in lists for code in codes)))
    if name == "age_group":
        return min(found, key=lambda answer: _AGES.index(str(answer.value)))
    return None


def _without_trace(seen: Case) -> Case:
    """Leave out of rules and deadlines what only those who are held back give."""
    fired = {rule for n in numbers(seen) for rule in urgency_of(as_of(seen, n).answers)[1]}
    rules = tuple(rule for rule in seen.rules if rule in fired or not rule.startswith("R"))
    deadlines = tuple(deadline for deadline in seen.deadlines if _is_seen(deadline, seen))
    return replace(seen, is_partial=True, rules=rules, deadlines=deadlines)


def _is_seen(deadline: Deadline, seen: Case) -> bool:
    """Whether a deadline is one of theirs: what runs on after a channel accepted all whom they know of is not."""
    channel = next((each for each in Channel if each.value == deadline.kind.value), None)
    if channel is None or gates.awaited(seen, channel):
        return True
    accepted = [h.accepted_at for h in seen.handoffs if h.channel is channel and h.state is HandoffState.ACCEPTED]
    last = max(filter(None, accepted), default=None)
    return last is None or deadline.id < first_at(last)
