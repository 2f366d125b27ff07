"""Handing a case to a formal channel: its gate is asked, and for what is missing; or saying that it is not needed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.acts import in_english, sending_handoffs
from bot.acts.finding import is_among_own
from bot.acts.offering import recording
from bot.acts.request import ActRequest, changed, does_not_fit, done, is_allowed, offered, prompt, shown_name
from bot.acts.which_channel import ask_channel, channel_of
from bot.acts.why import keep
from bot.channels.addressees import Addressees, addressees
from bot.channels.gate_effects import own_desk, own_side
from bot.channels.handoffs import with_handoff
from bot.clock import deadlines
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.fields import field, is_field
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.names import channel_name
from bot.domain.recipients import Recipient
from bot.domain.subjects import numbers
from bot.intake.consent import ask, whom_to_ask
from bot.language.folding import fold
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import for_side, missing_names
from bot.protection.seen_by import shown_numbers
from bot.protection.shown_persons import in_place_of


def hand_off(request: ActRequest) -> None:
    """Give the case to a channel, if its gate is open: first it is shown where it would go, then it is sent.

    While answers are missing it is a draft, and they are asked.
    """
    channel, rest = channel_of(request.text)
    if channel is None:
        ask_channel(request, tr(request.language, "To which channel?"))
    elif not is_allowed(request, channel):
        pass  # they have heard it
    elif not request.case.requested:
        request.say(tr(request.language, "First the officer must say which side is asked to help."))
    else:
        _hand_off(request, channel, is_confirmed=fold(rest).strip() == sending_handoffs.SEND)


def _hand_off(request: ActRequest, channel: Channel, *, is_confirmed: bool) -> None:
    case, c = request.case, request.c
    verdict, ready = _judged(request, channel)
    if verdict is None:
        request.say(does_not_fit(request, channel), offered(case, request))  # nobody whom they know of is left
        return
    covers = ready if case.apart else ()
    to = addressees(case, channel, covers, c.context.agreement, c.view.directory)
    if to is None:
        request.say(tr(request.language, "There is no desk of {party} that it could go to.", party=case.requested))
    elif isinstance(verdict, gates.Open) and in_english.holds_up(request, channel, to.desk):
        pass  # they have heard what no paper can be made without
    elif isinstance(verdict, gates.Open) and not is_confirmed:
        sending_handoffs.preview(request, channel, covers, to)
    elif isinstance(verdict, gates.Open):
        sending_handoffs.send(request, replace(_drafted(request, channel, to), covers=covers), to)
        _tell_of_others(request, channel, ready)
    elif isinstance(verdict, gates.Blocked) and not _is_kept_from(request, channel):
        _refuse(request, channel, verdict)
    else:
        _draft(request, replace(_drafted(request, channel, to), state=gates.draft_state(verdict)), verdict)


def _drafted(request: ActRequest, channel: Channel, to: Addressees) -> Handoff:
    """The draft that waits for this channel, or a new one."""
    c, found = request.c, request.case.handoff(channel)
    if found is not None and gates.is_draft(found):
        return found
    made = c.context.new_id()
    return Handoff(made, request.case.id, channel, HandoffState.DRAFTED, to.desk.id, request.person.id, c.now)


def _judged(request: ActRequest, channel: Channel) -> tuple[gates.Verdict | None, tuple[int, ...]]:
    """The gate for those whom a hand-off would be for, and who of them may go; no verdict where nobody is left."""
    case, agreement = request.case, request.c.context.agreement
    known = shown_numbers(case, request.person.party, agreement) or numbers(case)
    done = gates.covered(case, channel)
    found = {n: v for n, v in gates.verdicts(case, channel, agreement).items() if n in known and n not in done}
    ready = tuple(number for number, verdict in found.items() if isinstance(verdict, gates.Open))
    return gates.best(found.values()), ready


def _tell_of_others(request: ActRequest, channel: Channel, ready: Sequence[int]) -> None:
    """Name to the own side who stayed back, with what is missing for each."""
    c, case = request.c, request.c.case(request.case.id) or request.case
    done = {*ready, *gates.covered(case, channel)}
    if others := [number for number in numbers(case) if number not in done]:
        lead = tr("en", "{reference}: not handed to the {channel}:", reference=case.reference,
                  channel=channel_name(channel, "en"))  # fmt: skip
        said = [f"/{number}: {for_side(in_place_of(case, number), channel, case.reporting, c.context.agreement, 'en')}"
                for number in others]  # fmt: skip
        c.tell(own_side(c, case), gates.key_of(case, f"stayed:{c.inbox_id}"), "\n".join([lead, *said]), case=case)


def _is_kept_from(request: ActRequest, channel: Channel) -> bool:
    """Whether the person must not learn that the gate is closed: to the feared side it looks as if answers miss."""
    agreement = request.c.context.agreement
    return channel is Channel.POLICE and gates.stops_relay(request.case, request.person.party, agreement)


def _refuse(request: ActRequest, channel: Channel, verdict: gates.Blocked) -> None:
    """Say that the gate is closed: to the own side why, and how to go on; to the other side that it is."""
    c, case = request.c, request.case
    c.journal(JournalAct.HANDOFF_STOPPED, case, channel=channel.value, row=verdict.row, reason=verdict.reason.value)
    party = request.person.party if is_among_own(c, request.person.party) else ""
    request.say(
        f"{case.reference}: {for_side(case, channel, party, c.context.agreement, request.language)}",
        offered(case, request),
    )


def _draft(request: ActRequest, handoff: Handoff, verdict: gates.Verdict) -> None:
    c, channel = request.c, handoff.channel
    missing = verdict.missing if isinstance(verdict, gates.Needs) else ()
    case = with_handoff(changed(request.case), handoff)
    c.journal(JournalAct.HANDOFF_DRAFTED, case, channel=channel.value, missing=list(missing))
    asked = _ask(request, case, handoff, missing) if missing else _tell_kept_back(request, case)
    party = request.person.party if is_among_own(c, request.person.party) else ""
    done(
        request,
        case,
        tr(
            request.language,
            "drafted for the {channel}, not sent. {why} {who} is asked now; you hear when it can be handed off.",
            channel=channel_name(channel, request.language),
            why=for_side(case, channel, party, c.context.agreement, request.language),
            who=", ".join(dict.fromkeys(r.shown for r in asked)) or tr(request.language, "Nobody can be reached who"),
        ),
    )


def _tell_kept_back(request: ActRequest, case: Case) -> tuple[Recipient, ...]:
    """Tell the own side that the side that is feared wanted to hand off."""
    c = request.c
    words = tr(
        "en",
        "{who} wanted to hand {reference} to the police channel. A supervisor decides: /decide {reference} allowed or "
        "refused, and why",
        who=shown_name(request),
        reference=case.reference,
    )
    to = own_desk(c, case)
    c.tell(to, gates.key_of(case, f"kept-back:{c.inbox_id}"), words, case=case)
    return to


def _ask(request: ActRequest, case: Case, handoff: Handoff, missing: Sequence[str]) -> tuple[Recipient, ...]:
    """Put the first open question to the officer, or ask the own desk for what only a desk records."""
    c, channel = request.c, channel_name(handoff.channel, "en")
    questions = [name for name in missing if is_field(name)]
    if questions:
        lead = tr(
            "en",
            "{reference} is to go to the {channel}. Before that one answer is needed:",
            reference=case.reference,
            channel=channel,
        )
        ask(c, case, field(questions[0]), lead, str(handoff.id))
    words = tr(
        "en",
        "{reference} is to go to the {channel}. Missing: {missing}.",
        reference=case.reference,
        channel=channel,
        missing=missing_names(tuple(missing), case.reference, "en"),
    )
    desk = own_desk(c, case)
    if len(questions) < len(missing):
        laid = recording(case, missing)
        c.tell(desk, gates.key_of(case, f"missing:{handoff.id}:{c.inbox_id}"), words, case=case, buttons=laid)
    return whom_to_ask(c, case) if questions else desk


def not_needed(request: ActRequest) -> None:
    """Record a supervisor's decision that the diplomatic channel is not needed."""
    if not is_allowed(request):
        return
    reason, c = request.text.strip(), request.c
    if not reason:
        prompt(request, tr(request.language, "Why is the diplomatic channel not needed? One line."))
        return
    case = replace(changed(request.case), diplomatic_not_needed_at=c.now)
    case = deadlines.meet(case, DeadlineKind.DIPLOMATIC, c.now)
    why = keep(request, case, reason)
    c.journal(JournalAct.DIPLOMATIC_NOT_NEEDED, case)
    done(
        request,
        case,
        tr(request.language, "recorded: the diplomatic channel is not needed."),
        tells=tr("en", "{who} recorded that the diplomatic channel is not needed.", who=shown_name(request)),
        why=why,
    )
