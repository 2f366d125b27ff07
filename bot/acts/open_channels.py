"""What becomes of a channel that has not answered when its case is closed: taken back, or left with somebody."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.acts.request import ActRequest, prompt
from bot.channels.handoffs import with_handoff
from bot.channels.withdrawal import withdraw
from bot.clock.alerts import act_button
from bot.domain.case import Case, ClosureCode, Handoff, HandoffState
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.names import channel_name, rows
from bot.language.folding import begins
from bot.language.texts import tr


class Fate(StrEnum):
    """What is decided of a hand-off that was sent and not answered."""

    WITHDRAW = "withdraw"  #: its desk stops
    LEAVE = "leave"  #: it stands, and whoever closes the case answers for it


_FATE = re.compile(r"\W*(withdraw|leave)\b[\s,:;.-]*", re.IGNORECASE)


def decided(words: str) -> tuple[Fate | None, str]:
    """Read a leading decision, and what follows it."""
    found = begins(_FATE, words)
    return (Fate(found[0][1].lower()), found[1].strip()) if found is not None else (None, words)


def unanswered(case: Case) -> list[Handoff]:
    """The hand-offs of which somebody must decide before the case is closed."""
    return [handoff for handoff in case.handoffs if handoff.state is HandoffState.SENT and handoff.owner is None]


def ask(request: ActRequest, code: ClosureCode, rest: str) -> None:
    """Ask what becomes of them; nothing is closed before that."""
    case, language = request.case, request.language
    names = ", ".join(channel_name(handoff.channel, language) for handoff in unanswered(case))
    sentence = tr(
        language,
        "Handed off and not answered yet: {channels}. Take it back, or leave it there and answer for it yourself? Tap, "
        "or type: withdraw, or leave",
        channels=names,
    )
    choices = [
        act_button(case, tr(language, "Take it back"), Act.CLOSE, f"{code.value} {Fate.WITHDRAW.value} {rest}".strip()),
        act_button(
            case, tr(language, "Leave it, I answer"), Act.CLOSE, f"{code.value} {Fate.LEAVE.value} {rest}".strip()
        ),
    ]
    prompt(request, sentence, code.value, buttons=rows(choices, width=1))


def settled(request: ActRequest, case: Case, fate: Fate) -> Case:
    """Do what was decided."""
    for handoff in unanswered(case):
        if fate is Fate.WITHDRAW:
            case = withdraw(request.c, case, handoff, tr("en", "The case was closed."))
        else:
            case = with_handoff(case, replace(handoff, owner=request.person.id))
    return case
