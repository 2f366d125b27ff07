"""What follows a hand-off on paper: the signed paper that was handed over in person, and the confirming letter."""

from __future__ import annotations

from bot.acts.request import ActRequest, changed, done, is_allowed, prompt, shown_name
from bot.acts.which_channel import channel_of
from bot.channels.handoffs import with_handoff
from bot.clock import deadlines
from bot.domain.case import WITH_ITS_DESK, DeadlineKind, HandoffState
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name
from bot.language.texts import tr


def delivered(request: ActRequest) -> None:
    """Record that the signed paper was handed over in person: who took it, and when."""
    channel, whom = channel_of(request.text)
    given = [h for h in request.case.handoffs if h.state in WITH_ITS_DESK and channel in (None, h.channel)]
    if not is_allowed(request, channel):
        return
    if not given:
        request.say(tr(request.language, "Nothing was handed to that channel."))
        return
    if not whom:
        prompt(request, tr(request.language, "Who took the paper? Name and office."), given[-1].channel.value)
        return
    c, handoff = request.c, given[-1]
    case = with_handoff(changed(request.case), replace(handoff, delivered_at=c.now, delivered_to=Guarded(whom)))
    c.journal(JournalAct.PAPER_DELIVERED, case, channel=handoff.channel.value)
    sentence = tr(request.language, "noted: the paper for the {channel} was handed over in person.",
                  channel=channel_name(handoff.channel, request.language))  # fmt: skip
    tells = tr("en", "{who} handed the paper for the {channel} over in person.",
               who=shown_name(request), channel=channel_name(handoff.channel, "en"))  # fmt: skip
    done(request, case, sentence, tells=tells)


def written(request: ActRequest) -> None:
    """Record the confirming letter of an acceptance."""
    if not is_allowed(request):
        return
    channel, letter = channel_of(request.text)
    waiting = [h for h in request.case.handoffs if h.state is HandoffState.ACCEPTED and not h.letter_reference]
    fitting = [h for h in waiting if channel in (None, h.channel)]
    if not fitting:
        request.say(tr(request.language, "No acceptance of that channel waits for a letter."))
        return
    handoff = min(fitting, key=lambda h: h.accepted_at or h.drafted_at)
    if not letter:
        prompt(request, tr(request.language, "Which letter? Type its reference."), handoff.channel.value)
        return
    c = request.c
    case = with_handoff(changed(request.case), replace(handoff, letter_reference=letter, letter_at=c.now))
    case = deadlines.meet(case, DeadlineKind.WRITTEN, c.now, handoff.channel)
    c.journal(JournalAct.CONFIRMED_IN_WRITING, case, channel=handoff.channel.value, letter=letter)
    name = channel_name(handoff.channel, "en")
    done(
        request,
        case,
        tr(
            request.language,
            "letter {letter} recorded for the {channel}.",
            letter=letter,
            channel=channel_name(handoff.channel, request.language),
        ),
        tells=tr("en", "Confirmed in writing for the {channel}.", channel=name),
    )
