"""A hand-off that its own side takes back, and the desk that says it has stopped."""

from __future__ import annotations

from bot.acts import asking_english
from bot.acts.request import ActRequest, changed, done, everybody, is_allowed, shown_name
from bot.acts.which_channel import channel_and_reason, channel_of
from bot.channels.gate_effects import own_side
from bot.channels.handoffs import with_handoff
from bot.channels.withdrawal import withdraw
from bot.clock import deadlines
from bot.domain.case import WITH_ITS_DESK, Case, Channel, DeadlineKind, Handoff
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name
from bot.domain.recipients import unique
from bot.language.texts import tr
from bot.protection.reasons import Why


def recall(request: ActRequest) -> None:
    """Take back what a channel's desk has: a decision of the reporting side, with a reason."""
    which = tr(request.language, "From which channel is it taken back?")
    why = tr(request.language, "Why is it taken back? One line.")
    read = channel_and_reason(request, otherwise=_only(request.case), which=which, why=why)
    if read is None:
        return
    (channel, reason), c, case = read, request.c, request.case
    given = [h for h in case.handoffs if h.channel is channel and h.state in WITH_ITS_DESK]
    whom = [n for n in request.whom if any(not h.covers or n in h.covers for h in given)]
    for handoff in given:
        if not whom or not handoff.covers or set(whom) & set(handoff.covers):
            case = withdraw(c, case, handoff, reason, [n for n in whom if not handoff.covers or n in handoff.covers])
    name = channel_name(channel, request.language)
    sentence = tr(request.language, "taken back from the {channel}. Its desk is told to stop, and to say so.",
                  channel=name)  # fmt: skip
    done(
        request,
        case,
        f"{sentence} {asking_english.keep_reason(request, case, reason)}".strip(),
        tells=tr(
            "en",
            "Taken back from the {channel} by {who}; its desk must stop.",
            channel=channel_name(channel, "en"),
            who=shown_name(request),
        ),
        why=Why(_taken(case, channel)),
    )


def stopped(request: ActRequest) -> None:
    """Record that a channel's desk does nothing more on what was taken back."""
    channel, _ = channel_of(request.text)
    waiting = [h for h in request.case.handoffs if h.must_stop and channel in (None, h.channel)]
    channel = channel or (waiting[0].channel if waiting else None)
    if not is_allowed(request, channel):
        return
    if channel is None or not waiting:
        request.say(tr(request.language, "Nothing was taken back from that channel."))
        return
    c = request.c
    ended = [replace(handoff, stopped_at=c.now) for handoff in waiting if handoff.channel is channel]
    case = with_handoff(changed(request.case), *ended)
    case = deadlines.meet(case, DeadlineKind.STOP, c.now, channel)
    c.journal(JournalAct.STOP_CONFIRMED, case, channel=channel.value)
    name = channel_name(channel, request.language)
    done(
        request,
        case,
        tr(
            request.language,
            "noted: nothing more is done by the {channel}. {party} is told.",
            channel=name,
            party=case.reporting,
        ),
        tells=tr(
            "en",
            "{who} confirms: nothing more is done by the {channel}.",
            who=shown_name(request),
            channel=channel_name(channel, "en"),
        ),
        to=unique([*everybody(request, case), *own_side(c, case)]),
    )


def _taken(case: Case, channel: Channel) -> Handoff:
    """The hand-off to a channel that was taken back last."""
    taken = [h for h in case.handoffs if h.channel is channel and h.withdrawn_at is not None]
    return max(taken, key=lambda h: (h.withdrawn_at, h.id))


def _only(case: Case) -> Channel | None:
    given = {h.channel for h in case.handoffs if h.state in WITH_ITS_DESK}
    return next(iter(given)) if len(given) == 1 else None
