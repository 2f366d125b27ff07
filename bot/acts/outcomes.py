"""How it ended for each person of a case: asked before the case is closed, one tap when it is the same for all."""

from __future__ import annotations

import re

from bot.acts.request import ActRequest, prompt
from bot.acts.whom import lines
from bot.channels.gate_effects import own_desk, own_side
from bot.clock.alerts import act_button
from bot.domain.case import Case, ClosureCode
from bot.domain.case_acts import Act
from bot.domain.fields import field, show
from bot.domain.messages import Button
from bot.domain.names import rows
from bot.domain.subjects import OUTCOMES, STATE, SubjectState, numbers, own_value
from bot.intake.answers import keep_of
from bot.language.folding import begins
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.seen_by import shown_numbers

#: Closures that say that there was no case of anybody.
_OF_NOBODY = frozenset({ClosureCode.ERROR, ClosureCode.DUPLICATE, ClosureCode.EXERCISE, ClosureCode.NOT_TRAFFICKING})
#: As people type it, or as a button has room for it: the place among the outcomes.
_ALL = re.compile(r"\s*all\s*=\s*([a-z_]+|\d)\b[\s:;,.]*", re.IGNORECASE)


def of_all(words: str) -> tuple[SubjectState | None, str]:
    """Read a leading ``all=safe``, and what follows it."""
    found = begins(_ALL, words)
    known = {state.value: state for state in OUTCOMES} | {str(n): state for n, state in enumerate(OUTCOMES)}
    state = known.get(found[0][1].lower()) if found is not None else None
    return (state, found[1].strip()) if found is not None and state is not None else (None, words)


def written(state: SubjectState) -> str:
    """Write what `of_all` reads, as short as it goes."""
    return f"all={OUTCOMES.index(state)}"


def are_missing(request: ActRequest, code: ClosureCode) -> bool:
    """Whether it is to be asked how it ended: of several persons, of those whom this person may know of."""
    return code not in _OF_NOBODY and bool(_open(request.case, _known(request)))


def ask(request: ActRequest, known: str, outcome: str) -> None:
    """Ask how it ended, before anything is closed."""
    case, language = request.case, request.language
    sentence = tr(
        language,
        "How did it end for each of them? One tap for all who have no outcome yet, or for each: /person {reference} "
        "NUMBER safe, and then close it again.",
        reference=case.reference,
    )

    def button(state: SubjectState) -> Button:
        label = tr(language, "All: {state}", state=show(field(STATE), state.value, language))
        return act_button(case, label, Act.CLOSE, f"{known} {written(state)}")

    prompt(request, "\n".join([sentence, *lines(request)]), f"{known} {outcome}".strip(),
           rows([button(state) for state in OUTCOMES]))  # fmt: skip


def kept(request: ActRequest, state: SubjectState) -> Case:
    """The case with this outcome for everybody who has none yet, as far as this person may know of them."""
    case = request.case
    for number in _open(case, _known(request)):
        case = keep_of(request.c, case, number, {STATE: state.value}, "act")
    return case


def tell_of_others(request: ActRequest, case: Case) -> None:
    """Tell the own side of those whom a closure of the other side said nothing of, because it does not know them."""
    c, held = request.c, gates.held_back(case, request.person.party, request.c.context.agreement)
    left = [number for number in _open(case, numbers(case)) if number in held]
    if not left:
        return
    words = tr(
        "en",
        "{reference} was closed, and it does not say how it ended for {persons}. No clock runs for them any more.",
        reference=case.reference,
        persons=", ".join(f"/{number}" for number in left),
    )
    if own_desk(c, case):
        ask = tr("en", "If anything is still to be done for them: /reopen {reference} reason", reference=case.reference)
    else:  # the officer who reported it is told instead, and may not open it again
        ask = tr("en", "If somebody is in danger: /alert and what happened.")
    c.tell(own_side(c, case), gates.key_of(case, f"ended:{c.inbox_id}"), f"{words} {ask}", case=case)


def _known(request: ActRequest) -> tuple[int, ...]:
    return shown_numbers(request.case, request.person.party, request.c.context.agreement)


def _open(case: Case, known: tuple[int, ...]) -> list[int]:
    """Those of whom nobody said how it ended for them; of one group the closure itself says it."""
    return [number for number in known if case.apart and own_value(case, number, STATE) not in OUTCOMES]
