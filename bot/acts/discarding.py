"""Deleting an exercise: whoever takes part says so, and the next night it goes with all but the journal's chain."""

from __future__ import annotations

from bot.acts import ending
from bot.acts.request import ActRequest, done, is_allowed, prompt, shown_name, tell
from bot.acts.withdrawing import who_knew
from bot.clock.alerts import act_button
from bot.domain.case import ClosureCode
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.intake.reading.yes_no import read_agreement
from bot.language.texts import tr

_SURE = "yes"


def discard(request: ActRequest) -> None:
    """End an exercise and let the next night delete it, once whoever asks has said that they are sure."""
    if not is_allowed(request):
        return
    case, language, c = request.case, request.language, request.c
    if not read_agreement(request.text, language):
        words = tr(language, "Delete the exercise {reference}, with all that was written in it? Tap, or type yes.",
                   reference=case.reference)  # fmt: skip
        prompt(request, words, buttons=((act_button(case, tr(language, "Yes, delete it"), Act.DISCARD, _SURE),),))
        return
    if case.is_open:
        case = ending.ended(request, ClosureCode.EXERCISE, tr("en", "Discarded."))
    case = replace(case, discarded_at=c.now)
    c.journal(JournalAct.DISCARDED, case)
    done(
        request,
        case,
        tr(language, "the exercise is over. It is deleted tonight, with all that was written in it."),
        tells=tr("en", "The exercise was ended by {who}. It is deleted tonight.", who=shown_name(request)),
    )


def in_earnest(request: ActRequest) -> None:
    """End an exercise that turned out to be real, and tell whoever was told of it."""
    c = request.c
    case = c.put(ending.ended(request, ClosureCode.ERROR, tr("en", "It was in earnest.")))
    words = tr("en", "Somebody is in danger after all: this exercise is over, and it is reported in earnest.")
    tell(request, case, who_knew(request, case), words)
