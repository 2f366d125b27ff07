"""What a formal channel answers: acceptance with a named officer and a formal reference, or return with a reason."""

from __future__ import annotations

import re

from bot.acts.finding import channel_of
from bot.acts.formal import DEADLINE, ask_channel, with_handoff
from bot.acts.request import ActRequest, changed, done, is_allowed, prompt
from bot.channels.gate_effects import own_side
from bot.clock import deadlines
from bot.domain.case import Case, Channel, DeadlineKind, HandoffState, Status
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name, moment
from bot.language.folding import folded
from bot.language.texts import tr
from bot.protection import gates
from bot.turns.composer import Composer

_REFERENCE = re.compile(r"""\s*(?:"([^"]+)"|(\S+))\s*""")


def accept(request: ActRequest) -> None:
    """Record that a channel accepted: a named officer and a formal reference. This meets the deadline."""
    channel, rest = channel_of(request.text)
    channel = channel or _only_waiting(request.case)
    if channel is None:
        ask_channel(request, tr(request.language, "Which channel accepted?"))
        return
    if not is_allowed(request, channel):
        return
    formal_reference, officer = _reference_and_officer(rest)
    if not formal_reference:
        prompt(
            request,
            tr(
                request.language, "Under which formal reference? You may add the accepting officer: 123/26 Col. Example"
            ),
            channel.value,
        )
        return
    _accept(request, channel, formal_reference, officer or request.person.name)


def _reference_and_officer(text: str) -> tuple[str, str]:
    """Read a formal reference, quoted when it has spaces, and who accepted.

    A reference has a figure in it; words without one ("wait, I look it up") never stop a clock.
    """
    comparable = folded(text)
    found = _REFERENCE.match(comparable.text)
    if found is None:
        return "", ""
    formal = comparable.part(*found.span(1 if found[1] else 2)).strip()
    return (formal, comparable.rest(found.end()).strip()) if any(ch.isdecimal() for ch in formal) else ("", "")


def _accept(request: ActRequest, channel: Channel, formal_reference: str, officer: str) -> None:
    c, handoff = request.c, request.case.handoff(channel)
    if handoff is None:
        raise LookupError("an act that fits has a hand-off")
    handoff = replace(
        handoff,
        state=HandoffState.ACCEPTED,
        accepted_at=c.now,
        accepting_officer=Guarded(officer),
        formal_reference=formal_reference,
    )
    case = with_handoff(changed(request.case, Status.HANDED_OFF), handoff)
    case = deadlines.stop(_met(c, case, channel), DeadlineKind.INTAKE, c.now)
    due = c.now + case.policy(c.context.agreement).written
    case = deadlines.arm(case, DeadlineKind.WRITTEN, due, c.context.new_id, channel)
    c.journal(JournalAct.ACCEPTED, case, channel=channel.value, formal_reference=formal_reference, officer=officer)
    name = channel_name(channel, "en")
    when = moment(due, case, c.context.agreement)
    _tell_who_is_left(c, case, channel)
    done(
        request,
        case,
        tr(
            request.language,
            "accepted by the {channel} under {formal}.",
            channel=channel_name(channel, request.language),
            formal=formal_reference,
        ),
        tells=tr(
            "en",
            "Accepted by the {channel}. The reporting desk now confirms in writing by {when}.",
            channel=name,
            when=when,
        ),
    )


def _met(c: Composer, case: Case, channel: Channel) -> Case:
    """Meet the deadline of a channel; whoever is left gets one of their own, which they alone keep running.

    So whoever does not know of them sees that theirs is met.
    """
    before = case.deadline(DEADLINE[channel])
    case = deadlines.meet(case, DEADLINE[channel], c.now)
    if before is None or not before.is_running or not gates.awaited(case, channel):
        return case
    due = max(before.due_at, c.now + case.policy(c.context.agreement).repeat)
    return deadlines.arm(case, DEADLINE[channel], due, c.context.new_id)


def _tell_who_is_left(c: Composer, case: Case, channel: Channel) -> None:
    waiting = gates.awaited(case, channel)
    if waiting:
        left = tr("en", "{reference}: accepted by the {channel}, but not for everybody. Still open: {persons}.",
                  reference=case.reference, channel=channel_name(channel, "en"),
                  persons=", ".join(f"/{number}" for number in waiting))  # fmt: skip
        c.tell(own_side(c, case), gates.key_of(case, f"left:{c.inbox_id}"), left, case=case)


def send_back(request: ActRequest) -> None:
    """Record that a channel returned the case; its deadline runs again."""
    channel, reason = channel_of(request.text)
    channel = channel or _only_waiting(request.case)
    if channel is None:
        ask_channel(request, tr(request.language, "Which channel returns it?"))
        return
    if not is_allowed(request, channel):
        return
    if not reason:
        prompt(request, tr(request.language, "Why is it returned? One line."), channel.value)
        return
    c, handoff = request.c, request.case.handoff(channel)
    if handoff is None:
        raise LookupError("an act that fits has a hand-off")
    returned = replace(handoff, state=HandoffState.RETURNED, returned_at=c.now, return_reason=Guarded(reason))
    case = with_handoff(changed(request.case), returned)
    case = _run_again(request, case, channel)
    c.journal(JournalAct.RETURNED, case, channel=channel.value)
    name = channel_name(channel, "en")
    done(
        request,
        case,
        tr(
            request.language,
            "returned. The deadline of the {channel} runs again.",
            channel=channel_name(channel, request.language),
        ),
        tells=tr("en", "Returned by the {channel}; its deadline runs again. The reason is on the page.", channel=name),
    )


def _run_again(request: ActRequest, case: Case, channel: Channel) -> Case:
    """The deadline of a returned hand-off runs on where it still runs; else it starts anew."""
    kind, c = DEADLINE[channel], request.c
    running = case.deadline(kind)
    if running is not None and running.is_running:
        return case
    return deadlines.arm(
        case, kind, c.now + deadlines.allowed(case.policy(c.context.agreement), kind), c.context.new_id
    )


def _only_waiting(case: Case) -> Channel | None:
    waiting = [h.channel for h in case.handoffs if h.state is HandoffState.SENT]
    return waiting[0] if len(waiting) == 1 else None
