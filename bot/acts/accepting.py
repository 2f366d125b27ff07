"""What a formal channel answers: acceptance with a named officer and a formal reference, or return with a reason."""

from __future__ import annotations

import re

from bot.acts import asking_english
from bot.acts.request import ActRequest, changed, done, everybody, is_allowed, prompt
from bot.acts.which_channel import ask_channel, channel_and_reason, channel_of
from bot.channels.gate_effects import own_side
from bot.channels.handoffs import DEADLINE, at_desks_of, run_again, status_of, with_handoff
from bot.clock import allowed_time, claimed_receipts, deadlines
from bot.clock.alerts import act_button
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState, RefusalCode, Status
from bot.domain.case_acts import Act
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name, moment, refusal_name, rows, urgency_name
from bot.domain.recipients import Recipient, at_person, unique
from bot.language.folding import begins, folded
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.gate_words import waits
from bot.protection.reasons import Why
from bot.protection.redaction_policy import claim_recorded
from bot.turns.composer import Composer

_REFERENCE = re.compile(r"""\s*(?:"([^"]+)"|(\S+))\s*""")


def accept(request: ActRequest) -> None:
    """Record that a channel accepted: a named officer and a formal reference. This meets the deadline."""
    channel, rest = channel_of(request.text)
    channel = channel or _only_waiting(request.case)
    if channel is None:
        ask_channel(request, tr(request.language, "Which channel accepted?"))
        return
    if not is_allowed(request, channel) or not _is_open_still(request, channel):
        return
    claimed = claimed_receipts.named(rest)
    if claimed is not None:
        _accept_claimed(request, channel, claimed)
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


def _accept_claimed(request: ActRequest, channel: Channel, which: str) -> None:
    """Record as accepted what was claimed by mail, when it is what was shown with the button; else show it as it is."""
    case, language = request.case, request.language
    handoff = case.handoff(channel)
    if handoff is None or not handoff.is_claimed:
        request.say(tr(language, "{reference}: no receipt was claimed by mail for the {channel}. To accept: /accept "
                       "{reference} {word} NUMBER", reference=case.reference, channel=channel_name(channel, language),
                       word=channel.value))  # fmt: skip
        return
    number, officer = claim_recorded(handoff)
    if which == claimed_receipts.stamp(handoff):
        _accept(request, channel, number, officer)
        return
    request.say(tr(language, "{reference}: by the link in our mail it was said to be received for the {channel}, under "
                   "{number}. Nothing is recorded yet.", reference=case.reference,
                   channel=channel_name(channel, language), number=number),
                rows([claimed_receipts.record_button(case, handoff, language)]))  # fmt: skip


def _is_open_still(request: ActRequest, channel: Channel) -> bool:
    """Whether the gate is open at this moment too, for all whom the hand-off is for; say so when it is not."""
    c, case, handoff = request.c, request.case, request.case.handoff(channel)
    covers = handoff.covers if handoff is not None else ()
    if isinstance(gates.check_for(case, channel, c.context.agreement, covers), gates.Open):
        return True
    c.journal(JournalAct.HANDOFF_STOPPED, case, channel=channel.value)
    request.say(tr(request.language, "{reference} cannot be accepted now. {why}", reference=case.reference,
                   why=waits(case, request.language)))  # fmt: skip
    words = tr("en", "{urgency} · {reference}\nThe {channel} wants to accept it, and its gate is closed now. Decide: "
               "take it back, or open the gate.", urgency=urgency_name(case.urgency, "en"), reference=case.reference,
               channel=channel_name(channel, "en"))  # fmt: skip
    button = act_button(case, tr("en", "Take it back"), Act.RECALL, channel.value)
    c.tell(own_side(c, case), gates.key_of(case, f"wants:{c.inbox_id}"), words, case=case, buttons=rows([button]))
    return False


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
    if not request.case.is_open:
        late = tr("en", "Accepted by the {channel} under {formal}, after the case was closed.",
                  channel=channel_name(channel, "en"), formal=formal_reference)  # fmt: skip
        _answered_late(request, handoff, late)
        return
    case = with_handoff(changed(request.case, Status.HANDED_OFF), handoff)
    case = deadlines.meet(_met(c, case, channel), DeadlineKind.ANSWER, c.now, channel)
    case = deadlines.stop(case, DeadlineKind.INTAKE, c.now)
    due = allowed_time.due(case, case.policy(c.context.agreement), DeadlineKind.WRITTEN, c.now)
    case = deadlines.arm(case, DeadlineKind.WRITTEN, due, c.context.new_id, channel, now=c.now)
    c.journal(JournalAct.ACCEPTED, case, channel=channel.value, formal_reference=formal_reference, officer=officer)
    _tell_who_is_left(c, case, channel)
    sentence = tr(request.language, "accepted by the {channel} under {formal}.",
                  channel=channel_name(channel, request.language), formal=formal_reference)  # fmt: skip
    tells = tr("en", "Accepted by the {channel}. The reporting desk now confirms in writing by {when}.",
               channel=channel_name(channel, "en"), when=moment(due, case, c.context.agreement))  # fmt: skip
    done(request, case, sentence, tells=tells, to=unique([*everybody(request, case), *_others_told(c, handoff)]))


def _met(c: Composer, case: Case, channel: Channel) -> Case:
    """Meet the deadline of a channel; whoever is left gets one of their own, which they alone keep running.

    So whoever does not know of them sees that theirs is met.
    """
    before = case.deadline(DEADLINE[channel])
    case = deadlines.meet(case, DEADLINE[channel], c.now)
    if before is None or not before.is_running or not gates.awaited(case, channel):
        return case
    due = max(before.due_at, c.now + case.policy(c.context.agreement).repeat)
    return deadlines.arm(case, DEADLINE[channel], due, c.context.new_id, now=c.now)


def _tell_who_is_left(c: Composer, case: Case, channel: Channel) -> None:
    waiting = gates.awaited(case, channel)
    if waiting:
        left = tr("en", "{reference}: accepted by the {channel}, but not for everybody. Still open: {persons}.",
                  reference=case.reference, channel=channel_name(channel, "en"),
                  persons=", ".join(f"/{number}" for number in waiting))  # fmt: skip
        c.tell(own_side(c, case), gates.key_of(case, f"left:{c.inbox_id}"), left, case=case)


def send_back(request: ActRequest) -> None:
    """Record that a channel returned the case; its deadline runs again."""
    which, why = (
        tr(request.language, "Which channel returns it?"),
        tr(request.language, "Why is it returned? One line."),
    )
    read = channel_and_reason(request, otherwise=_only_waiting(request.case), which=which, why=why)
    if read is not None:
        _returned(request, *read)


def refuse(request: ActRequest) -> None:
    """Return what was handed to a channel for one of the agreed reasons, also after it was accepted."""
    channel, rest = channel_of(request.text)
    channel = channel or _only_waiting(request.case) or _only_accepted(request.case)
    if channel is None:
        ask_channel(request, tr(request.language, "For which channel is it refused?"))
        return
    if not is_allowed(request, channel):
        return
    code, reason = _refusal(rest)
    if code is None:
        codes = [act_button(request.case, refusal_name(k, request.language), Act.REFUSE, f"{channel.value} {k.value}")
                 for k in RefusalCode]  # fmt: skip
        known = ", ".join(k.value for k in RefusalCode)
        ask = tr(request.language, "Why is it refused? Tap, or type a code and one line: {codes}", codes=known)
        prompt(request, ask, channel.value, rows(codes, width=1))
        return
    if not reason:
        prompt(request, tr(request.language, "Now one line in English: why?"), f"{channel.value} {code.value}")
        return
    _returned(request, channel, reason, code)


def _refusal(text: str) -> tuple[RefusalCode | None, str]:
    for code in RefusalCode:
        found = begins(re.compile(rf"\W*{code.value.replace('_', '[ _-]')}\b[\s,:;.-]*", re.IGNORECASE), text)
        if found:
            return code, found[1].strip()
    return None, text


def _returned(request: ActRequest, channel: Channel, reason: str, refusal: RefusalCode | None = None) -> None:
    c, handoff = request.c, request.case.handoff(channel)
    if handoff is None:
        raise LookupError("an act that fits has a hand-off")
    returned = replace(
        handoff, state=HandoffState.RETURNED, returned_at=c.now, return_reason=Guarded(reason), refusal=refusal
    )
    if not request.case.is_open:
        _answered_late(request, returned, tr("en", "Returned by the {channel}, after the case was closed.",
                                             channel=channel_name(channel, "en")))  # fmt: skip
        return
    case = with_handoff(changed(request.case), returned)
    case = run_again(c, replace(case, status=status_of(case)), channel)
    case = deadlines.meet(case, DeadlineKind.ANSWER, c.now, channel)
    case = deadlines.stop(case, DeadlineKind.WRITTEN, c.now, channel)
    c.journal(JournalAct.RETURNED, case, channel=channel.value, **({"refusal": refusal.value} if refusal else {}))
    name, asked = channel_name(channel, "en"), asking_english.keep_reason(request, case, reason)
    if refusal is None:
        sentence = tr(request.language, "returned. The deadline of the {channel} runs again.",
                      channel=channel_name(channel, request.language))  # fmt: skip
        tells = tr("en", "Returned by the {channel}; its deadline runs again.", channel=name)
        why = Why(returned)
    else:
        sentence = tr(request.language, "refused: {why}. The deadline of the {channel} runs again.",
                      why=refusal_name(refusal, request.language),
                      channel=channel_name(channel, request.language))  # fmt: skip
        tells = tr("en", "Refused by the {channel}: {why}. Its deadline runs again.",
                   channel=name, why=refusal_name(refusal, "en"))  # fmt: skip
        why = Why(returned, later("More is on the page."))
    to = unique([*everybody(request, case), *_others_told(c, returned)])
    done(request, case, f"{sentence} {asked}".strip(), tells=tells, why=why, to=to)


def _answered_late(request: ActRequest, handoff: Handoff, tells: str) -> None:
    """Record the answer of a channel that was left with a closed case: it stays closed, and its owner hears of it."""
    c = request.c
    case = with_handoff(changed(request.case), handoff)
    act = JournalAct.ACCEPTED if handoff.state is HandoffState.ACCEPTED else JournalAct.RETURNED
    c.journal(act, case, channel=handoff.channel.value, formal_reference=handoff.formal_reference)
    owner = c.view.directory.get(handoff.owner) if handoff.owner is not None else None
    owners = [at_person(owner)] if owner is not None and owner.is_active else []
    sentence = tr(request.language, "noted. The case stays closed; whoever answers for it is told.")
    done(request, case, sentence, tells=tells, to=unique([*owners, *everybody(request, case)]))


def _others_told(c: Composer, handoff: Handoff) -> tuple[Recipient, ...]:
    """Those who have it in copy, and the desk itself, whoever recorded its answer."""
    return at_desks_of([handoff], c.context.agreement, c.view.directory)


def _only_waiting(case: Case) -> Channel | None:
    waiting = [h.channel for h in case.handoffs if h.state is HandoffState.SENT]
    return waiting[0] if len(waiting) == 1 else None


def _only_accepted(case: Case) -> Channel | None:
    accepted = [h.channel for h in case.handoffs if h.state is HandoffState.ACCEPTED]
    return accepted[0] if len(accepted) == 1 else None
